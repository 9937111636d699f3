/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include "analysis/tally.h"

static bool is_state(const struct mg_event *e, const char *state)
{
	return e->kind == MG_EV_CSR && mg_str_eq(mg_event_attr(e, "state"), mg_strz(state));
}

/* Approved, but nobody signed it. */
static bool unsigned_yet(const struct mg_event *e)
{
	return is_state(e, "approved") && mg_str_eq(mg_event_attr(e, "issued"), MG_STR("false"));
}

static bool waits(const struct mg_event *e)
{
	return is_state(e, "pending") || unsigned_yet(e);
}

static void run(struct mg_rule_ctx *x)
{
	const struct mg_event *oldest = NULL, *newest = NULL;
	struct mg_counts       who = { 0 };
	uint32_t               all = 0, approved = 0;
	struct mg_finding     *f;

	for (size_t i = 0; i < x->c->events.n; i++) {
		const struct mg_event *e = &x->c->events.ev[i];

		all += e->kind == MG_EV_CSR;
		if (!waits(e))
			continue;
		oldest = oldest ? oldest : e;
		newest = e;
		approved += unsigned_yet(e);
		mg_counts_add(&who, e->user.n ? e->user : MG_STR("a user that is not named"), 1);
	}
	if (!all)
		mg_rule_missing(x, "certificate signing requests (`oc get csr -o yaml`)");
	if (who.total && (double)who.total >= mg_rule_num(x, "min_pending")) {
		f = mg_find_new(x, MG_SEV_WARNING, MG_CONF_HIGH, oldest->time_ns, newest->time_ns);
		mg_find_claim(x, f, "%llu certificate signing requests wait, the oldest since %s (%.*s)%s; "
				    "nodes whose certificate ends meanwhile cannot come back",
			      (unsigned long long)who.total, mg_rule_clock(x, oldest->time_ns),
			      MG_FMT(mg_counts_text(x, &who, 3)),
			      approved ? mg_arena_printf(&x->out->arena,
							 "; %u of them are approved and not issued",
							 approved).p : "");
		mg_find_label(x, f, "certificate requests wait");
		for (size_t i = 0; i < x->c->events.n; i++)
			if (waits(&x->c->events.ev[i]))
				mg_find_event(x, f, &x->c->events.ev[i]);
		mg_find_num(f, "pending", (double)who.total);
		mg_find_num(f, "approved_not_issued", approved);
		mg_find_next(x, f, "look who should approve them (machine-approver, "
				   "kube-controller-manager), and approve those of known "
				   "nodes (`oc adm certificate approve NAME`)");
	}
	mg_counts_release(&who);
}

const struct mg_rule mg_rule_csr_pileup = {
	.id = "csr-pileup",
	.title = "certificate signing requests are not answered",
	.needs = "certificate signing requests",
	.explain = "Kubelets ask for new certificates by themselves; when nobody approves or signs them "
		   "they run out one node after the other.",
	.references = "kubernetes.io: certificate signing requests; kubelet certificate rotation",
	.depth = 3,
	.run = run,
	.thresholds = { { "min_pending", 10, "heuristic" } },
};
