/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include "analysis/etcdfinding.h"
#include "analysis/join_key.h"
#include "analysis/metricfinding.h"
#include "base/mem.h"

#define LARGE_ANSWER  (INT64_C(1) << 20)
#define PAUSE_APPLIES 20 /* fewer next to a pause belong to the pause */

struct tally {
	uint64_t total, over_second, in_defrag, worst;
	int64_t  worst_minute;
};

/* The minute of all members together with most lines; cells are by minute. */
static void count(struct tally *t, const struct mg_etcdview *v)
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < v->nminutes; i++) {
		const struct mg_etcd_minute *m = &v->minute[i];

		n = i && v->minute[i - 1].minute == m->minute ? n + m->applies : m->applies;
		t->total += m->applies;
		t->over_second += m->over_second;
		t->in_defrag += m->in_defrag;
		if (n > t->worst) {
			t->worst = n;
			t->worst_minute = m->minute;
		}
	}
}

static bool is_apply(const struct mg_etcdview *v, const struct mg_event *e)
{
	return e->kind == MG_EV_ETCD_SLOW_APPLY && mg_etcdview_member(v, e) != MG_NONE;
}

/* The resource that most of the slow lines name. */
static struct mg_str top_resource(const struct mg_case *c, uint64_t *hits)
{
	struct mg_intern names = { 0 };
	uint64_t        *n = NULL;
	size_t           len = 0, cap = 0;
	struct mg_str    top = { "", 0 };

	*hits = 0;
	for (size_t i = 0; i < c->events.n; i++) {
		const struct mg_event *e = &c->events.ev[i];
		uint32_t               id;

		if (e->kind != MG_EV_ETCD_SLOW_APPLY || !e->resource.n)
			continue;
		id = mg_intern_id(&names, e->resource);
		while (len <= id)
			MG_PUSH(n, len, cap, 0);
		n[id] += e->count;
		if (n[id] > *hits) {
			*hits = n[id];
			top = e->resource;
		}
	}
	free(n);
	mg_intern_release(&names);
	return top;
}

/* Of the lines about this resource the one that costs most: the largest answer, where one is
 * large, else the longest. */
static const struct mg_event *costliest(const struct mg_case *c, struct mg_str resource)
{
	const struct mg_event *best = NULL;
	int64_t                most = 0;

	for (size_t i = 0; i < c->events.n; i++) {
		const struct mg_event *e = &c->events.ev[i];
		int64_t                size;

		if (e->kind != MG_EV_ETCD_SLOW_APPLY || !mg_str_eq(e->resource, resource) ||
		    e->time_ns == MG_TIME_NONE)
			continue;
		size = mg_event_attr_i64(e, "response_size", 0);
		size = size < LARGE_ANSWER ? 0 : size;
		if (!best || size > most || (size == most && e->duration_ns > best->duration_ns)) {
			best = e;
			most = size;
		}
	}
	return best;
}

/* Whose request that is. */
static void name_client(struct mg_rule_ctx *x, struct mg_finding *f, struct mg_str resource)
{
	const struct mg_event *e = resource.n ? costliest(x->c, resource) : NULL;
	struct mg_str          text = e ? mg_key_text(x, e) : mg_str("", 0);

	if (!text.n)
		return;
	mg_find_evidence(x, f, e->artifact, e->line, e->time_ns, "%.*s", MG_FMT(text));
	mg_find_text(x, f, "key_client", "%.*s", MG_FMT(text));
}

/* Lines that stand in a defragmentation, or around a member's restart, are to be expected. */
static void excuses(struct mg_rule_ctx *x, struct mg_finding *f, const struct mg_etcdview *v,
		    const struct tally *t, const struct mg_etcd_sum *s)
{
	if (t->in_defrag)
		mg_find_alternative(x, f, "%llu of them fall into a defragmentation of their member, "
					  "which blocks it: expected",
				    (unsigned long long)t->in_defrag);
	for (uint32_t i = 0; i < v->nstart; i++) {
		if (v->start[i].start_ns < s->first->time_ns - 3 * MG_MIN ||
		    v->start[i].start_ns > s->end_ns + 3 * MG_MIN)
			continue;
		mg_find_alternative(x, f, "etcd on %.*s started at %s: reads wait while members "
					  "restart and catch up",
				    MG_FMT(mg_etcd_name(v, v->start[i].member)),
				    mg_rule_clock(x, v->start[i].start_ns));
		break;
	}
}

