/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of events: slow applies of each member of etcd, large LISTs at once. */
#include <math.h>
#include <stdlib.h>

#include "analysis/etcdview.h"
#include "analysis/series_internal.h"
#include "base/mem.h"

#define MEMBERS 9 /* a cluster has 3 or 5, in rare cases 7 */

static void raise_to(double *v, double to)
{
	if (isnan(*v) || to > *v)
		*v = to;
}

void mg_series_members(struct mg_frame *f)
{
	struct mg_etcdview view = { 0 };
	struct mg_table   *t;
	double            *v[MEMBERS];
	size_t             at;

	mg_etcdview_build(&view, f->c);
	if (view.n > 1 && view.n <= MEMBERS) {
		t = mg_frame_table(f, "members", "Longest slow apply of each etcd member", "s", f->step_ns);
		for (uint32_t k = 0; k < view.n; k++)
			v[k] = mg_frame_column(f, t, view.member[k].shown);
		for (size_t i = 0; i < f->c->events.n; i++) {
			const struct mg_event *e = &f->c->events.ev[i];
			uint32_t               k;

			if (e->kind != MG_EV_ETCD_SLOW_APPLY || e->duration_ns < 0 ||
			    e->time_ns == MG_TIME_NONE || !mg_table_index(t, mg_event_end(e), &at))
				continue;
			k = mg_etcdview_member(&view, e);
			if (k != MG_NONE)
				raise_to(&v[k][at], (double)e->duration_ns / 1e9);
		}
	}
	mg_etcdview_release(&view);
}

static int by_time(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* Most LISTs without a limit that were open at once in each step: starts and ends in order of
 * time, of which an end at the same time comes last. */
void mg_series_lists(struct mg_frame *f)
{
	int64_t         *start = mg_alloc((f->c->events.n + 1) * sizeof(*start));
	int64_t         *end = mg_alloc((f->c->events.n + 1) * sizeof(*end));
	struct mg_table *t;
	double          *v;
	size_t           n = 0, lo, hi;

	for (size_t i = 0; i < f->c->events.n; i++) {
		const struct mg_event *e = &f->c->events.ev[i];

		if (e->kind != MG_EV_AUDIT_LIST || e->time_ns == MG_TIME_NONE || e->duration_ns < 0)
			continue;
		start[n] = e->time_ns;
		end[n++] = mg_event_end(e);
	}
	qsort(start, n, sizeof(*start), by_time);
	qsort(end, n, sizeof(*end), by_time);
	if (n) {
		t = mg_frame_table(f, "lists", "LISTs without a limit at once (audit log, 100 ms and more)",
				   "count", f->step_ns);
		v = mg_frame_column(f, t, MG_STR("LISTs at once"));
		for (size_t i = 0; i < t->n; i++)
			v[i] = 0;
		for (size_t s = 0, e = 0; s < n; s++) {
			while (end[e] < start[s])
				e++;
			/* as many are open until the next one ends */
			if (mg_table_range(t, start[s], end[e], &lo, &hi))
				for (size_t i = lo; i <= hi; i++)
					raise_to(&v[i], (double)(s + 1 - e));
		}
	}
	free(start);
	free(end);
}
