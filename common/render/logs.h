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
#include "io/out.h"

/* Lines of each component by severity. */
void mg_render_log_components(struct mg_out *o, const struct mg_logtop *t);
/* The `max` (0: all) most frequent messages. */
void mg_render_log_top(struct mg_out *o, struct mg_logtop *t, const struct mg_case *c, size_t max,
		       size_t width);
/* The same for awk: severity component count per-minute peak-minute first last place message. */
void mg_render_log_top_tsv(struct mg_out *o, struct mg_logtop *t, const struct mg_case *c);
/* Events of each kind: count, first, last. */
void mg_render_log_kinds(struct mg_out *o, const struct mg_case *c, size_t max);
/* The slowest traces with their steps; then where the time went, per operation and step. */
void mg_render_log_traces(struct mg_out *o, const struct mg_tracetop *t, const struct mg_case *c,
			  size_t max, size_t width);
/* Requests that httplog lines tell of, grouped by "user-agent,verb,resource,code" or fewer of
 * these.  MG_FAIL: no such key. */
enum mg_status mg_render_log_http(struct mg_out *o, struct mg_requests *r, const char *keys,
				  size_t max, size_t width);
/* Lines per second and severity over time, for mgplot. */
void mg_render_log_series(struct mg_out *o, const struct mg_logtop *t);
/* What became of the lines of each log. */
void mg_render_log_lines(struct mg_out *o, const struct mg_case *c);

#endif
