/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "render/chart_internal.h"
#include "render/html_internal.h"

/* --- markers --------------------------------------------------------------------------- */

/* Odd ones of gnuplot's shapes are filled, except the crosses. */
bool mg_html_marker_filled(int type)
{
	return type >= 5 && type % 2 == 1;
}

void mg_html_marker(struct mg_buf *b, int type, double x, double y, double r)
{
	switch (type) {
	case 1:
		mg_buf_printf(b, "M%.1f %.1fh%.1fM%.1f %.1fv%.1f", x - r, y, 2 * r, x, y - r, 2 * r);
		break;
	case 2:
		mg_buf_printf(b, "M%.1f %.1fl%.1f %.1fm0 %.1fl%.1f %.1f", x - r, y - r, 2 * r, 2 * r,
			      -2 * r, -2 * r, 2 * r);
		break;
	case 4:
	case 5:
		mg_buf_printf(b, "M%.1f %.1fh%.1fv%.1fh%.1fz", x - r, y - r, 2 * r, 2 * r, -2 * r);
		break;
	case 8:
	case 9:
		mg_buf_printf(b, "M%.1f %.1fl%.1f %.1fh%.1fz", x, y - r, r, 2 * r, -2 * r);
		break;
	case 10:
	case 11:
		mg_buf_printf(b, "M%.1f %.1fl%.1f %.1fh%.1fz", x, y + r, r, -2 * r, -2 * r);
		break;
	case 12:
	case 13:
		mg_buf_printf(b, "M%.1f %.1fl%.1f %.1fl%.1f %.1fl%.1f %.1fz", x, y - r, r, r, -r, r,
			      -r, -r);
		break;
	default:
		mg_buf_printf(b, "M%.1f %.1fa%.1f %.1f 0 1 0 %.1f 0a%.1f %.1f 0 1 0 %.1f 0z", x - r, y,
			      r, r, 2 * r, r, r, -2 * r);
	}
}

/* --- values ----------------------------------------------------------------------------- */

static bool known(const struct mg_html_frame *f, double v)
{
	return isfinite(v) && (!f->y->log || v > 0);
}

double mg_html_y(const struct mg_html_frame *f, double v)
{
	double lo = f->y->lo, hi = f->y->hi;

	if (f->y->log) {
		lo = log10(lo);
		hi = log10(hi);
		v = log10(v);
	}
	v = hi > lo ? (v - lo) / (hi - lo) : 0;
	v = v < 0 ? 0 : v > 1 ? 1 : v;
	return f->bottom - v * (f->bottom - f->top);
}

/* x of the bucket's edge, or of what is `half` of it further. */
static double x_of(const struct mg_html_frame *f, const struct mg_table *t, size_t i, double part)
{
	double s = mg_seconds(t->start_ns) + ((double)i + part) * mg_seconds(t->step_ns);
	double x = (s - f->l->x0) / (f->l->x1 - f->l->x0);

	x = x < 0 ? 0 : x > 1 ? 1 : x;
	return f->l->left + x * (f->l->right - f->l->left);
}

static bool outside(const struct mg_html_frame *f, const struct mg_table *t, size_t i)
{
	int64_t ns = t->start_ns + (int64_t)i * t->step_ns;

	return ns > f->c->last_ns || ns + t->step_ns < f->c->first_ns;
}

/* Neighbours of any height are one shape: few characters, and no seams between them. */
static void area(struct mg_buf *b, const struct mg_html_frame *f, const struct mg_table *t,
		 const double *v)
{
	bool open = false;

	for (size_t i = 0; i < t->n; i++) {
		bool in = known(f, v[i]) && v[i] > 0 && !outside(f, t, i);

		if (in && !open)
			mg_buf_printf(b, "M%.1f %.1f", x_of(f, t, i, 0), f->bottom);
		if (in)
			mg_buf_printf(b, "V%.1fH%.1f", mg_html_y(f, v[i]), x_of(f, t, i, 1));
		else if (open)
			mg_buf_printf(b, "V%.1fz", f->bottom);
		open = in;
	}
	if (open)
		mg_buf_printf(b, "V%.1fz", f->bottom);
}

static void line(struct mg_buf *b, const struct mg_html_frame *f, const struct mg_table *t,
		 const double *v)
{
	bool open = false;

	for (size_t i = 0; i < t->n; i++) {
		bool in = known(f, v[i]) && !outside(f, t, i);

		if (in)
			mg_buf_printf(b, "%c%.1f %.1f", open ? 'L' : 'M', x_of(f, t, i, 0.5),
				      mg_html_y(f, v[i]));
		open = in;
	}
}

static void steps(struct mg_buf *b, const struct mg_html_frame *f, const struct mg_table *t,
		  const double *v)
{
	bool open = false;

	for (size_t i = 0; i < t->n; i++) {
		if (!known(f, v[i]) || outside(f, t, i))
			continue; /* a count holds until the next dump */
		mg_buf_printf(b, open ? "H%.1fV%.1f" : "M%.1f %.1f", x_of(f, t, i, 0),
			      mg_html_y(f, v[i]));
		open = true;
	}
}

