/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include "analysis/etcdfinding.h"
#include "analysis/etcdleaders.h"

#define BEFORE_NS (60 * MG_SEC) /* what led to a loss shows in the minute before it */

/* What etcd itself complained of in the minute before the loss. */
static void look_back(struct mg_rule_ctx *x, struct mg_finding *f, const struct mg_etcdview *v,
		      const struct mg_event *lost)
{
	const struct mg_event *sync = NULL, *beat = NULL, *net = NULL, *start = NULL;

	for (size_t i = mg_case_lower_bound(x->c, lost->time_ns - BEFORE_NS);
	     i < x->c->events.n && x->c->events.ev[i].time_ns <= lost->time_ns; i++) {
		const struct mg_event *e = &x->c->events.ev[i];

		sync = e->kind == MG_EV_ETCD_SLOW_FDATASYNC ? e : sync;
		beat = e->kind == MG_EV_ETCD_HEARTBEAT ? e : beat;
		start = e->kind == MG_EV_ETCD_START ? e : start;
		net = mg_etcdview_network(v, e) ? e : net;
	}
	if (sync)
		mg_find_event(x, f, sync);
	if (beat)
		mg_find_event(x, f, beat);
	if (net)
		mg_find_event(x, f, net);
	if (start)
		mg_find_event(x, f, start);
	mg_find_text(x, f, "minute_before", "%s%s%s%s%s", sync ? "slow fdatasync " : "",
		     beat ? "late heartbeats " : "", net ? "network " : "",
		     start ? "a member started " : "", sync || beat || net || start ? "" : "nothing");
	if (start)
		mg_find_alternative(x, f, "a rollout or reboot: etcd on %.*s had started at %s",
				    MG_FMT(mg_etcd_name(v, mg_etcdview_member(v, start))),
				    mg_rule_clock(x, start->time_ns));
}

static void report(struct mg_rule_ctx *x, const struct mg_etcdview *v,
		   const struct mg_etcd_leaders *l, const struct mg_event *first,
		   const struct mg_event *last)
{
	int64_t            end = l->open ? l->end_ns : last->time_ns + l->longest_gap_ns;
	struct mg_finding *f = mg_find_new(x, l->longest_gap_ns >= MG_MIN ? MG_SEV_CRITICAL
									   : MG_SEV_ERROR,
					   MG_CONF_MEDIUM, first->time_ns,
					   end > last->time_ns ? end : last->time_ns);

	if (l->losses == 1)
		mg_find_claim(x, f, "etcd lost its leader at %s and had none for %s%s",
			      mg_rule_clock(x, first->time_ns), mg_rule_dur(x, l->longest_gap_ns),
			      l->open ? ", until the logs end" : "");
	else
		mg_find_claim(x, f, "etcd lost its leader %u times between %s and %s; the longest time "
				    "without one was %s from %s%s", l->losses,
			      mg_rule_clock(x, first->time_ns), mg_rule_clock(x, last->time_ns),
			      mg_rule_dur(x, l->longest_gap_ns),
			      mg_rule_clock(x, l->longest->time_ns),
			      l->open ? "; there was none when the logs end" : "");
	mg_find_label(x, f, "etcd leader lost");
	mg_find_event(x, f, l->longest);
	for (uint32_t i = 0; i < l->n; i++) {
		if (l->reign[i].lost && l->reign[i].lost != l->longest)
			mg_find_event(x, f, l->reign[i].lost);
		if (l->reign[i].elected && i)
			mg_find_event(x, f, l->reign[i].elected);
	}
	mg_find_num(f, "losses", l->losses);
	mg_find_num(f, "changes", l->changes);
	mg_find_num(f, "longest_gap_seconds", (double)l->longest_gap_ns / 1e9);
	mg_find_num(f, "dropped_requests", l->dropped);
	look_back(x, f, v, l->longest);
	mg_find_next(x, f, "look 60 s back for slow fdatasync, late heartbeats, a node reboot or a "
			   "rollout of the etcd pods; mgetcd --leaders lists the terms");
}

static void judge(struct mg_rule_ctx *x, const struct mg_etcdview *v,
		  const struct mg_etcd_leaders *l)
{
	const struct mg_event *first = NULL, *last = NULL;
	int64_t                least = (int64_t)(mg_rule_num(x, "gap_seconds") * 1e9);

	for (uint32_t i = 0; i < l->n; i++) {
		if (!l->reign[i].lost)
			continue;
		first = first ? first : l->reign[i].lost;
		last = l->reign[i].lost;
	}
	if (first && (l->longest_gap_ns >= least || l->losses >= mg_rule_num(x, "min_losses")))
		report(x, v, l, first, last);
}

static void run(struct mg_rule_ctx *x)
{
	struct mg_etcd_leaders l;

	if (!mg_etcd_logged(x))
		return;
	mg_etcd_leaders_build(&l, x->etcd);
	judge(x, x->etcd, &l);
	mg_etcd_leaders_release(&l);
}

const struct mg_rule mg_rule_leader_loss = {
	.id = "leader-loss",
	.title = "etcd lost its leader",
	.needs = "etcd log",
	.explain = "Without a leader no write and no quorum read is answered. One change during a "
		   "rollout is normal; gaps over 5 s or repeated changes are not. A gap begins when "
		   "most of the members whose logs cover the time have lost the leader.",
	.references = "openshift/cluster-etcd-operator alert etcdHighNumberOfLeaderChanges; "
		      "openshift/origin leaderlessTimeout",
	.depth = 7,
	.run = run,
	.thresholds = { { "gap_seconds", 5, "openshift/origin leaderlessTimeout" },
			{ "min_losses", 3, "openshift/origin pkg/monitortests" } },
};
