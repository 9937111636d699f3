/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include "analysis/note_sums.h"

static bool is_poll(const struct mg_rule_ctx *x, const struct mg_request_note *t)
{
	double seconds = (double)(t->last_ns - t->first_ns) / 1e9;

	return seconds >= mg_rule_num(x, "min_seconds") &&
	       (double)t->count >= seconds * mg_rule_num(x, "min_per_second");
}

/* All objects that one user polls are one finding. */
struct poller {
	const struct mg_request_note *top;
	uint64_t                      n;
	uint32_t                      objects;
	int64_t                       first, last;
};

#define POLLERS 16

static void add(struct poller *p, uint32_t *n, const struct mg_request_note *t)
{
	uint32_t i = 0;

	while (i < *n && p[i].top->user != t->user)
		i++;
	if (i == POLLERS)
		return;
	if (i == *n)
		p[(*n)++] = (struct poller){ t, 0, 0, t->first_ns, t->last_ns };
	p[i].n += t->count;
	p[i].objects++;
	p[i].first = t->first_ns < p[i].first ? t->first_ns : p[i].first;
	p[i].last = t->last_ns > p[i].last ? t->last_ns : p[i].last;
}

static void report(struct mg_rule_ctx *x, const struct mg_requests *r, const struct poller *p)
{
	struct mg_str      user = mg_requests_text(r, p->top->user);
	double             rate = (double)p->n / ((double)(p->last - p->first) / 1e9);
	struct mg_finding *f;

	f = mg_find_new(x, MG_SEV_WARNING, MG_CONF_HIGH, p->first, p->last);
	mg_find_claim(x, f, "%s asked %llu times (%.1f/s) between %s and %s for %u object%s that %s not "
			    "exist (404), most often %s", mg_rule_user(x, user),
		      (unsigned long long)p->n, rate, mg_rule_clock(x, p->first),
		      mg_rule_clock(x, p->last), p->objects, p->objects == 1 ? "" : "s",
		      p->objects == 1 ? "does" : "do", mg_note_object(x, r, p->top));
	mg_find_label(x, f, "404 poll");
	mg_find_evidence(x, f, p->top->artifact, p->top->line, p->top->first_ns,
			 "first of %llu: get %s -> 404", (unsigned long long)p->top->count,
			 mg_note_object(x, r, p->top));
	mg_find_num(f, "requests", (double)p->n);
	mg_find_num(f, "per_second", rate);
	mg_find_num(f, "objects", p->objects);
	mg_find_text(x, f, "user", "%.*s", MG_FMT(user));
	mg_find_text(x, f, "object", "%s", mg_note_object(x, r, p->top));
	mg_find_next(x, f, "create the object or let the client watch for it: mgaudit --user=%.*s "
			   "--code=404 --by=resource,name -o top", MG_FMT(user));
}

static void run(struct mg_rule_ctx *x)
{
	struct mg_requests           *r = mg_rule_audit(x);
	const struct mg_request_note *t;
	struct poller                 p[POLLERS];
	uint32_t                      pollers = 0;
	size_t                        n;

	if (!r)
		return;
	t = mg_requests_notes(r, MG_NOTE_MISSING, &n);
	for (size_t i = 0; i < n; i++) /* the most frequent first */
		if (is_poll(x, &t[i]))
			add(p, &pollers, &t[i]);
	for (uint32_t i = 0; i < pollers; i++)
		report(x, r, &p[i]);
}

const struct mg_rule mg_rule_404_poll = {
	.id = "404-poll",
	.title = "a client polls for what does not exist",
	.needs = "audit log",
	.explain = "The same object is asked for at least once a second and never there: a client "
		   "waits by polling instead of watching, or for something that was deleted.",
	.references = "kubernetes.io: API concepts",
	.depth = 52,
	.run = run,
	.thresholds = { { "min_per_second", 1, "heuristic" },
			{ "min_seconds", 60, "heuristic" } },
};
