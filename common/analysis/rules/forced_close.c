/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include "analysis/tally.h"

static bool is_forced(const struct mg_event *e)
{
	return e->kind == MG_EV_APISERVER_WATCH_CACHE &&
	       mg_str_has(e->message, MG_STR("close due to unresponsiveness"));
}

static void run(struct mg_rule_ctx *x)
{
	struct mg_tally    t = mg_tally_events(x->c, is_forced);
	struct mg_counts   by = { 0 };
	struct mg_finding *f;

	if (!t.n && !mg_case_has(x->c, MG_KIND_LOG))
		mg_rule_missing(x, "kube-apiserver log");
	if (!t.n || (double)t.peak < mg_rule_num(x, "min_per_minute"))
		return;
	for (size_t i = 0; i < x->c->events.n; i++)
		if (is_forced(&x->c->events.ev[i]))
			mg_counts_add(&by, x->c->events.ev[i].resource, x->c->events.ev[i].count);
	f = mg_find_new(x, MG_SEV_WARNING, MG_CONF_MEDIUM, t.first->time_ns, mg_event_end(t.last));
	mg_find_claim(x, f, "the API server said %llu times between %s and %s that it closes a watch "
			    "because its client did not take the events (%.*s), %llu times in the minute "
			    "from %s", (unsigned long long)t.n, mg_rule_clock(x, t.first->time_ns),
		      mg_rule_clock(x, mg_event_end(t.last)), MG_FMT(mg_counts_text(x, &by, 3)),
		      (unsigned long long)t.peak, mg_rule_clock(x, t.peak_ns));
	mg_find_label(x, f, "watches closed by force");
	mg_tally_tell(x, f, &t, is_forced);
	mg_find_num(f, "peak_per_minute", (double)t.peak);
	mg_find_text(x, f, "resource", "%.*s", MG_FMT(mg_intern_str(&by.names, mg_counts_top(&by))));
	mg_find_alternative(x, f, "an API server without CPU closes watches of healthy clients, too");
	mg_find_next(x, f, "find the slow client (the watches of that resource that end at these times "
			   "in the audit log) and look at the CPU of the API server; each closed watch "
			   "comes back as a LIST");
	mg_counts_release(&by);
}

const struct mg_rule mg_rule_forced_close = {
	.id = "forced-close",
	.title = "watches are closed by force",
	.needs = "kube-apiserver log",
	.explain = "The watch cache gives each event a budget of some 100 ms; a watcher whose buffer "
		   "stays full is closed and has to list again. One slow watcher delays all of its "
		   "resource. Lines are counted: versions up to 1.27 write two for one watcher "
		   "(kubernetes/kubernetes issue 120124; 125123 on what it costs).",
	.references = "kubernetes/kubernetes 125123, 141450, 138552, 120124",
	.depth = 34,
	.run = run,
	.thresholds = { { "min_per_minute", 10, "heuristic" } },
};
