/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "base/num.h"
#include "render/grid.h"
#include "render/logs.h"
#include "render/text.h"

#define PLACE_MAX 44

static void cell_took(struct mg_grid *g, int64_t ns)
{
	char b[24];

	mg_grid_cell(g, mg_strz(mg_duration_text(ns, b, sizeof(b))));
}

/* --- one by one ------------------------------------------------------------------- */

static void step_line(struct mg_buf *b, const struct mg_tracetop_step *s, int64_t total,
		      size_t width)
{
	char t[24];

	mg_buf_printf(b, "  %9s %4.0f %%  ", mg_duration_text(s->delta_ns, t, sizeof(t)),
		      total > 0 ? 100.0 * (double)s->delta_ns / (double)total : 0.0);
	mg_text_pad(b, 2 * (size_t)(s->depth < 8 ? s->depth : 8));
	mg_text_escape(b, s->msg.n ? s->msg : MG_STR("(no name)"), width > 40 ? width - 20 : MG_TEXT_ALL);
	mg_buf_addc(b, '\n');
}

/* What the steps do not account for, when it matters. */
static void rest_line(struct mg_buf *b, const struct mg_tracetop_block *x)
{
	const struct mg_tracetop_step *last = x->nsteps ? &x->steps[x->nsteps - 1] : NULL;
	struct mg_tracetop_step        rest = { .msg = MG_STR("(after the last step)") };

	if (!last || last->depth || last->at_ns < 0)
		return;
	rest.delta_ns = x->total_ns - last->at_ns;
	if (rest.delta_ns > x->total_ns / 20)
		step_line(b, &rest, x->total_ns, 0);
}

static void block(struct mg_buf *b, const struct mg_tracetop_block *x, const struct mg_case *c,
		  size_t width)
{
	char t[40] = "-", d[24];

	if (x->start_ns != MG_TIME_NONE)
		mg_time_format(x->start_ns, 3, t, sizeof(t));
	mg_buf_printf(b, "%s  %s  ", t, mg_duration_text(x->total_ns, d, sizeof(d)));
	mg_text_escape(b, x->name, MG_TEXT_ALL);
	mg_buf_addz(b, "  ");
	mg_text_place(b, mg_case_path(c, x->artifact), x->line, PLACE_MAX);
	mg_buf_addc(b, '\n');
	if (x->fields.n) {
		mg_buf_addz(b, "  ");
		mg_text_escape(b, x->fields, width > 40 ? width - 2 : MG_TEXT_ALL);
		mg_buf_addc(b, '\n');
	}
	for (uint32_t i = 0; i < x->nsteps; i++)
		step_line(b, &x->steps[i], x->total_ns, width);
	rest_line(b, x);
}

/* --- together --------------------------------------------------------------------- */

struct ordered {
	const struct mg_tracetop     *t;
	const struct mg_tracetop_row *row;
	int64_t                       of; /* time of the whole operation */
};

static int by_time(const void *pa, const void *pb)
{
	const struct ordered *a = pa, *b = pb;
	int                   c;

	if (a->of != b->of)
		return a->of > b->of ? -1 : 1;
	c = mg_str_cmp(mg_tracetop_text(a->t, a->row->operation),
		       mg_tracetop_text(b->t, b->row->operation));
	if (c)
		return c;
	if ((a->row->step == MG_NONE) != (b->row->step == MG_NONE))
		return a->row->step == MG_NONE ? -1 : 1;
	if (a->row->took.sum != b->row->took.sum)
		return a->row->took.sum > b->row->took.sum ? -1 : 1;
	return mg_str_cmp(mg_tracetop_text(a->t, a->row->step), mg_tracetop_text(b->t, b->row->step));
}

/* The rows, operations with the most time first and each followed by its steps. */
static struct ordered *order(const struct mg_tracetop *t)
{
	struct ordered *v = mg_zalloc((t->nrows + 1) * sizeof(*v));
	int64_t        *of = mg_zalloc((t->texts.n + 1) * sizeof(*of));

	for (uint32_t i = 0; i < t->nrows; i++)
		if (t->row[i].step == MG_NONE)
			of[t->row[i].operation] = t->row[i].took.sum;
	for (uint32_t i = 0; i < t->nrows; i++)
		v[i] = (struct ordered){ t, &t->row[i], of[t->row[i].operation] };
	if (t->nrows)
		qsort(v, t->nrows, sizeof(*v), by_time);
	free(of);
	return v;
}

static void row(struct mg_grid *g, const struct ordered *x)
{
	const struct mg_hist *h = &x->row->took;

	mg_grid_count(g, h->count);
	cell_took(g, mg_hist_quantile(h, 0.5));
	cell_took(g, mg_hist_quantile(h, 0.99));
	cell_took(g, h->max);
	cell_took(g, h->sum);
	if (x->row->step == MG_NONE) {
		mg_grid_cell(g, MG_STR(""));
		mg_grid_cell(g, mg_tracetop_text(x->t, x->row->operation));
		return;
	}
	if (x->of > 0)
		mg_grid_cellf(g, "%.0f %%", 100.0 * (double)h->sum / (double)x->of);
	else
		mg_grid_cell(g, MG_STR(""));
	mg_grid_cellf(g, "  %.*s", MG_FMT(mg_tracetop_text(x->t, x->row->step)));
}

static void together(struct mg_buf *b, const struct mg_tracetop *t, size_t width)
{
	struct ordered *v = order(t);
	struct mg_grid  g;

	mg_grid_init(&g, ">count|>p50|>p99|>max|>together|>share|~operation and its steps");
	for (uint32_t i = 0; i < t->nrows; i++)
		row(&g, &v[i]);
	mg_grid_print(&g, b, 0, width, true);
	mg_grid_release(&g);
	free(v);
}

void mg_render_log_traces(struct mg_out *o, const struct mg_tracetop *t, const struct mg_case *c,
			  size_t max, size_t width)
{
	struct mg_buf b = { 0 };
	char          n[32], lines[32];
	uint32_t      shown = t->nslow;

	if (max && shown > max)
		shown = (uint32_t)max;
	mg_buf_printf(&b, "%s traces in %s lines", mg_num_grouped(t->count, n, sizeof(n)),
		      mg_num_grouped(t->lines, lines, sizeof(lines)));
	if (t->truncated)
		mg_buf_printf(&b, ", %s of them without their end or a line in between",
			      mg_num_grouped(t->truncated, n, sizeof(n)));
	mg_buf_addc(&b, '\n');
	if (t->count) {
		mg_buf_addc(&b, '\n');
		together(&b, t, width);
		mg_buf_printf(&b, "\nThe slowest %u:\n", shown);
	}
	for (uint32_t i = 0; i < shown; i++) {
		mg_buf_addc(&b, '\n');
		block(&b, &t->slow[i], c, width);
	}
	mg_out_add(o, mg_buf_str(&b));
	mg_buf_release(&b);
}
