/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

static bool matches(const struct mg_event *e)
{
	return e->kind == MG_EV_APISERVER_ETCD_ERROR &&
	       (mg_str_has(e->message, MG_STR("etcdserver: request timed out")) ||
		mg_str_has(e->message, MG_STR("etcdserver: leader changed")) ||
		mg_str_has(e->message, MG_STR("etcdserver: no leader")) ||
		mg_str_has(e->message, MG_STR("etcdserver: too many requests")));
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
		      "%llu requests of the API server to etcd failed between %s and %s: %.*s",
		      (unsigned long long)n, mg_rule_clock(x, first->time_ns),
		      mg_rule_clock(x, mg_event_end(last)),
		      MG_FMT(mg_str_head(first->message, 140)));
	mg_find_label(x, f, "etcd time-outs");
	mg_find_event(x, f, worst);
	for (size_t i = 0; i < x->c->events.n; i++)
		if (matches(&x->c->events.ev[i]) && &x->c->events.ev[i] != worst)
			mg_find_event(x, f, &x->c->events.ev[i]);
	mg_find_num(f, "count", (double)n);
	mg_find_next(x, f, "look at etcd leader changes and disk latency at these times");
}

const struct mg_rule mg_rule_request_timeout = {
	.id = "request-timeout",
	.title = "etcd did not answer in time",
	.needs = "kube-apiserver log",
	.explain = "The API server logs the errors its etcd client gets: timed out, no "
		   "leader, leader changed, too many requests.",
	.depth = 10,
	.run = run,
	.thresholds = { { "min_count", 3, "heuristic" } },
};
