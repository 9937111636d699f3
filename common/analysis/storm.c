/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/storm.h"

#define STORMS 512

static bool same(const struct mg_storm *s, const struct mg_request_group *g, bool anonymous)
{
	return s->user == g->user && (!anonymous || s->source == g->source_ip) &&
	       s->verb == g->verb && s->resource == g->resource &&
	       s->subresource == g->subresource;
}

static size_t collect(const struct mg_requests *r, const struct mg_request_group *g, size_t n,
		      uint32_t code, struct mg_storm *s)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		bool          anonymous = mg_requests_text(r, g[i].user).n == 0;
		struct mg_storm *hit = NULL;

		if (g[i].code != code)
			continue;
		for (size_t j = 0; j < k && !hit; j++)
			if (same(&s[j], &g[i], anonymous))
				hit = &s[j];
		if (!hit && k < STORMS) {
			hit = &s[k++];
			*hit = (struct mg_storm){ g[i].user, g[i].source_ip, g[i].verb, g[i].resource,
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

static void report(struct mg_rule_ctx *x, const struct mg_requests *r, const struct mg_storm *s,
		   uint32_t code, mg_storm_tell tell)
{
	double             rate = (double)s->n / ((double)(s->last - s->first) / 1e9);
	struct mg_str      verb = mg_requests_text(r, s->verb);
	struct mg_str      pattern = mg_requests_text(r, s->top->pattern);
	struct mg_finding *f;

	f = mg_find_new(x, rate >= mg_rule_num(x, "error_per_second") ? MG_SEV_ERROR : MG_SEV_WARNING,
			MG_CONF_HIGH, s->first, s->last);
	tell(x, f, r, s, rate);
	mg_find_evidence(x, f, s->top->artifact, s->top->line, s->first, "first: %.*s %.*s -> %u",
			 MG_FMT(verb), MG_FMT(pattern), code);
	mg_find_evidence(x, f, s->top->last_artifact, s->top->last_line, s->top->last_ns,
			 "last of %llu", (unsigned long long)s->n);
	mg_find_num(f, "requests", (double)s->n);
	mg_find_num(f, "per_second", rate);
	mg_find_num(f, "code", code);
	mg_find_text(x, f, "user", "%.*s", MG_FMT(mg_requests_text(r, s->user)));
	mg_find_text(x, f, "verb", "%.*s", MG_FMT(verb));
	mg_find_text(x, f, "resource", "%s", mg_rule_what(x, r, s->top));
	mg_find_text(x, f, "uri_pattern", "%.*s", MG_FMT(pattern));
	mg_find_text(x, f, "source_ip", "%.*s", MG_FMT(mg_requests_text(r, s->top->source_ip)));
	mg_find_text(x, f, "user_agent", "%.*s", MG_FMT(mg_requests_text(r, s->top->user_agent)));
}

void mg_storms_run(struct mg_rule_ctx *x, uint32_t code, mg_storm_tell tell)
{
	struct mg_requests            *r = mg_rule_requests(x);
	size_t                         n, k;
	const struct mg_request_group *g = mg_requests_groups(r, &n);
	struct mg_storm                s[STORMS];

	if (!mg_requests_count(r)) {
		mg_rule_missing(x, "audit log (`oc adm must-gather -- /usr/bin/gather_audit_logs`)");
		return;
	}
	k = collect(r, g, n, code, s);
	for (size_t i = 0; i < k; i++) {
		double seconds = (double)(s[i].last - s[i].first) / 1e9;

		if (seconds >= mg_rule_num(x, "min_seconds") &&
		    (double)s[i].n >= seconds * mg_rule_num(x, "min_per_second"))
			report(x, r, &s[i], code, tell);
	}
}
