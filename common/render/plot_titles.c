/* SPDX-License-Identifier: Apache-2.0 */
/* What a picture says in one line: a reader should not have to find it. */
#include <math.h>

#include "base/num.h"
#include "render/plot_internal.h"

/* The greatest value of a column, and the step it stands in; NAN: there is none. */
static double greatest(const struct mg_table *t, int col, int64_t *when)
{
	double max = NAN;

	for (size_t i = 0; col >= 0 && i < t->n; i++)
		if (isfinite(t->col[col].v[i]) && !(t->col[col].v[i] <= max)) {
			max = t->col[col].v[i];
			*when = t->start_ns + (int64_t)i * t->step_ns;
		}
	return max;
}

static struct mg_str latency(struct mg_plan *t)
{
	const struct mg_table *l = mg_series_table(t->s, "latency");
	int64_t                when = 0;
	double                 p99 = l ? greatest(l, mg_plan_column(l, "p99"), &when) : NAN;
	char                   clock[24], took[24];

	if (isnan(p99))
		return MG_STR("Latency of requests");
	return mg_chart_printf(&t->chart, "Latency: p99 reached %s at %s",
			       mg_duration_text((int64_t)(p99 * 1e9), took, sizeof(took)),
			       mg_time_clock(when, 0, clock, sizeof(clock)));
}

/* Seconds of bucket `i` between the first and the last request: what its rates were divided by. */
static double covered(const struct mg_table *u, size_t i, int64_t first_ns, int64_t last_ns)
{
	double from = (double)u->start_ns + (double)i * (double)u->step_ns, to = from + (double)u->step_ns;

	from = fmax(from, (double)(first_ns / MG_SEC * MG_SEC));
	to = fmin(to, (double)(last_ns / MG_SEC * MG_SEC + MG_SEC));
	return to > from ? (to - from) / (double)MG_SEC : 0;
}

static void request_span(struct mg_requests *r, int64_t *first, int64_t *last)
{
	size_t                         n;
	const struct mg_request_group *g = mg_requests_groups(r, &n);

	*first = n ? g[0].first_ns : 0;
	*last = n ? g[0].last_ns : 0;
	for (size_t i = 1; i < n; i++) {
		*first = g[i].first_ns < *first ? g[i].first_ns : *first;
		*last = g[i].last_ns > *last ? g[i].last_ns : *last;
	}
}

static struct mg_str talkers(struct mg_plan *t)
{
	struct mg_requests            *r = mg_case_requests(t->c);
	const struct mg_table         *u = mg_series_table(t->s, "products");
	uint64_t                       all = mg_requests_count(r);
	double                         sum = 0, first = 0;
	int64_t                        begin, end;
	char                           n[32];

	u = u ? u : mg_series_table(t->s, "users");
	if (!u || !u->ncol || !all)
		return MG_STR("Who made the requests");
	request_span(r, &begin, &end);
	for (uint32_t c = 0; c < u->ncol; c++)
		for (size_t i = 0; i < u->n; i++)
			if (isfinite(u->col[c].v[i])) {
				double requests = u->col[c].v[i] * covered(u, i, begin, end);

				sum += requests;
				first += c ? 0 : requests;
			}
	return mg_chart_printf(&t->chart, "%.*s made %.0f %% of %s requests",
			       (int)(u->col[0].name.n < 90 ? u->col[0].name.n : 90), u->col[0].name.p,
			       sum > 0 ? 100 * first / sum : 0, mg_num_grouped(all, n, sizeof(n)));
}

/* The highest of the columns that begin with `prefix`. */
static double greatest_of(const struct mg_table *t, const char *prefix, int64_t *when)
{
	double max = NAN;

	for (uint32_t c = 0; t && c < t->ncol; c++) {
		int64_t at = 0;
		double  v = mg_str_starts(t->col[c].name, mg_strz(prefix)) ? greatest(t, (int)c, &at) : NAN;

		if (isfinite(v) && !(v <= max)) {
			max = v;
			*when = at;
		}
	}
	return max;
}

static struct mg_str etcd(struct mg_plan *t)
{
	const struct mg_signals *g = &t->sig;
	int64_t                  when = 0;
	double                   fsync = greatest_of(mg_series_table(t->s, "etcd_disk"), "fsync ", &when);
	char                     took[24], n[32], clock[24];

