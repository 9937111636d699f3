/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

static bool matches(const struct mg_event *e)
{
	return e->kind == MG_EV_ETCD_HEARTBEAT || e->kind == MG_EV_ETCD_OVERLOAD;
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
	f = mg_find_new(x, MG_SEV_ERROR, MG_CONF_MEDIUM, first->time_ns, mg_event_end(last));
	mg_find_claim(x, f,
		      "etcd said %llu times between %s and %s that it is overloaded: %.*s",
		      (unsigned long long)n, mg_rule_clock(x, first->time_ns),
		      mg_rule_clock(x, mg_event_end(last)),
		      MG_FMT(mg_str_head(worst->message, 140)));
	mg_find_label(x, f, "etcd overloaded");
	mg_find_event(x, f, worst);
	for (size_t i = 0; i < x->c->events.n; i++)
		if (matches(&x->c->events.ev[i]) && &x->c->events.ev[i] != worst)
			mg_find_event(x, f, &x->c->events.ev[i]);
	mg_find_num(f, "count", (double)n);
	mg_find_next(x, f, "look at disk latency and CPU of the leader at these times");
}

const struct mg_rule mg_rule_overload = {
	.id = "overload",
	.title = "etcd is overloaded",
	.needs = "etcd log",
	.explain = "The leader sent heartbeats late, messages were dropped or requests "
		   "refused: disk or CPU of that member do not keep up.",
	.depth = 6,
	.run = run,
	.thresholds = { { "min_count", 10, "rule catalogue E3" } },
};
