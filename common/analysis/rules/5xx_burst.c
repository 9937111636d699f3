/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

/* Health endpoints answer 500 while a server starts or stops: that is their job. */
static bool is_health(struct mg_str uri)
{
	return mg_str_starts(uri, MG_STR("/healthz")) || mg_str_starts(uri, MG_STR("/readyz")) ||
	       mg_str_starts(uri, MG_STR("/livez"));
}

struct burst {
	uint64_t n, by_code[8]; /* 500, 501 ... 507 and above */
	int64_t  first, last;
	uint32_t seconds;
};

static void add(struct burst *b, const struct mg_request_group *g, const struct mg_error_cell *c)
{
	uint32_t k = g->code - 500 > 7 ? 7 : g->code - 500;

	b->n += c->count;
	b->by_code[k] += c->count;
	if (!b->seconds || c->second < b->first)
		b->first = c->second;
	if (!b->seconds || c->second > b->last)
		b->last = c->second;
	b->seconds++;
}

static void evidence(struct mg_rule_ctx *x, struct mg_finding *f, const struct mg_requests *r,
		     const struct mg_request_group *g, size_t n)
{
	for (size_t i = 0; i < n && f->nevidence < 8; i++)
		if (g[i].code >= 500 && !is_health(mg_requests_text(r, g[i].pattern)))
			mg_find_evidence(x, f, g[i].artifact, g[i].line, g[i].first_ns,
					 "%llux %u %.*s %s by %s", (unsigned long long)g[i].count,
					 g[i].code, MG_FMT(mg_requests_text(r, g[i].verb)),
					 mg_rule_what(x, r, &g[i]),
					 mg_rule_user(x, mg_requests_text(r, g[i].user)));
}

static void run(struct mg_rule_ctx *x)
{
	struct mg_requests            *r = mg_rule_requests(x);
	size_t                         ng, nc;
	const struct mg_request_group *g = mg_requests_groups(r, &ng);
	const struct mg_error_cell    *c = mg_requests_errors(r, &nc);
	struct burst                   b = { 0 };
	struct mg_str                  codes = { "", 0 };
	struct mg_finding             *f;

	if (!mg_requests_count(r)) {
		mg_rule_missing(x, "audit log");
		return;
	}
	for (size_t i = 0; i < nc; i++) {
		const struct mg_request_group *k = &g[c[i].group];

		if (k->code >= 500 && !is_health(mg_requests_text(r, k->pattern)))
			add(&b, k, &c[i]);
	}
	if ((double)b.n < mg_rule_num(x, "min_requests"))
		return;
	for (uint32_t k = 0; k < 8; k++)
		if (b.by_code[k])
			codes = mg_arena_printf(&x->out->arena, "%.*s%s%u x%llu", MG_FMT(codes),
						codes.n ? ", " : "", 500 + k,
						(unsigned long long)b.by_code[k]);
	f = mg_find_new(x, (double)(b.last - b.first) > mg_rule_num(x, "error_seconds") &&
				   (double)b.n >= 10 * mg_rule_num(x, "min_requests")
			   ? MG_SEV_ERROR : MG_SEV_WARNING,
			MG_CONF_HIGH, b.first * MG_SEC, (b.last + 1) * MG_SEC);
	mg_find_claim(x, f, "%llu requests were answered with a server error between %s and %s (%.*s)",
		      (unsigned long long)b.n, mg_rule_clock(x, f->start_ns),
		      mg_rule_clock(x, f->end_ns), MG_FMT(codes));
	mg_find_label(x, f, "5xx");
	evidence(x, f, r, g, ng);
	mg_find_num(f, "requests", (double)b.n);
	mg_find_text(x, f, "codes", "%.*s", MG_FMT(codes));
	mg_find_next(x, f, "list them: mgaudit --http-status-code=5xx --by=user,verb,resource -o top");
}

const struct mg_rule mg_rule_5xx_burst = {
	.id = "5xx-burst",
	.title = "server errors",
	.needs = "audit log, or httplog lines",
	.explain = "Requests answered with 500, 502, 503 or 504, health endpoints left out. A client "
		   "that hangs up counts as 500.",
	.references = "openshift/origin auditloganalyzer",
	.depth = 45,
	.run = run,
	.thresholds = { { "min_requests", 10, "heuristic" },
			{ "error_seconds", 60, "openshift/origin auditloganalyzer" } },
};
