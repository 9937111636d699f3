/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

static void run(struct mg_rule_ctx *x)
{
	const struct mg_event *first = NULL, *last = NULL;
	struct mg_intern       names = { 0 };
	struct mg_str          list = { "", 0 };
	struct mg_finding     *f;

	for (size_t i = 0; i < x->c->events.n; i++) {
		const struct mg_event *e = &x->c->events.ev[i];
		uint32_t               before = names.n;

		if (e->kind != MG_EV_OPERATOR_CONDITION)
			continue;
		mg_intern_id(&names, e->name);
		if (names.n > before && names.n <= 8)
			list = mg_arena_printf(&x->out->arena, "%.*s%s%.*s", MG_FMT(list),
					       list.n ? ", " : "", MG_FMT(e->name));
		first = first ? first : e;
		last = e;
	}
	if (first) {
		f = mg_find_new(x, MG_SEV_WARNING, MG_CONF_HIGH, first->time_ns, last->time_ns);
		mg_find_claim(x, f, "%u cluster operator%s degraded or not available: %.*s%s", names.n,
			      names.n == 1 ? " is" : "s are", MG_FMT(list),
			      names.n > 8 ? " and others" : "");
		mg_find_label(x, f, "operators degraded");
		for (size_t i = 0; i < x->c->events.n; i++)
			if (x->c->events.ev[i].kind == MG_EV_OPERATOR_CONDITION)
				mg_find_event(x, f, &x->c->events.ev[i]);
		mg_find_num(f, "operators", names.n);
	}
	mg_intern_release(&names);
}

const struct mg_rule mg_rule_operator_degraded = {
	.id = "operator-degraded",
	.title = "cluster operators are degraded",
	.needs = "clusteroperators.yaml",
	.explain = "Degraded=True or Available=False of a ClusterOperator: context for what else is "
		   "found, with the time of the transition.",
	.references = "openshift/api ClusterOperator conditions; alert ClusterOperatorDegraded",
	.depth = 88,
	.run = run,
};
