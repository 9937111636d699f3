/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

/* One API server dies, its clients move to the next, which dies under their relists. */
static void run(struct mg_rule_ctx *x)
{
	int64_t window = (int64_t)(mg_rule_num(x, "window_seconds") * 1e9);

	for (uint32_t i = 0; i < x->s->ndeath; i++) {
		const struct mg_death *a = &x->s->death[i];

		if (!mg_str_eq(a->component, MG_STR("kube-apiserver")))
			continue;
		for (uint32_t k = i + 1; k < x->s->ndeath; k++) {
			const struct mg_death *b = &x->s->death[k];
			struct mg_finding     *f;

			if (b->time_ns - a->time_ns > window)
				break;
			if (!mg_str_eq(b->component, a->component) || mg_str_eq(a->node, b->node) ||
			    !a->node.n || !b->node.n)
				continue;
			f = mg_find_new(x, MG_SEV_CRITICAL, MG_CONF_MEDIUM, a->time_ns, b->time_ns);
			mg_find_claim(x, f, "kube-apiserver died on %.*s at %s and on %.*s at %s: the "
					    "clients of the first fell on the second",
				      MG_FMT(a->node), mg_rule_clock(x, a->time_ns), MG_FMT(b->node),
				      mg_rule_clock(x, b->time_ns));
			mg_find_label(x, f, "OOM cascade");
			if (a->kernel || a->object)
				mg_find_event(x, f, a->kernel ? a->kernel : a->object);
			if (b->kernel || b->object)
				mg_find_event(x, f, b->kernel ? b->kernel : b->object);
			mg_find_next(x, f, "find the first death's cause; protect the others with "
					   "FlowSchemas while clients relist");
			return;
		}
	}
}

const struct mg_rule mg_rule_oom_cascade = {
	.id = "oom-cascade",
	.title = "API servers died one after the other",
	.needs = "pod statuses or kernel log of every control-plane node",
	.explain = "Two API servers that die within 15 minutes: watches and lists of the first land "
		   "on the others with cold caches.",
	.references = "openshift/cluster-kube-apiserver-operator, text of "
		      "ExtremelyHighIndividualControlPlaneCPU",
	.depth = 13,
	.run = run,
	.thresholds = { { "window_seconds", 900, "heuristic" } },
};
