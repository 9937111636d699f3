/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>

#include "render/chart_internal.h"
#include "render/gnuplot.h"

#define LEGEND_CHARS 25
#define BAR_LEAST 3      /* pixels: a short bar must still be seen */
#define INLINE_ROWS 3000 /* of a block of inline data */

/* --- lines and bars across ------------------------------------------------------- */

static bool outside(const struct mg_chart *c, const struct mg_chart_rule *r)
{
	int64_t end = r->end_ns > r->start_ns ? r->end_ns : r->start_ns;

	return r->start_ns > c->last_ns || end < c->first_ns;
}

static void rules(const struct mg_chart *c, const struct mg_layout *l, const struct mg_panel *p,
		  struct mg_buf *out)
{
	double least = (l->x1 - l->x0) / (l->right - l->left) * BAR_LEAST;

	for (uint32_t i = 0; i < p->nrule; i++) {
		const struct mg_chart_rule *r = &p->rule[i];
		double from = mg_seconds(r->start_ns), to = mg_seconds(r->end_ns);

		if (outside(c, r))
			continue;
		if (r->end_ns > r->start_ns && !mg_chart_is_txt(c))
			mg_buf_printf(out, "set object rect from %.3f, graph 0.93 to %.3f, graph 1 front "
				      "fc rgb '%s' fs solid 1 noborder\n", from,
				      to < from + least ? from + least : to, mg_chart_ink(c, r->ink));
		else
			mg_buf_printf(out, "set arrow from %.3f, graph 0 to %.3f, graph %s nohead front "
				      "lw 1.6 dt 2 lc rgb '%s'\n", from, from,
				      mg_chart_is_txt(c) ? "0.9" : "1", mg_chart_ink(c, r->ink));
	}
}

static void legend_rules(const struct mg_chart *c, const struct mg_panel *p, bool *first,
			 struct mg_buf *out)
{
	for (uint32_t i = 0; i < p->nrule; i++) {
		bool bar = p->rule[i].end_ns > p->rule[i].start_ns;
		bool seen = outside(c, &p->rule[i]);

		for (uint32_t k = 0; k < i && !seen; k++)
			seen = strcmp(p->rule[k].title, p->rule[i].title) == 0 &&
			       !outside(c, &p->rule[k]);
		if (seen)
			continue;
		mg_buf_printf(out, "%s NaN with lines lw %s lc rgb '%s' title ", *first ? "" : ", \\\n",
			      bar ? "7" : "1.6 dt 2", mg_chart_ink(c, p->rule[i].ink));
		mg_gnuplot_str(out, mg_strz(p->rule[i].title), LEGEND_CHARS);
		*first = false;
	}
}

static void data_source(const struct mg_chart *c, const struct mg_panel *p,
			const struct mg_table *t, struct mg_buf *out)
{
	if (c->inline_data)
		mg_buf_printf(out, "$p%u", (unsigned)(p - c->panel));
	else
		mg_buf_printf(out, "'series/%s.tsv' skip 2", t->name);
}

static void layer_style(const struct mg_chart *c, const struct mg_layer *y, struct mg_buf *out)
{
	const char *rgb = mg_chart_ink(c, y->ink);
	double      w = y->width > 0 ? y->width : 1.4;
	int         dash = y->dash > 0 ? y->dash : 1, point = y->point > 0 ? y->point : 7;

	/* points of a text terminal are letters: lines alone are clearer */
	if (mg_chart_is_txt(c) && (y->draw == MG_DRAW_LINE || y->draw == MG_DRAW_DOTTED_LINE)) {
		mg_buf_addz(out, "with lines");
		return;
	}
	switch (y->draw) {
	case MG_DRAW_AREA:
		mg_buf_printf(out, "with boxes lc rgb '%s'", rgb);
		break;
	case MG_DRAW_STACK:
		mg_buf_printf(out, "with boxes fs solid 1 noborder lc rgb '%s'", rgb);
		break;
	case MG_DRAW_IMPULSES:
		mg_buf_printf(out, "with impulses lw %.1f lc rgb '%s'", w, rgb);
		break;
	case MG_DRAW_POINTS:
		mg_buf_printf(out, "with points pt %d ps 0.9 lc rgb '%s'", point, rgb);
		break;
	case MG_DRAW_STEPS:
		mg_buf_printf(out, "with steps lw %.1f dt %d lc rgb '%s'", w, dash, rgb);
		break;
	case MG_DRAW_DOTTED_LINE:
		mg_buf_printf(out, "with linespoints lw %.1f dt %d pt %d ps 0.45 lc rgb '%s'", w, dash,
			      point, rgb);
		break;
	default:
		/* the tiny point shows a value between two unknown ones */
		mg_buf_printf(out, "with linespoints lw %.1f dt %d pt 7 ps 0.15 lc rgb '%s'", w, dash,
			      rgb);
	}
}

