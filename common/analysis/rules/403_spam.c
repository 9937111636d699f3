/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

/* Sums of all groups of one client (user, or source address) on one resource. */
struct storm {
	uint32_t                       user, source, verb, resource, subresource;
	uint64_t                       n, top_n;
	int64_t                        first, last;
	const struct mg_request_group *top;
};

#define STORMS 512

static bool same(const struct storm *s, const struct mg_request_group *g, bool anonymous)
{
	return s->user == g->user && (!anonymous || s->source == g->source_ip) &&
	       s->verb == g->verb && s->resource == g->resource &&
	       s->subresource == g->subresource;
}

static size_t collect(const struct mg_requests *r, const struct mg_request_group *g, size_t n,
		      struct storm *s)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		bool          anonymous = mg_requests_text(r, g[i].user).n == 0;
		struct storm *hit = NULL;

		if (g[i].code != 403)
			continue;
		for (size_t j = 0; j < k && !hit; j++)
			if (same(&s[j], &g[i], anonymous))
				hit = &s[j];
		if (!hit && k < STORMS) {
			hit = &s[k++];
			*hit = (struct storm){ g[i].user, g[i].source_ip, g[i].verb, g[i].resource,
					       g[i].subresource, 0, 0, g[i].first_ns, g[i].last_ns,
					       &g[i] };
		}
		if (!hit)
			continue;
		hit->n += g[i].count;
		hit->first = g[i].first_ns < hit->first ? g[i].first_ns : hit->first;
		hit->last = g[i].last_ns > hit->last ? g[i].last_ns : hit->last;
		if (g[i].count > hit->top_n) {
			hit->top_n = g[i].count;
			hit->top = &g[i];
		}
	}
	return k;
}

static void report(struct mg_rule_ctx *x, const struct mg_requests *r, const struct storm *s)
{
	double             seconds = (double)(s->last - s->first) / 1e9, rate = (double)s->n / seconds;
	struct mg_str      agent = mg_requests_text(r, s->top->user_agent);
	struct mg_str      ip = mg_requests_text(r, s->top->source_ip);
	struct mg_str      pattern = mg_requests_text(r, s->top->pattern);
	struct mg_finding *f;

	f = mg_find_new(x, rate >= mg_rule_num(x, "error_per_second") ? MG_SEV_ERROR : MG_SEV_WARNING,
			MG_CONF_HIGH, s->first, s->last);
	mg_find_claim(x, f, "%s was refused %llu times (403) for %.*s %s between %s and %s (%.0f/s), "
			    "always %.*s",
		      mg_rule_user(x, mg_requests_text(r, s->user)), (unsigned long long)s->n,
		      MG_FMT(mg_requests_text(r, s->verb)), mg_rule_what(x, r, s->top),
		      mg_rule_clock(x, s->first), mg_rule_clock(x, s->last), rate, MG_FMT(pattern));
	if (s->top_n != s->n)
		mg_find_claim(x, f, "%s was refused %llu times (403) for %.*s %s between %s and %s "
				    "(%.0f/s), mostly %.*s",
			      mg_rule_user(x, mg_requests_text(r, s->user)),
			      (unsigned long long)s->n, MG_FMT(mg_requests_text(r, s->verb)),
			      mg_rule_what(x, r, s->top), mg_rule_clock(x, s->first),
			      mg_rule_clock(x, s->last), rate, MG_FMT(pattern));
	mg_find_label(x, f, "403 storm");
	mg_find_evidence(x, f, s->top->artifact, s->top->line, s->first, "first: %.*s %.*s -> 403",
			 MG_FMT(mg_requests_text(r, s->verb)), MG_FMT(pattern));
	mg_find_evidence(x, f, s->top->last_artifact, s->top->last_line, s->top->last_ns,
			 "last of %llu", (unsigned long long)s->n);
	mg_find_num(f, "requests", (double)s->n);
	mg_find_num(f, "per_second", rate);
	mg_find_num(f, "code", 403);
	mg_find_text(x, f, "user", "%.*s", MG_FMT(mg_requests_text(r, s->user)));
	mg_find_text(x, f, "verb", "%.*s", MG_FMT(mg_requests_text(r, s->verb)));
	mg_find_text(x, f, "resource", "%s", mg_rule_what(x, r, s->top));
	mg_find_text(x, f, "uri_pattern", "%.*s", MG_FMT(pattern));
	mg_find_text(x, f, "source_ip", "%.*s", MG_FMT(ip));
	mg_find_text(x, f, "user_agent", "%.*s", MG_FMT(agent));
	mg_find_next(x, f, "grant the right or stop the client: `oc auth can-i %.*s %s --as=%.*s`",
		     MG_FMT(mg_requests_text(r, s->verb)), mg_rule_what(x, r, s->top),
		     MG_FMT(mg_requests_text(r, s->user)));
}

static void run(struct mg_rule_ctx *x)
{
	struct mg_requests            *r = mg_rule_requests(x);
	size_t                         n, k;
	const struct mg_request_group *g = mg_requests_groups(r, &n);
	struct storm                   s[STORMS];

	if (!mg_requests_count(r)) {
		mg_rule_missing(x, "audit log (`oc adm must-gather -- /usr/bin/gather_audit_logs`)");
		return;
	}
	k = collect(r, g, n, s);
	for (size_t i = 0; i < k; i++) {
		double seconds = (double)(s[i].last - s[i].first) / 1e9;

		if (seconds >= mg_rule_num(x, "min_seconds") &&
		    (double)s[i].n >= seconds * mg_rule_num(x, "min_per_second"))
			report(x, r, &s[i]);
	}
}

const struct mg_rule mg_rule_403_spam = {
	.id = "403-spam",
	.title = "a client is refused over and over",
	.needs = "audit log, or httplog lines",
	.explain = "One account that asks for what it may not have, at least once a second: an "
		   "RBAC loop. Bursts of about 2 s after an API server start are an artefact of "
		   "caches that are not synced and do not last long enough to count.",
	.depth = 50,
	.run = run,
	.thresholds = { { "min_per_second", 1, "rule catalogue" },
			{ "min_seconds", 60, "heuristic" },
			{ "error_per_second", 50, "heuristic" } },
};
