/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include "analysis/note_sums.h"
#include "analysis/restarts.h"
#include "base/mem.h"

/* Watches that began in one minute of the clock. */
struct minute {
	int64_t                       minute;
	uint64_t                      started, brief;
	uint32_t                      clients;
	const struct mg_request_note *top;
};

static size_t collect(struct mg_requests *r, struct minute **out)
{
	size_t                        n, k = 0;
	const struct mg_request_note *t = mg_requests_notes(r, MG_NOTE_WATCH, &n);
	struct minute                *m = mg_alloc((n + 1) * sizeof(*m));

	for (size_t i = 0; i < n; i++) {
		if (!k || m[k - 1].minute != t[i].slot)
			m[k++] = (struct minute){ .minute = t[i].slot, .top = &t[i] };
		m[k - 1].started += t[i].count;
		m[k - 1].brief += t[i].part;
		m[k - 1].clients++;
	}
	*out = m;
	return k;
}

/* Median over the minutes of what is usual without the one at `except`; silent ones count 0. */
static uint64_t usual(const struct mg_rule_ctx *x, int64_t except)
{
	struct mg_requests *r = mg_rule_usual(x);
	struct minute      *m;
	size_t              n = collect(r, &m), k = 0;
	uint64_t           *v = mg_alloc((n + 1) * sizeof(*v)), median;
	int64_t             first, last;

	mg_requests_span(r, &first, &last);
	for (size_t i = 0; i < n; i++)
		if (m[i].minute != except)
			v[k++] = m[i].started;
	median = mg_usual(v, k, (size_t)(last / MG_MIN - first / MG_MIN));
	free(v);
	free(m);
	return median;
}

static void report(struct mg_rule_ctx *x, const struct mg_requests *r, const struct minute *m,
		   uint64_t before)
{
	int64_t                start = m->minute * MG_MIN;
	const struct mg_event *server = mg_restart_near(x->c, m->top->first_ns);
	struct mg_finding     *f;

	f = mg_find_new(x, server ? MG_SEV_INFO : MG_SEV_WARNING,
			server ? MG_CONF_HIGH : MG_CONF_MEDIUM, start, start + MG_MIN);
	mg_find_claim(x, f, "%llu watches of %u accounts began in the minute from %s (median minute %s: %llu), "
			    "most by %s (%llu); %llu of them lived less than a minute%s",
		      (unsigned long long)m->started, m->clients, mg_rule_clock(x, start),
		      mg_rule_usual_where(x), (unsigned long long)before,
		      mg_rule_user(x, mg_requests_text(r, m->top->user)),
		      (unsigned long long)m->top->count, (unsigned long long)m->brief,
		      server ? "; an API server began or ended just before, which explains it" : "");
	mg_find_label(x, f, "watches reconnect");
	mg_find_evidence(x, f, m->top->artifact, m->top->line, m->top->first_ns,
			 "first of %llu watches of this account", (unsigned long long)m->top->count);
	if (server)
		mg_find_event(x, f, server);
	mg_find_num(f, "watches", (double)m->started);
	mg_find_num(f, "usual", (double)before);
	mg_find_num(f, "clients", m->clients);
	mg_find_num(f, "under_a_minute", (double)m->brief);
	mg_find_alternative(x, f, "a load balancer or proxy that dropped its connections");
	mg_find_next(x, f, "see whose watches ended: mgaudit --watches --around %s --window 2m",
		     mg_rule_clock(x, start));
}

static void run(struct mg_rule_ctx *x)
{
	struct mg_requests *r = mg_rule_audit(x);
	struct minute      *m;
	size_t              n, peak = 0;
	uint64_t            before;

	if (!r)
		return;
	n = collect(r, &m);
	for (size_t i = 0; i < n; i++)
		peak = m[i].started > m[peak].started ? i : peak;
	if (n && (double)m[peak].started >= mg_rule_num(x, "min_watches") &&
	    m[peak].clients >= mg_rule_num(x, "min_clients")) {
		before = usual(x, m[peak].minute);
		if ((double)m[peak].started >= mg_rule_num(x, "times_usual") * (double)before)
			report(x, r, &m[peak], before);
	}
	free(m);
}

const struct mg_rule mg_rule_reconnect_storm = {
	.id = "reconnect-storm",
	.title = "watches reconnect all at once",
	.needs = "audit log",
	.explain = "A watch lives for 5 to 60 minutes. Many that begin in one minute, of several accounts, "
		   "were all cut before: by an API server that went away (then it is an effect, and "
		   "told as such) or by a load balancer. The audit log tells a watch when it ends, so "
		   "those that are still open are not counted.",
	.references = "kube-apiserver --min-request-timeout; kubernetes.io: API concepts, efficient "
		      "detection of changes",
	.depth = 42,
	.run = run,
	.thresholds = { { "times_usual", 5, "heuristic" },
			{ "min_clients", 3, "heuristic" },
			{ "min_watches", 100, "heuristic" } },
};
