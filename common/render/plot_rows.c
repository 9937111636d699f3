/* SPDX-License-Identifier: Apache-2.0 */
/* Panels with a row for each of something: who led etcd, which collections were deleted. */
#include <stdlib.h>

#include "analysis/etcdleaders.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/num.h"
#include "render/plot_internal.h"

#define ROWS_MAX 14

static int by_row(const void *a, const void *b)
{
	const struct mg_chart_mark *x = a, *y = b;

	if (x->row != y->row)
		return x->row - y->row;
	return x->start_ns < y->start_ns ? -1 : x->start_ns > y->start_ns;
}

/* Give the panel its height, or take it away when it has no mark. */
static bool settle(struct mg_plan *t, struct mg_panel *p)
{
	if (p->nmark == 0) {
		mg_chart_drop_panel(&t->chart);
		return false;
	}
	qsort(p->mark, p->nmark, sizeof(*p->mark), by_row);
	p->weight = 0.17 * p->nrow;
	return true;
}

/* --- etcd ----------------------------------------------------------------------------- */

bool mg_plan_members(struct mg_plan *t)
{
	static const enum mg_ink inks[] = { MG_INK_BLUE, MG_INK_ORANGE, MG_INK_GREEN, MG_INK_PURPLE,
					    MG_INK_VERMILLION, MG_INK_SKY, MG_INK_BLACK };
	const struct mg_table   *m = mg_series_table(t->s, "members");
	struct mg_panel         *p;

	if (!m)
		return false;
	p = mg_chart_panel(&t->chart, MG_STR("Longest slow apply of each etcd member that has any, seconds (log)"),
			   MG_AXIS_SECONDS);
	p->log = true;
	p->weight = 1.5;
	for (uint32_t i = 0; i < m->ncol; i++)
		mg_plan_layer(p, (struct mg_layer){ .t = m, .col = i, .draw = MG_DRAW_POINTS,
						    .ink = inks[i % 7], .point = 4 + (int)i * 2,
						    .title = m->col[i].name });
	return true;
}

/* One row a member, with a bar for each time it led. */
bool mg_plan_leaders(struct mg_plan *t)
{
	struct mg_etcdview     view = { 0 };
	struct mg_etcd_leaders l = { 0 };
	struct mg_panel       *p = mg_chart_panel(&t->chart, MG_STR("etcd leader (term)"),
						  MG_AXIS_ROWS);

	mg_etcdview_build(&view, t->c);
	mg_etcd_leaders_build(&l, &view);
	for (uint32_t i = 0; i < view.n && i < ROWS_MAX; i++) {
		struct mg_chart_row row = { mg_chart_printf(&t->chart, "%.*s", MG_FMT(view.member[i].shown)),
					    MG_INK_PURPLE, 5 };

		MG_PUSH(p->row, p->nrow, p->row_cap, row);
	}
	for (uint32_t i = 0; i < l.n; i++) {
		const struct mg_etcd_reign *r = &l.reign[i];
		struct mg_chart_mark        m = { r->start_ns, r->end_ns, (int)r->member, mg_str("", 0) };

		if (r->member >= p->nrow)
			continue;
		m.start_ns = r->start_ns == MG_TIME_NONE ? t->chart.first_ns : r->start_ns;
		m.end_ns = r->end_ns == MG_TIME_NONE ? l.end_ns : r->end_ns;
		if (r->term >= 0)
			m.text = mg_chart_printf(&t->chart, "%lld", (long long)r->term);
		MG_PUSH(p->mark, p->nmark, p->mark_cap, m);
	}
	mg_etcd_leaders_release(&l);
	mg_etcdview_release(&view);
	return settle(t, p);
}

/* --- DELETE collections ------------------------------------------------------------------ */

/* A row a resource and namespace; the short ones that went well share one. */
struct collections {
	struct mg_plan  *t;
	struct mg_panel *p;
	struct mg_intern rows;
	uint64_t         count[ROWS_MAX];
	uint64_t         short_ones, other_kinds;
};

static bool worth_a_row(const struct mg_event *e)
{
	return e->code >= 400 || e->duration_ns >= MG_SEC;
}

/* "events in backlog"; the API group would take the place of the rest. */
static struct mg_str collection_name(struct mg_plan *t, const struct mg_event *e)
{
	struct mg_str resource, group;

	mg_str_cut(e->resource, '.', &resource, &group);
	return mg_chart_printf(&t->chart, "%.*s%s%.*s", MG_FMT(resource), e->ns.n ? " in " : "",
			       MG_FMT(e->ns));
}

static void add_collection(struct collections *k, const struct mg_event *e)
{
	struct mg_panel *p = k->p;
	uint32_t         row;

	if (!worth_a_row(e)) {
		k->short_ones++;
		return;
	}
	row = mg_intern_id(&k->rows, collection_name(k->t, e));
	if (row >= ROWS_MAX) {
		k->other_kinds++;
		return;
	}
	if (row == p->nrow) {
		struct mg_chart_row r = { mg_intern_str(&k->rows, row), MG_INK_BLUE, 5 };

		if (e->kind == MG_EV_APISERVER_TRACE)
			r.ink = MG_INK_ORANGE;
		MG_PUSH(p->row, p->nrow, p->row_cap, r);
	}
	if (e->code >= 400)
		p->row[row].ink = MG_INK_VERMILLION;
	k->count[row]++;
	MG_PUSH(p->mark, p->nmark, p->mark_cap,
		((struct mg_chart_mark){ e->time_ns, mg_event_end(e), (int)row, mg_str("", 0) }));
}

bool mg_plan_collections(struct mg_plan *t)
{
	struct collections k = { .t = t };
	struct mg_buf      title = { 0 };
	char               n[32];

	k.p = mg_chart_panel(&t->chart, mg_str("", 0), MG_AXIS_ROWS);
	for (size_t i = 0; i < t->c->events.n; i++)
		if (mg_is_collection(t->c, &t->c->events.ev[i]))
			add_collection(&k, &t->c->events.ev[i]);
	for (uint32_t i = 0; i < k.p->nrow; i++)
		k.p->row[i].title = mg_chart_printf(&t->chart, "%.*s (%s)", MG_FMT(k.p->row[i].title),
						    mg_num_grouped(k.count[i], n, sizeof(n)));
	mg_buf_addz(&title, "DELETE collection requests (count); red: some failed, orange: only in the "
			    "API server's traces");
	if (k.short_ones)
		mg_buf_printf(&title, "; not drawn: %s under 1 s that went well",
			      mg_num_grouped(k.short_ones, n, sizeof(n)));
	if (k.other_kinds)
		mg_buf_printf(&title, "; %s of more kinds", mg_num_grouped(k.other_kinds, n, sizeof(n)));
	k.p->title = mg_chart_printf(&t->chart, "%s", title.p);
	mg_buf_release(&title);
	mg_intern_release(&k.rows);
	return settle(t, k.p);
}