static void impulses(struct mg_buf *b, const struct mg_html_frame *f, const struct mg_table *t,
		     const double *v)
{
	for (size_t i = 0; i < t->n; i++)
		if (known(f, v[i]) && v[i] > 0 && !outside(f, t, i))
			mg_buf_printf(b, "M%.1f %.1fV%.1f", x_of(f, t, i, 0.5), f->bottom,
				      mg_html_y(f, v[i]));
}

static void markers(struct mg_buf *b, const struct mg_html_frame *f, const struct mg_table *t,
		    const double *v, int type, double r)
{
	for (size_t i = 0; i < t->n; i++)
		if (known(f, v[i]) && v[i] > 0 && !outside(f, t, i))
			mg_html_marker(b, type, x_of(f, t, i, 0.5), mg_html_y(f, v[i]), r);
}

/* A value between two unknown ones has no line: a dot shows it. */
static void alone(struct mg_buf *b, const struct mg_html_frame *f, const struct mg_table *t,
		  const double *v)
{
	for (size_t i = 0; i < t->n; i++)
		if (known(f, v[i]) && !outside(f, t, i) && (i == 0 || !known(f, v[i - 1])) &&
		    (i + 1 == t->n || !known(f, v[i + 1])))
			mg_html_marker(b, 7, x_of(f, t, i, 0.5), mg_html_y(f, v[i]), 1.4);
}

/* The script finds the values of a layer in the page's tables by "table:column". */
static void begin(struct mg_buf *b, const struct mg_layer *y, const char *what)
{
	mg_buf_printf(b, "<path class=\"%s i%d", what, (int)y->ink);
	if (y->dash > 1)
		mg_buf_printf(b, " d%d", y->dash > 4 ? 4 : y->dash);
	mg_buf_printf(b, "\" data-c=\"%s:%u\" data-name=\"", y->t->name, y->col);
	mg_html_text(b, y->title);
	mg_buf_addz(b, y->draw == MG_DRAW_STEPS ? "\" data-hold=\"1\" d=\"" : "\" d=\"");
}

static void stroke(struct mg_buf *b, double width)
{
	mg_buf_printf(b, "\" stroke-width=\"%.1f\"/>\n", width > 0 ? width : 1.4);
}

static void lines_and_dots(struct mg_buf *b, const struct mg_html_frame *f,
			   const struct mg_layer *y, const double *v)
{
	bool dotted = y->draw == MG_DRAW_DOTTED_LINE;
	int  type = y->point > 0 ? y->point : 7;

	begin(b, y, "ln");
	line(b, f, y->t, v);
	stroke(b, y->width);
	mg_buf_printf(b, "<path class=\"%s i%d\" d=\"",
		      !dotted || mg_html_marker_filled(type) ? "fl" : "mk", (int)y->ink);
	if (dotted)
		markers(b, f, y->t, v, type, 1.7);
	else
		alone(b, f, y->t, v);
	mg_buf_addz(b, "\"/>\n");
}

/* The sum of all columns up to the layer's, down to the bottom: lower layers come later and are
 * drawn over it. */
static void stack(struct mg_buf *b, const struct mg_html_frame *f, const struct mg_layer *y)
{
	const struct mg_table *t = y->t;
	double                *sum = mg_zalloc((t->n + 1) * sizeof(*sum));

	for (uint32_t k = 0; k <= y->col; k++)
		for (size_t i = 0; i < t->n; i++)
			sum[i] += isfinite(t->col[k].v[i]) ? t->col[k].v[i] : 0;
	begin(b, y, "fl");
	area(b, f, t, sum);
	mg_buf_addz(b, "\"/>\n");
	free(sum);
}

void mg_html_layer(struct mg_buf *b, const struct mg_html_frame *f, const struct mg_layer *y)
{
	const double *v = y->t->col[y->col].v;
	int           type = y->point > 0 ? y->point : 7;

	switch (y->draw) {
	case MG_DRAW_AREA:
		begin(b, y, "ar");
		area(b, f, y->t, v);
		mg_buf_addz(b, "\"/>\n");
		break;
	case MG_DRAW_IMPULSES:
		begin(b, y, "ln");
		impulses(b, f, y->t, v);
		stroke(b, y->width);
		break;
	case MG_DRAW_POINTS:
		begin(b, y, mg_html_marker_filled(type) ? "fl" : "mk");
		markers(b, f, y->t, v, type, 3.6);
		mg_buf_addz(b, "\"/>\n");
		break;
	case MG_DRAW_STACK:
		stack(b, f, y);
		break;
	case MG_DRAW_STEPS:
		begin(b, y, "ln");
		steps(b, f, y->t, v);
		stroke(b, y->width);
		break;
	default:
		lines_and_dots(b, f, y, v);
	}
}
