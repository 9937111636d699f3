/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include "analysis/note_sums.h"

static void report(struct mg_rule_ctx *x, const struct mg_requests *r, const struct mg_note_sum *u,
		   const struct mg_note_sum *o)
{
	const struct mg_note_sum *w = mg_note_rate(o) > mg_note_rate(u) ? o : u;
	bool               often = (double)w->n >= mg_rule_num(x, "min_requests") &&
			   mg_note_rate(w) >= mg_rule_num(x, "warning_per_second");
	struct mg_finding *f;

	f = mg_find_new(x, often ? MG_SEV_WARNING : MG_SEV_INFO, MG_CONF_HIGH, u->first_ns,
			u->last_ns);
	mg_find_claim(x, f, "%s sent %llu server-side applies (%.2g/s) between %s and %s; the object that "
			    "was applied most is %s (%llu, %.2g/s)",
		      mg_rule_user(x, mg_requests_text(r, u->user)), (unsigned long long)u->n,
		      mg_note_rate(u), mg_rule_clock(x, u->first_ns), mg_rule_clock(x, u->last_ns),
		      mg_note_object(x, r, o->top), (unsigned long long)o->n, mg_note_rate(o));
	mg_find_label(x, f, "server-side applies");
	mg_find_evidence(x, f, u->top->artifact, u->top->line, u->top->first_ns,
			 "first apply of %s to %s", mg_rule_user(x, mg_requests_text(r, u->user)),
			 mg_note_object(x, r, u->top));
	mg_find_evidence(x, f, o->top->artifact, o->top->line, o->top->first_ns,
			 "first of %llu applies of %s", (unsigned long long)o->top->count,
			 mg_note_object(x, r, o->top));
	mg_find_num(f, "requests", (double)u->n);
	mg_find_num(f, "per_second", mg_note_rate(u));
	mg_find_num(f, "requests_on_object", (double)o->n);
	mg_find_text(x, f, "user", "%.*s", MG_FMT(mg_requests_text(r, u->user)));
	mg_find_text(x, f, "object", "%s", mg_note_object(x, r, o->top));
	mg_find_next(x, f, "let the controller compare before it applies: mgaudit --user=%.*s "
			   "--verb=patch --by=resource,name -o top",
		     MG_FMT(mg_requests_text(r, u->user)));
}

static void run(struct mg_rule_ctx *x)
{
	struct mg_requests *r = mg_rule_audit(x);
	struct mg_note_sums users, objects;
	double              min = mg_rule_num(x, "min_requests");

	if (!r)
		return;
	mg_note_sums(&users, r, MG_NOTE_APPLY, MG_BY_USER);
	mg_note_sums(&objects, r, MG_NOTE_APPLY, MG_BY_OBJECT);
	if (users.n && ((double)users.v[0].n > min || (double)objects.v[0].n > min))
		report(x, r, &users.v[0], &objects.v[0]);
	mg_note_sums_release(&users);
	mg_note_sums_release(&objects);
}

const struct mg_rule mg_rule_apply_spam = {
	.id = "apply-spam",
	.title = "server-side apply over and over",
	.needs = "audit log",
	.explain = "A server-side apply costs the server a merge of managed fields even when nothing "
		   "changes. More than 200 by one account or on one object in a log is a controller "
		   "that applies without comparing. The audit log calls an apply `patch`; it is "
		   "known by the parameter `force`, which only an apply may have, so an apply "
		   "without it is not counted.",
	.references = "openshift/origin auditloganalyzer; kubernetes.io: server-side apply",
	.depth = 73,
	.run = run,
	.thresholds = { { "min_requests", 200, "openshift/origin auditloganalyzer" },
			{ "warning_per_second", 1, "heuristic" } },
};
