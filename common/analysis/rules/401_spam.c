/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include "base/mem.h"

/* One address that is refused; what it asks for does not matter. */
struct source {
	uint32_t                       ip;
	uint64_t                       n;
	int64_t                        first, last;
	const struct mg_request_group *top;
};

#define SOURCES 512

static size_t collect(const struct mg_requests *r, const struct mg_request_group *g, size_t n,
		      struct source *s)
{
	size_t k = 0, j;

	for (size_t i = 0; i < n; i++) {
		if (g[i].code != 401 || mg_requests_text(r, g[i].user).n)
			continue;
		for (j = 0; j < k && s[j].ip != g[i].source_ip; j++)
			;
		if (j == SOURCES)
			continue;
		if (j == k)
			s[k++] = (struct source){ g[i].source_ip, 0, g[i].first_ns, g[i].last_ns, &g[i] };
		s[j].n += g[i].count;
		s[j].first = g[i].first_ns < s[j].first ? g[i].first_ns : s[j].first;
		s[j].last = g[i].last_ns > s[j].last ? g[i].last_ns : s[j].last;
	}
	return k;
}

/* Keeps the sources that ask for long and often enough to matter together, in the order of
 * the requests: the busiest group first.  Returns how many, and their sum in *all. */
static size_t keep(const struct mg_rule_ctx *x, struct source *s, size_t n, struct source *all)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		double seconds = (double)(s[i].last - s[i].first) / 1e9;

		if (seconds < mg_rule_num(x, "min_seconds") ||
		    (double)s[i].n < seconds * mg_rule_num(x, "source_per_second"))
			continue;
		if (k == 0)
			*all = (struct source){ .first = s[i].first, .last = s[i].last };
		all->n += s[i].n;
		all->first = s[i].first < all->first ? s[i].first : all->first;
		all->last = s[i].last > all->last ? s[i].last : all->last;
		s[k++] = s[i];
	}
	return k;
}

static void claim_one(struct mg_rule_ctx *x, struct mg_finding *f, const struct mg_requests *r,
		      const struct source *s, double rate)
{
	bool always = s->n == s->top->count;

	mg_find_claim(x, f, "%.*s (%.*s) was refused as unauthenticated %llu times (401)%s %.*s %.*s "
			    "between %s and %s (%.1f/s)",
		      MG_FMT(mg_requests_text(r, s->ip)),
		      MG_FMT(mg_requests_text(r, s->top->user_agent)), (unsigned long long)s->n,
		      always ? " for" : ", mostly for", MG_FMT(mg_requests_text(r, s->top->verb)),
		      MG_FMT(mg_requests_text(r, s->top->pattern)), mg_rule_clock(x, s->first),
		      mg_rule_clock(x, s->last), rate);
}

static void claim_many(struct mg_rule_ctx *x, struct mg_finding *f, const struct mg_requests *r,
		       const struct source *s, size_t n, const struct source *all, double rate)
{
	struct mg_str list = { "", 0 };

	for (size_t i = 0; i < n && i < 8; i++)
		list = mg_arena_printf(&x->out->arena, "%.*s%s%.*s (%llu)", MG_FMT(list), i ? ", " : "",
				       MG_FMT(mg_requests_text(r, s[i].ip)),
				       (unsigned long long)s[i].n);
	mg_find_claim(x, f, "%zu addresses were refused as unauthenticated %llu times (401) between %s and "
			    "%s (%.1f/s): %.*s%s; the program is %.*s", n, (unsigned long long)all->n,
		      mg_rule_clock(x, all->first), mg_rule_clock(x, all->last), rate, MG_FMT(list),
		      n > 8 ? " and others" : "", MG_FMT(mg_requests_text(r, s->top->user_agent)));
}

/* What the server's log says about it: an expired certificate, an invalid token. */
static void cite_log(struct mg_rule_ctx *x, struct mg_finding *f, const struct source *all)
{
	for (size_t i = mg_case_lower_bound(x->c, all->first), told = 0;
	     i < x->c->events.n && x->c->events.ev[i].time_ns <= all->last && told < 2; i++)
		if (x->c->events.ev[i].kind == MG_EV_APISERVER_AUTH_FAILED) {
			mg_find_event(x, f, &x->c->events.ev[i]);
			told++;
		}
}

