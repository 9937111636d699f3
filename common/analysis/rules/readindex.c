/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include "analysis/etcdfinding.h"

static bool is_wait(const struct mg_etcdview *v, const struct mg_event *e)
{
	(void)v;
	return e->kind == MG_EV_ETCD_READ_INDEX;
}

static bool gave_up(const struct mg_etcdview *v, const struct mg_event *e)
{
	return is_wait(v, e) && mg_str_starts(e->message, MG_STR("timed out"));
}

static void judge(struct mg_rule_ctx *x, const struct mg_etcdview *v)
{
	struct mg_etcd_sum s, out;
	struct mg_finding *f;

	mg_etcd_sum(&s, v, is_wait, MG_MIN);
	mg_etcd_sum(&out, v, gave_up, MG_MIN);
	if (!s.first || (double)s.n < mg_rule_num(x, "min_count"))
		return;
	f = mg_find_new(x, out.n ? MG_SEV_ERROR : MG_SEV_WARNING, MG_CONF_MEDIUM, s.first->time_ns,
			s.end_ns);
	mg_find_claim(x, f, "quorum reads of etcd waited for the leader: %llu lines between %s and %s "
			    "(%.*s), at most %llu in a minute; %llu reads gave up",
		      (unsigned long long)s.n, mg_rule_clock(x, s.first->time_ns),
		      mg_rule_clock(x, s.end_ns), MG_FMT(mg_etcd_by_member(x, v, is_wait)),
		      (unsigned long long)s.in_window, (unsigned long long)out.n);
	mg_find_label(x, f, "quorum reads waited");
	mg_etcd_evidence(x, f, v, &s, is_wait);
	mg_find_num(f, "count", (double)s.n);
	mg_find_num(f, "timed_out", (double)out.n);
	mg_find_num(f, "most_in_a_minute", (double)s.in_window);
	mg_find_next(x, f, "read with the slow fdatasync, heartbeat and peer lines of the same minute "
			   "(mgetcd --compare): a read waits for the leader's disk, or for the network "
			   "to it");
}

static void run(struct mg_rule_ctx *x)
{
	if (mg_etcd_logged(x))
		judge(x, x->etcd);
}

const struct mg_rule mg_rule_readindex = {
	.id = "readindex",
	.title = "quorum reads waited",
	.needs = "etcd log",
	.explain = "A linearizable read waits until the leader confirms its term; a retry every 500 ms "
		   "or a time-out means a slow leader, its disk, or the network to it.",
	.references = "etcd server/etcdserver (readIndexRetryTime); etcd.io: linearizable reads",
	.depth = 9,
	.run = run,
	.thresholds = { { "min_count", 5, "heuristic" } },
};
