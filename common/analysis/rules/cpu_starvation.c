/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include "analysis/etcdfinding.h"

#define TOGETHER_NS MG_MIN /* a slow disk shows within this of the late heartbeat */

/* Did a member wait for its disk around this time? */
static bool disk_explains(const struct mg_etcdview *v, const struct mg_event *e)
{
	for (size_t i = mg_case_lower_bound(v->c, e->time_ns - TOGETHER_NS);
	     i < v->c->events.n && v->c->events.ev[i].time_ns <= mg_event_end(e) + TOGETHER_NS; i++)
		if (v->c->events.ev[i].kind == MG_EV_ETCD_SLOW_FDATASYNC &&
		    mg_etcdview_member(v, &v->c->events.ev[i]) == mg_etcdview_member(v, e))
			return true;
	return false;
}

/* etcd's own words for a member that does not get to run; dropped messages are the network's. */
static bool is_starved(const struct mg_etcdview *v, const struct mg_event *e)
{
	bool sign = e->kind == MG_EV_ETCD_HEARTBEAT ||
		    (e->kind == MG_EV_ETCD_OVERLOAD && mg_str_has(e->message, MG_STR("overloaded")) &&
		     !mg_str_starts(e->message, MG_STR("dropped ")));

	return sign && e->time_ns != MG_TIME_NONE && !disk_explains(v, e);
}

static bool is_apply(const struct mg_etcdview *v, const struct mg_event *e)
{
	return e->kind == MG_EV_ETCD_SLOW_APPLY && mg_etcdview_member(v, e) != MG_NONE;
}

static void run(struct mg_rule_ctx *x)
{
	struct mg_etcd_sum s, applies;
	struct mg_finding *f;

	if (!mg_etcd_logged(x))
		return;
	mg_etcd_sum(&s, x->etcd, is_starved, 10 * MG_MIN);
	if (!s.first || (double)s.in_window < mg_rule_num(x, "min_per_10_minutes"))
		return;
	mg_etcd_sum(&applies, x->etcd, is_apply, MG_MIN);
	f = mg_find_new(x, MG_SEV_WARNING, applies.n ? MG_CONF_MEDIUM : MG_CONF_LOW, s.first->time_ns,
			s.end_ns);
	mg_find_claim(x, f, "etcd did not get to run in time %llu times between %s and %s (%.*s), and no "
			    "slow fdatasync is logged by the same member within a minute: a lack of CPU "
			    "rather than a slow disk", (unsigned long long)s.n,
		      mg_rule_clock(x, s.first->time_ns), mg_rule_clock(x, s.end_ns),
		      MG_FMT(mg_etcd_by_member(x, x->etcd, is_starved)));
	mg_find_label(x, f, "etcd short of CPU");
	mg_etcd_evidence(x, f, x->etcd, &s, is_starved);
	mg_find_num(f, "count", (double)s.n);
	mg_find_num(f, "most_in_10_minutes", (double)s.in_window);
	mg_find_num(f, "slow_applies", (double)applies.n);
	mg_find_alternative(x, f, "a disk whose fdatasync calls take up to 1 s is slow and logs nothing "
				  "about it: look at etcd_disk_wal_fsync_duration_seconds");
	mg_find_next(x, f, "look at CPU and steal time of the node (control plane over 60 %%, one node over "
			   "90 %%), at other processes there and at CPU limits of the pods");
}

const struct mg_rule mg_rule_cpu_starvation = {
	.id = "cpu-starvation",
	.title = "the control plane is short of CPU",
	.needs = "etcd log",
	.explain = "Late heartbeats and `server is likely overloaded` of a member that logs no slow "
		   "fdatasync at that time: it waits for a processor, not for its disk. Alerts of the "
		   "kube-apiserver operator: CPU over 60 % for all, over 90 % for one control-plane node.",
	.references = "openshift/cluster-kube-apiserver-operator alerts "
		      "ExtremelyHighIndividualControlPlaneCPU, HighOverallControlPlaneCPU",
	.depth = 1,
	.run = run,
	.thresholds = { { "min_per_10_minutes", 10, "heuristic" } },
};
