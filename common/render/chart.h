/* chart.h - a picture over time: a list of panels on one clock axis, as a gnuplot script.
 *
 * Layer:   render
 * Memory:  a zeroed chart is empty; texts are views that must live as long as the chart,
 *          mg_chart_printf makes such views
 * Format:  the script draws alone: data are files beside it, or inline
 */
#ifndef MG_RENDER_CHART_H
#define MG_RENDER_CHART_H

#include "analysis/series.h"
#include "base/buf.h"
#include "base/err.h"

enum mg_picture { MG_PICTURE_PNG, MG_PICTURE_SVG, MG_PICTURE_TXT };
const char *mg_picture_suffix(enum mg_picture p); /* "png" … */
/* False: no such format. */
bool mg_picture_parse(struct mg_str name, enum mg_picture *out);
/* "WxH", each within what can be drawn (40 to 20000 by 10 to 20000). */
bool mg_picture_size_parse(struct mg_str text, int *w, int *h);

enum mg_theme { MG_THEME_LIGHT, MG_THEME_DARK };

/* Colours that colour-blind people can tell apart (Okabe and Ito), plus two greys. */
enum mg_ink { MG_INK_BLACK, MG_INK_ORANGE, MG_INK_SKY, MG_INK_GREEN, MG_INK_BLUE,
	      MG_INK_VERMILLION, MG_INK_PURPLE, MG_INK_GREY, MG_INK_PALE, MG_INKS };

enum mg_draw { MG_DRAW_LINE, MG_DRAW_DOTTED_LINE, MG_DRAW_AREA, MG_DRAW_IMPULSES,
	       MG_DRAW_POINTS, MG_DRAW_STEPS, MG_DRAW_STACK };

/* One column of a table. */
struct mg_layer {
	const struct mg_table *t;
	uint32_t               col;   /* MG_DRAW_STACK: the sum of the columns up to this one; the
					 highest comes first, lower ones are drawn over it */
	enum mg_draw           draw;
	enum mg_ink            ink;
	int                    dash;  /* 1 solid, 2 … other dashes */
	int                    point; /* gnuplot point type        */
	double                 width; /* of the line               */
	struct mg_str          title; /* in the legend             */
};

/* A mark in a panel of rows: a point, or a bar when end > start. */
struct mg_chart_mark {
	int64_t       start_ns, end_ns;
	int           row;
	struct mg_str text; /* written beside it where there is room; may be empty */
};

struct mg_chart_row {
	struct mg_str title;
	enum mg_ink   ink;
	int           point;
};

/* A line from bottom to top of one panel, or a bar along its top when end > start. */
struct mg_chart_rule {
	int64_t     start_ns, end_ns;
	enum mg_ink ink;
	const char *title; /* legend; equal titles are listed once */
};

/* How many there were of each size in each step: cells of a heat map. */
struct mg_heat_cell {
	int64_t  start_ns, step_ns;
	double   lo, hi; /* of the value */
	uint64_t count;
};

enum mg_axis { MG_AXIS_NUMBER, MG_AXIS_SECONDS, MG_AXIS_BYTES, MG_AXIS_ROWS };

struct mg_panel {
	struct mg_str         title; /* what it shows, with its unit */
	enum mg_axis          axis;
	bool                  log;
	double                weight; /* of its height; 0: 1                               */
	struct mg_layer      *layer;
	uint32_t              nlayer, layer_cap;
	struct mg_chart_rule *rule;
	uint32_t              nrule, rule_cap;
	struct mg_chart_row  *row;
	uint32_t              nrow, row_cap;
	struct mg_chart_mark *mark; /* by row, then by time */
	uint32_t              nmark, mark_cap;
	struct mg_heat_cell  *heat;
	uint32_t              nheat, heat_cap;
};

/* An interval with its label above the panels, shaded through all of them, or both. */
struct mg_chart_span {
	int64_t          start_ns, end_ns;
	enum mg_severity severity;
	bool             shaded;
	struct mg_str    label; /* may be empty */
	uint32_t         number; /* of its finding, from 1; 0: none */
};

struct mg_chart {
	struct mg_arena       arena;
	struct mg_str         title, footer;
	int64_t               first_ns, last_ns;
	struct mg_panel      *panel;
	uint32_t              npanel, panel_cap;
	struct mg_chart_span *span; /* the most important first */
	uint32_t              nspan, span_cap;
	enum mg_picture       picture;
	enum mg_theme         theme;
	int                   width, height; /* 0: chosen; pixels, characters for txt */
	bool                  inline_data;   /* else 'series/<table>.tsv'             */
	struct mg_str         output;        /* file name for `set output`; empty: stdout */
};

struct mg_panel *mg_chart_panel(struct mg_chart *c, struct mg_str title, enum mg_axis axis);
/* Take the last panel away again: there is nothing to draw in it. */
void             mg_chart_drop_panel(struct mg_chart *c);
struct mg_str    mg_chart_printf(struct mg_chart *c, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* A panel with a line for every column of `t` that has a value; the unit chooses the axis.
 * Returns how many columns found no place. */
enum mg_scale { MG_SCALE_AUTO, MG_SCALE_LINEAR, MG_SCALE_LOG };
uint32_t mg_chart_table_panel(struct mg_chart *c, const struct mg_table *t, enum mg_scale scale);
/* Append the whole script.  A chart needs at least one panel and first <= last. */
void mg_chart_script(struct mg_chart *c, struct mg_buf *out);
/* Write the script to <dir>/<name>.gp and draw it into the picture of that name beside it, in
 * at most `seconds` (0: 20).  MG_OK; MG_SKIP: there is no gnuplot (the script is written);
 * MG_FAIL: gnuplot failed; MG_FATAL: the script could not be written.  err says why. */
enum mg_status mg_chart_draw(struct mg_chart *c, const char *dir, const char *name, int seconds,
			     struct mg_err *err);
void mg_chart_release(struct mg_chart *c);

#endif