static void report(struct mg_rule_ctx *x, struct mg_etcdview *v, const struct tally *t,
		   const struct mg_etcd_sum *s)
{
	bool                   expected = t->in_defrag == t->total;
	struct mg_etcd_verdict o;
	uint64_t               hits;
	struct mg_str          top = top_resource(x->c, &hits);
	struct mg_finding     *f = mg_find_new(x, expected ? MG_SEV_INFO : MG_SEV_WARNING,
					       MG_CONF_HIGH, s->first->time_ns, s->end_ns);

	mg_etcdview_verdict(v, &o);
	mg_find_claim(x, f, "etcd logged %llu requests as too slow between %s and %s (%llu of them took "
			    "1 s or more, worst minute %s with %llu)%s%.*s%.*s%s",
		      (unsigned long long)t->total, mg_rule_clock(x, s->first->time_ns),
		      mg_rule_clock(x, s->end_ns), (unsigned long long)t->over_second,
		      mg_rule_clock(x, t->worst_minute * MG_MIN), (unsigned long long)t->worst,
		      top.n ? ", most often " : "", MG_FMT(top),
		      MG_FMT(top.n ? mg_arena_printf(&x->out->arena, " (%llu)",
						     (unsigned long long)hits) : MG_STR("")),
		      expected ? ", all of them while their member was defragmented: expected" : "");
	f->claim = mg_arena_printf(&x->out->arena, "%.*s%.*s", MG_FMT(f->claim),
				   MG_FMT(mg_etcd_clause(x, v, &o)));
	mg_find_label(x, f, "slow applies");
	name_client(x, f, top);
	mg_etcd_evidence(x, f, v, s, is_apply);
	mg_find_num(f, "slow_applies", (double)t->total);
	mg_find_num(f, "over_one_second", (double)t->over_second);
	mg_find_num(f, "worst_minute", (double)t->worst);
	mg_find_num(f, "slowest_seconds", (double)s->longest->duration_ns / 1e9);
	mg_find_num(f, "in_defragmentation", (double)t->in_defrag);
	mg_find_text(x, f, "top_resource", "%.*s", MG_FMT(top));
	mg_etcd_judge(x, f, v, &o);
	excuses(x, f, v, t, s);
}

static void judge(struct mg_rule_ctx *x, struct mg_etcdview *v)
{
	struct tally       t = { 0 };
	struct mg_etcd_sum s;
	double             hours;

	count(&t, v);
	mg_etcd_sum(&s, v, is_apply, MG_MIN);
	if (!s.first)
		return;
	hours = ((double)s.end_ns - (double)s.first->time_ns) / (double)MG_HOUR;
	if (t.worst < mg_rule_num(x, "per_minute") && t.over_second < mg_rule_num(x, "over_second") &&
	    (double)t.total < mg_rule_num(x, "per_hour") * (hours < 1 ? 1 : hours))
		return;
	/* The few slow applies of a frozen process belong to the pause. */
	if (x->s->nstall && t.total < PAUSE_APPLIES)
		return;
	report(x, v, &t, &s);
}

/* etcd counts what it logs: the counter stands in for a log that was not collected. */
static void measured(struct mg_rule_ctx *x)
{
	struct mg_excess   e;
	struct mg_finding *f;
	double             worst;

	mg_metric_excess(&e, &x->c->derived, "rate(etcd_server_slow_apply_total)",
			 mg_rule_num(x, "per_minute") / 60);
	if (!e.worst)
		return;
	worst = e.worst->value * 60;
	f = mg_find_new(x, MG_SEV_WARNING, MG_CONF_MEDIUM, e.start_ns, e.end_ns);
	mg_find_claim(x, f, "etcd on %.*s counted up to %.0f slow applies a minute between %s and %s",
		      MG_FMT(mg_metric_place(e.run.labels)), worst, mg_rule_clock(x, e.start_ns),
		      mg_rule_clock(x, e.end_ns));
	mg_find_label(x, f, "etcd slow");
	mg_excess_evidence(x, f, &e, "slow applies",
			   mg_arena_printf(&x->out->arena, "%.0f a minute", worst).p);
	mg_find_num(f, "most_in_a_minute", worst);
	mg_find_next(x, f, "collect the logs of etcd: they name the requests and how long each took");
}

static void run(struct mg_rule_ctx *x)
{
	if (mg_case_has(x->c, MG_KIND_ETCD_LOG))
		judge(x, x->etcd);
	else if (mg_metric_known(&x->c->derived, "rate(etcd_server_slow_apply_total)"))
		measured(x);
	else
		mg_etcd_logged(x);
}

const struct mg_rule mg_rule_apply_too_long = {
	.id = "apply-too-long",
	.title = "etcd requests took too long",
	.needs = "etcd log, or etcd's metrics",
	.explain = "etcd logs each request that took longer than 100 ms (200 ms on newer OpenShift). "
		   "Single lines are noise; 100 in a minute, 1,000 in an hour or several over a second "
		   "are not. Members are compared at the same minute: one slow member is its disk or "
		   "CPU, all at once is shared storage or the load.",
	.references = "etcd.io: FAQ, apply request took too long; Red Hat solution 4770281",
	.depth = 8,
	.run = run,
	.thresholds = { { "per_minute", 100, "heuristic" },
			{ "per_hour", 1000, "heuristic; support practice: several thousands" },
			{ "over_second", 5, "heuristic" } },
};
