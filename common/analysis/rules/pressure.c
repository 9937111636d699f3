/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include "analysis/tally.h"

/* Reasons of Events, and of the kubelet's own lines, that say a node ran short. */
static bool is_reason(struct mg_str r)
{
	static const struct mg_str bad[] = {
		MG_STR("NodeHasInsufficientMemory"), MG_STR("NodeHasDiskPressure"),
		MG_STR("NodeHasInsufficientPID"), MG_STR("SystemOOM"), MG_STR("Evicted"),
		MG_STR("EvictionThresholdMet"), MG_STR("FreeDiskSpaceFailed"),
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (mg_str_eq(r, bad[i]))
			return true;
	return false;
}

static bool is_pressure(const struct mg_event *e)
{
	switch (e->kind) {
	case MG_EV_NODE_CONDITION:
		return mg_str_ends(mg_event_attr(e, "type"), MG_STR("Pressure"));
	case MG_EV_KUBELET_OOM:
	case MG_EV_KUBELET_EVICTION:
		return e->severity >= MG_SEV_WARNING;
	case MG_EV_KUBELET_NODE:
		return is_reason(mg_event_attr(e, "event"));
	case MG_EV_K8S_EVENT:
		return is_reason(mg_event_attr(e, "reason"));
	default:
		return false;
	}
}

/* "MemoryPressure", "SystemOOM", "Evicted" ... */
static struct mg_str what(const struct mg_event *e)
{
	switch (e->kind) {
	case MG_EV_NODE_CONDITION:
		return mg_event_attr(e, "type");
	case MG_EV_KUBELET_OOM:
		return MG_STR("SystemOOM");
	case MG_EV_KUBELET_EVICTION:
		return MG_STR("eviction");
	case MG_EV_KUBELET_NODE:
		return mg_event_attr(e, "event");
	default:
		return mg_event_attr(e, "reason");
	}
}

static void run(struct mg_rule_ctx *x)
{
	const struct mg_event *first = NULL, *last = NULL;
	struct mg_counts       nodes = { 0 }, kinds = { 0 };
	uint64_t               standing = 0;
	struct mg_finding     *f;

	for (size_t i = 0; i < x->c->events.n; i++) {
		const struct mg_event *e = &x->c->events.ev[i];

		if (!is_pressure(e))
			continue;
		first = first ? first : e;
		last = e;
		standing += e->kind == MG_EV_NODE_CONDITION;
		mg_counts_add(&nodes, e->node.n ? e->node : MG_STR("a node that is not named"), e->count);
		mg_counts_add(&kinds, what(e), e->count);
	}
	if (first && (standing || (double)kinds.total >= mg_rule_num(x, "min_events"))) {
		f = mg_find_new(x, MG_SEV_WARNING, standing ? MG_CONF_HIGH : MG_CONF_MEDIUM,
				first->time_ns, last->time_ns);
		mg_find_claim(x, f, "%u node%s ran short of memory, disk or process ids (%.*s): %.*s%s",
			      nodes.names.n, nodes.names.n == 1 ? "" : "s",
			      MG_FMT(mg_counts_text(x, &nodes, 3)), MG_FMT(mg_counts_text(x, &kinds, 4)),
			      standing ? "; the condition still held when the archive was made" : "");
		mg_find_label(x, f, "node pressure");
		for (size_t i = 0; i < x->c->events.n; i++)
			if (is_pressure(&x->c->events.ev[i]))
				mg_find_event(x, f, &x->c->events.ev[i]);
		mg_find_num(f, "nodes", nodes.names.n);
		mg_find_num(f, "events", (double)kinds.total);
		mg_find_next(x, f, "on each node: what used the memory or the disk (`oc adm top pods`, `df`, "
				   "the kernel's task table), and which limits or requests are missing");
	}
	if (!first)
		mg_rule_has_objects(x, "node objects and events (`oc adm inspect nodes`)");
	mg_counts_release(&nodes);
	mg_counts_release(&kinds);
}

const struct mg_rule mg_rule_pressure = {
	.id = "pressure",
	.title = "nodes ran short of memory, disk or process ids",
	.needs = "node objects, events or kubelet logs",
	.explain = "MemoryPressure, DiskPressure and PIDPressure make the kubelet evict pods; a system "
		   "OOM means that the kernel had to kill on the node as a whole, not within one "
		   "container's limit.",
	.references = "kubernetes.io: node-pressure eviction",
	.depth = 14,
	.run = run,
	.thresholds = { { "min_events", 1, "any is notable" } },
};
