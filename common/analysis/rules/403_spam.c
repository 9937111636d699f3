/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include "analysis/storm.h"

static void tell(struct mg_rule_ctx *x, struct mg_finding *f, const struct mg_requests *r,
		 const struct mg_storm *s, double rate)
{
	mg_find_claim(x, f, "%s was refused %llu times (403) for %.*s %s between %s and %s (%.0f/s), "
			    "%s %.*s",
		      mg_rule_user(x, mg_requests_text(r, s->user)), (unsigned long long)s->n,
		      MG_FMT(mg_requests_text(r, s->verb)), mg_rule_what(x, r, s->top),
		      mg_rule_clock(x, s->first), mg_rule_clock(x, s->last), rate,
		      s->top_n == s->n ? "always" : "mostly",
		      MG_FMT(mg_requests_text(r, s->top->pattern)));
	mg_find_label(x, f, "403 storm");
	mg_find_next(x, f, "grant the right or stop the client: `oc auth can-i %.*s %s --as=%.*s`",
		     MG_FMT(mg_requests_text(r, s->verb)), mg_rule_what(x, r, s->top),
		     MG_FMT(mg_requests_text(r, s->user)));
}

static void run(struct mg_rule_ctx *x)
{
	mg_storms_run(x, 403, tell);
}

const struct mg_rule mg_rule_403_spam = {
	.id = "403-spam",
	.title = "a client is refused over and over",
	.needs = "audit log, or httplog lines",
	.explain = "One account that asks for what it may not have, at least once a second: an "
		   "RBAC loop. Bursts of about 2 s after an API server start are an artefact of "
		   "caches that are not synced and do not last long enough to count.",
	.references = "kubernetes.io: auditing, annotation authorization.k8s.io/reason",
	.depth = 50,
	.run = run,
	.thresholds = MG_STORM_THRESHOLDS,
};
