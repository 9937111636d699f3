/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

struct hook {
	struct mg_str          name;
	uint32_t               slow, failed, closed;
	int64_t                worst, first, last;
	const struct mg_event *example, *failure;
};

#define HOOKS 32

static struct hook *hook_of(struct hook *h, size_t *n, const struct mg_event *e)
{
	struct mg_str name = e->name.n ? e->name : mg_event_attr(e, "webhook");

	for (size_t i = 0; i < *n; i++)
		if (mg_str_eq(h[i].name, name))
			return &h[i];
	if (*n == HOOKS)
		return &h[HOOKS - 1];
	h[*n] = (struct hook){ .name = name, .first = e->time_ns, .last = e->time_ns };
	return &h[(*n)++];
}

static void count(struct hook *h, const struct mg_event *e)
{
	if (e->kind == MG_EV_WEBHOOK_FAILED) {
		h->failed += e->count;
		h->closed += mg_str_has(mg_event_attr(e, "mode"), MG_STR("closed")) ? e->count : 0;
		h->failure = h->failure ? h->failure : e;
	} else {
		h->slow += e->duration_ns >= MG_SEC ? e->count : 0;
		if (e->duration_ns > h->worst) {
			h->worst = e->duration_ns;
			h->example = e;
		}
	}
	h->last = mg_event_end(e) > h->last ? mg_event_end(e) : h->last;
}

/* "failed 3 times (1 failing closed) and was slow 12 times (worst 4.50 s)" */
static struct mg_str what_it_did(struct mg_rule_ctx *x, const struct hook *h)
{
	struct mg_arena *a = &x->out->arena;
	struct mg_str    failed = { "", 0 }, slow = { "", 0 };

	if (h->failed)
		failed = mg_arena_printf(a, "failed %u time%s (%u failing closed)", h->failed,
					 h->failed == 1 ? "" : "s", h->closed);
	if (h->slow)
		slow = mg_arena_printf(a, "was slow %u time%s (worst %s)", h->slow,
				       h->slow == 1 ? "" : "s", mg_rule_dur(x, h->worst));
	return mg_arena_printf(a, "%.*s%s%.*s", MG_FMT(failed), h->failed && h->slow ? " and " : "",
			       MG_FMT(slow));
}

static void report(struct mg_rule_ctx *x, const struct hook *h)
{
	struct mg_finding *f;

	f = mg_find_new(x, h->closed || h->failed > 2 ? MG_SEV_ERROR : MG_SEV_WARNING,
			h->failed && h->slow ? MG_CONF_HIGH : MG_CONF_MEDIUM, h->first, h->last);
	mg_find_claim(x, f, "admission webhook %.*s %.*s between %s and %s", MG_FMT(h->name),
		      MG_FMT(what_it_did(x, h)), mg_rule_clock(x, h->first),
		      mg_rule_clock(x, h->last));
	mg_find_label(x, f, "webhook slow");
	if (h->example)
		mg_find_event(x, f, h->example);
	if (h->failure)
		mg_find_event(x, f, h->failure);
	mg_find_num(f, "slow_calls", h->slow);
	mg_find_num(f, "failed_calls", h->failed);
	mg_find_num(f, "worst_seconds", (double)h->worst / 1e9);
	mg_find_next(x, f, "look at the webhook's backend pods, service endpoints and NetworkPolicy; "
			   "narrow its rules, lower timeoutSeconds, choose failurePolicy knowingly");
}

static void run(struct mg_rule_ctx *x)
{
	struct hook h[HOOKS];
	size_t      n = 0;

	if (!mg_case_has(x->c, MG_KIND_LOG)) {
		mg_rule_missing(x, "kube-apiserver log (the audit log never says that a webhook was slow)");
		return;
	}
	for (size_t i = 0; i < x->c->events.n; i++) {
		const struct mg_event *e = &x->c->events.ev[i];

		if ((e->kind == MG_EV_WEBHOOK_FAILED || e->kind == MG_EV_WEBHOOK_SLOW) &&
		    e->time_ns != MG_TIME_NONE)
			count(hook_of(h, &n, e), e);
	}
	for (size_t i = 0; i < n; i++)
		if (h[i].failed >= mg_rule_num(x, "min_failed") ||
		    h[i].slow >= mg_rule_num(x, "min_slow"))
			report(x, &h[i]);
}

const struct mg_rule mg_rule_webhook_slow = {
	.id = "webhook-slow",
	.title = "an admission webhook is slow or fails",
	.needs = "kube-apiserver log",
	.explain = "Calls of one webhook that took over a second, or failed. Webhooks run inside the "
		   "write, so they look like a slow etcd in audit logs and in GuaranteedUpdate traces.",
	.references = "kubernetes.io: admission webhook good practices; kubernetes/kubernetes 82768, "
		      "103998, 128162",
	.depth = 15,
	.run = run,
	.thresholds = { { "min_slow", 3, "heuristic" }, { "min_failed", 1, "any is notable" } },
};
