/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

static bool matches(const struct mg_event *e)
{
	return e->kind == MG_EV_ETCD_READ_INDEX;
}

static void run(struct mg_rule_ctx *x)
{
	const struct mg_event *first = NULL, *last = NULL, *worst = NULL;
	struct mg_finding     *f;
	uint64_t               n = 0;

	for (size_t i = 0; i < x->c->events.n; i++) {
		const struct mg_event *e = &x->c->events.ev[i];

		if (!matches(e) || e->time_ns == MG_TIME_NONE)
			continue;
		first = first ? first : e;
		last = e;
		worst = !worst || e->duration_ns > worst->duration_ns ? e : worst;
		n += e->count;
	}
	if (!first || (double)n < mg_rule_num(x, "min_count"))
		return;
	f = mg_find_new(x, MG_SEV_WARNING, MG_CONF_MEDIUM, first->time_ns, mg_event_end(last));
	mg_find_claim(x, f,
		      "%llu quorum reads of etcd waited for the leader between %s and %s",
		      (unsigned long long)n, mg_rule_clock(x, first->time_ns),
		      mg_rule_clock(x, mg_event_end(last)));
	mg_find_label(x, f, "quorum reads waited");
	mg_find_event(x, f, worst);
	for (size_t i = 0; i < x->c->events.n; i++)
		if (matches(&x->c->events.ev[i]) && &x->c->events.ev[i] != worst)
			mg_find_event(x, f, &x->c->events.ev[i]);
	mg_find_num(f, "count", (double)n);
	mg_find_next(x, f, "read with the slow fdatasync and heartbeat lines of the same minute");
}

const struct mg_rule mg_rule_readindex = {
	.id = "readindex",
	.title = "quorum reads waited",
	.needs = "etcd log",
	.explain = "A linearizable read waits until the leader confirms its term; retries "
		   "mean a slow leader, disk or network.",
	.depth = 9,
	.run = run,
	.thresholds = { { "min_count", 5, "heuristic" } },
};
