/* SPDX-License-Identifier: Apache-2.0 */
#include "render/etcd_tables.h"

#include <stdlib.h>

#include "base/hist.h"
#include "base/map.h"
#include "base/mem.h"
#include "render/etcd_cells.h"

/* One row: a member and a kind, or a resource and an operation. */
struct row {
	struct mg_str who, what, key; /* key: of the slowest */
	int           rank;           /* 0 a member, 1 beside it, 2 anybody else */
	uint64_t      n, peak;
	int64_t       first, last, peak_minute, slowest, most_keys, largest;
	struct mg_hist took;
};

struct per_minute { /* lines of a row in a minute */
	int64_t  minute;
	uint32_t row, zero;
	uint64_t n;
};

struct rows {
	struct mg_arena  arena;
	struct mg_intern ids;
	struct mg_cells  minutes;
	struct row      *v;
	size_t           n, cap;
};

static void rows_init(struct rows *t)
{
	*t = (struct rows){ 0 };
	mg_cells_init(&t->minutes, sizeof(struct per_minute), offsetof(struct per_minute, n));
}

static void rows_release(struct rows *t)
{
	for (size_t i = 0; i < t->n; i++)
		mg_hist_release(&t->v[i].took);
	free(t->v);
	mg_cells_release(&t->minutes);
	mg_intern_release(&t->ids);
	mg_arena_release(&t->arena);
}

static struct row *row_of(struct rows *t, struct mg_str who, struct mg_str what)
{
	struct mg_str key = mg_arena_printf(&t->arena, "%.*s\n%.*s", MG_FMT(who), MG_FMT(what));
	uint32_t      id = mg_intern_id(&t->ids, key);

	if (id == t->n) {
		struct row fresh = { .who = mg_str(key.p, who.n),
				     .what = mg_str(key.p + who.n + 1, what.n),
				     .first = MG_TIME_NONE, .last = MG_TIME_NONE,
				     .peak_minute = MG_TIME_NONE, .slowest = -1, .most_keys = -1,
				     .largest = -1 };

		mg_hist_init(&fresh.took, MG_HIST_BITS);
		MG_PUSH(t->v, t->n, t->cap, fresh);
	}
	return &t->v[id];
}

static void count_minute(struct rows *t, struct row *r, int64_t ns, uint32_t n)
{
	struct per_minute  key = { .minute = ns / MG_MIN, .row = (uint32_t)(r - t->v) }, *m;
	bool               added;

	m = mg_cells_at(&t->minutes, mg_cells_find(&t->minutes, &key, &added));
	m->n += n;
	if (m->n > r->peak || (m->n == r->peak && m->minute < r->peak_minute)) {
		r->peak = m->n;
		r->peak_minute = m->minute;
	}
}

/* A line stands where it was written: at the end of what it tells. */
static void count(struct rows *t, struct row *r, const struct mg_event *e)
{
	int64_t at = mg_event_end(e), keys = mg_event_attr_i64(e, "response_count", -1);
	int64_t size = mg_event_attr_i64(e, "response_size", -1);

	r->n += e->count;
	if (e->time_ns != MG_TIME_NONE) {
		r->first = r->first == MG_TIME_NONE || at < r->first ? at : r->first;
		r->last = at > r->last ? at : r->last;
		count_minute(t, r, at, e->count);
	}
	r->most_keys = keys > r->most_keys ? keys : r->most_keys;
	r->largest = size > r->largest ? size : r->largest;
	if (e->duration_ns < 0)
		return;
	mg_hist_add(&r->took, e->duration_ns);
	if (e->duration_ns > r->slowest) {
		r->slowest = e->duration_ns;
		r->key = mg_event_attr(e, "key");
	}
}

static int by_member(const void *va, const void *vb)
{
	const struct row *a = va, *b = vb;
	int               c = mg_str_cmp(a->who, b->who);

	if (a->rank != b->rank)
		return a->rank - b->rank;
	if (c)
		return c;
	if (a->n != b->n)
		return a->n > b->n ? -1 : 1;
	return mg_str_cmp(a->what, b->what);
}

static int by_cost(const void *va, const void *vb)
{
	const struct row *a = va, *b = vb;

	if (a->took.sum != b->took.sum)
		return a->took.sum > b->took.sum ? -1 : 1;
	return by_member(va, vb);
}

static void quantiles(struct mg_grid *g, const struct row *r)
{
	static const double q[] = { 0.5, 0.99, 1 };

	for (size_t i = 0; i < 3; i++)
		mg_etcd_cell_took(g, r->took.count ? mg_hist_quantile(&r->took, q[i]) : -1);
}