	if (g->slowest_apply)
		return mg_chart_printf(&t->chart, "etcd: %s slow %s, longest %s; %u slow fdatasync%s",
				       mg_num_grouped(g->slow_applies, n, sizeof(n)),
				       g->slow_applies == 1 ? "apply" : "applies",
				       mg_duration_text(g->slowest_apply->duration_ns, took, sizeof(took)),
				       g->slow_fdatasyncs, g->slow_fdatasyncs == 1 ? "" : "s");
	if (g->nstall)
		return mg_chart_printf(&t->chart, "etcd: no write was answered in %u interval%s", g->nstall,
				       g->nstall == 1 ? "" : "s");
	if (isfinite(fsync))
		return mg_chart_printf(&t->chart, "etcd: p99 of fsync reached %s at %s",
				       mg_duration_text((int64_t)(fsync * 1e9), took, sizeof(took)),
				       mg_time_clock(when, 0, clock, sizeof(clock)));
	return MG_STR("etcd");
}

static struct mg_str memory(struct mg_plan *t)
{
	const struct mg_table *m = mg_series_table(t->s, "memory");
	unsigned               kills = 0;
	double                 max = NAN;
	int64_t                when = 0;
	uint32_t               which = 0;
	char                   bytes[32];

	for (uint32_t i = 0; i < t->sig.ndeath; i++)
		kills += t->sig.death[i].oom;
	for (uint32_t c = 0; m && c < m->ncol; c++) {
		double v = greatest(m, (int)c, &when);

		if (isfinite(v) && !(v <= max) && !mg_str_eq(m->col[c].name, MG_STR("limit"))) {
			max = v;
			which = c;
		}
	}
	if (isnan(max))
		return MG_STR("Memory");
	return mg_chart_printf(&t->chart, "Memory: %.*s reached %s; %u OOM kill%s",
			       MG_FMT(m->col[which].name), mg_num_bytes_text(max, bytes, sizeof(bytes)),
			       kills, kills == 1 ? "" : "s");
}

static struct mg_str collections(struct mg_plan *t)
{
	unsigned               n = 0, failed = 0;
	const struct mg_event *longest = NULL;
	char                   took[24];

	for (size_t i = 0; i < t->c->events.n; i++) {
		const struct mg_event *e = &t->c->events.ev[i];

		if (!mg_is_collection(t->c, e))
			continue;
		n++;
		failed += e->code >= 400;
		if (!longest || e->duration_ns > longest->duration_ns)
			longest = e;
	}
	if (!longest || longest->duration_ns < 0)
		return MG_STR("DELETE collections");
	return mg_chart_printf(&t->chart, "DELETE collections: %u of %u failed, longest %s", failed, n,
			       mg_duration_text(longest->duration_ns, took, sizeof(took)));
}

/* A trace of a request that the audit log shows is the same one again. */
bool mg_is_collection(const struct mg_case *c, const struct mg_event *e)
{
	if (e->kind == MG_EV_AUDIT_DELETECOLLECTION)
		return e->time_ns != MG_TIME_NONE;
	if (e->kind != MG_EV_APISERVER_TRACE || e->time_ns == MG_TIME_NONE ||
	    !mg_str_eq(e->verb, MG_STR("deletecollection")))
		return false;
	for (size_t i = 0; i < c->events.n; i++) {
		const struct mg_event *o = &c->events.ev[i];

		if (o->kind == MG_EV_AUDIT_DELETECOLLECTION && mg_str_eq(o->ns, e->ns) &&
		    mg_str_eq(o->resource, e->resource))
			return false;
	}
	return true;
}

struct mg_str mg_plan_message(struct mg_plan *t, enum mg_plot plot)
{
	switch (plot) {
	case MG_PLOT_LATENCY: return latency(t);
	case MG_PLOT_TALKERS: return talkers(t);
	case MG_PLOT_ETCD: return etcd(t);
	case MG_PLOT_MEMORY: return memory(t);
	case MG_PLOT_DELETECOLLECTION: return collections(t);
	case MG_PLOT_TIMELINE:
	case MG_PLOTS: break;
	}
	return mg_str("", 0);
}
