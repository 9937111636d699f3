/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

/* The objects are as the archive found them, so "still there" is measured at its end. */
static bool is_stuck(const struct mg_rule_ctx *x, const struct mg_event *e)
{
	if (e->kind != MG_EV_NAMESPACE_STUCK || e->time_ns == MG_TIME_NONE)
		return false;
	return (double)(x->c->last_ns - e->time_ns) / 1e9 >= mg_rule_num(x, "min_seconds");
}

/* "team-a (since 04:47:11: NamespaceFinalizersRemaining; finalizers example.com/hold)" */
static struct mg_str describe(struct mg_rule_ctx *x, const struct mg_event *e)
{
	struct mg_str why = mg_event_attr(e, "conditions"), fin = mg_event_attr(e, "finalizers");

	return mg_arena_printf(&x->out->arena, "%.*s (since %s%s%.*s%s%.*s)", MG_FMT(e->name),
			       mg_rule_clock(x, e->time_ns), why.n ? ": " : "",
			       MG_FMT(mg_str_head(why, 160)),
			       fin.n ? "; finalizers " : "", MG_FMT(mg_str_head(fin, 80)));
}

/* What the namespace controller says while it tries again. */
static void cite_controller(struct mg_rule_ctx *x, struct mg_finding *f)
{
	for (size_t i = 0; i < x->c->events.n; i++) {
		const struct mg_event *e = &x->c->events.ev[i];

		if ((e->kind == MG_EV_APISERVER_AGGREGATED || e->kind == MG_EV_LOG_ERROR) &&
		    mg_str_has(e->message, MG_STR("deletion of namespace ")))
			mg_find_event(x, f, e);
	}
}

static void run(struct mg_rule_ctx *x)
{
	const struct mg_event *first = NULL;
	struct mg_str          list = { "", 0 };
	struct mg_finding     *f;
	uint32_t               n = 0;
	int64_t                start;

	if (!mg_case_has(x->c, MG_KIND_KUBE_YAML) && !mg_case_has(x->c, MG_KIND_KUBE_JSON)) {
		mg_rule_missing(x, "namespace objects (`oc adm must-gather`, or `kubectl get namespaces -o "
				   "yaml`)");
		return;
	}
	for (size_t i = 0; i < x->c->events.n; i++) {
		const struct mg_event *e = &x->c->events.ev[i];

		if (!is_stuck(x, e))
			continue;
		first = first ? first : e;
		if (n++ < 3)
			list = mg_arena_printf(&x->out->arena, "%.*s%s%.*s", MG_FMT(list),
					       list.n ? ", " : "", MG_FMT(describe(x, e)));
	}
	if (!first)
		return;
	/* a namespace that goes at all is gone by then */
	start = first->time_ns + (int64_t)mg_rule_num(x, "min_seconds") * MG_SEC;
	f = mg_find_new(x, MG_SEV_WARNING, MG_CONF_HIGH, start, x->c->last_ns);
	mg_find_claim(x, f, "%u namespace%s deleted and %s not go away: %.*s%s", n,
		      n == 1 ? " was" : "s were", n == 1 ? "does" : "do", MG_FMT(list),
		      n > 3 ? " and others" : "");
	mg_find_label(x, f, "namespace stuck");
	for (size_t i = 0; i < x->c->events.n; i++)
		if (is_stuck(x, &x->c->events.ev[i]))
			mg_find_event(x, f, &x->c->events.ev[i]);
	cite_controller(x, f);
	mg_find_num(f, "namespaces", n);
	mg_find_text(x, f, "first", "%.*s", MG_FMT(first->name));
	mg_find_next(x, f, "all conditions count: a failing APIService stops every deletion (kubectl get "
			   "apiservices), a finalizer only its own namespace (who was to remove it?)");
}

const struct mg_rule mg_rule_namespace_stuck = {
	.id = "namespace-stuck",
	.title = "a namespace cannot be deleted",
	.needs = "namespace objects",
	.explain = "A namespace goes when all that is in it is gone, which the controller can only know if "
		   "every API group answers. Conditions and finalizers of the namespace say what it "
		   "waits for; with only a finalizer left, no log says anything.",
	.references = "kubernetes.io: namespace conditions NamespaceContentRemaining, "
		      "NamespaceDeletionDiscoveryFailure",
	.depth = 60,
	.run = run,
	.thresholds = { { "min_seconds", 60, "heuristic" } },
};
