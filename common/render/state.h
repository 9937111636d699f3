/* state.h - what Kubernetes objects say is not as it should be, as tables.
 *
 * Layer:   render
 * Reads the events of from_kubeobj.  An object that is in the archive twice (pods.yaml and
 * <pod>.yaml) counts once.
 * Memory:  the text is appended to a buffer
 */
#ifndef MG_RENDER_STATE_H
#define MG_RENDER_STATE_H

#include "analysis/case.h"
#include "base/buf.h"

struct mg_state_opts {
	bool all; /* also what is well: completed containers, normal events */
	bool headings;
	/* Which events to look at; NULL: all. */
	bool (*shown)(void *ctx, const struct mg_event *e);
	void *ctx;
};

/* Does this event come from the state of an object? */
bool mg_state_event(const struct mg_event *e);
void mg_render_state(struct mg_buf *b, const struct mg_case *c, const struct mg_state_opts *o);

#endif
