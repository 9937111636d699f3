/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include "analysis/note_sums.h"

/* Writes of one object by one user are one change. */
struct change {
	const struct mg_event *first;
	uint64_t               n;
};

#define CHANGES 64

static bool same(const struct mg_event *a, const struct mg_event *b)
{
	return mg_str_eq(a->name, b->name) && mg_str_eq(a->resource, b->resource) &&
	       mg_str_eq(a->user, b->user) && mg_str_eq(a->verb, b->verb);
}

static uint32_t collect(const struct mg_rule_ctx *x, int64_t from, struct change *v,
			uint32_t *more)
{
	uint32_t n = 0, k;

	*more = 0;
	for (size_t i = mg_case_lower_bound(x->c, from);
	     i < x->c->events.n && x->c->events.ev[i].time_ns <= x->onset_ns; i++) {
		const struct mg_event *e = &x->c->events.ev[i];

		if (e->kind != MG_EV_AUDIT_CHANGE)
			continue;
		for (k = 0; k < n && !same(v[k].first, e); k++)
			;
		if (k == CHANGES) {
			++*more;
			continue;
		}
		if (k == n)
			v[n++] = (struct change){ e, 0 };
		v[k].n += e->count;
	}
	return n;
}

/* "clusterroles" of "clusterroles.rbac.authorization.k8s.io". */
static struct mg_str short_name(struct mg_str resource)
{
	struct mg_str stem, group;

	mg_str_cut(resource, '.', &stem, &group);
	return stem;
}

static struct mg_str describe(struct mg_rule_ctx *x, const struct change *v, uint32_t n)
{
	struct mg_str list = { "", 0 };

	for (uint32_t i = n; i-- > 0 && n - i <= 3;) /* the latest first: the closest to the onset */
		list = mg_arena_printf(&x->out->arena, "%.*s%s%.*s %.*s %.*s by %s at %s",
				       MG_FMT(list), list.n ? "; " : "", MG_FMT(v[i].first->verb),
				       MG_FMT(short_name(v[i].first->resource)), MG_FMT(v[i].first->name),
				       mg_rule_user(x, v[i].first->user),
				       mg_rule_clock(x, v[i].first->time_ns));
	if (n > 3)
		list = mg_arena_printf(&x->out->arena, "%.*s; and %u before", MG_FMT(list), n - 3);
	return list;
}

static void run(struct mg_rule_ctx *x)
{
	struct mg_requests *r = mg_rule_audit(x);
	struct change       v[CHANGES];
	uint32_t            n, more;
	int64_t             window = (int64_t)(mg_rule_num(x, "window_minutes") * 60) * MG_SEC;
	int64_t             first, last;
	struct mg_finding  *f;

	if (!r || x->onset_ns == MG_TIME_NONE)
		return;
	n = collect(x, x->onset_ns - window, v, &more);
	mg_requests_span(r, &first, &last);
	if (n == 0)
		return;
	f = mg_find_new(x, MG_SEV_INFO, MG_CONF_MEDIUM, v[0].first->time_ns, x->onset_ns);
	mg_find_claim(x, f, "%u change%s of the cluster's configuration in the %.0f minutes before %s, when "
			    "the first problem begins: %.*s", n + more, n + more == 1 ? "" : "s",
		      mg_rule_num(x, "window_minutes"), mg_rule_clock(x, x->onset_ns),
		      MG_FMT(describe(x, v, n)));
	mg_find_label(x, f, "what changed");
	for (uint32_t i = n; i-- > 0;)
		mg_find_event(x, f, v[i].first);
	mg_find_num(f, "changes", n + more);
	if (first > x->onset_ns - window)
		mg_find_alternative(x, f, "the audit log begins only at %s: earlier changes are not in it",
				    mg_rule_clock(x, first));
	mg_find_next(x, f, "ask who made them whether they touch what fails; a change before is no proof");
}

const struct mg_rule mg_rule_what_changed = {
	.id = "what-changed",
	.title = "the configuration was changed before it began",
	.needs = "audit log",
	.explain = "Writes of webhooks, CRDs, APIServices, FlowSchemas, cluster roles, and of machine, "
		   "operator and cluster configuration in the half hour before the earliest finding "
		   "of severity warning or above. It comes last of all rules, since it needs to know "
		   "when that is. A lead, not a cause.",
	.references = "kubernetes.io: auditing",
	.depth = 96,
	.run = run,
	.thresholds = { { "window_minutes", 30, "heuristic" } },
};
