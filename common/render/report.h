/* report.h - report.txt: everything the summary says, in full, and the numbers behind it.
 *
 * Layer:   render
 * Sections that would be empty are named in one line at the end of the numbers, so that
 * "none" and "not shown" cannot be confused.
 */
#ifndef MG_RENDER_REPORT_H
#define MG_RENDER_REPORT_H

#include "render/summary.h"

void mg_render_report(struct mg_out *o, const struct mg_case *c, const struct mg_findings *fs,
		      const struct mg_render_opts *opt);

#endif
