/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include "analysis/join_key.h"

/* What etcd's log says of the object's key. */
static void etcd_side(struct mg_rule_ctx *x, struct mg_finding *f, struct mg_str resource,
		      struct mg_str ns, struct mg_str name)
{
	const struct mg_event *slowest = NULL;
	uint64_t               n = 0;
	struct mg_str          text;

	for (size_t i = 0; i < x->c->events.n; i++) {
		const struct mg_event *e = &x->c->events.ev[i];

		if (e->kind != MG_EV_ETCD_SLOW_APPLY || !mg_str_eq(e->name, name) ||
		    !mg_str_eq(e->ns, ns) ||
		    !mg_str_eq(mg_join_plain(e->resource), mg_join_plain(resource)))
			continue;
		n += e->count;
		slowest = !slowest || e->duration_ns > slowest->duration_ns ? e : slowest;
	}
	mg_find_num(f, "etcd_slow_lines", (double)n);
	if (!slowest || !(text = mg_key_text(x, slowest)).n)
		return;
	mg_find_evidence(x, f, slowest->artifact, slowest->line, slowest->time_ns, "%.*s", MG_FMT(text));
	mg_find_text(x, f, "key_client", "%.*s", MG_FMT(text));
}

/* One object that is written or read far more often than anything needs. */
static void run(struct mg_rule_ctx *x)
{
	struct mg_requests          *r = mg_rule_requests(x);
	size_t                       n;
	const struct mg_object_hits *o = mg_requests_objects(r, &n);
	int64_t                      first, last;
	double                       seconds;
	struct mg_finding           *f;

	if (n == 0 || (double)o[0].count < mg_rule_num(x, "min_requests"))
		return;
	mg_requests_span(r, &first, &last);
	seconds = (double)(last - first) / 1e9;
	if (seconds <= 0 || (double)o[0].count / seconds < mg_rule_num(x, "min_per_second"))
		return;
	f = mg_find_new(x, MG_SEV_WARNING, MG_CONF_HIGH, first, last);
	mg_find_claim(x, f, "one object takes %llu requests (%.1f/s): %.*s %.*s %.*s%s%.*s, first by %s",
		      (unsigned long long)o[0].count, (double)o[0].count / seconds,
		      MG_FMT(mg_requests_text(r, o[0].verb)), MG_FMT(mg_requests_text(r, o[0].resource)),
		      MG_FMT(mg_requests_text(r, o[0].ns)),
		      mg_requests_text(r, o[0].ns).n ? "/" : "",
		      MG_FMT(mg_requests_text(r, o[0].name)),
		      mg_rule_user(x, mg_requests_text(r, o[0].top_user)));
	mg_find_label(x, f, "hot object");
	mg_find_evidence(x, f, o[0].artifact, o[0].line, MG_TIME_NONE, "first of %llu",
			 (unsigned long long)o[0].count);
	mg_find_num(f, "requests", (double)o[0].count);
	mg_find_num(f, "per_second", (double)o[0].count / seconds);
	etcd_side(x, f, mg_requests_text(r, o[0].resource), mg_requests_text(r, o[0].ns),
		  mg_requests_text(r, o[0].name));
	mg_find_next(x, f, "find the loop: mgaudit --name=%.*s --by=user,verb -o top",
		     MG_FMT(mg_requests_text(r, o[0].name)));
}

const struct mg_rule mg_rule_hot_object = {
	.id = "hot-object",
	.title = "one object takes very many requests",
	.needs = "audit log",
	.explain = "A controller or sidecar that updates or reads one object in a loop loads etcd with "
		   "one key although no user stands out.",
	.references = "kubernetes.io: API concepts, updates to existing resources",
	.depth = 71,
	.run = run,
	.thresholds = { { "min_requests", 10000, "heuristic" },
			{ "min_per_second", 5, "heuristic" } },
};
