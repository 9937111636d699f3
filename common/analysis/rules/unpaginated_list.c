/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

struct lister {
	struct mg_str          user, resource;
	uint32_t               n;
	int64_t                sum, worst, first, last;
	const struct mg_event *example;
};

#define LISTERS 64

static struct lister *lister_of(struct lister *l, size_t *n, const struct mg_event *e)
{
	for (size_t i = 0; i < *n; i++)
		if (mg_str_eq(l[i].user, e->user) && mg_str_eq(l[i].resource, e->resource))
			return &l[i];
	if (*n == LISTERS)
		return NULL;
	l[*n] = (struct lister){ .user = e->user, .resource = e->resource, .first = e->time_ns };
	return &l[(*n)++];
}

static void run(struct mg_rule_ctx *x)
{
	struct lister      l[LISTERS], *worst = NULL;
	size_t             n = 0;
	struct mg_finding *f;

	for (size_t i = 0; i < x->c->events.n; i++) {
		const struct mg_event *e = &x->c->events.ev[i];
		struct lister         *k;

		if (e->kind != MG_EV_AUDIT_LIST || mg_str_starts(e->user, MG_STR("system:node:")) ||
		    !(k = lister_of(l, &n, e)))
			continue;
		k->n++;
		k->sum += e->duration_ns;
		k->last = e->time_ns;
		if (e->duration_ns > k->worst) {
			k->worst = e->duration_ns;
			k->example = e;
		}
	}
	for (size_t i = 0; i < n; i++)
		if (l[i].n >= mg_rule_num(x, "min_lists") && (!worst || l[i].sum > worst->sum))
			worst = &l[i];
	if (!worst)
		return;
	f = mg_find_new(x, MG_SEV_INFO, MG_CONF_HIGH, worst->first, worst->last);
	mg_find_claim(x, f, "%s lists %.*s without limit and without resourceVersion=0: %u such LISTs took "
			    "100 ms or more, %s together, the slowest %s",
		      mg_rule_user(x, worst->user), MG_FMT(worst->resource), worst->n,
		      mg_rule_dur(x, worst->sum), mg_rule_dur(x, worst->worst));
	mg_find_label(x, f, "unpaginated LIST");
	mg_find_event(x, f, worst->example);
	mg_find_num(f, "lists", worst->n);
	mg_find_num(f, "sum_seconds", (double)worst->sum / 1e9);
	mg_find_next(x, f, "use limit=500 or an informer");
}

const struct mg_rule mg_rule_unpaginated_list = {
	.id = "unpaginated-list",
	.title = "LISTs without a limit",
	.needs = "audit log",
	.explain = "A LIST without limit and resourceVersion is a quorum read of the whole collection "
		   "from etcd, built in memory at once. Ranked by count times latency.",
	.references = "kubernetes.io: API concepts, retrieving large result sets in chunks",
	.depth = 70,
	.run = run,
	.thresholds = { { "min_lists", 5, "heuristic" } },
};
