/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

/* Leaderless gaps and repeated elections.  An election while etcd starts is normal. */
static bool during_start(const struct mg_case *c, int64_t t)
{
	for (size_t i = mg_case_lower_bound(c, t - 15 * MG_SEC);
	     i < c->events.n && c->events.ev[i].time_ns <= t + MG_SEC; i++)
		if (c->events.ev[i].kind == MG_EV_ETCD_START)
			return true;
	return false;
}

static void run(struct mg_rule_ctx *x)
{
	const struct mg_event *lost = NULL, *first = NULL, *last = NULL, *worst = NULL;
	struct mg_finding     *f;
	int64_t                gap = 0;
	uint32_t               losses = 0;

	if (!mg_case_has(x->c, MG_KIND_ETCD_LOG)) {
		mg_rule_missing(x, "etcd log");
		return;
	}
	for (size_t i = 0; i < x->c->events.n; i++) {
		const struct mg_event *e = &x->c->events.ev[i];

		if (e->time_ns == MG_TIME_NONE)
			continue;
		if (e->kind == MG_EV_ETCD_LEADER_LOST && !during_start(x->c, e->time_ns)) {
			if (!lost)
				losses++;
			lost = lost ? lost : e;
			first = first ? first : e;
			last = e;
		} else if (e->kind == MG_EV_ETCD_LEADER_ELECTED && lost) {
			if (e->time_ns - lost->time_ns > gap) {
				gap = e->time_ns - lost->time_ns;
				worst = lost;
			}
			lost = NULL;
		}
	}
	if (!losses || (gap < (int64_t)(mg_rule_num(x, "gap_seconds") * 1e9) &&
			losses < mg_rule_num(x, "min_losses")))
		return;
	f = mg_find_new(x, MG_SEV_ERROR, MG_CONF_MEDIUM, first->time_ns, last->time_ns);
	mg_find_claim(x, f, "etcd lost its leader %u time%s between %s and %s; the longest time without "
			    "one was %s", losses, losses == 1 ? "" : "s",
		      mg_rule_clock(x, first->time_ns), mg_rule_clock(x, last->time_ns),
		      mg_rule_dur(x, gap));
	mg_find_label(x, f, "etcd leader lost");
	if (worst)
		mg_find_event(x, f, worst);
	mg_find_event(x, f, first);
	mg_find_num(f, "losses", losses);
	mg_find_num(f, "longest_gap_seconds", (double)gap / 1e9);
	mg_find_next(x, f, "look 60 s back for slow fdatasync, late heartbeats, a node reboot or a "
			   "rollout of the etcd pods");
}

const struct mg_rule mg_rule_leader_loss = {
	.id = "leader-loss",
	.title = "etcd lost its leader",
	.needs = "etcd log",
	.explain = "Without a leader no write and no quorum read is answered. One change during a "
		   "rollout is normal; gaps over 5 s or repeated changes are not.",
	.depth = 7,
	.run = run,
	.thresholds = { { "gap_seconds", 5, "openshift/origin leaderlessTimeout" },
			{ "min_losses", 3, "rule catalogue E6" } },
};
