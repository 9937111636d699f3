/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include "analysis/note_sums.h"

static bool is_loop(const struct mg_rule_ctx *x, const struct mg_note_sum *s)
{
	return (double)s->n >= mg_rule_num(x, "warning_requests") &&
	       mg_note_rate(s) >= mg_rule_num(x, "warning_per_second");
}

/* Controllers of the platform meet each other in small numbers all the time. */
static bool counts(const struct mg_rule_ctx *x, const struct mg_requests *r,
		   const struct mg_note_sum *s)
{
	return (double)s->n > mg_rule_num(x, "min_requests") &&
	       (is_loop(x, s) || !mg_is_platform_user(mg_requests_text(r, s->user)));
}

static void report(struct mg_rule_ctx *x, const struct mg_requests *r,
		   const struct mg_note_sums *users, const struct mg_note_sums *objects)
{
	const struct mg_note_sum *u = &users->v[0], *o = &objects->v[0];
	uint32_t                  nu = 0;
	struct mg_finding        *f;

	while (nu < users->n && (double)users->v[nu].n > mg_rule_num(x, "min_requests"))
		nu++;
	f = mg_find_new(x, is_loop(x, u) || is_loop(x, o) ? MG_SEV_WARNING : MG_SEV_INFO,
			MG_CONF_HIGH, u->first_ns, u->last_ns);
	mg_find_claim(x, f, "writes were answered 409 (Conflict) between %s and %s, most of them of %s; "
			    "the object that was hit most is %s (%llu)",
		      mg_rule_clock(x, u->first_ns), mg_rule_clock(x, u->last_ns),
		      mg_note_list(x, r, users->v, nu ? nu : 1, false),
		      mg_note_object(x, r, o->top), (unsigned long long)o->n);
	mg_find_label(x, f, "409 conflicts");
	mg_find_evidence(x, f, u->top->artifact, u->top->line, u->top->first_ns,
			 "first of %llu conflicts of %s on %s", (unsigned long long)u->top->count,
			 mg_rule_user(x, mg_requests_text(r, u->user)), mg_note_object(x, r, u->top));
	mg_find_evidence(x, f, o->top->artifact, o->top->line, o->top->first_ns,
			 "%s: %llu conflicts of %u account%s", mg_note_object(x, r, o->top),
			 (unsigned long long)o->n, o->parts, o->parts == 1 ? "" : "s");
	mg_find_num(f, "requests", (double)u->n);
	mg_find_num(f, "per_second", mg_note_rate(u));
	mg_find_num(f, "requests_on_object", (double)o->n);
	mg_find_text(x, f, "user", "%.*s", MG_FMT(mg_requests_text(r, u->user)));
	mg_find_text(x, f, "object", "%s", mg_note_object(x, r, o->top));
	if (o->parts > 1)
		mg_find_alternative(x, f, "two controllers that each undo what the other wrote");
	mg_find_next(x, f, "see who writes the object: mgaudit --name=%.*s --by=user,verb,code -o top",
		     MG_FMT(mg_requests_text(r, o->name)));
}

static void run(struct mg_rule_ctx *x)
{
	struct mg_requests *r = mg_rule_audit(x);
	struct mg_note_sums users, objects;

	if (!r)
		return;
	mg_note_sums(&users, r, MG_NOTE_CONFLICT, MG_BY_USER_RESOURCE);
	mg_note_sums(&objects, r, MG_NOTE_CONFLICT, MG_BY_OBJECT);
	if (users.n && (counts(x, r, &users.v[0]) || counts(x, r, &objects.v[0])))
		report(x, r, &users, &objects);
	mg_note_sums_release(&users);
	mg_note_sums_release(&objects);
}

const struct mg_rule mg_rule_conflict_storm = {
	.id = "conflict-storm",
	.title = "writes conflict over and over",
	.needs = "audit log",
	.explain = "An update answered 409 was made from a copy that is out of date. Some are normal: the "
		   "client reads again and repeats. Many by one account on one resource, or many on "
		   "one object, are two writers at odds or a client that repeats without reading; of "
		   "the platform's own controllers only a loop is told. A "
		   "create answered 409 only means that the object exists and is not counted.",
	.references = "openshift/origin auditloganalyzer; kubernetes.io: API concepts, "
		      "resourceVersion in writes",
	.depth = 55,
	.run = run,
	.thresholds = { { "min_requests", 10, "openshift/origin auditloganalyzer" },
			{ "warning_requests", 60, "heuristic" },
			{ "warning_per_second", 1, "heuristic" } },
};
