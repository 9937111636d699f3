/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

static void run(struct mg_rule_ctx *x)
{
	struct mg_requests            *r = mg_rule_requests(x);
	size_t                         n;
	const struct mg_request_group *g = mg_requests_groups(r, &n), *top = NULL;
	uint64_t                       total = 0;
	int64_t                        first = INT64_MAX, last = INT64_MIN;
	struct mg_finding             *f;

	for (size_t i = 0; i < n; i++) {
		if (g[i].code != 429)
			continue;
		total += g[i].count;
		first = g[i].first_ns < first ? g[i].first_ns : first;
		last = g[i].last_ns > last ? g[i].last_ns : last;
		top = !top || g[i].count > top->count ? &g[i] : top;
	}
	if (!top || (double)total < mg_rule_num(x, "min_requests"))
		return;
	f = mg_find_new(x, MG_SEV_WARNING, MG_CONF_HIGH, first, last);
	mg_find_claim(x, f, "%llu requests were rejected with 429 between %s and %s, most of them %.*s %s "
			    "by %s (%llu)", (unsigned long long)total, mg_rule_clock(x, first),
		      mg_rule_clock(x, last), MG_FMT(mg_requests_text(r, top->verb)),
		      mg_rule_what(x, r, top), mg_rule_user(x, mg_requests_text(r, top->user)),
		      (unsigned long long)top->count);
	mg_find_label(x, f, "429");
	mg_find_evidence(x, f, top->artifact, top->line, top->first_ns, "first 429 of this client");
	mg_find_num(f, "requests", (double)total);
	mg_find_next(x, f, "name the priority level: api_priority_and_fairness/priority_levels, or "
			   "apiserver_flowcontrol_rejected_requests_total");
}

const struct mg_rule mg_rule_apf_rejection = {
	.id = "apf-rejection",
	.title = "requests rejected by priority and fairness",
	.needs = "audit log, or httplog lines",
	.explain = "429 means the queues of a priority level are full; the klog says nothing about it "
		   "at the usual verbosity.",
	.references = "kubernetes.io: API priority and fairness",
	.depth = 48,
	.run = run,
	.thresholds = { { "min_requests", 10, "heuristic" } },
};
