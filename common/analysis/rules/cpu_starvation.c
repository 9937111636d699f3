/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include "analysis/etcdfinding.h"
#include "analysis/metricfinding.h"

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

static void busy_evidence(struct mg_rule_ctx *x, struct mg_finding *f, const struct mg_excess *e)
{
	mg_excess_evidence(x, f, e, "CPU busy", mg_arena_printf(&x->out->arena, "%.0f %%",
								100 * e->worst->value).p);
	mg_find_num(f, "busy_percent", 100 * e->worst->value);
}

/* Does a member of etcd, or an API server, run there? */
static bool is_control_plane(const struct mg_rule_ctx *x, struct mg_str node)
{
	for (uint32_t i = 0; i < x->etcd->n; i++)
		if (mg_str_eq(x->etcd->member[i].name, node) || mg_str_eq(x->etcd->member[i].shown, node))
			return true;
	for (uint32_t i = 0; i < x->c->nartifacts; i++)
		if (mg_str_eq(x->c->artifacts[i].source.node, node) &&
		    mg_str_eq(x->c->artifacts[i].source.component, MG_STR("kube-apiserver")))
			return true;
	return false;
}

/* A node had no processor left, whatever its processes say of it. */
static void measured(struct mg_rule_ctx *x, const struct mg_excess *e)
{
	struct mg_str      node;
	struct mg_finding *f;
	bool               known;

	if (!mg_excess_held(e, mg_rule_num(x, "busy_seconds")))
		return;
	node = mg_metric_place(e->run.labels);
	known = is_control_plane(x, node);
	f = mg_find_new(x, MG_SEV_WARNING, known ? MG_CONF_MEDIUM : MG_CONF_LOW, e->start_ns, e->end_ns);
	mg_find_claim(x, f, "the processors of %.*s were over %.0f %% busy between %s and %s (up to "
			    "%.0f %%)", MG_FMT(node), mg_rule_num(x, "busy_percent"),
		      mg_rule_clock(x, e->start_ns), mg_rule_clock(x, e->end_ns), 100 * e->worst->value);
	mg_find_label(x, f, "no CPU left");
	busy_evidence(x, f, e);
	if (!known)
		mg_find_alternative(x, f, "nothing read says that this node is of the control plane: "
					  "others may be this busy");
	mg_find_next(x, f, "find the process that uses it (series/cpu.tsv, mgstate --show=usage)");
}

static void run(struct mg_rule_ctx *x)
{
	struct mg_etcd_sum s = { .first = NULL }, applies;
	struct mg_excess   busy;
	struct mg_finding *f;

	mg_metric_excess(&busy, &x->c->derived, "node_cpu_busy_ratio",
			 mg_rule_num(x, "busy_percent") / 100);
	if (mg_case_has(x->c, MG_KIND_ETCD_LOG))
		mg_etcd_sum(&s, x->etcd, is_starved, 10 * MG_MIN);
	else if (!mg_metric_known(&x->c->derived, "node_cpu_busy_ratio") && !mg_etcd_logged(x))
		return;
	if (!s.first || (double)s.in_window < mg_rule_num(x, "min_per_10_minutes")) {
		measured(x, &busy);
		return;
	}
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
	if (mg_excess_near(&busy, s.first->time_ns, s.end_ns)) {
		busy_evidence(x, f, &busy);
		f->confidence = MG_CONF_HIGH;
	}
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
	.needs = "etcd log, or metrics of node_exporter",
	.explain = "Late heartbeats and `server is likely overloaded` of a member that logs no slow "
		   "fdatasync at that time: it waits for a processor, not for its disk. Alerts of the "
		   "kube-apiserver operator: CPU over 60 % for all, over 90 % for one control-plane node.",
	.references = "openshift/cluster-kube-apiserver-operator alerts "
		      "ExtremelyHighIndividualControlPlaneCPU, HighOverallControlPlaneCPU",
	.depth = 1,
	.run = run,
	.thresholds = { { "min_per_10_minutes", 10, "heuristic" },
			{ "busy_percent", 90, "kube-apiserver operator alert" },
			{ "busy_seconds", 300, "kube-apiserver operator alert" } },
};
