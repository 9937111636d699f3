/* chart_internal.h - what the files of the chart module share.
 *
 * Layer: render
 */
#ifndef MG_RENDER_CHART_INTERNAL_H
#define MG_RENDER_CHART_INTERNAL_H

#include "render/chart.h"

/* Where things stand; lengths in pixels, for txt in characters.  y counts from the top. */
struct mg_layout {
	double width, height;
	double char_w, char_h; /* of a usual character */
	double left, right;    /* x of the plots' edges */
	double label_y;        /* top of the first row of labels */
	double first_y;        /* top of the first plot */
	double strip;          /* above each plot, with its title */
	double scale;          /* height of a plot of weight 1 */
	double x0, x1;         /* seconds at the edges */
};

/* A label of a span, placed. */
struct mg_placed {
	uint32_t span;
	int      row;  /* 0 is the topmost      */
	double   x;    /* of the text's left edge */
	double   from, to; /* of the span's bar */
};

#define MG_LABELS_MAX 8 /* spans that get their label; the others are counted */
#define MG_LABEL_CHARS 60

/* Place the labels of the first spans, each in the first row where neither its text nor its
 * bar meets another; returns how many were placed, *rows the rows they need, *left_out the
 * labels that found no place. */
uint32_t mg_labels_place(const struct mg_chart *c, const struct mg_layout *l,
			 struct mg_placed *out, int *rows, uint32_t *left_out);

/* chart.c */
enum mg_paint { MG_PAINT_TEXT, MG_PAINT_PAPER, MG_PAINT_GRID, MG_PAINT_DIM,
		MG_PAINT_SHADE_WARNING, MG_PAINT_SHADE_ERROR, MG_PAINT_SHADE_CRITICAL,
		MG_PAINT_BAR_WARNING, MG_PAINT_BAR_ERROR, MG_PAINT_BAR_CRITICAL, MG_PAINTS };
const char *mg_chart_paint(const struct mg_chart *c, enum mg_paint p);
const char *mg_chart_ink(const struct mg_chart *c, enum mg_ink i);
static inline bool mg_chart_is_txt(const struct mg_chart *c)
{
	return c->picture == MG_PICTURE_TXT;
}

/* chart_layout.c */
void mg_layout_begin(const struct mg_chart *c, struct mg_layout *l);
void mg_layout_end(const struct mg_chart *c, struct mg_layout *l, int label_rows);
double mg_panel_weight(const struct mg_panel *p);
double mg_seconds(int64_t ns);
/* x of a time, clamped to the plots' edges; a length from the top as a screen coordinate. */
double mg_layout_x(const struct mg_layout *l, int64_t ns);
double mg_layout_screen_y(const struct mg_layout *l, double y);
/* "set label '…' at screen …" */
void mg_layout_text(const struct mg_layout *l, double x, double y, const char *more,
		    struct mg_str s, size_t max, struct mg_buf *out);
size_t mg_layout_chars(const struct mg_layout *l, double x0, double x1);

/* chart_axis.c: where an axis begins and ends, and what is written along it. */
#define MG_TICS 20
struct mg_tics {
	double lo, hi; /* of a clock: seconds since the epoch */
	bool   log;
	int    n;
	struct mg_tic {
		double at;
		char   text[40];
	} tic[MG_TICS];
};

/* The axis of a panel of values; the clock with at most `most` tics. */
void mg_tics_y(const struct mg_chart *c, const struct mg_panel *p, struct mg_tics *t);
void mg_tics_x(const struct mg_chart *c, int64_t most, struct mg_tics *t);
/* Append "set yrange … set ytics …" and "set xrange … set xtics …". */
void mg_axis_y(const struct mg_chart *c, const struct mg_panel *p, struct mg_buf *out);
void mg_axis_x(const struct mg_chart *c, const struct mg_layout *l, bool labelled,
	       struct mg_buf *out);
/* "1.5 GiB", "200 ms", "12k": a value on an axis, into buf. */
const char *mg_axis_text(enum mg_axis a, double v, char *buf, size_t n);

/* chart_panel.c, chart_rows.c: legend, rules and data of panel k. */
void mg_panel_script(const struct mg_chart *c, const struct mg_layout *l, double top, uint32_t k,
		     struct mg_buf *out);
#define MG_ROW_CHARS 80
/* The next text from mark *at on that fits between its marks and the next ones of their row:
 * the text, the time it stands behind, *at behind its marks.  False: no more. */
bool mg_rows_text(const struct mg_chart *c, const struct mg_layout *l, const struct mg_panel *p,
		  uint32_t *at, struct mg_buf *t, int64_t *behind);
void mg_panel_rows(const struct mg_chart *c, const struct mg_layout *l, uint32_t k,
		   struct mg_buf *out);

/* chart_heat.c */
void mg_panel_heat(const struct mg_chart *c, const struct mg_layout *l, double top, uint32_t k,
		   struct mg_buf *out);

#endif
