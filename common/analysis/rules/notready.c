/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

static bool matches(const struct mg_event *e)
{
	if (e->kind == MG_EV_NODE_CONDITION)
		return mg_str_eq(mg_event_attr(e, "type"), MG_STR("Ready"));
	return e->kind == MG_EV_K8S_EVENT &&
	       mg_str_eq(mg_event_attr(e, "reason"), MG_STR("NodeNotReady"));
}

static void run(struct mg_rule_ctx *x)
{
	const struct mg_event *first = NULL, *last = NULL;
	struct mg_intern       nodes = { 0 };
	struct mg_str          names = { "", 0 };
	struct mg_finding     *f;

	for (size_t i = 0; i < x->c->events.n; i++) {
		const struct mg_event *e = &x->c->events.ev[i];
		uint32_t               before = nodes.n;

		if (!matches(e))
			continue;
		mg_intern_id(&nodes, e->name.n ? e->name : e->node);
		if (nodes.n > before && nodes.n <= 8)
			names = mg_arena_printf(&x->out->arena, "%.*s%s%.*s", MG_FMT(names),
						names.n ? ", " : "", MG_FMT(e->name.n ? e->name : e->node));
		first = first ? first : e;
		last = e;
	}
	if (first) {
		f = mg_find_new(x, nodes.n >= mg_rule_num(x, "many_nodes") ? MG_SEV_ERROR : MG_SEV_WARNING,
				MG_CONF_MEDIUM, first->time_ns, last->time_ns);
		mg_find_claim(x, f, "%u node%s not Ready: %.*s%s", nodes.n,
			      nodes.n == 1 ? " was" : "s were", MG_FMT(names),
			      nodes.n > 8 ? " and others" : "");
		mg_find_label(x, f, "nodes not Ready");
		for (size_t i = 0; i < x->c->events.n; i++)
			if (matches(&x->c->events.ev[i]))
				mg_find_event(x, f, &x->c->events.ev[i]);
		mg_find_num(f, "nodes", nodes.n);
		mg_find_next(x, f, "three or more within a minute point at the control plane or the load "
				   "balancer, one at the node: read its kubelet log");
	}
	mg_intern_release(&nodes);
}

const struct mg_rule mg_rule_notready = {
	.id = "notready",
	.title = "nodes are not Ready",
	.needs = "node objects or events",
	.explain = "A node is marked NotReady when its kubelet has not renewed its lease for 40 s.",
	.depth = 80,
	.run = run,
	.thresholds = { { "many_nodes", 3, "heuristic" } },
};
