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
	int      row;    /* 0 is the lowest */
	double   x;      /* of the text's left edge */
	double   anchor; /* of the span's start, where the leader stands */
};

#define MG_LABELS_MAX 8 /* spans that get their label; the others are counted */
#define MG_LABEL_CHARS 44

/* Place the labels of the first spans so that neither texts nor leaders cross; returns how
 * many were placed, *rows the rows they need, *left_out the labels that found no place. */
uint32_t mg_labels_place(const struct mg_chart *c, const struct mg_layout *l,
			 struct mg_placed *out, int *rows, uint32_t *left_out);

/* x of a time, clamped to the plots' edges. */
double mg_layout_x(const struct mg_layout *l, int64_t ns);
double mg_seconds(int64_t ns);

/* chart_axis.c: append "set yrange … set ytics …" and "set xrange … set xtics …". */
void mg_axis_y(const struct mg_chart *c, const struct mg_panel *p, struct mg_buf *out);
void mg_axis_x(const struct mg_chart *c, const struct mg_layout *l, bool labelled,
	       struct mg_buf *out);
/* "1.5 GiB", "200 ms", "12k": a value on an axis, into buf. */
const char *mg_axis_text(enum mg_axis a, double v, char *buf, size_t n);

#endif