static void kind_row(struct mg_grid *g, const struct row *r)
{
	char clock[24];

	mg_grid_cell(g, r->who);
	mg_grid_cell(g, r->what);
	mg_grid_count(g, r->n);
	mg_etcd_cell_time(g, r->first, 3);
	mg_etcd_cell_time(g, r->last, 3);
	quantiles(g, r);
	if (r->peak_minute == MG_TIME_NONE)
		mg_grid_cell(g, MG_STR("-"));
	else
		mg_grid_cellf(g, "%.5s (%llu)",
			      mg_time_clock(r->peak_minute * MG_MIN, 0, clock, sizeof(clock)),
			      (unsigned long long)r->peak);
}

/* Whose line it is, for people: a member, what runs beside it, or a file. */
static struct mg_str speaker(struct mg_arena *a, const struct mg_etcdview *v,
			     const struct mg_event *e, int *rank)
{
	uint32_t                  m = mg_etcdview_member(v, e);
	const struct mg_artifact *t =
		e->artifact < v->c->nartifacts ? &v->c->artifacts[e->artifact] : NULL;

	*rank = 0;
	if (m != MG_NONE)
		return v->member[m].shown;
	*rank = 1;
	for (uint32_t i = 0; t && t->source.node.n && t->source.container.n && i < v->n; i++)
		if (mg_str_eq(t->source.node, v->member[i].name))
			return mg_arena_printf(a, "%.*s/%.*s", MG_FMT(v->member[i].shown),
					       MG_FMT(t->source.container));
	*rank = 2;
	if (t && t->source.pod.n && t->source.container.n)
		return mg_arena_printf(a, "%.*s/%.*s", MG_FMT(t->source.pod),
				       MG_FMT(t->source.container));
	return e->pod.n ? e->pod : e->node.n ? e->node : mg_case_path(v->c, e->artifact);
}

static bool is_log_line(const struct mg_event *e)
{
	return mg_str_starts(mg_strz(mg_event_kind_name(e->kind)), MG_STR("etcd.")) &&
	       e->kind != MG_EV_ETCD_STATUS && e->kind != MG_EV_ETCD_MEMBER &&
	       e->kind != MG_EV_ETCD_OBJECTS;
}

void mg_etcd_kinds_table(struct mg_buf *b, const struct mg_etcdview *v, size_t max)
{
	struct rows    t;
	struct mg_grid g;
	size_t         shown;

	rows_init(&t);
	for (size_t i = 0; i < v->c->events.n; i++) {
		const struct mg_event *e = &v->c->events.ev[i];

		int                    rank;
		struct row            *r;

		if (!is_log_line(e))
			continue;
		r = row_of(&t, speaker(&t.arena, v, e, &rank),
			   mg_strz(mg_event_kind_name(e->kind)));
		r->rank = rank;
		count(&t, r, e);
	}
	if (t.n)
		qsort(t.v, t.n, sizeof(*t.v), by_member);
	else
		mg_buf_addz(b, "no line of etcd worth a row\n");
	shown = max && max < t.n ? max : t.n;
	mg_grid_init(&g, "member|kind|>count|first|last|>p50|>p99|>max|>peak minute");
	for (size_t i = 0; i < shown; i++)
		kind_row(&g, &t.v[i]);
	if (t.n)
		mg_etcd_print(b, &g, t.n, shown);
	else
		mg_grid_release(&g);
	rows_release(&t);
}

static void key_row(struct mg_grid *g, const struct row *r)
{
	mg_grid_cell(g, r->who.n ? r->who : MG_STR("-"));
	mg_grid_cell(g, r->what.n ? r->what : MG_STR("-"));
	mg_grid_count(g, r->n);
	quantiles(g, r);
	mg_etcd_cell_took(g, r->took.count ? r->took.sum : -1);
	if (r->most_keys >= 0)
		mg_grid_count(g, (uint64_t)r->most_keys);
	else
		mg_grid_cell(g, MG_STR(""));
	mg_etcd_cell_bytes(g, r->largest);
	mg_grid_cell(g, r->key);
}

void mg_etcd_keys_table(struct mg_buf *b, const struct mg_etcdview *v, size_t max)
{
	struct rows    t;
	struct mg_grid g;
	size_t         shown;

	rows_init(&t);
	for (size_t i = 0; i < v->c->events.n; i++) {
		const struct mg_event *e = &v->c->events.ev[i];

		if (e->kind == MG_EV_ETCD_SLOW_APPLY)
			count(&t, row_of(&t, e->resource, mg_event_attr(e, "op")), e);
	}
	if (t.n)
		qsort(t.v, t.n, sizeof(*t.v), by_cost);
	else
		mg_buf_addz(b, "no slow apply\n");
	shown = max && max < t.n ? max : t.n;
	mg_grid_init(&g, "resource|operation|>count|>p50|>p99|>max|>in all|>most keys|>largest|"
			 "key of the slowest");
	for (size_t i = 0; i < shown; i++)
		key_row(&g, &t.v[i]);
	if (t.n)
		mg_etcd_print(b, &g, t.n, shown);
	else
		mg_grid_release(&g);
	rows_release(&t);
}
