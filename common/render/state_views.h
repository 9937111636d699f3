/* state_views.h - one question about the objects each, as a table.
 *
 * Layer:   render
 * Reads the events of from_kubeobj, from_object, from_x509 and their like.  A row that is in
 * the archive twice (pods.yaml and <pod>.yaml) is shown once.
 * Output:  UTC; for people or, with raw numbers, for programs (render/sheet.h)
 */
#ifndef MG_RENDER_STATE_VIEWS_H
#define MG_RENDER_STATE_VIEWS_H

#include "analysis/case.h"
#include "render/sheet.h"

struct mg_state_view_opts {
	enum mg_sheet_format format;
	bool                 headings, all; /* all: also what is well */
	bool (*shown)(void *ctx, const struct mg_event *e); /* NULL: all events */
	void *ctx;
};

/* Print the table of that name; false: there is none. */
bool mg_render_state_view(struct mg_out *o, struct mg_str name, const struct mg_case *c,
			  const struct mg_state_view_opts *opts);
/* Is there a table of that name?  "" lists them all, with commas, into names. */
bool mg_state_view_exists(struct mg_str name, struct mg_buf *names);
/* Does the table need logs, too, not only objects? */
bool mg_state_view_reads_logs(struct mg_str name);
/* Does it need metrics? */
bool mg_state_view_reads_metrics(struct mg_str name);

/* The tables that are more than a list of events. */
void mg_state_restarts(struct mg_sheet *s, const struct mg_case *c,
		       const struct mg_state_view_opts *opts);
void mg_state_loops(struct mg_sheet *s, const struct mg_case *c,
		    const struct mg_state_view_opts *opts);
void mg_state_probes(struct mg_sheet *s, const struct mg_case *c,
		     const struct mg_state_view_opts *opts);
void mg_state_reasons(struct mg_sheet *s, const struct mg_case *c,
		      const struct mg_state_view_opts *opts);
void mg_state_metrics(struct mg_sheet *s, const struct mg_case *c,
		      const struct mg_state_view_opts *opts);

static inline bool mg_state_shown(const struct mg_state_view_opts *o, const struct mg_event *e)
{
	return !o->shown || o->shown(o->ctx, e);
}

#endif
