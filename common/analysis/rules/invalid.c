/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include "analysis/note_sums.h"

static const char gc[] = "system:serviceaccount:kube-system:generic-garbage-collector";

/* A retry: often enough, and again and again. */
static bool is_loop(const struct mg_rule_ctx *x, const struct mg_note_sum *s)
{
	return (double)s->n >= mg_rule_num(x, "min_requests") &&
	       mg_note_rate(s) * 60 >= mg_rule_num(x, "warning_per_minute");
}

/* The platform's loops tell most, then other loops, then the number. */
static int weight(const struct mg_rule_ctx *x, const struct mg_requests *r,
		  const struct mg_note_sum *s)
{
	bool platform = mg_is_platform_user(mg_requests_text(r, s->user));

	return is_loop(x, s) ? 2 + platform : platform || (double)s->n >= mg_rule_num(x, "min_requests");
}

static const char *who(struct mg_rule_ctx *x, struct mg_str user)
{
	return mg_str_eq(user, mg_strz(gc)) ? "the garbage collector" : mg_rule_user(x, user);
}

/* `s` is told, `all` and `accounts` sum it up with what else is worth telling. */
static void report(struct mg_rule_ctx *x, const struct mg_requests *r, const struct mg_note_sum *s,
		   uint64_t all, uint32_t accounts)
{
	struct mg_str      user = mg_requests_text(r, s->user), res = mg_requests_text(r, s->resource);
	struct mg_finding *f;

	f = mg_find_new(x, is_loop(x, s) ? MG_SEV_WARNING : MG_SEV_INFO, MG_CONF_HIGH, s->first_ns,
			s->last_ns);
	mg_find_claim(x, f, "%llu request%s of %s for %.*s %s answered 422 (Invalid) between %s and %s, "
			    "for %u object%s, most often %s (%llu)%s",
		      (unsigned long long)s->n, s->n == 1 ? "" : "s", who(x, user), MG_FMT(res),
		      s->n == 1 ? "was" : "were", mg_rule_clock(x, s->first_ns),
		      mg_rule_clock(x, s->last_ns), s->parts, s->parts == 1 ? "" : "s",
		      mg_note_object(x, r, s->top), (unsigned long long)s->top->count,
		      accounts == 0 ? "" :
		      mg_arena_printf(&x->out->arena, "; %u other account%s or resource%s got %llu",
				      accounts, accounts == 1 ? "" : "s", accounts == 1 ? "" : "s",
				      (unsigned long long)all).p);
	mg_find_label(x, f, "422 invalid");
	mg_find_evidence(x, f, s->top->artifact, s->top->line, s->top->first_ns,
			 "first of %llu: %s -> 422", (unsigned long long)s->top->count,
			 mg_note_object(x, r, s->top));
	mg_find_num(f, "requests", (double)s->n);
	mg_find_num(f, "objects", s->parts);
	mg_find_text(x, f, "user", "%.*s", MG_FMT(user));
	mg_find_text(x, f, "resource", "%.*s", MG_FMT(res));
	mg_find_text(x, f, "object", "%s", mg_note_object(x, r, s->top));
	if (mg_is_platform_user(user))
		mg_find_alternative(x, f, "a mutating webhook that changes immutable fields of what the "
					  "platform sends, or a CRD whose schema became stricter than "
					  "the stored objects");
	mg_find_next(x, f, "read why: mgaudit --code=422 --user=%.*s -o json | jq "
			   ".responseStatus.message", MG_FMT(user));
	mg_find_next(x, f, "list the webhooks that match %.*s: kubectl get "
			   "mutatingwebhookconfigurations -o yaml", MG_FMT(res));
}

static void run(struct mg_rule_ctx *x)
{
	struct mg_requests *r = mg_rule_audit(x);
	const struct mg_note_sum *lead = NULL;
	struct mg_note_sums s;
	uint64_t            all = 0;
	uint32_t            told = 0;
	int                 most = 0;

	if (!r)
		return;
	mg_note_sums(&s, r, MG_NOTE_INVALID, MG_BY_USER_RESOURCE);
	for (uint32_t i = 0; i < s.n; i++) {
		int w = weight(x, r, &s.v[i]);

		if (w == 0)
			continue;
		all += s.v[i].n;
		told++;
		if (w > most) {
			most = w;
			lead = &s.v[i];
		}
	}
	if (lead)
		report(x, r, lead, all - lead->n, told - 1);
	mg_note_sums_release(&s);
}

const struct mg_rule mg_rule_invalid = {
	.id = "invalid",
	.title = "requests are refused as invalid",
	.needs = "audit log",
	.explain = "422 means that the object does not pass validation. The platform's own controllers "
		   "never send such objects unless something in between changes them: the usual case "
		   "is the garbage collector, whose patch of ownerReferences passes a mutating webhook "
		   "that writes immutable fields, so that objects are never deleted. Any 422 of the "
		   "platform is told; of others, ten. Only a loop is a warning.",
	.references = "openshift/origin auditloganalyzer",
	.depth = 46,
	.run = run,
	.thresholds = { { "min_requests", 10, "heuristic" },
			{ "warning_per_minute", 1, "heuristic" } },
};
