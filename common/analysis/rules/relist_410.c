/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include "analysis/note_sums.h"
#include "analysis/restarts.h"
#include "base/map.h"
#include "base/mem.h"

struct relists {
	uint64_t                      expired, lists;
	uint32_t                      clients;
	int64_t                       first, last;
	const struct mg_request_note *top; /* most LISTs */
};

static void add(struct relists *s, struct mg_intern *clients, const struct mg_requests *r,
		const struct mg_request_note *e, const struct mg_request_note *l)
{
	s->first = !s->top || e->first_ns < s->first ? e->first_ns : s->first;
	s->last = !s->top || l->last_ns > s->last ? l->last_ns : s->last;
	s->top = !s->top || l->count > s->top->count ? l : s->top;
	s->expired += e->count;
	s->lists += l->count;
	mg_intern_id(clients, mg_requests_text(r, e->user));
}

/* A client's LIST from its old version in the slot of the expiry or the one after it. */
static void join(struct mg_requests *r, struct relists *s)
{
	struct mg_intern              clients = { 0 };
	size_t                        ne, nl, from = 0;
	const struct mg_request_note *e = mg_requests_notes(r, MG_NOTE_EXPIRED, &ne);
	const struct mg_request_note *l = mg_requests_notes(r, MG_NOTE_RELIST, &nl);
	bool                         *used = mg_zalloc(nl + 1);

	for (size_t i = 0; i < ne; i++) {
		while (from < nl && l[from].slot < e[i].slot)
			from++;
		for (size_t k = from; k < nl && l[k].slot <= e[i].slot + 1; k++)
			if (!used[k] && l[k].user == e[i].user && l[k].resource == e[i].resource) {
				used[k] = true;
				add(s, &clients, r, &e[i], &l[k]);
				break;
			}
	}
	free(used);
	s->clients = clients.n;
	mg_intern_release(&clients);
}

/* "too old resource version" in the logs of the clients themselves. */
static uint32_t cite_clients(struct mg_rule_ctx *x, struct mg_finding *f)
{
	uint32_t n = 0;

	for (size_t i = 0; i < x->c->events.n; i++) {
		const struct mg_event *e = &x->c->events.ev[i];

		if (e->kind != MG_EV_REFLECTOR_ERROR ||
		    !mg_str_has(e->message, MG_STR("too old resource version")))
			continue;
		mg_find_event(x, f, e);
		n += e->count;
	}
	return n;
}

static void run(struct mg_rule_ctx *x)
{
	struct mg_requests    *r = mg_rule_audit(x);
	struct relists         s = { 0 };
	const struct mg_event *server;
	struct mg_finding     *f;
	uint32_t               lines;

	if (!r)
		return;
	join(r, &s);
	if ((double)s.lists < mg_rule_num(x, "min_relists"))
		return;
	server = mg_restart_near(x->c, s.first);
	f = mg_find_new(x, server ? MG_SEV_INFO : MG_SEV_WARNING, MG_CONF_MEDIUM, s.first, s.last);
	mg_find_claim(x, f, "%llu watches of %u account%s asked for a version that the server no longer had "
			    "and were followed by %llu full LISTs between %s and %s, most of %.*s by %s%s",
		      (unsigned long long)s.expired, s.clients, s.clients == 1 ? "" : "s",
		      (unsigned long long)s.lists, mg_rule_clock(x, s.first),
		      mg_rule_clock(x, s.last), MG_FMT(mg_requests_text(r, s.top->resource)),
		      mg_rule_user(x, mg_requests_text(r, s.top->user)),
		      server ? "; an API server with a young watch cache explains it" : "");
	mg_find_label(x, f, "relist after 410");
	mg_find_evidence(x, f, s.top->artifact, s.top->line, s.top->first_ns, "list %.*s again, by %s",
			 MG_FMT(mg_requests_text(r, s.top->resource)),
			 mg_rule_user(x, mg_requests_text(r, s.top->user)));
	if (server)
		mg_find_event(x, f, server);
	lines = cite_clients(x, f);
	mg_find_num(f, "expired", (double)s.expired);
	mg_find_num(f, "relists", (double)s.lists);
	mg_find_num(f, "clients", s.clients);
	mg_find_num(f, "lines_of_clients", lines);
	mg_find_next(x, f, "a watch cache loses its history at a restart, or under many writes: look at "
			   "both before blaming the clients");
}

const struct mg_rule mg_rule_relist_410 = {
	.id = "410-relist",
	.title = "expired watches make clients list again",
	.needs = "audit log",
	.explain = "A watch from a version that the server has forgotten ends at once: 410, or 200 after "
		   "less than 10 ms, since the error travels inside the stream. The client then lists "
		   "everything again, seen as a LIST with the version it had within 5 s. After a "
		   "restart of an API server that is normal, and told as its effect.",
	.references = "kubernetes.io: API concepts, 410 Gone responses",
	.depth = 43,
	.run = run,
	.thresholds = { { "min_relists", 20, "heuristic" } },
};
