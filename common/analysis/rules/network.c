/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include "analysis/etcdfinding.h"

static bool is_dropped(const struct mg_etcdview *v, const struct mg_event *e)
{
	return e->kind == MG_EV_ETCD_OVERLOAD && mg_etcdview_network(v, e);
}

/* Lines of peers that were not running, with how many there were, are told: they look alike. */
static uint64_t explained(const struct mg_etcdview *v)
{
	uint64_t n = 0;

	for (size_t i = 0; i < v->c->events.n; i++) {
		const struct mg_event *e = &v->c->events.ev[i];

		if (e->kind == MG_EV_ETCD_PEER && e->severity >= MG_SEV_WARNING &&
		    !mg_etcdview_network(v, e))
			n += e->count;
	}
	return n;
}

static void judge(struct mg_rule_ctx *x, const struct mg_etcdview *v)
{
	struct mg_etcd_sum s, dropped;
	struct mg_finding *f;

	mg_etcd_sum(&s, v, mg_etcdview_network, 10 * MG_MIN);
	if (!s.first || (double)s.in_window < mg_rule_num(x, "min_per_10_minutes"))
		return;
	mg_etcd_sum(&dropped, v, is_dropped, 10 * MG_MIN);
	f = mg_find_new(x, MG_SEV_WARNING, MG_CONF_MEDIUM, s.first->time_ns, s.end_ns);
	mg_find_claim(x, f, "etcd members had trouble to reach each other between %s and %s: %llu lines "
			    "of lost, unhealthy or clogged connections (%.*s) that no restart of a "
			    "member explains, %llu of them dropped raft messages",
		      mg_rule_clock(x, s.first->time_ns), mg_rule_clock(x, s.end_ns),
		      (unsigned long long)s.n, MG_FMT(mg_etcd_by_member(x, v, mg_etcdview_network)),
		      (unsigned long long)dropped.n);
	mg_find_label(x, f, "etcd peers unreachable");
	mg_etcd_evidence(x, f, v, &s, mg_etcdview_network);
	mg_find_num(f, "lines", (double)s.n);
	mg_find_num(f, "dropped_messages", (double)dropped.n);
	mg_find_num(f, "most_in_10_minutes", (double)s.in_window);
	mg_find_num(f, "lines_of_restarts", (double)explained(v));
	mg_find_alternative(x, f, "a peer whose CPU or disk stands still answers as late as a bad "
				  "network; its own log of these minutes tells");
	mg_find_next(x, f, "check packet loss, errors and latency between the members' nodes "
			   "(etcd_network_peer_round_trip_time_seconds: p99 below 150 ms)");
}

static void run(struct mg_rule_ctx *x)
{
	if (mg_etcd_logged(x))
		judge(x, x->etcd);
}

const struct mg_rule mg_rule_network = {
	.id = "network",
	.title = "etcd members could not reach each other",
	.needs = "etcd log",
	.explain = "Lost streams, unhealthy probes and dropped raft messages between members. Lines "
		   "about a peer that was just being restarted, or whose host refused the connection "
		   "because etcd was not running, do not count.",
	.references = "openshift/cluster-etcd-operator alert etcdMemberCommunicationSlow; etcd "
		      "server/etcdserver/api/rafthttp",
	.depth = 2,
	.run = run,
	.thresholds = { { "min_per_10_minutes", 10, "heuristic" } },
};
