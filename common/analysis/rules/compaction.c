/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include "analysis/etcdfinding.h"

static bool is_compaction(const struct mg_etcdview *v, const struct mg_event *e)
{
	(void)v;
	return e->kind == MG_EV_ETCD_COMPACTION && e->duration_ns >= 0 && e->time_ns != MG_TIME_NONE;
}

/* All members compact a revision when they apply its entry, so within moments of each other. */
#define SAME_NS (5 * MG_SEC)

/* How far the durations of one compaction are apart on different members, at most. */
static int64_t spread(const struct mg_rule_ctx *x, const struct mg_event **slowest)
{
	const struct mg_event *e = x->c->events.ev;
	int64_t                most = 0;

	for (size_t i = 0; i < x->c->events.n; i++) {
		if (!is_compaction(x->etcd, &e[i]))
			continue;
		for (size_t k = i + 1; k < x->c->events.n && e[k].time_ns - e[i].time_ns < SAME_NS; k++) {
			int64_t d = e[k].duration_ns - e[i].duration_ns;

			if (!is_compaction(x->etcd, &e[k]) || e[k].artifact == e[i].artifact)
				continue;
			if ((d < 0 ? -d : d) <= most)
				continue;
			most = d < 0 ? -d : d;
			*slowest = d < 0 ? &e[i] : &e[k];
		}
	}
	return most;
}

static void report(struct mg_rule_ctx *x, const struct mg_etcd_sum *s, uint64_t slow, int64_t apart,
		   const struct mg_event *apart_at)
{
	bool               many = (double)slow >= mg_rule_num(x, "min_slow");
	struct mg_finding *f = mg_find_new(x, many ? MG_SEV_WARNING : MG_SEV_INFO, MG_CONF_MEDIUM,
					   s->first->time_ns, s->end_ns);

	if (slow)
		mg_find_claim(x, f, "%llu of %llu compactions of etcd between %s and %s took longer than %s; "
				    "the longest %s", (unsigned long long)slow, (unsigned long long)s->n,
			      mg_rule_clock(x, s->first->time_ns), mg_rule_clock(x, s->end_ns),
			      mg_rule_dur(x, (int64_t)(mg_rule_num(x, "slow_ms") * 1e6)),
			      mg_rule_dur(x, s->longest->duration_ns));
	else
		mg_find_claim(x, f, "one compaction took the members of etcd very different times at %s: "
				    "they were apart by %s, the slowest took %s",
			      mg_rule_clock(x, apart_at->time_ns), mg_rule_dur(x, apart),
			      mg_rule_dur(x, apart_at->duration_ns));
	mg_find_label(x, f, "slow compaction");
	mg_etcd_evidence(x, f, x->etcd, s, is_compaction);
	mg_find_num(f, "compactions", (double)s->n);
	mg_find_num(f, "slow", (double)slow);
	mg_find_num(f, "longest_seconds", (double)s->longest->duration_ns / 1e9);
	mg_find_num(f, "spread_seconds", (double)apart / 1e9);
	if (apart_at)
		mg_find_text(x, f, "slowest_member", "%.*s",
			     MG_FMT(mg_etcd_name(x->etcd, mg_etcdview_member(x->etcd, apart_at))));
	mg_find_next(x, f, "compare the disks of the members; the same work at very different speed points "
			   "at shared or network storage");
}

static void run(struct mg_rule_ctx *x)
{
	struct mg_etcd_sum     s;
	const struct mg_event *apart_at = NULL;
	int64_t                apart, limit = (int64_t)(mg_rule_num(x, "slow_ms") * 1e6);
	uint64_t               slow = 0;

	if (!mg_etcd_logged(x))
		return;
	mg_etcd_sum(&s, x->etcd, is_compaction, MG_MIN);
	apart = spread(x, &apart_at);
	if ((double)apart <= mg_rule_num(x, "max_spread_ms") * 1e6)
		apart_at = NULL;
	for (size_t i = 0; i < x->c->events.n; i++)
		if (is_compaction(x->etcd, &x->c->events.ev[i]))
			slow += x->c->events.ev[i].duration_ns > limit;
	if (slow || apart_at)
		report(x, &s, slow, apart, apart_at);
}

const struct mg_rule mg_rule_compaction = {
	.id = "compaction",
	.title = "compactions of etcd are slow",
	.needs = "etcd log",
	.explain = "A compaction takes below 200 ms in a small, 500 ms in a medium and 800 ms in a large "
		   "cluster. All members compact the same revision: if one takes much longer, its "
		   "storage differs.",
	.references = "etcd.io: maintenance, history compaction",
	.depth = 4,
	.run = run,
	.thresholds = { { "slow_ms", 800, "etcd support practice, large cluster" },
			{ "min_slow", 3, "heuristic: once may be a busy moment" },
			{ "max_spread_ms", 200, "etcd support practice" } },
};
