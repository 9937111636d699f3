/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include "analysis/tally.h"

static bool matches(const struct mg_event *e)
{
	return e->kind == MG_EV_APISERVER_TIMEOUT;
}

static void run(struct mg_rule_ctx *x)
{
	struct mg_tally    t = mg_tally_events(x->c, matches);
	struct mg_finding *f;

	if (!t.n || (double)t.peak < mg_rule_num(x, "per_minute"))
		return;
	f = mg_find_new(x, MG_SEV_WARNING, MG_CONF_MEDIUM, t.first->time_ns, mg_event_end(t.last));
	mg_find_claim(x, f, "%llu requests were cut off by the server's time-out or by clients that "
			    "gave up between %s and %s, %llu of them in the minute from %s",
		      (unsigned long long)t.n, mg_rule_clock(x, t.first->time_ns),
		      mg_rule_clock(x, mg_event_end(t.last)), (unsigned long long)t.peak,
		      mg_rule_clock(x, t.peak_ns));
	mg_find_label(x, f, "handler time-outs");
	mg_tally_tell(x, f, &t, matches);
	mg_find_next(x, f, "look at what was slow at these times: etcd, webhooks or the server itself");
}

const struct mg_rule mg_rule_handler_timeout = {
	.id = "handler-timeout",
	.title = "requests ran into the server time-out",
	.needs = "kube-apiserver log",
	.explain = "The client was gone or the 60 s request time-out passed while the handler was still at work.",
	.references = "k8s.io/apiserver pkg/server/filters/timeout.go",
	.depth = 42,
	.run = run,
	.thresholds = { { "per_minute", 10, "heuristic" } },
};
