/* heading.h - what both text reports begin with: which data, of when, of which cluster.
 *
 * Layer:   render
 * Everything is appended to a buffer as escaped text, without a final newline unless said.
 */
#ifndef MG_RENDER_HEADING_H
#define MG_RENDER_HEADING_H

#include "analysis/case.h"
#include "analysis/coverage.h"
#include "base/buf.h"

/* Times of one case: with the date in front when the data spans more than one day. */
struct mg_clock {
	bool dates;
};

struct mg_clock mg_clock_of(const struct mg_case *c);
/* "03:12:43.044", "11-21 03:12:43.044"; "–" for MG_TIME_NONE.  `digits` of the fraction. */
void   mg_clock_point(struct mg_buf *b, struct mg_clock k, int64_t ns, int digits);
/* "03:12:11 – 03:16:02 (3m51s)", or one time when it is shorter than a second. */
void   mg_clock_interval(struct mg_buf *b, struct mg_clock k, int64_t start_ns, int64_t end_ns);
/* Columns that mg_clock_point takes. */
size_t mg_clock_columns(struct mg_clock k, int digits);

/* A line for each input, then one with span, nodes and versions.  elapsed_ns 0: not said. */
void mg_heading(struct mg_buf *b, const struct mg_case *c, int64_t elapsed_ns);

/* "4,674 requests, 380 log lines, 7 goroutine dumps"; "nothing" when there was nothing. */
void mg_heading_looked_at(struct mg_buf *b, const struct mg_case *c,
			  const struct mg_coverage *cov);

#endif
