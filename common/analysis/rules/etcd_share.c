/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

struct shares {
	uint32_t               n, high, low, slow; /* n: with both figures; slow: all slow ones */
	int64_t                etcd, total, first, last;
	const struct mg_event *worst; /* longest in etcd, or outside of it */
};

static void count(const struct mg_rule_ctx *x, struct shares *s)
{
	double high = mg_rule_num(x, "etcd_share"), low = mg_rule_num(x, "other_share");

	for (size_t i = 0; i < x->c->events.n; i++) {
		const struct mg_event *e = &x->c->events.ev[i];
		int64_t                total, etcd;

		if (e->kind != MG_EV_AUDIT_SLOW)
			continue;
		s->slow++;
		total = mg_event_attr_i64(e, "total_ns", 0);
		etcd = mg_event_attr_i64(e, "etcd_ns", -1);
		if (total <= 0 || etcd < 0)
			continue;
		s->high += (double)etcd >= high * (double)total;
		s->low += (double)etcd <= low * (double)total;
		s->etcd += etcd / 1000; /* in µs: a sum of many does not overflow */
		s->total += total / 1000;
		s->worst = !s->worst || total > mg_event_attr_i64(s->worst, "total_ns", 0) ? e :
											   s->worst;
		s->first = s->n++ ? s->first : e->time_ns;
		s->last = mg_event_end(e) > s->last ? mg_event_end(e) : s->last;
	}
}

static void report(struct mg_rule_ctx *x, const struct shares *s, bool etcd)
{
	double             share = (double)s->etcd / (double)s->total;
	struct mg_finding *f = mg_find_new(x, etcd ? MG_SEV_WARNING : MG_SEV_INFO, MG_CONF_HIGH,
					   s->first, s->last);

	mg_find_claim(x, f, "slow requests spent %.0f %% of their time in etcd (%u of %u at least %.0f %%, "
			    "%u at most %.0f %%): %s", 100 * share, s->high, s->n,
		      100 * mg_rule_num(x, "etcd_share"), s->low,
		      100 * mg_rule_num(x, "other_share"),
		      etcd ? "etcd is what they waited for" :
			     "the API server itself, webhooks or the client are what they waited for");
	mg_find_label(x, f, etcd ? "time goes to etcd" : "time goes elsewhere");
	mg_find_event(x, f, s->worst);
	mg_find_num(f, "slow_requests", s->n);
	mg_find_num(f, "etcd_share", share);
	mg_find_num(f, "mostly_etcd", s->high);
	mg_find_num(f, "hardly_etcd", s->low);
	mg_find_next(x, f, etcd ? "look at etcd's disk and load in these minutes: mgetcd -o top" :
				  "see where the time went: mgaudit --slow");
}

static void run(struct mg_rule_ctx *x)
{
	struct shares s = { 0 };
	double        min = mg_rule_num(x, "min_requests");

	count(x, &s);
	if (s.n == 0 && s.slow >= min)
		mg_rule_missing(x, "audit log with latency annotations (Kubernetes 1.24 and later)");
	if (s.n < min || s.total <= 0)
		return;
	if (s.high >= min && s.high * 2 > s.n)
		report(x, &s, true);
	else if (s.low >= min && s.low * 2 > s.n)
		report(x, &s, false);
}

const struct mg_rule mg_rule_etcd_share = {
	.id = "etcd-share",
	.title = "where slow requests spent their time",
	.needs = "audit log with latency annotations",
	.explain = "From 1.24 on the audit log says how much of a slow request's time went to etcd. Most "
		   "of it for most requests means that etcd is the cause; hardly any means the API "
		   "server's CPU, webhooks, serialisation or a slow client. Requests of at least 1 s "
		   "are looked at.",
	.references = "kubernetes.io: audit annotations apiserver.latency.k8s.io; openshift/origin "
		      "auditloganalyzer",
	.depth = 9,
	.run = run,
	.thresholds = { { "etcd_share", 0.7, "heuristic" },
			{ "other_share", 0.2, "heuristic" },
			{ "min_requests", 20, "heuristic" } },
};
