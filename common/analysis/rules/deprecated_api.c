/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include "analysis/note_sums.h"
#include "base/map.h"

struct use {
	const struct mg_request_group *top;
	uint64_t                       n;
	uint32_t                       users;
	int64_t                        first, last;
	struct mg_str                  list, release; /* release: the earliest that removes one */
};

/* "1.9" comes before "1.22". */
static bool is_before(struct mg_str a, struct mg_str b)
{
	return a.n != b.n ? a.n < b.n : mg_str_cmp(a, b) < 0;
}

/* The controller manager touches every API there is, only because it is there; the alert of
 * the API server's operator leaves it out as well. */
static bool is_discovery(struct mg_str user)
{
	return mg_str_eq(user, MG_STR("system:kube-controller-manager")) ||
	       mg_str_eq(user, MG_STR("system:apiserver")) ||
	       mg_str_starts(user, MG_STR("system:serviceaccount:kube-system:")) ||
	       mg_str_starts(user, MG_STR("system:serviceaccount:openshift-infra:"));
}

static void count(struct mg_rule_ctx *x, struct mg_requests *r, struct use *u)
{
	struct mg_intern               users = { 0 };
	size_t                         n;
	const struct mg_request_group *g = mg_requests_groups(r, &n);

	for (size_t i = 0, told = 0; i < n; i++) {
		struct mg_str release = mg_requests_text(r, g[i].removed_release);

		if (!release.n || is_discovery(mg_requests_text(r, g[i].user)))
			continue;
		if (!u->top || g[i].first_ns < u->first)
			u->first = g[i].first_ns;
		if (!u->top || g[i].last_ns > u->last)
			u->last = g[i].last_ns;
		if (!u->top || is_before(release, u->release))
			u->release = release;
		u->top = u->top ? u->top : &g[i]; /* the largest group comes first */
		u->n += g[i].count;
		mg_intern_id(&users, mg_requests_text(r, g[i].user));
		if (told++ < 3)
			u->list = mg_arena_printf(&x->out->arena, "%.*s%s%s %.*s (removed in %.*s, %llu)",
						  MG_FMT(u->list), u->list.n ? "; " : "",
						  mg_rule_user(x, mg_requests_text(r, g[i].user)),
						  MG_FMT(mg_requests_text(r, g[i].pattern)),
						  MG_FMT(release), (unsigned long long)g[i].count);
	}
	u->users = users.n;
	mg_intern_release(&users);
}

static void run(struct mg_rule_ctx *x)
{
	struct mg_requests *r = mg_rule_audit(x);
	struct use          u = { 0 };
	struct mg_finding  *f;

	if (!r)
		return;
	count(x, r, &u);
	if (!u.top || (double)u.n < mg_rule_num(x, "min_requests"))
		return;
	f = mg_find_new(x, MG_SEV_INFO, MG_CONF_HIGH, u.first, u.last);
	mg_find_claim(x, f, "APIs that Kubernetes %.*s or a later release removes are in use (%llu "
			    "request%s of %u account%s): %.*s", MG_FMT(u.release), (unsigned long long)u.n,
		      u.n == 1 ? "" : "s", u.users, u.users == 1 ? "" : "s", MG_FMT(u.list));
	mg_find_label(x, f, "deprecated API");
	mg_find_evidence(x, f, u.top->artifact, u.top->line, u.top->first_ns,
			 "first of %llu: %.*s %.*s", (unsigned long long)u.top->count,
			 MG_FMT(mg_requests_text(r, u.top->verb)),
			 MG_FMT(mg_requests_text(r, u.top->pattern)));
	mg_find_num(f, "requests", (double)u.n);
	mg_find_num(f, "users", u.users);
	mg_find_text(x, f, "removed_in", "%.*s", MG_FMT(u.release));
	mg_find_text(x, f, "user", "%.*s", MG_FMT(mg_requests_text(r, u.top->user)));
	mg_find_next(x, f, "move these clients to the newer version before an upgrade to %.*s: mgaudit "
			   "--annotation=k8s.io/removed-release --by=user,resource -o top",
		     MG_FMT(u.release));
}

const struct mg_rule mg_rule_deprecated_api = {
	.id = "deprecated-api",
	.title = "deprecated APIs are in use",
	.needs = "audit log",
	.explain = "The API server marks requests for versions that a coming release removes (annotation "
		   "k8s.io/removed-release). After the upgrade these clients get 404. The "
		   "controller manager's own requests do not count: it touches whatever API exists.",
	.references = "openshift alert APIRemovedInNextReleaseInUse; kubernetes.io: deprecated API "
		      "migration guide",
	.depth = 92,
	.run = run,
	.thresholds = { { "min_requests", 1, "APIRemovedInNextReleaseInUse" } },
};
