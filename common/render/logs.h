/* logs.h - what the logs say as tables: messages, components, traces, requests, lines.
 *
 * Layer:   render
 * Output:  UTC; text of the input is escaped; rows are in a total order
 */
#ifndef MG_RENDER_LOGS_H
#define MG_RENDER_LOGS_H

#include "analysis/case.h"
#include "analysis/logtop.h"
#include "analysis/tracetop.h"
#include "base/err.h"
#include "render/audit_table.h"

/* Lines of each component by severity. */
void mg_render_log_components(struct mg_out *o, const struct mg_logtop *t);
/* The `max` (0: all) most frequent messages. */
void mg_render_log_top(struct mg_out *o, struct mg_logtop *t, const struct mg_case *c, size_t max,
		       size_t width);
/* The same for awk: severity component count per-minute peak-minute first last place message. */
void mg_render_log_top_tsv(struct mg_out *o, struct mg_logtop *t, const struct mg_case *c);
/* The events that are wanted (mg_render_events), by kind: count, worst, first, last. */
void mg_render_log_kinds(struct mg_out *o, const struct mg_case *c,
			 bool (*wanted)(const void *ctx, const struct mg_event *e),
			 const void *ctx, size_t max);
/* The slowest traces with their steps; then where the time went, per operation and step. */
void mg_render_log_traces(struct mg_out *o, const struct mg_tracetop *t, const struct mg_case *c,
			  size_t max, size_t width);
/* Requests that httplog lines tell of, in groups as those of the audit log. */
void mg_render_log_http(struct mg_out *o, const struct mg_audit_tally *t,
			const struct mg_audit_query *query, const struct mg_audit_print *how);
/* Whole seconds; a time that has no year is shown without one. */
const char *mg_log_time_text(int64_t ns, char *buf, size_t n);
/* Lines per second and severity over time, for mgplot. */
void mg_render_log_series(struct mg_out *o, const struct mg_logtop *t);
/* What became of the lines of each log. */
void mg_render_log_lines(struct mg_out *o, const struct mg_case *c);

#endif
