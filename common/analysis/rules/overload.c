/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include "analysis/etcdfinding.h"

/* Dropped raft messages are the network's: rule `network`. */
static bool is_overload(const struct mg_etcdview *v, const struct mg_event *e)
{
	(void)v;
	return e->kind == MG_EV_ETCD_HEARTBEAT ||
	       (e->kind == MG_EV_ETCD_OVERLOAD && !mg_str_starts(e->message, MG_STR("dropped ")));
}

static bool is_heartbeat(const struct mg_etcdview *v, const struct mg_event *e)
{
	(void)v;
	return e->kind == MG_EV_ETCD_HEARTBEAT;
}

static void judge(struct mg_rule_ctx *x, const struct mg_etcdview *v)
{
	struct mg_etcd_sum s, beats;
	struct mg_finding *f;

	mg_etcd_sum(&s, v, is_overload, 10 * MG_MIN);
	mg_etcd_sum(&beats, v, is_heartbeat, 10 * MG_MIN);
	if (!s.first || (double)s.in_window < mg_rule_num(x, "min_per_10_minutes"))
		return;
	f = mg_find_new(x, MG_SEV_ERROR, MG_CONF_MEDIUM, s.first->time_ns, s.end_ns);
	mg_find_claim(x, f, "etcd said %llu times between %s and %s that it is overloaded (%.*s): %llu "
			    "heartbeats of a leader went out late%s%s, %llu other lines",
		      (unsigned long long)s.n, mg_rule_clock(x, s.first->time_ns),
		      mg_rule_clock(x, s.end_ns), MG_FMT(mg_etcd_by_member(x, v, is_overload)),
		      (unsigned long long)beats.n, beats.longest ? ", the latest by " : "",
		      beats.longest ? mg_rule_dur(x, beats.longest->duration_ns) : "",
		      (unsigned long long)(s.n - beats.n));
	mg_find_label(x, f, "etcd overloaded");
	mg_etcd_evidence(x, f, v, &s, is_overload);
	mg_find_num(f, "count", (double)s.n);
	mg_find_num(f, "late_heartbeats", (double)beats.n);
	mg_find_num(f, "most_in_10_minutes", (double)s.in_window);
	mg_find_next(x, f, "look at disk latency, CPU and steal time of the leader at these times; a "
			   "follower that misses heartbeats for the election timeout starts an "
			   "election");
}

static void run(struct mg_rule_ctx *x)
{
	if (mg_etcd_logged(x))
		judge(x, x->etcd);
}

const struct mg_rule mg_rule_overload = {
	.id = "overload",
	.title = "etcd is overloaded",
	.needs = "etcd log",
	.explain = "The leader sent heartbeats late, its ticks came late, or requests were refused as "
		   "too many: disk or CPU of that member do not keep up.",
	.references = "etcd.io: FAQ, failed to send out heartbeat on time; etcd tuning guide",
	.depth = 6,
	.run = run,
	.thresholds = { { "min_per_10_minutes", 10, "heuristic" } },
};