static void report(struct mg_rule_ctx *x, const struct mg_requests *r, const struct source *s,
		   size_t n, const struct source *all)
{
	double rate = (double)all->n / ((double)(all->last - all->first) / 1e9);
	struct mg_finding *f;

	f = mg_find_new(x, rate >= mg_rule_num(x, "error_per_second") ? MG_SEV_ERROR : MG_SEV_WARNING,
			MG_CONF_HIGH, all->first, all->last);
	if (n == 1)
		claim_one(x, f, r, s, rate);
	else
		claim_many(x, f, r, s, n, all, rate);
	mg_find_label(x, f, "401 storm");
	cite_log(x, f, all);
	for (size_t i = 0; i < n && i < 8; i++)
		mg_find_evidence(x, f, s[i].top->artifact, s[i].top->line, s[i].top->first_ns,
				 "first: %.*s %.*s -> 401, from %.*s",
				 MG_FMT(mg_requests_text(r, s[i].top->verb)),
				 MG_FMT(mg_requests_text(r, s[i].top->pattern)),
				 MG_FMT(mg_requests_text(r, s[i].ip)));
	if (n == 1)
		mg_find_evidence(x, f, s->top->last_artifact, s->top->last_line, s->top->last_ns,
				 "last of %llu", (unsigned long long)s->top->count);
	mg_find_num(f, "requests", (double)all->n);
	mg_find_num(f, "per_second", rate);
	mg_find_num(f, "code", 401);
	mg_find_num(f, "sources", (double)n);
	mg_find_text(x, f, "source_ip", "%.*s", MG_FMT(mg_requests_text(r, s->ip)));
	mg_find_text(x, f, "user_agent", "%.*s", MG_FMT(mg_requests_text(r, s->top->user_agent)));
	mg_find_text(x, f, "uri_pattern", "%.*s", MG_FMT(mg_requests_text(r, s->top->pattern)));
	mg_find_next(x, f, "find the process at %.*s%s and renew its token or certificate",
		     MG_FMT(mg_requests_text(r, s->ip)), n > 1 ? " and the other addresses" : "");
	if (mg_str_starts(mg_requests_text(r, s->top->user_agent), MG_STR("kubelet")))
		mg_find_next(x, f, "kubelets: look for pending requests (kubectl get csr) and at the dates of "
				   "/var/lib/kubelet/pki/kubelet-client-current.pem");
}

static void run(struct mg_rule_ctx *x)
{
	struct mg_requests            *r = mg_rule_requests(x);
	size_t                         n, k;
	const struct mg_request_group *g = mg_requests_groups(r, &n);
	struct source                  s[SOURCES], all;
	double                         seconds;

	if (!mg_requests_count(r)) {
		mg_rule_missing(x, "audit log (`oc adm must-gather -- /usr/bin/gather_audit_logs`)");
		return;
	}
	k = keep(x, s, collect(r, g, n, s), &all);
	if (k == 0)
		return;
	seconds = (double)(all.last - all.first) / 1e9;
	if ((double)all.n >= seconds * mg_rule_num(x, "min_per_second"))
		report(x, r, s, k, &all);
}

const struct mg_rule mg_rule_401_spam = {
	.id = "401-spam",
	.title = "clients without valid credentials keep asking",
	.needs = "audit log, or httplog lines",
	.explain = "Addresses that are refused as unauthenticated, together at least once a second: an "
		   "expired token or certificate, an old kubeconfig, or a clock that is off. "
		   "A 401 is one audit line without a user; only address and user agent tell "
		   "who it is. Several addresses are one finding: nodes whose certificates expired "
		   "look the same.",
	.references = "kubernetes.io: authenticating; x509: certificate has expired",
	.depth = 51,
	.run = run,
	.thresholds = { { "min_per_second", 1, "of all sources together" },
			{ "source_per_second", 0.1, "heuristic; of one source" },
			{ "min_seconds", 60, "heuristic" },
			{ "error_per_second", 50, "heuristic" } },
};
