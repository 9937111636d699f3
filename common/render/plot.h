/* plot.h - the timeline picture: panels from cause to effect on one clock axis.
 *
 * Layer:   render
 * Writes:  <dir>/timeline.gp, <dir>/series/<table>.tsv and the picture beside them; the
 *          script draws again alone: `gnuplot timeline.gp` inside <dir>
 */
#ifndef MG_RENDER_PLOT_H
#define MG_RENDER_PLOT_H

#include "analysis/findings.h"
#include "render/chart.h"

/* The panels in their order, as bits of mg_plot_opts.panels. */
enum mg_plot_panel { MG_PANEL_ETCD, MG_PANEL_MEMORY, MG_PANEL_LATENCY, MG_PANEL_INFLIGHT,
		     MG_PANEL_REQUESTS, MG_PANEL_STUCK, MG_PANEL_MARKS, MG_PANELS };

/* Zeroed: the whole span of the case, all panels, a light PNG of 1600 pixels' width. */
struct mg_plot_opts {
	int             width, height;     /* pixels (characters for txt), 0: chosen */
	enum mg_picture picture;
	enum mg_theme   theme;
	unsigned        panels;            /* 0: all */
	int64_t         first_ns, last_ns; /* both 0: the case's robust span */
	int             seconds;           /* time limit of gnuplot, 0: 20   */
	const char     *name;              /* of the picture without suffix, NULL: "timeline" */
};

/* "etcd", "memory" …; false: no such panel. */
bool mg_plot_panel_parse(struct mg_str name, enum mg_plot_panel *out);

/* Draw the timeline.  `s` was built from `c` over the same span; with 300 to 700 buckets it
 * reads best.  `fs` may be NULL.  MG_OK; MG_SKIP: nothing to draw, or no gnuplot (the script
 * and its data are written all the same); MG_FAIL: gnuplot failed; MG_FATAL: a file could
 * not be written.  err says why. */
enum mg_status mg_plot_timeline(const char *dir, const struct mg_case *c,
				const struct mg_findings *fs, const struct mg_series *s,
				const struct mg_plot_opts *o, struct mg_err *err);

/* The script alone, for `dir` holding the tables as mg_tsv_write_dir wrote them. */
enum mg_status mg_plot_timeline_script(const struct mg_case *c, const struct mg_findings *fs,
				       const struct mg_series *s, const struct mg_plot_opts *o,
				       struct mg_buf *out, struct mg_err *err);

#endif
