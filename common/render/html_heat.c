/* SPDX-License-Identifier: Apache-2.0 */
/* A heat map in SVG: one path for each shade, so that thousands of cells are few bytes, and the
 * browser itself tells how many of which shade lie under the pointer. */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/num.h"
#include "render/chart_internal.h"
#include "render/html_internal.h"

#define SHADES  8
#define SWATCH_H 13 /* one line of the legend */

/* Shade k is for counts from `from[k]` on; the steps are alike in factor. */
struct scale {
	uint64_t from[SHADES + 1];
	int      n;
};

struct run {
	int                        shade;
	const struct mg_heat_cell *cell;
};

static void make_scale(struct scale *s, const struct mg_panel *q)
{
	uint64_t max = 1;

	for (uint32_t i = 0; i < q->nheat; i++)
		max = q->heat[i].count > max ? q->heat[i].count : max;
	s->from[0] = 1;
	for (s->n = 1; s->n < SHADES; s->n++) {
		uint64_t at = (uint64_t)ceil(pow((double)max, (double)s->n / SHADES));

		s->from[s->n] = at > s->from[s->n - 1] ? at : s->from[s->n - 1] + 1;
		if (s->from[s->n] > max)
			break;
	}
	s->from[s->n] = max + 1;
}

static int shade_of(const struct scale *s, uint64_t count)
{
	int k = s->n - 1;

	while (k > 0 && count < s->from[k])
		k--;
	return k;
}

/* Few shades lie far apart all the same. */
static int class_of(const struct scale *s, int shade)
{
	return s->n > 1 ? shade * (SHADES - 1) / (s->n - 1) : SHADES / 2;
}

static int by_shade_and_row(const void *pa, const void *pb)
{
	const struct run *a = pa, *b = pb;

	if (a->shade != b->shade)
		return a->shade < b->shade ? -1 : 1;
	if (a->cell->lo != b->cell->lo)
		return a->cell->lo < b->cell->lo ? -1 : 1;
	return (a->cell->start_ns > b->cell->start_ns) - (a->cell->start_ns < b->cell->start_ns);
}

static void say_range(struct mg_buf *b, const struct scale *s, int shade)
{
	uint64_t from = s->from[shade], to = s->from[shade + 1] - 1;
	char     n[32];

	mg_buf_addz(b, mg_num_grouped(from, n, sizeof(n)));
	if (to > from)
		mg_buf_printf(b, "\xe2\x80\x93%s", mg_num_grouped(to, n, sizeof(n)));
	mg_buf_addz(b, to == 1 ? " request" : " requests");
}

/* One box for neighbours in a row; `r` is moved behind them. */
static void box(struct mg_buf *b, const struct mg_html_frame *f, const struct run **r,
		const struct run *end)
{
	const struct mg_heat_cell *c = (*r)->cell;
	int    shade = (*r)->shade;
	int64_t to = c->start_ns;
	double x, w, y = mg_html_y(f, c->hi);

	for (; *r < end && (*r)->shade == shade && (*r)->cell->lo == c->lo && (*r)->cell->start_ns <= to;
	     ++*r)
		to = (*r)->cell->start_ns + (*r)->cell->step_ns;
	x = mg_layout_x(f->l, c->start_ns);
	w = mg_layout_x(f->l, to) - x;
	mg_buf_printf(b, "M%.1f %.1fh%.1fv%.1fh-%.1fz", x, y, w, mg_html_y(f, c->lo) - y, w);
}

static void boxes(struct mg_buf *b, const struct mg_html_frame *f, const struct scale *s,
		  const struct run *r, const struct run *end)
{
	while (r < end) {
		int shade = r->shade;

		mg_buf_printf(b, "<path class=\"h%d\" d=\"", class_of(s, shade));
		while (r < end && r->shade == shade)
			box(b, f, &r, end);
		mg_buf_addz(b, "\"><title>");
		say_range(b, s, shade);
		mg_buf_addz(b, "</title></path>\n");
	}
}

double mg_html_heat(struct mg_buf *b, const struct mg_html_frame *f, const struct mg_panel *q, double x,
		    double y)
{
	struct run  *r = mg_alloc((q->nheat + 1) * sizeof(*r));
	struct scale s;

	make_scale(&s, q);
	for (uint32_t i = 0; i < q->nheat; i++)
		r[i] = (struct run){ shade_of(&s, q->heat[i].count), &q->heat[i] };
	qsort(r, q->nheat, sizeof(*r), by_shade_and_row);
	boxes(b, f, &s, r, r + q->nheat);
	free(r);
	for (int k = 0; k < s.n; k++) {
		mg_buf_printf(b, "<path class=\"h%d\" d=\"M%.1f %.1fh22v9h-22z\"/>"
			      "<text x=\"%.1f\" y=\"%.1f\" class=\"lg\">", class_of(&s, k), x,
			      y + k * SWATCH_H - 5, x + 28, y + k * SWATCH_H + 4);
		say_range(b, &s, k);
		mg_buf_addz(b, "</text>\n");
	}
	return s.n * SWATCH_H;
}
