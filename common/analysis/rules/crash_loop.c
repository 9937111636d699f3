/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

/* Containers that restart over and over. */
struct loop {
	struct mg_str          ns, pod, container;
	uint32_t               restarts, backoffs;
	bool                   waiting;
	const struct mg_event *example;
	int64_t                first, last;
};

#define LOOPS 256

static struct loop *loop_of(struct loop *l, size_t *n, const struct mg_event *e, struct mg_str pod)
{
	struct mg_str container = mg_event_attr(e, "container");

	for (size_t i = 0; i < *n; i++)
		if (mg_str_eq(l[i].ns, e->ns) && mg_str_eq(l[i].pod, pod) &&
		    (mg_str_eq(l[i].container, container) || !container.n || !l[i].container.n))
			return &l[i];
	if (*n == LOOPS)
		return NULL;
	l[*n] = (struct loop){ .ns = e->ns, .pod = pod, .container = container,
			       .first = e->time_ns, .last = e->time_ns, .example = e };
	return &l[(*n)++];
}

static void look_at(struct loop *l, size_t *n, const struct mg_event *e)
{
	bool         waiting = e->kind == MG_EV_POD_WAITING &&
		       mg_str_has(e->message, MG_STR("CrashLoopBackOff"));
	bool         backoff = e->kind == MG_EV_K8S_EVENT &&
		       mg_str_eq(mg_event_attr(e, "reason"), MG_STR("BackOff")) &&
		       mg_str_has(e->message, MG_STR("restarting failed container"));
	struct loop *k;

	if (!waiting && !backoff && e->kind != MG_EV_POD_RESTARTS)
		return;
	if (!(k = loop_of(l, n, e, e->pod.n ? e->pod : e->name)))
		return;
	k->waiting |= waiting;
	k->backoffs += backoff ? e->count : 0;
	if (e->kind == MG_EV_POD_RESTARTS && e->count > k->restarts)
		k->restarts = e->count;
	k->last = e->time_ns > k->last ? e->time_ns : k->last;
}

static bool bad(struct mg_rule_ctx *x, const struct loop *l)
{
	return l->waiting || l->backoffs >= mg_rule_num(x, "min_backoffs");
}

static void run(struct mg_rule_ctx *x)
{
	struct loop        l[LOOPS];
	size_t             n = 0, looping = 0;
	struct mg_str      names = { "", 0 };
	int64_t            first = MG_TIME_NONE, last = MG_TIME_NONE;
	struct mg_finding *f;

	for (size_t i = 0; i < x->c->events.n; i++)
		look_at(l, &n, &x->c->events.ev[i]);
	for (size_t i = 0; i < n; i++) {
		if (!bad(x, &l[i]))
			continue;
		if (looping++ < 5)
			names = mg_arena_printf(&x->out->arena, "%.*s%s%.*s/%.*s%s%.*s (%u restart%s)",
						MG_FMT(names), names.n ? ", " : "", MG_FMT(l[i].ns),
						MG_FMT(l[i].pod), l[i].container.n ? " " : "",
						MG_FMT(l[i].container), l[i].restarts,
						l[i].restarts == 1 ? "" : "s");
		if (first == MG_TIME_NONE || l[i].first < first)
			first = l[i].first;
		last = l[i].last > last ? l[i].last : last;
	}
	if (!looping)
		return;
	f = mg_find_new(x, MG_SEV_WARNING, MG_CONF_HIGH, first, last);
	mg_find_claim(x, f, "%zu container%s crash-loop%s: %.*s%s", looping, looping == 1 ? "" : "s",
		      looping == 1 ? "s" : "", MG_FMT(names), looping > 5 ? " and others" : "");
	mg_find_label(x, f, "crash loop");
	for (size_t i = 0; i < n; i++)
		if (bad(x, &l[i]))
			mg_find_event(x, f, l[i].example);
	mg_find_num(f, "containers", (double)looping);
	mg_find_next(x, f, "read previous.log of each and the exit code of its last termination "
			   "(mgstate)");
}

const struct mg_rule mg_rule_crash_loop = {
	.id = "crash-loop",
	.title = "containers crash again and again",
	.needs = "pod statuses or events",
	.explain = "CrashLoopBackOff, or at least five back-off events of one container.",
	.references = "kubernetes-mixin alert KubePodCrashLooping; kubernetes.io: container restart "
		      "policy",
	.depth = 85,
	.run = run,
	.thresholds = { { "min_backoffs", 5, "as KubePodCrashLooping" } },
};
