/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "render/chart_internal.h"
#include "render/gnuplot.h"

#define MARK_COLUMNS 1500 /* marks of one row that fall into the same one are drawn once */
#define TOGETHER 2.5      /* characters: marks closer than this share one text */

/* Marks as data: x, y.  Of several within a pixel and a row one is drawn. */
static void mark_block(const struct mg_chart *c, const struct mg_layout *l, uint32_t k,
		       uint32_t row, struct mg_buf *out)
{
	const struct mg_panel *p = &c->panel[k];
	long                   last = -1;

	mg_buf_printf(out, "$m%u_%u << EOD\n", k, row);
	for (uint32_t i = 0; i < p->nmark; i++) {
		const struct mg_chart_mark *m = &p->mark[i];
		long at = lround((mg_seconds(m->start_ns) - l->x0) / (l->x1 - l->x0) * MARK_COLUMNS);

		if (m->row != (int)row || at == last || m->start_ns < c->first_ns ||
		    m->start_ns > c->last_ns)
			continue;
		last = at;
		mg_buf_printf(out, "%.3f\t%u\n", mg_seconds(m->start_ns), row);
	}
	/* an empty block would be an error */
	mg_buf_addz(out, "NaN\tNaN\nEOD\n");
}

static void mark_bars(const struct mg_chart *c, const struct mg_panel *p, struct mg_buf *out)
{
	for (uint32_t i = 0; i < p->nmark; i++) {
		const struct mg_chart_mark *m = &p->mark[i];
		int64_t from = m->start_ns < c->first_ns ? c->first_ns : m->start_ns;
		int64_t to = m->end_ns > c->last_ns ? c->last_ns : m->end_ns;

		if (to > from)
			mg_buf_printf(out, "set arrow from %.3f, %d to %.3f, %d nohead lw 4 lc rgb "
				      "'%s'\n", mg_seconds(from), m->row, mg_seconds(to), m->row,
				      mg_chart_ink(c, p->row[m->row].ink));
	}
}

static int64_t mark_end(const struct mg_chart_mark *m)
{
	return m->end_ns > m->start_ns ? m->end_ns : m->start_ns;
}

/* The marks from `i` on that stand so close that only one text fits behind them. */
static uint32_t cluster(const struct mg_layout *l, const struct mg_panel *p, uint32_t i)
{
	uint32_t k = i + 1;

	while (k < p->nmark && p->mark[k].row == p->mark[i].row &&
	       mg_layout_x(l, p->mark[k].start_ns) - mg_layout_x(l, mark_end(&p->mark[k - 1])) <
		       TOGETHER * l->char_w)
		k++;
	return k;
}

/* "kube-controller-manager, kube-scheduler": each text once, in order of time. */
static void cluster_text(const struct mg_panel *p, uint32_t from, uint32_t to, struct mg_buf *t)
{
	mg_buf_clear(t);
	for (uint32_t i = from; i < to && t->n < 4 * MG_ROW_CHARS; i++) {
		struct mg_str s = p->mark[i].text;

		if (s.n == 0 || mg_str_has(mg_buf_str(t), s))
			continue;
		mg_buf_addz(t, t->n ? ", " : "");
		mg_buf_add(t, mg_str_head(s, 4 * MG_ROW_CHARS));
	}
}

bool mg_rows_text(const struct mg_chart *c, const struct mg_layout *l, const struct mg_panel *p,
		  uint32_t *at, struct mg_buf *t, int64_t *behind)
{
	uint32_t i, k;

	for (i = *at; i < p->nmark; i = k) {
		double limit = l->width, need;

		k = cluster(l, p, i);
		*behind = mark_end(&p->mark[k - 1]);
		cluster_text(p, i, k, t);
		if (t->n == 0 || p->mark[i].start_ns < c->first_ns || *behind > c->last_ns)
			continue;
		if (k < p->nmark && p->mark[k].row == p->mark[i].row)
			limit = mg_layout_x(l, p->mark[k].start_ns);
		need = ((double)mg_gnuplot_chars(mg_buf_str(t), MG_ROW_CHARS) + 2) * l->char_w;
		if (mg_layout_x(l, *behind) + need > limit)
			continue;
		*at = k;
		return true;
	}
	return false;
}

static void mark_texts(const struct mg_chart *c, const struct mg_layout *l,
		       const struct mg_panel *p, struct mg_buf *out)
{
	struct mg_buf t = { 0 };
	uint32_t      next = 0;
	int64_t       at;

	while (mg_rows_text(c, l, p, &next, &t, &at)) {
		mg_buf_addz(out, "set label ");
		mg_gnuplot_str(out, mg_buf_str(&t), MG_ROW_CHARS);
		mg_buf_printf(out, " at %.3f, %d left offset character %d, 0 textcolor rgb '%s'%s\n",
			      mg_seconds(at), p->mark[next - 1].row, mg_chart_is_txt(c) ? 2 : 1,
			      mg_chart_paint(c, MG_PAINT_DIM),
			      mg_chart_is_txt(c) ? "" : " font ',8'");
	}
	mg_buf_release(&t);
}

static void points(const struct mg_chart *c, uint32_t k, struct mg_buf *out)
{
	const struct mg_panel *p = &c->panel[k];

	for (uint32_t r = 0; r < p->nrow; r++)
		mg_buf_printf(out, "%s $m%u_%u using 1:2 with points pt %d ps 1 lc rgb '%s' notitle",
			      r ? ", \\\n" : "", k, r, p->row[r].point > 0 ? p->row[r].point : 7,
			      mg_chart_ink(c, p->row[r].ink));
}

void mg_panel_rows(const struct mg_chart *c, const struct mg_layout *l, uint32_t k,
		   struct mg_buf *out)
{
	const struct mg_panel *p = &c->panel[k];

	for (uint32_t r = 0; r < p->nrow; r++)
		mark_block(c, l, k, r, out);
	mark_bars(c, p, out);
	mark_texts(c, l, p, out);
	mg_buf_addz(out, "unset key\nplot");
	points(c, k, out);
	mg_buf_addz(out, p->nrow ? "\n" : " NaN notitle\n");
}
