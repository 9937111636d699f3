/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

/* A collection delete that needs longer than the server's limit for it (34 s in 1.17-1.26)
 * fails each time at the same wall. */
static bool hits_wall(struct mg_rule_ctx *x, const struct mg_event *e)
{
	double s = (double)e->duration_ns / 1e9;

	if (e->kind == MG_EV_APISERVER_TRACE) {
		if (!mg_str_eq(e->verb, MG_STR("deletecollection")))
			return false;
	} else if (e->kind != MG_EV_AUDIT_DELETECOLLECTION || (e->code != 504 && e->code != 500)) {
		return false;
	}
	return s >= mg_rule_num(x, "min_seconds") && s <= mg_rule_num(x, "max_seconds");
}

static void run(struct mg_rule_ctx *x)
{
	const struct mg_event *first = NULL, *last = NULL;
	struct mg_finding     *f;
	uint32_t               n = 0, audited = 0;

	for (size_t i = 0; i < x->c->events.n; i++) {
		const struct mg_event *e = &x->c->events.ev[i];

		if (!hits_wall(x, e))
			continue;
		first = first ? first : e;
		last = e;
		n++;
		audited += e->kind == MG_EV_AUDIT_DELETECOLLECTION;
	}
	/* The same request may be told by the audit log and by a trace. */
	n = audited > n - audited ? audited : n - audited;
	if (n < mg_rule_num(x, "min_repeats"))
		return;
	f = mg_find_new(x, MG_SEV_ERROR, MG_CONF_HIGH, first->time_ns, mg_event_end(last));
	mg_find_claim(x, f, "%u DELETE collection requests of %.*s%s%.*s ended at the server's 34 s "
			    "limit%s%.*s", n, MG_FMT(first->resource), first->ns.n ? " in " : "",
		      MG_FMT(first->ns), first->user.n ? ", by " : "; the caller is not in the log",
		      MG_FMT(first->user));
	mg_find_label(x, f, "DELETE collection 34 s");
	for (size_t i = 0; i < x->c->events.n; i++)
		if (hits_wall(x, &x->c->events.ev[i]))
			mg_find_event(x, f, &x->c->events.ev[i]);
	mg_find_num(f, "requests", n);
	mg_find_next(x, f, "delete in pages (limit=500), fix what produces the objects; from 1.27 on "
			   "only the global 60 s deadline applies and deletes are paged");
}

const struct mg_rule mg_rule_dc_wall = {
	.id = "dc-34s-wall",
	.title = "DELETE collection ends at 34 s",
	.needs = "audit log, or API-server log with Trace lines",
	.explain = "Kubernetes 1.17-1.26 ends a collection delete after exactly 34 s; a collection "
		   "that needs longer is retried for ever and makes no progress.",
	.references = "kubernetes/kubernetes 115090, 107948, 117971",
	.depth = 32,
	.run = run,
	.thresholds = { { "min_seconds", 33.5, "kubernetes/kubernetes 115090" },
			{ "max_seconds", 35, "kubernetes/kubernetes 115090" },
			{ "min_repeats", 3, "heuristic" } },
};
