/* plot.h - the pictures of a case: panels from cause to effect on one clock axis.
 *
 * Layer:   render
 * The timeline shows a bit of everything; each other picture answers one question, says the
 * answer in its title, and is only drawn when there are data for it.
 */
#ifndef MG_RENDER_PLOT_H
#define MG_RENDER_PLOT_H

#include "analysis/findings.h"
#include "render/chart.h"

/* Steps of the series that pictures are drawn from: one every two to three pixels. */
#define MG_PLOT_BUCKETS 600

enum mg_plot { MG_PLOT_TIMELINE, MG_PLOT_LATENCY, MG_PLOT_TALKERS, MG_PLOT_ETCD, MG_PLOT_MEMORY,
	       MG_PLOT_DELETECOLLECTION, MG_PLOTS };
/* "timeline", "latency" …; also the name of its files without suffix. */
const char *mg_plot_name(enum mg_plot p);
/* MG_PLOTS: no such picture. */
enum mg_plot mg_plot_parse(const char *name);

/* All panels, from cause to effect, as bits of mg_plot_opts.panels. */
enum mg_plot_panel { MG_PANEL_MEMBERS, MG_PANEL_LEADERS, MG_PANEL_ETCD, MG_PANEL_DISK, MG_PANEL_DB,
		     MG_PANEL_COLLECTIONS, MG_PANEL_MEMORY, MG_PANEL_CPU, MG_PANEL_LISTS,
		     MG_PANEL_HEAT, MG_PANEL_LATENCY, MG_PANEL_INFLIGHT, MG_PANEL_PRODUCTS,
		     MG_PANEL_USERS, MG_PANEL_VERBS, MG_PANEL_REQUESTS, MG_PANEL_STUCK,
		     MG_PANEL_MARKS, MG_PANELS };

/* Zeroed: the timeline of the case's whole span, with all its panels, as a light PNG of 1600
 * pixels' width. */
struct mg_plot_opts {
	enum mg_plot    plot;
	int             width, height;     /* pixels (characters for txt), 0: chosen */
	enum mg_picture picture;
	enum mg_theme   theme;
	unsigned        panels;            /* 0: those of the plot */
	int64_t         first_ns, last_ns; /* both 0: the case's robust span */
	int             seconds;           /* time limit of gnuplot, 0: 20   */
	bool            alone;             /* the data are in the script, not in files beside it */
};

/* Draw <dir>/<name>.png (or what o->picture says) with <name>.gp, for `dir` holding the tables
 * as mg_tsv_write_dir wrote them.  `s` was built from `c` over the same span; with
 * MG_PLOT_BUCKETS it reads best.  `fs` may be NULL.  MG_OK; MG_SKIP: nothing to draw, or no
 * gnuplot (the script is written all the same); MG_FAIL: gnuplot failed; MG_FATAL: a file could
 * not be written.  err says why. */
enum mg_status mg_plot_draw(const char *dir, const struct mg_case *c,
			    const struct mg_findings *fs, const struct mg_series *s,
			    const struct mg_plot_opts *o, struct mg_err *err);

/* The script alone; MG_OK or MG_SKIP. */
enum mg_status mg_plot_script(const struct mg_case *c, const struct mg_findings *fs,
			      const struct mg_series *s, const struct mg_plot_opts *o,
			      struct mg_buf *out, struct mg_err *err);

#endif
