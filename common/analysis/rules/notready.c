/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include "analysis/silence.h"
#include "analysis/tally.h"

/* The node controller waits for 40 s (50 s from 1.32 on) without a sign of a kubelet; what
 * silenced it lies before that. */
#define BEFORE_NS (10 * MG_MIN)

static bool matches(const struct mg_event *e)
{
	if (e->kind == MG_EV_NODE_CONDITION)
		return mg_str_eq(mg_event_attr(e, "type"), MG_STR("Ready"));
	return e->kind == MG_EV_K8S_EVENT &&
	       mg_str_eq(mg_event_attr(e, "reason"), MG_STR("NodeNotReady"));
}

/* Unknown: the control plane heard nothing of the kubelet; False: the kubelet says it itself. */
static bool is_unknown(const struct mg_event *e)
{
	return matches(e) && (mg_str_eq(mg_event_attr(e, "status"), MG_STR("Unknown")) ||
			      mg_str_has(e->message, MG_STR("stopped posting node status")));
}

static struct mg_str name_of(const struct mg_event *e)
{
	return e->name.n ? e->name : e->node;
}

/* Which part of the control plane fell silent before the nodes did, the first one first. */
static void silences(struct mg_rule_ctx *x, struct mg_finding *f, int64_t lost_ns)
{
	struct mg_silence s[3];
	size_t            n = mg_silences(x->c, x->s, lost_ns - BEFORE_NS, lost_ns, s, 3);

	for (size_t i = 0; i < n; i++) {
		const char *at = mg_rule_clock(x, s[i].at_ns);

		f->claim = mg_arena_printf(&x->out->arena, "%.*s%s%.*s%s%.*s at %s (%s)", MG_FMT(f->claim),
					   i ? ", then " : "; before that fell silent, first ",
					   MG_FMT(s[i].component), s[i].node.n ? " on " : "",
					   MG_FMT(s[i].node), at, s[i].how);
		mg_find_evidence(x, f, s[i].artifact, s[i].line, s[i].at_ns, "%.*s%s%.*s: %s",
				 MG_FMT(s[i].component), s[i].node.n ? " on " : "", MG_FMT(s[i].node),
				 s[i].how);
	}
	if (!n)
		return;
	mg_find_text(x, f, "silent_first", "%.*s%s%.*s", MG_FMT(s[0].component), s[0].node.n ? " on " : "",
		     MG_FMT(s[0].node));
	mg_find_num(f, "silent_first_seconds_before", (double)(lost_ns - s[0].at_ns) / 1e9);
	f->confidence = MG_CONF_HIGH;
}

static void report(struct mg_rule_ctx *x, const struct mg_counts *nodes, uint32_t unknown,
		   const struct mg_event *first, const struct mg_event *last)
{
	bool               many = nodes->names.n >= mg_rule_num(x, "many_nodes");
	struct mg_finding *f = mg_find_new(x, many ? MG_SEV_ERROR : MG_SEV_WARNING, MG_CONF_MEDIUM,
					   first->time_ns, last->time_ns);
	struct mg_str      names = { "", 0 };

	for (uint32_t i = 0; i < nodes->names.n && i < 8; i++)
		names = mg_arena_printf(&x->out->arena, "%.*s%s%.*s", MG_FMT(names), i ? ", " : "",
					MG_FMT(mg_intern_str(&nodes->names, i)));
	mg_find_claim(x, f, "%u node%s not Ready: %.*s%s", nodes->names.n,
		      nodes->names.n == 1 ? " was" : "s were", MG_FMT(names),
		      nodes->names.n > 8 ? " and others" : "");
	if (unknown)
		f->claim = mg_arena_printf(&x->out->arena, "%.*s; the control plane heard nothing of "
					   "%u of them from %s on", MG_FMT(f->claim), unknown,
					   mg_rule_clock(x, first->time_ns));
	mg_find_label(x, f, "nodes not Ready");
	if (unknown && first->time_ns != MG_TIME_NONE)
		silences(x, f, first->time_ns);
	for (size_t i = 0; i < x->c->events.n; i++)
		if (matches(&x->c->events.ev[i]))
			mg_find_event(x, f, &x->c->events.ev[i]);
	mg_find_num(f, "nodes", nodes->names.n);
	mg_find_num(f, "unknown", unknown);
	mg_find_next(x, f, "three or more within a minute point at the control plane or the load "
			   "balancer, one at the node: read its kubelet log");
}

static void run(struct mg_rule_ctx *x)
{
	const struct mg_event *first = NULL, *last = NULL;
	struct mg_counts       nodes = { 0 }, unknown = { 0 };

	for (size_t i = 0; i < x->c->events.n; i++) {
		const struct mg_event *e = &x->c->events.ev[i];

		if (!matches(e))
			continue;
		mg_counts_add(&nodes, name_of(e), 1);
		if (is_unknown(e))
			mg_counts_add(&unknown, name_of(e), 1);
		first = first ? first : e;
		last = e;
	}
	if (first)
		report(x, &nodes, unknown.names.n, first, last);
	mg_counts_release(&nodes);
	mg_counts_release(&unknown);
}

const struct mg_rule mg_rule_notready = {
	.id = "notready",
	.title = "nodes are not Ready",
	.needs = "node objects or events",
	.explain = "A node is marked NotReady when its kubelet has not renewed its lease for 40 s. When "
		   "the control plane heard nothing (Ready is Unknown, `Kubelet stopped posting node "
		   "status`), the finding tells which of its own parts fell silent before that, and "
		   "which first.",
	.references = "kubernetes.io: nodes, heartbeats; node-monitor-grace-period",
	.depth = 80,
	.run = run,
	.thresholds = { { "many_nodes", 3, "heuristic" } },
};
