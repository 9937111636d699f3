/* summary.h - the page that mgcorrelate prints: verdict, findings, what is not known.
 *
 * Layer:   render
 * Output:  UTF-8, at most `width` columns wherever a word or a file name allows it; text of
 *          the input is escaped (render/text.h)
 */
#ifndef MG_RENDER_SUMMARY_H
#define MG_RENDER_SUMMARY_H

#include "analysis/findings.h"
#include "io/out.h"

/* A zeroed struct gives the defaults. */
struct mg_render_opts {
	size_t      width;      /* columns, 0: 100 */
	bool        color;      /* severities in colour */
	int64_t     elapsed_ns; /* how long reading took, 0: not said (so that output repeats) */
	const char *report;     /* "incident.report/report.html report.txt …", NULL: no report */
};

void mg_render_summary(struct mg_out *o, const struct mg_case *c, const struct mg_findings *fs,
		       const struct mg_render_opts *opt);

/* The same findings of `not_assessed` in one entry each distinct `missing`: "rule, rule: needs what".
 * Appends lines, each wrapped from column `at`, the first one begins right away. */
void mg_render_not_assessed(struct mg_buf *b, const struct mg_findings *fs, size_t at,
			    size_t width);
/* "incident.tar.gz: bad gzip data", a line each fault, at most `max`, then "… and N more". */
void mg_render_faults(struct mg_buf *b, const struct mg_case *c, uint32_t max, size_t at,
		      size_t width);

#endif
