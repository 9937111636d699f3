/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include "base/map.h"

struct kubelets {
	uint64_t                       n, most; /* requests of all; of the busiest one */
	uint32_t                       nodes, busiest;
	const struct mg_request_group *first;
};

static void count(struct mg_requests *r, struct kubelets *k)
{
	size_t                         n, ng;
	const struct mg_minute        *m = mg_requests_user_minutes(r, &n);
	const struct mg_request_group *g = mg_requests_groups(r, &ng);
	uint64_t                       one = 0;

	for (size_t i = 0; i < n; i++) {
		bool same = i && m[i].key == m[i - 1].key;

		if (!mg_str_starts(mg_requests_text(r, m[i].key), MG_STR("system:node:")))
			continue;
		k->nodes += !same;
		one = same ? one + m[i].count : m[i].count;
		k->n += m[i].count;
		if (one > k->most) {
			k->most = one;
			k->busiest = m[i].key;
		}
	}
	for (size_t i = 0; i < ng && !k->first; i++)
		if (mg_str_starts(mg_requests_text(r, g[i].user), MG_STR("system:node:")))
			k->first = &g[i];
}

static void report(struct mg_rule_ctx *x, const struct mg_requests *r, const struct kubelets *k,
		   int64_t first, int64_t last)
{
	double             all = (double)mg_requests_count(r), seconds = (double)(last - first) / 1e9;
	double             each = (double)k->n / seconds / k->nodes;
	bool               normal = each <= mg_rule_num(x, "normal_per_second");
	struct mg_finding *f;

	f = mg_find_new(x, normal ? MG_SEV_INFO : MG_SEV_WARNING, MG_CONF_HIGH, first, last);
	mg_find_claim(x, f, "the kubelets of %u nodes (system:nodes) make %.0f %% of all requests, %.2f a "
			    "second each: %s; the busiest, %.*s, makes %.2f", k->nodes,
		      100.0 * (double)k->n / all, each,
		      normal ? "normal for this number of nodes" : "more than kubelets usually ask for",
		      MG_FMT(mg_requests_text(r, k->busiest)), (double)k->most / seconds);
	mg_find_label(x, f, normal ? "kubelets: normal" : "kubelets: busy");
	if (k->first)
		mg_find_evidence(x, f, k->first->artifact, k->first->line, k->first->first_ns,
				 "first of %llu: %.*s by %.*s", (unsigned long long)k->first->count,
				 MG_FMT(mg_requests_text(r, k->first->pattern)),
				 MG_FMT(mg_requests_text(r, k->first->user)));
	mg_find_num(f, "nodes", k->nodes);
	mg_find_num(f, "requests", (double)k->n);
	mg_find_num(f, "share", (double)k->n / all);
	mg_find_num(f, "per_second_and_node", each);
	mg_find_next(x, f, "%s: mgaudit --group=system:nodes --by=verb,resource -o top",
		     normal ? "look at the other clients; what kubelets do" : "see what they ask for");
}

static void run(struct mg_rule_ctx *x)
{
	struct mg_requests *r = mg_rule_requests(x);
	struct kubelets     k = { 0 };
	int64_t             first, last;

	if (!mg_requests_count(r)) {
		mg_rule_missing(x, "audit log (`oc adm must-gather -- /usr/bin/gather_audit_logs`)");
		return;
	}
	count(r, &k);
	mg_requests_span(r, &first, &last);
	if (k.nodes >= mg_rule_num(x, "min_nodes") && last - first >= MG_MIN &&
	    (double)k.n >= mg_rule_num(x, "min_share") * (double)mg_requests_count(r))
		report(x, r, &k, first, last);
}

const struct mg_rule mg_rule_kubelet_load = {
	.id = "kubelet-load",
	.title = "what the kubelets ask for",
	.needs = "audit log",
	.explain = "On a large cluster most requests come from kubelets, which looks like a storm of one "
		   "group and is none: a kubelet renews its lease, writes its status and its pods', and "
		   "reads what they need, about 0.3 requests a second. Told when kubelets make most of "
		   "the load, as normal or not by their number.",
	.references = "kubernetes.io: nodes, heartbeats (leases every 10 s)",
	.depth = 75,
	.run = run,
	.thresholds = { { "normal_per_second", 1, "heuristic; of one node, 0.3 in a cluster of 2500" },
			{ "min_nodes", 10, "heuristic" },
			{ "min_share", 0.5, "heuristic" } },
};
