/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include "analysis/etcdfinding.h"

static bool is_defrag(const struct mg_etcdview *v, const struct mg_event *e)
{
	(void)v;
	return e->kind == MG_EV_ETCD_DEFRAG && e->duration_ns > 0 && e->time_ns != MG_TIME_NONE;
}

/* API operations of a second and more that lie in a defragmentation. */
static uint32_t waited(const struct mg_rule_ctx *x)
{
	const struct mg_event *e = x->c->events.ev;
	uint32_t               n = 0;

	for (size_t i = 0; i < x->c->events.n; i++)
		for (size_t k = 0; mg_is_long_op(&e[i]) && e[i].kind != MG_EV_ETCD_SLOW_APPLY &&
				   k < x->c->events.n && e[k].time_ns <= mg_event_end(&e[i]); k++)
			if (is_defrag(x->etcd, &e[k]) && mg_event_end(&e[k]) >= e[i].time_ns) {
				n++;
				break;
			}
	return n;
}

static void run(struct mg_rule_ctx *x)
{
	struct mg_etcd_sum s;
	struct mg_finding *f;
	uint32_t           ops;

	if (!mg_etcd_logged(x))
		return;
	mg_etcd_sum(&s, x->etcd, is_defrag, MG_MIN);
	if (!s.longest || (double)s.longest->duration_ns < mg_rule_num(x, "min_seconds") * 1e9)
		return;
	ops = waited(x);
	f = mg_find_new(x, MG_SEV_INFO, MG_CONF_HIGH, s.first->time_ns, s.end_ns);
	mg_find_claim(x, f, "etcd was defragmented %llu time%s between %s and %s (%.*s), the longest took "
			    "%s; each blocks its member, as expected, and %u operation%s of the API server "
			    "of a second or more fell%s into it", (unsigned long long)s.n,
		      s.n == 1 ? "" : "s", mg_rule_clock(x, s.first->time_ns), mg_rule_clock(x, s.end_ns),
		      MG_FMT(mg_etcd_by_member(x, x->etcd, is_defrag)),
		      mg_rule_dur(x, s.longest->duration_ns), ops, ops == 1 ? "" : "s",
		      ops == 1 ? "s" : "");
	mg_find_label(x, f, "etcd defragmented");
	mg_etcd_evidence(x, f, x->etcd, &s, is_defrag);
	mg_find_num(f, "defragmentations", (double)s.n);
	mg_find_num(f, "longest_seconds", (double)s.longest->duration_ns / 1e9);
	mg_find_num(f, "slow_operations", ops);
	mg_find_next(x, f, "nothing, if it was meant; else find who started it (the etcd operator, a cron "
			   "job), and defragment one member at a time, the leader last");
}

const struct mg_rule mg_rule_defragmentation = {
	.id = "defragmentation",
	.title = "etcd was defragmented",
	.needs = "etcd log",
	.explain = "A defragmentation rewrites the database of one member, which answers nothing "
		   "meanwhile. Slow requests at that time are its effect and no fault.",
	.references = "etcd.io: maintenance, defragmentation blocks the member",
	.depth = 4,
	.run = run,
	.thresholds = { { "min_seconds", 1, "heuristic: shorter ones are not noticed" } },
};