static void layers(const struct mg_chart *c, const struct mg_panel *p, bool *first,
		   struct mg_buf *out)
{
	for (uint32_t i = 0; i < p->nlayer; i++) {
		const struct mg_layer *y = &p->layer[i];
		double half = y->draw == MG_DRAW_STEPS ? 0 : mg_seconds(y->t->step_ns) / 2;

		mg_buf_addz(out, *first ? " " : ", \\\n ");
		data_source(c, p, y->t, out);
		if (y->draw == MG_DRAW_STACK)
			mg_buf_printf(out, " using (t(%.6g)):(sum [k=2:%u] (valid(k) ? column(k) : 0)) ",
				      half, y->col + 2);
		else
			mg_buf_printf(out, " using (t(%.6g)):(%s(%u)) ", half, p->log ? "pos" : "y",
				      y->col + 2);
		layer_style(c, y, out);
		mg_buf_addz(out, " title ");
		mg_gnuplot_str(out, y->title, LEGEND_CHARS);
		*first = false;
	}
}

/* One row of an inline block: the least or the greatest value of the buckets [from, to). */
static void inline_row(const struct mg_table *t, size_t from, size_t to, bool greatest,
		       struct mg_buf *out)
{
	size_t at = from + (greatest ? (to - from) / 2 : 0);

	mg_buf_printf(out, "%.3f", mg_seconds(t->start_ns) + (double)at * mg_seconds(t->step_ns));
	for (uint32_t c = 0; c < t->ncol; c++) {
		double best = NAN;

		for (size_t i = from; i < to; i++) {
			double v = t->col[c].v[i];

			if (isfinite(v) && (isnan(best) || (greatest ? v > best : v < best)))
				best = v;
		}
		mg_buf_addc(out, '\t');
		if (isfinite(best))
			mg_buf_printf(out, "%.10g", best);
	}
	mg_buf_addc(out, '\n');
}

/* Numbers only: nothing of the input can end the block.  More rows than pixels become the
 * least and the greatest value of some rows each, which draws the same. */
static void inline_block(const struct mg_chart *c, uint32_t k, struct mg_buf *out)
{
	const struct mg_panel *p = &c->panel[k];
	const struct mg_table *t = p->nlayer ? p->layer[0].t : NULL;
	size_t                 every;

	if (!t)
		return;
	every = t->n > INLINE_ROWS ? (t->n - 1) / (INLINE_ROWS / 2) + 1 : 1;
	mg_buf_printf(out, "$p%u << EOD\n", k);
	for (size_t i = 0; i < t->n; i += every) {
		size_t to = t->n - i < every ? t->n : i + every;

		if (every > 1)
			inline_row(t, i, to, false, out);
		inline_row(t, i, to, true, out);
	}
	mg_buf_addz(out, "EOD\n");
}

/* --- one panel ---------------------------------------------------------------------- */

static void panel_title(const struct mg_chart *c, const struct mg_layout *l, double top,
			const struct mg_panel *p, struct mg_buf *out)
{
	bool txt = mg_chart_is_txt(c);
	char more[80];

	snprintf(more, sizeof(more), "left front textcolor rgb '%s'%s", mg_chart_paint(c, MG_PAINT_TEXT),
		 txt ? "" : " font ',10'");
	mg_layout_text(l, l->left, top - (txt ? 0.5 : 9), more, p->title,
		mg_layout_chars(l, l->left, l->right), out);
}

static double boxwidth(const struct mg_panel *p)
{
	for (uint32_t i = 0; i < p->nlayer; i++)
		if (p->layer[i].draw == MG_DRAW_AREA || p->layer[i].draw == MG_DRAW_STACK)
			return mg_seconds(p->layer[i].t->step_ns);
	return 1;
}

static void legend(const struct mg_chart *c, const struct mg_layout *l, double top,
		   struct mg_buf *out)
{
	bool txt = mg_chart_is_txt(c);

	mg_buf_printf(out, "set key at screen %.6f, screen %.6f left top vertical Left reverse "
		      "noenhanced samplen %s spacing %s textcolor rgb '%s'%s\n",
		      (l->right + l->char_w * (txt ? 1 : 1.5)) / l->width,
		      mg_layout_screen_y(l, top - (txt ? 0 : 4)), txt ? "1" : "2.6", txt ? "1" : "0.95",
		      mg_chart_paint(c, MG_PAINT_TEXT), txt ? "" : " font ',9'");
}

void mg_panel_script(const struct mg_chart *c, const struct mg_layout *l, double top, uint32_t k,
		     struct mg_buf *out)
{
	const struct mg_panel *p = &c->panel[k];
	bool                   first = true;

	panel_title(c, l, top, p, out);
	if (p->axis == MG_AXIS_ROWS) {
		mg_panel_rows(c, l, k, out);
		return;
	}
	if (p->nheat) {
		mg_panel_heat(c, l, top, k, out);
		return;
	}
	legend(c, l, top, out);
	if (c->inline_data)
		inline_block(c, k, out);
	rules(c, l, p, out);
	mg_buf_printf(out, "set boxwidth %.6g\nplot", boxwidth(p));
	layers(c, p, &first, out);
	legend_rules(c, p, &first, out);
	mg_buf_addz(out, first ? " NaN notitle\n" : "\n");
}
