/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include "analysis/note_sums.h"

static bool is_events(struct mg_str resource)
{
	return mg_str_eq(resource, MG_STR("events")) ||
	       mg_str_eq(resource, MG_STR("events.events.k8s.io"));
}

static bool is_write(struct mg_str verb)
{
	enum mg_verb_class v = mg_verb_class(verb);

	return v >= MG_VERB_CREATE && v <= MG_VERB_DELETECOLLECTION;
}

struct flood {
	uint64_t                       writes, events;
	const struct mg_request_group *top; /* of those that write events */
	int64_t                        first, last;
};

static void count(struct flood *o, struct mg_requests *r)
{
	size_t                         n;
	const struct mg_request_group *g = mg_requests_groups(r, &n);

	for (size_t i = 0; i < n; i++) {
		if (!mg_requests_text(r, g[i].resource).n || !is_write(mg_requests_text(r, g[i].verb)))
			continue;
		o->writes += g[i].count;
		if (!is_events(mg_requests_text(r, g[i].resource)))
			continue;
		if (!o->top) {
			o->top = &g[i]; /* the largest group comes first */
			o->first = g[i].first_ns;
			o->last = g[i].last_ns;
		}
		o->events += g[i].count;
		o->first = g[i].first_ns < o->first ? g[i].first_ns : o->first;
		o->last = g[i].last_ns > o->last ? g[i].last_ns : o->last;
	}
}

static void run(struct mg_rule_ctx *x)
{
	struct mg_requests *r = mg_rule_audit(x);
	struct flood        o = { 0 };
	double              rate;
	struct mg_finding  *f;

	if (!r)
		return;
	count(&o, r);
	if (!o.top) {
		if (o.writes)
			mg_rule_missing(x, "writes of events in the audit log (its policy leaves them out)");
		return;
	}
	rate = (double)o.events / ((double)(o.last - o.first) / 1e9 + 1);
	if ((double)o.events < mg_rule_num(x, "share") * (double)o.writes ||
	    (double)o.events < mg_rule_num(x, "min_requests") ||
	    rate < mg_rule_num(x, "min_per_second"))
		return;
	f = mg_find_new(x, MG_SEV_WARNING, MG_CONF_HIGH, o.first, o.last);
	mg_find_claim(x, f, "%.0f %% of all writes are events: %llu of %llu (%.1f/s) between %s and %s, "
			    "most by %s (%llu)", 100.0 * (double)o.events / (double)o.writes,
		      (unsigned long long)o.events, (unsigned long long)o.writes, rate,
		      mg_rule_clock(x, o.first), mg_rule_clock(x, o.last),
		      mg_rule_user(x, mg_requests_text(r, o.top->user)),
		      (unsigned long long)o.top->count);
	mg_find_label(x, f, "events flood");
	mg_find_evidence(x, f, o.top->artifact, o.top->line, o.top->first_ns,
			 "first event write of %s", mg_rule_user(x, mg_requests_text(r, o.top->user)));
	mg_find_num(f, "event_writes", (double)o.events);
	mg_find_num(f, "writes", (double)o.writes);
	mg_find_num(f, "per_second", rate);
	mg_find_text(x, f, "user", "%.*s", MG_FMT(mg_requests_text(r, o.top->user)));
	mg_find_next(x, f, "see which events: kubectl get events -A --sort-by=.count; and quiet the "
			   "operator that writes them");
}

const struct mg_rule mg_rule_events_flood = {
	.id = "events-flood",
	.title = "most writes are events",
	.needs = "audit log whose policy records events",
	.explain = "Each event is a write to etcd that is kept for hours. Chatty operators can make "
		   "events the larger part of all writes, which wears the disk that everything else "
		   "waits for.",
	.references = "openshift/cluster-etcd-operator docs/performance-metrics.md; Red Hat solution "
		      "6970015",
	.depth = 74,
	.run = run,
	.thresholds = { { "share", 0.3, "cluster-etcd-operator documentation" },
			{ "min_requests", 1000, "heuristic" },
			{ "min_per_second", 5, "heuristic" } },
};
