/* audit_rows.h - the answer to a question about audit events, in the rows people know from
 * `kubectl-dev_tool audit`.
 *
 * Layer:   render
 * Output:  UTC; text of the input is escaped; equal counts are in the order of their keys
 */
#ifndef MG_RENDER_AUDIT_ROWS_H
#define MG_RENDER_AUDIT_ROWS_H

#include "analysis/audit_query.h"
#include "io/out.h"

/* One line a request, by time received; with audit IDs when `wide`.  The first `top` rows (0:
 * all). */
void mg_render_audit_list(struct mg_out *o, const struct mg_audit_tally *t, bool wide,
			  size_t top);
/* The events as they are, one a line, by time received. */
void mg_render_audit_json(struct mg_out *o, const struct mg_audit_tally *t, size_t top);
/* "count: N, first: T, last: T, duration: D"; nothing when nothing matched. */
void mg_render_audit_span(struct mg_out *o, const struct mg_audit_tally *t);
/* The `top` (0: all) most frequent keys, a row each; with query->by.sections a section for
 * each first key, whose rows are (URI, user) with average duration and codes. */
void mg_render_audit_top(struct mg_out *o, const struct mg_audit_tally *t,
			 const struct mg_audit_query *query, size_t top);
/* Latency annotations: min, max, median, 90th percentile. */
void mg_render_audit_split(struct mg_out *o, const struct mg_audit_tally *t);

#endif
