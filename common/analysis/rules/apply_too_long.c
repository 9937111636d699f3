/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"
#include "base/mem.h"

#define MINUTES 4096

struct tally {
	uint64_t total, over_second;
	int64_t  minute, worst_minute;
	uint64_t in_minute, worst;
};

static void count(struct tally *t, const struct mg_event *e)
{
	int64_t minute = e->time_ns / MG_MIN;

	t->total += e->count;
	t->over_second += e->duration_ns >= MG_SEC ? e->count : 0;
	if (minute != t->minute) {
		t->minute = minute;
		t->in_minute = 0;
	}
	t->in_minute += e->count;
	if (t->in_minute > t->worst) {
		t->worst = t->in_minute;
		t->worst_minute = minute;
	}
}

/* The resource that most of the slow lines name. */
static struct mg_str top_resource(const struct mg_case *c, uint64_t *hits)
{
	struct mg_intern names = { 0 };
	uint64_t        *n = NULL;
	size_t           len = 0, cap = 0;
	uint32_t         best = 0;
	struct mg_str    top = { "", 0 };

	for (size_t i = 0; i < c->events.n; i++) {
		const struct mg_event *e = &c->events.ev[i];

		if (e->kind != MG_EV_ETCD_SLOW_APPLY)
			continue;
		uint32_t id = mg_intern_id(&names, e->resource);

		while (len <= id)
			MG_PUSH(n, len, cap, 0);
		n[id] += e->count;
		if (n[id] > n[best]) {
			best = id;
			top = e->resource;
		} else if (id == best) {
			top = e->resource;
		}
	}
	*hits = len ? n[best] : 0;
	free(n);
	mg_intern_release(&names);
	return top;
}

static void run(struct mg_rule_ctx *x)
{
	const struct mg_signals *s = x->s;
	struct tally             t = { .minute = INT64_MIN };
	struct mg_finding       *f;
	struct mg_str            top;
	uint64_t                 hits;
	int64_t                  last = MG_TIME_NONE, first = MG_TIME_NONE;
	double                   hours;

	if (!mg_case_has(x->c, MG_KIND_ETCD_LOG)) {
		mg_rule_missing(x, "etcd log");
		return;
	}
	for (size_t i = 0; i < x->c->events.n; i++) {
		const struct mg_event *e = &x->c->events.ev[i];

		if (e->kind != MG_EV_ETCD_SLOW_APPLY || e->time_ns == MG_TIME_NONE)
			continue;
		count(&t, e);
		first = first == MG_TIME_NONE ? e->time_ns : first;
		last = mg_event_end(e) > last ? mg_event_end(e) : last;
	}
	if (t.total == 0)
		return;
	hours = (double)(last - first) / (double)MG_HOUR;
	if (t.worst < mg_rule_num(x, "per_minute") && t.over_second < mg_rule_num(x, "over_second") &&
	    (double)t.total < mg_rule_num(x, "per_hour") * (hours < 1 ? 1 : hours))
		return;
	/* The few slow applies of a frozen process belong to the pause. */
	if (s->nstall && t.total < 20)
		return;
	top = top_resource(x->c, &hits);
	f = mg_find_new(x, MG_SEV_WARNING, MG_CONF_HIGH, first, last);
	mg_find_claim(x, f, "etcd logged %llu requests as too slow between %s and %s (%llu of them took "
			    "1 s or more, worst minute %s with %llu), most often %.*s (%llu)",
		      (unsigned long long)t.total, mg_rule_clock(x, first), mg_rule_clock(x, last),
		      (unsigned long long)t.over_second,
		      mg_rule_clock(x, t.worst_minute * MG_MIN), (unsigned long long)t.worst,
		      MG_FMT(top), (unsigned long long)hits);
	mg_find_label(x, f, "slow applies");
	mg_find_event(x, f, s->slowest_apply);
	mg_find_num(f, "slow_applies", (double)t.total);
	mg_find_num(f, "over_one_second", (double)t.over_second);
	mg_find_num(f, "worst_minute", (double)t.worst);
	mg_find_num(f, "slowest_seconds", (double)s->slowest_apply->duration_ns / 1e9);
	mg_find_text(x, f, "top_resource", "%.*s", MG_FMT(top));
	mg_find_next(x, f, "compare the members at the same minute: one slow member is its disk or CPU, "
			   "all at once is shared storage or a large LIST");
}

const struct mg_rule mg_rule_apply_too_long = {
	.id = "apply-too-long",
	.title = "etcd requests took too long",
	.needs = "etcd log",
	.explain = "etcd logs each request that took longer than 100 ms (200 ms on newer OpenShift). "
		   "Single lines are noise; 100 in a minute, 1,000 in an hour or several over a second "
		   "are not.",
	.depth = 8,
	.run = run,
	.thresholds = { { "per_minute", 100, "heuristic" },
			{ "per_hour", 1000, "heuristic; support practice: several thousands" },
			{ "over_second", 5, "heuristic" } },
};
