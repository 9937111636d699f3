/* comparison.h - a comparison of two cases as text, as JSON and as a picture.
 *
 * Layer:   render
 * Format:  docs/man/mgcorrelate.1, docs/schemas/compare-1.json (mg.compare/1)
 */
#ifndef MG_RENDER_COMPARISON_H
#define MG_RENDER_COMPARISON_H

#include "analysis/compare.h"
#include "analysis/series.h"
#include "base/buf.h"
#include "io/out.h"

/* Names of the sides for people ("must-gather-1.tar.gz"). */
struct mg_compare_names {
	struct mg_str side[2];
};

/* At most `rows` rows a list (0: all), the others are counted. */
void mg_render_compare_text(struct mg_out *o, const struct mg_comparison *cmp,
			    struct mg_case *const c[2], const struct mg_compare_names *names,
			    size_t rows);
void mg_render_compare_json(struct mg_out *o, const struct mg_comparison *cmp,
			    struct mg_case *const c[2], const struct mg_compare_names *names);

/* Draw requests, errors and latency of both sides over each other into <dir>/compare.png,
 * with the script beside it; A is moved so that both begin together.  MG_OK; MG_SKIP: nothing
 * to draw or no gnuplot; MG_FAIL: gnuplot failed; MG_FATAL: the script could not be written. */
enum mg_status mg_plot_compare(const char *dir, struct mg_case *const c[2],
			       const struct mg_compare_names *names, struct mg_err *err);

/* compare.txt (all rows), compare.json and, when `plots`, compare.png in `dir`, which is made
 * when missing.  MG_OK; MG_SKIP or MG_FAIL: all but the picture; MG_FATAL: a file could not be
 * written.  err says why. */
enum mg_status mg_compare_dir_write(const char *dir, const struct mg_comparison *cmp,
				    struct mg_case *const c[2], const struct mg_compare_names *names,
				    bool plots, struct mg_err *err);

#endif
