/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

static bool has_signature(const struct mg_event *e, const char *name)
{
	return e->kind == MG_EV_GOROUTINE_STUCK &&
	       mg_str_eq(mg_event_attr(e, "signature"), mg_strz(name)) &&
	       !mg_str_eq(mg_event_attr(e, "form"), MG_STR("debug1")); /* the same, told twice */
}

/* Collection deletes that were at work when a dump was taken. */
static void run(struct mg_rule_ctx *x)
{
	const struct mg_event *first = NULL, *last = NULL, *most = NULL;
	int64_t                wait = 0;
	uint32_t               dumps = 0;
	bool                   any = false;
	struct mg_finding     *f;

	for (size_t i = 0; i < x->c->events.n; i++) {
		const struct mg_event *e = &x->c->events.ev[i];
		int64_t                m;

		any |= e->kind == MG_EV_GOROUTINE_DUMP;
		if (!has_signature(e, "deletecollection-worker"))
			continue;
		m = mg_event_attr_i64(e, "wait_max_minutes", 0);
		if ((double)m >= mg_rule_num(x, "stuck_minutes"))
			continue;
		first = first ? first : e;
		last = !last || mg_event_end(e) > mg_event_end(last) ? e : last;
		most = !most || e->count > most->count ? e : most;
		wait = m > wait ? m : wait;
		dumps++;
	}
	if (!any)
		mg_rule_missing(x, "goroutine dump (`curl -k https://API/debug/pprof/goroutine?debug=2` "
				   "with a privileged token)");
	if (!first)
		return;
	f = mg_find_new(x, MG_SEV_INFO, MG_CONF_HIGH, first->time_ns, mg_event_end(last));
	mg_find_claim(x, f, "a DELETE of a collection was at work in %u dump%s: at most %u worker "
			    "goroutines, waiting for up to %lld minutes; slow, not stuck", dumps,
		      dumps == 1 ? "" : "s", most->count, (long long)wait);
	mg_find_label(x, f, "DeleteCollection at work");
	for (size_t i = 0; i < x->c->events.n; i++)
		if (has_signature(&x->c->events.ev[i], "deletecollection-worker"))
			mg_find_event(x, f, &x->c->events.ev[i]);
	mg_find_num(f, "workers", most->count);
	mg_find_num(f, "dumps", dumps);
	mg_find_num(f, "longest_wait_minutes", (double)wait);
	mg_find_next(x, f, "let it end; if it must go faster, delete in pages (limit) and look at "
			   "etcd's latency");
}

const struct mg_rule mg_rule_dc_in_progress = {
	.id = "dc-in-progress",
	.title = "a DELETE of a collection is at work",
	.needs = "goroutine dumps of the API server (debug=2)",
	.explain = "Worker goroutines of DeleteCollection that have waited for less than the time from "
		   "which they count as stuck: the delete goes on, and is only slow. The leak is "
		   "dc-distributor-leak.",
	.references = "kubernetes/kubernetes 90743",
	.depth = 32,
	.run = run,
	.thresholds = { { "stuck_minutes", 5, "heuristic" } },
};
