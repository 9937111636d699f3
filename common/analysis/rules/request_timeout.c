/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include "analysis/tally.h"

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
	struct mg_tally    t = mg_tally_events(x->c, matches);
	struct mg_finding *f;

	if (!t.n || (double)t.n < mg_rule_num(x, "min_count"))
		return;
	f = mg_find_new(x, MG_SEV_ERROR, MG_CONF_MEDIUM, t.first->time_ns, mg_event_end(t.last));
	mg_find_claim(x, f,
		      "%llu requests of the API server to etcd failed between %s and %s: %.*s",
		      (unsigned long long)t.n, mg_rule_clock(x, t.first->time_ns),
		      mg_rule_clock(x, mg_event_end(t.last)),
		      MG_FMT(mg_str_head(t.first->message, 140)));
	mg_find_label(x, f, "etcd time-outs");
	mg_tally_tell(x, f, &t, matches);
	mg_find_next(x, f, "look at etcd leader changes and disk latency at these times");
}

const struct mg_rule mg_rule_request_timeout = {
	.id = "request-timeout",
	.title = "etcd did not answer in time",
	.needs = "kube-apiserver log",
	.explain = "The API server logs the errors its etcd client gets: timed out, no "
		   "leader, leader changed, too many requests.",
	.references = "openshift/cluster-etcd-operator alerts etcdGRPCRequestsSlow, "
		      "etcdHighNumberOfFailedGRPCRequests",
	.depth = 10,
	.run = run,
	.thresholds = { { "min_count", 3, "heuristic" } },
};
