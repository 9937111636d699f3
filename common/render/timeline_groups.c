/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "render/grid.h"
#include "render/timeline_internal.h"
#include "render/tsv.h"

#define COLUMNS    60 /* of a sparkline                        */
#define TSV_GROUPS 12 /* and the others: what a plot tells apart */

struct spark {
	uint64_t v[COLUMNS + 1];
	size_t   n, per; /* steps a column */
	uint64_t peak;
	int64_t  peak_ns;
};

static void spark_fill(struct spark *s, const struct mg_event_counts *c,
		       const struct mg_count_group *g)
{
	size_t steps = mg_event_counts_steps(c);

	s->per = (steps + COLUMNS - 1) / COLUMNS;
	s->n = (steps + s->per - 1) / s->per;
	s->peak = 0;
	for (size_t i = 0; i < s->n; i++) {
		s->v[i] = 0;
		for (size_t k = i * s->per; k < (i + 1) * s->per && k < g->n; k++)
			s->v[i] += g->v[k];
		if (s->v[i] > s->peak) {
			s->peak = s->v[i];
			s->peak_ns = c->start_ns + (int64_t)(i * s->per) * c->step_ns;
		}
	}
}

/* Eight heights, of which the lowest is for anything above none. */
static void spark_text(struct mg_buf *b, const struct spark *s)
{
	for (size_t i = 0; i < s->n; i++) {
		if (s->v[i])
			mg_buf_printf(b, "\xe2\x96%c", (int)(0x81 + s->v[i] * 7 / s->peak));
		else
			mg_buf_addc(b, ' ');
	}
}

static void put_group(struct mg_grid *grid, const struct mg_event_counts *c,
		      const struct mg_count_group *g, struct mg_buf *text)
{
	struct spark s;
	char         at[24];

	spark_fill(&s, c, g);
	mg_grid_cell(grid, g->name.n ? g->name : MG_STR("\xe2\x80\x93"));
	mg_grid_cell(grid, mg_strz(mg_severity_name(g->worst)));
	mg_grid_count(grid, g->total);
	mg_grid_count(grid, s.peak);
	mg_grid_cell(grid, mg_strz(mg_time_clock(s.peak_ns, 0, at, sizeof(at))));
	mg_buf_clear(text);
	spark_text(text, &s);
	mg_grid_cell(grid, mg_buf_str(text));
}

/* What is in no row. */
static void put_rest(struct mg_buf *b, const struct mg_event_counts *c)
{
	if (c->ungrouped)
		mg_buf_printf(b, "%" PRIu64 " events of groups beyond the first %d\n", c->ungrouped,
			      MG_COUNTS_GROUPS);
	if (c->timeless)
		mg_buf_printf(b, "%" PRIu64 " events without a time\n", c->timeless);
}

void mg_timeline_groups_end(struct mg_timeline *t)
{
	struct mg_event_counts *c = &t->counts;
	struct mg_buf           b = { 0 }, text = { 0 };
	struct mg_grid          grid = { 0 };
	uint32_t                shown;
	char                    from[40], to[40], step[24];

	mg_event_counts_sort(c);
	shown = t->max && t->max < c->names.n ? (uint32_t)t->max : c->names.n;
	mg_buf_printf(&text, "%s|worst|>events|>peak|at|over time", mg_event_key_name(c->by));
	mg_grid_init(&grid, text.p);
	for (uint32_t i = 0; i < shown; i++)
		put_group(&grid, c, &c->g[i], &text);
	grid.more = c->names.n - shown;
	if (c->names.n) {
		struct spark s;

		spark_fill(&s, c, &c->g[0]);
		mg_buf_printf(&b, "# %s to %s; a column, and a peak, is %s; each row has its own scale\n",
			      mg_time_format(c->start_ns, 0, from, sizeof(from)),
			      mg_time_format(c->last_ns, 0, to, sizeof(to)),
			      mg_tsv_step((int64_t)s.per * c->step_ns, step, sizeof(step)));
		mg_grid_print(&grid, &b, 0, 0, true);
	}
	put_rest(&b, c);
	mg_out_add(t->out, mg_buf_str(&b));
	mg_grid_release(&grid);
	mg_buf_release(&b);
	mg_buf_release(&text);
	mg_event_counts_release(c);
}

void mg_timeline_groups_tsv_end(struct mg_timeline *t)
{
	struct mg_event_counts *c = &t->counts;
	uint32_t                top = t->max ? (uint32_t)t->max : TSV_GROUPS;
	struct mg_arena         a = { 0 };
	struct mg_buf           b = { 0 };
	struct mg_table         table;

	mg_event_counts_sort(c);
	t->hidden = c->timeless + c->ungrouped;
	mg_event_counts_table(c, top, &a, &table);
	table.title = mg_arena_printf(&a, "Events by %s", mg_event_key_name(c->by)).p;
	mg_tsv_format(&b, &table);
	mg_out_add(t->out, mg_buf_str(&b));
	mg_buf_release(&b);
	mg_arena_release(&a);
	mg_event_counts_release(c);
}
