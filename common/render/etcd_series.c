/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "base/map.h"
#include "render/etcd_tables.h"

enum { APPLIES, FDATASYNCS, READ_INDEX, HEARTBEATS, LONGEST_APPLY, LONGEST_FDATASYNC, METRICS };

static const char *const names[METRICS] = {
	"slow applies", "slow fdatasyncs", "ReadIndex waits", "late heartbeats",
	"longest apply (s)", "longest fdatasync (s)",
};

static int metric_of(enum mg_event_kind k)
{
	switch (k) {
	case MG_EV_ETCD_SLOW_APPLY: return APPLIES;
	case MG_EV_ETCD_SLOW_FDATASYNC: return FDATASYNCS;
	case MG_EV_ETCD_READ_INDEX: return READ_INDEX;
	case MG_EV_ETCD_HEARTBEAT: return HEARTBEATS;
	default: return -1;
	}
}

/* Floor to a multiple of the step, also before 1970. */
static int64_t bucket(int64_t ns, int64_t step)
{
	return ns / step - (ns % step < 0);
}

static bool span(const struct mg_etcdview *v, int64_t *first, int64_t *last)
{
	*first = *last = MG_TIME_NONE;
	for (uint32_t i = 0; i < v->n; i++) {
		const struct mg_etcd_member *m = &v->member[i];

		if (!m->logged || m->first_ns == MG_TIME_NONE)
			continue;
		*first = *first == MG_TIME_NONE || m->first_ns < *first ? m->first_ns : *first;
		*last = m->last_ns > *last ? m->last_ns : *last;
	}
	return *first != MG_TIME_NONE && *last >= *first;
}

static void fill(const struct mg_etcdview *v, struct mg_table *t, int64_t first)
{
	for (size_t i = 0; i < v->c->events.n; i++) {
		const struct mg_event *e = &v->c->events.ev[i];
		int                    k = metric_of(e->kind);
		uint32_t               m = k < 0 ? MG_NONE : mg_etcdview_member(v, e);
		int64_t                at;
		struct mg_column      *col;
		double                 took = (double)e->duration_ns / 1e9;

		if (m == MG_NONE || e->time_ns == MG_TIME_NONE)
			continue;
		at = bucket(mg_event_end(e), t->step_ns) - first;
		if (at < 0 || (size_t)at >= t->n)
			continue;
		col = &t->col[m * METRICS];
		col[k].v[at] = (isnan(col[k].v[at]) ? 0 : col[k].v[at]) + e->count;
		col[k].any = true;
		if (k > FDATASYNCS || took < 0)
			continue;
		k += LONGEST_APPLY;
		col[k].v[at] = isnan(col[k].v[at]) || took > col[k].v[at] ? took : col[k].v[at];
		col[k].any = true;
	}
}

/* A member whose log covers the step and says nothing had nothing slow: counts are 0. */
static void cover(const struct mg_etcdview *v, struct mg_table *t, int64_t first)
{
	for (uint32_t m = 0; m < v->n; m++) {
		int64_t lo, hi;

		if (!v->member[m].logged || v->member[m].first_ns == MG_TIME_NONE)
			continue;
		lo = bucket(v->member[m].first_ns, t->step_ns) - first;
		hi = bucket(v->member[m].last_ns, t->step_ns) - first;
		for (int64_t i = lo; i <= hi && (size_t)i < t->n; i++)
			for (int k = APPLIES; k <= HEARTBEATS; k++)
				t->col[m * METRICS + (uint32_t)k].v[i] = 0;
	}
}

static void columns(const struct mg_etcdview *v, struct mg_arena *a, struct mg_table *t)
{
	t->ncol = v->n * METRICS;
	t->col = mg_arena_zalloc(a, t->ncol * sizeof(*t->col));
	for (uint32_t c = 0; c < t->ncol; c++) {
		t->col[c].name = mg_arena_printf(a, "%s %.*s", names[c % METRICS],
						 MG_FMT(v->member[c / METRICS].shown));
		t->col[c].v = mg_arena_alloc(a, t->n * sizeof(double));
		for (size_t i = 0; i < t->n; i++)
			t->col[c].v[i] = NAN;
	}
}

/* Columns without a value say nothing. */
static void settle(struct mg_table *t)
{
	uint32_t kept = 0;

	for (uint32_t c = 0; c < t->ncol; c++)
		if (t->col[c].any)
			t->col[kept++] = t->col[c];
	t->ncol = kept;
}

bool mg_etcd_series(const struct mg_etcdview *v, int64_t step_ns, struct mg_arena *a,
		    struct mg_table *t)
{
	int64_t first, last;

	*t = (struct mg_table){ .name = "etcd", .title = "Slow operations in etcd's log, by member",
				.unit = "count (longest: s)", .step_ns = step_ns };
	if (!span(v, &first, &last))
		return false;
	first = bucket(first, step_ns);
	last = bucket(last, step_ns);
	t->start_ns = first * step_ns;
	t->n = (size_t)(last - first) + 1;
	if (t->n > MG_ETCD_BUCKETS)
		return false;
	columns(v, a, t);
	cover(v, t, first);
	fill(v, t, first);
	settle(t);
	return true;
}
