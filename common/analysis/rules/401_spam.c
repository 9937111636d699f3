/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include "analysis/storm.h"

static void tell(struct mg_rule_ctx *x, struct mg_finding *f, const struct mg_requests *r,
		 const struct mg_storm *s, double rate)
{
	struct mg_str ip = mg_requests_text(r, s->top->source_ip);

	mg_find_claim(x, f, "%.*s (%.*s) was refused as unauthenticated %llu times (401) for %.*s %.*s "
			    "between %s and %s (%.1f/s)",
		      MG_FMT(ip), MG_FMT(mg_requests_text(r, s->top->user_agent)),
		      (unsigned long long)s->n, MG_FMT(mg_requests_text(r, s->verb)),
		      MG_FMT(mg_requests_text(r, s->top->pattern)), mg_rule_clock(x, s->first),
		      mg_rule_clock(x, s->last), rate);
	mg_find_label(x, f, "401 storm");
	for (size_t i = mg_case_lower_bound(x->c, s->first), told = 0;
	     i < x->c->events.n && x->c->events.ev[i].time_ns <= s->last && told < 2; i++)
		if (x->c->events.ev[i].kind == MG_EV_APISERVER_AUTH_FAILED) {
			mg_find_event(x, f, &x->c->events.ev[i]);
			told++;
		}
	mg_find_next(x, f, "find the process at %.*s and renew its token or certificate", MG_FMT(ip));
}

static void run(struct mg_rule_ctx *x)
{
	mg_storms_run(x, 401, tell);
}

const struct mg_rule mg_rule_401_spam = {
	.id = "401-spam",
	.title = "a client without valid credentials keeps asking",
	.needs = "audit log, or httplog lines",
	.explain = "One address that is refused as unauthenticated at least once a second: an "
		   "expired token or certificate, an old kubeconfig, or a clock that is off. "
		   "A 401 is one audit line without a user; only address and user agent tell "
		   "who it is.",
	.depth = 51,
	.run = run,
	.thresholds = MG_STORM_THRESHOLDS,
};
