/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include <stdlib.h>

#include "analysis/etcdfinding.h"
#include "analysis/skew.h"

static void report(struct mg_rule_ctx *x, const struct mg_skew *s, int64_t applied)
{
	double             seconds = (double)s->offset_ns / 1e9;
	struct mg_finding *f;

	f = mg_find_new(x, MG_SEV_WARNING, s->pairs >= 10 ? MG_CONF_HIGH : MG_CONF_MEDIUM,
			x->c->first_ns, x->c->last_ns);
	mg_find_claim(x, f, "the clock of %.*s is %.2f s %s that of %.*s (%u writes seen by both agree "
			    "within %s)%s", MG_FMT(s->node), seconds < 0 ? -seconds : seconds,
		      seconds < 0 ? "behind" : "ahead of", MG_FMT(s->reference), s->pairs,
		      mg_rule_dur(x, s->high_ns - s->low_ns),
		      applied ? "; its times are shown put right" : "");
	mg_find_label(x, f, "clock skew");
	for (size_t i = 0; i < MG_SKEW_PAIRS && s->etcd[i]; i++) {
		mg_find_event(x, f, s->etcd[i]);
		mg_find_event(x, f, s->api[i]);
	}
	mg_find_text(x, f, "node", "%.*s", MG_FMT(s->node));
	mg_find_text(x, f, "reference", "%.*s", MG_FMT(s->reference));
	mg_find_num(f, "offset_seconds", seconds);
	mg_find_num(f, "low_seconds", (double)s->low_ns / 1e9);
	mg_find_num(f, "high_seconds", (double)s->high_ns / 1e9);
	mg_find_num(f, "pairs", s->pairs);
	mg_find_num(f, "applied_seconds", (double)applied / 1e9);
	mg_find_next(x, f, "look at chronyd on %.*s; mgcorrelate --offset=%.*s=0s shows its times as "
			   "they stand, another number replaces the estimate", MG_FMT(s->node),
		     MG_FMT(s->node));
}

/* What was added to the times of this node already. */
static int64_t applied_to(const struct mg_case *c, struct mg_str node)
{
	for (uint32_t i = 0; i < c->noffsets; i++)
		if (mg_str_eq(c->offsets[i].node, node))
			return c->offsets[i].ns;
	return 0;
}

static bool is_drift(const struct mg_etcdview *v, const struct mg_event *e)
{
	(void)v;
	return e->kind == MG_EV_ETCD_CLOCK_DRIFT;
}

/* etcd compares the clocks of its members itself and warns from 1 s on. */
static void drift(struct mg_rule_ctx *x)
{
	struct mg_etcd_sum     s;
	const struct mg_event *worst = NULL;
	struct mg_finding     *f;

	mg_etcd_sum(&s, x->etcd, is_drift, MG_MIN);
	for (size_t i = 0; i < x->c->events.n; i++) {
		const struct mg_event *e = &x->c->events.ev[i];

		if (is_drift(x->etcd, e) && e->time_ns != MG_TIME_NONE &&
		    (!worst || mg_event_attr_i64(e, "drift_ns", 0) >
				       mg_event_attr_i64(worst, "drift_ns", 0)))
			worst = e;
	}
	if (worst) {
		s.longest = worst;
		f = mg_find_new(x, MG_SEV_WARNING, MG_CONF_HIGH, s.first->time_ns, s.end_ns);
		mg_find_claim(x, f, "etcd found the clocks of its members apart by up to %s (%.*s "
				    "against %.*s; %llu line%s from %s to %s)",
			      mg_rule_dur(x, mg_event_attr_i64(worst, "drift_ns", 0)),
			      MG_FMT(mg_etcd_name(x->etcd, mg_etcdview_member(x->etcd, worst))),
			      MG_FMT(mg_etcd_name(x->etcd, mg_etcdview_by_id(x->etcd, mg_event_attr(worst,
										       "peer")))),
			      (unsigned long long)s.n, s.n == 1 ? "" : "s",
			      mg_rule_clock(x, s.first->time_ns), mg_rule_clock(x, s.end_ns));
		mg_find_label(x, f, "clock drift");
		mg_etcd_evidence(x, f, x->etcd, &s, is_drift);
		mg_find_num(f, "lines", (double)s.n);
		mg_find_num(f, "drift_seconds",
			    (double)mg_event_attr_i64(worst, "drift_ns", 0) / 1e9);
		mg_find_next(x, f, "look at chronyd on the members' nodes; until then times of "
				   "different nodes cannot be ordered below the drift");
	}
}

static void run(struct mg_rule_ctx *x)
{
	uint32_t        n;
	struct mg_skew *s = mg_skew_estimate(x->c, &n);
	int64_t         least = (int64_t)(mg_rule_num(x, "min_seconds") * 1e9);

	for (uint32_t i = 0; i < n; i++) {
		int64_t applied = applied_to(x->c, s[i].node);

		s[i].offset_ns -= applied;
		s[i].low_ns -= applied;
		s[i].high_ns -= applied;
		if (llabs(s[i].offset_ns) >= least)
			report(x, &s[i], applied);
	}
	drift(x);
}

const struct mg_rule mg_rule_clock_skew = {
	.id = "clock-skew",
	.title = "clocks of the nodes differ",
	.needs = "etcd log, and audit log or Trace lines of the other nodes",
	.explain = "A write that etcd logged as slow also ends in the API server's audit log or trace; "
		   "when many of them end by the same difference apart, the clocks differ by it. Orders "
		   "of events across nodes are not to be trusted below that.",
	.references = "etcd server/etcdserver/api/rafthttp/probing_status.go",
	.depth = 90,
	.run = run,
	.thresholds = { { "min_seconds", 0.5, "etcd warns from 1 s on; half of it already misleads" } },
};
