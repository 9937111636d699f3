/* state_reasons.h - Event objects of one reason counted together.
 *
 * Layer:   render
 * An Event that is in several files of the archive counts once.
 */
#ifndef MG_RENDER_STATE_REASONS_H
#define MG_RENDER_STATE_REASONS_H

#include "analysis/case.h"
#include "base/buf.h"

struct mg_reason {
	const struct mg_event *last;
	uint64_t               count, objects;
	int64_t                first_ns, last_ns;
};

/* The reasons of Events of at least this severity, the most frequent first; n rows that the
 * caller frees.  `shown` may be NULL: all Events. */
struct mg_reason *mg_reasons_collect(const struct mg_case *c, enum mg_severity least,
				     bool (*shown)(void *ctx, const struct mg_event *e), void *ctx,
				     size_t *n);

#endif
