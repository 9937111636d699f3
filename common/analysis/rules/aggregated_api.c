/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

/* One API group that another server is to answer for. */
struct group {
	struct mg_str                  name;
	const struct mg_event         *down, *line; /* the APIService; the first log line */
	uint32_t                       lines;
	uint64_t                       refused, asked; /* requests: with 503; all */
	const struct mg_request_group *top;
	int64_t                        first, last;
};

struct groups {
	struct group v[32];
	size_t       n;
};

static struct group *group_of(struct groups *s, struct mg_str name, int64_t ns)
{
	size_t i = 0;

	while (i < s->n && !mg_str_eq(s->v[i].name, name))
		i++;
	if (i == sizeof(s->v) / sizeof(s->v[0]) || !name.n)
		return NULL;
	if (i == s->n)
		s->v[s->n++] = (struct group){ .name = name, .first = ns, .last = ns };
	s->v[i].first = ns < s->v[i].first ? ns : s->v[i].first;
	s->v[i].last = ns > s->v[i].last ? ns : s->v[i].last;
	return &s->v[i];
}

/* "v1beta1.metrics.k8s.io" of an APIService, "metrics.k8s.io/v1beta1" of a discovery error. */
static struct mg_str name_of(const struct mg_event *e)
{
	struct mg_str version, rest, group = mg_event_attr(e, "group");

	if (group.n) {
		mg_str_cut(group, '/', &group, &rest);
		return group;
	}
	mg_str_cut(e->name, '.', &version, &rest);
	return rest;
}

static void from_events(const struct mg_case *c, struct groups *s)
{
	for (size_t i = 0; i < c->events.n; i++) {
		const struct mg_event *e = &c->events.ev[i];
		struct group          *g;

		if ((e->kind != MG_EV_APISERVICE_DOWN && e->kind != MG_EV_APISERVER_AGGREGATED) ||
		    e->time_ns == MG_TIME_NONE || !(g = group_of(s, name_of(e), e->time_ns)))
			continue;
		if (e->kind == MG_EV_APISERVICE_DOWN) {
			g->down = g->down ? g->down : e;
		} else {
			g->line = g->line ? g->line : e;
			g->lines += e->count;
		}
	}
}

/* The group of "/apis/GROUP/...", empty for what is not below /apis. */
static struct mg_str group_in(struct mg_str pattern)
{
	struct mg_str group, rest;

	if (!mg_str_starts(pattern, MG_STR("/apis/")))
		return mg_str("", 0);
	mg_str_cut(mg_str_from(pattern, 6), '/', &group, &rest);
	return group;
}

/* 503s of a group; elsewhere the server itself would be the one that is not available. */
static void from_requests(struct mg_requests *r, struct groups *s, uint64_t *others)
{
	size_t                         n;
	const struct mg_request_group *g = mg_requests_groups(r, &n);

	for (size_t i = 0; i < n; i++) {
		struct mg_str name = group_in(mg_requests_text(r, g[i].pattern));
		struct group *of;

		if (g[i].code != 503)
			continue;
		if (!(of = group_of(s, name, g[i].first_ns))) {
			*others += g[i].count;
			continue;
		}
		of->last = g[i].last_ns > of->last ? g[i].last_ns : of->last;
		of->top = of->top ? of->top : &g[i];
		of->refused += g[i].count;
	}
	for (size_t i = 0; i < n; i++) {
		struct mg_str name = group_in(mg_requests_text(r, g[i].pattern));

		for (size_t k = 0; k < s->n; k++)
			if (mg_str_eq(s->v[k].name, name))
				s->v[k].asked += g[i].count;
	}
}

static bool is_failing(const struct mg_rule_ctx *x, const struct group *g, uint64_t others)
{
	double refused = (double)g->refused;

	if (g->down)
		return true;
	if (g->refused && refused >= mg_rule_num(x, "min_requests") &&
	    refused >= (1 - mg_rule_num(x, "available_share")) * (double)g->asked)
		return g->lines || others < g->refused; /* not all groups alike */
	return g->lines >= mg_rule_num(x, "min_lines") &&
	       (double)(g->last - g->first) / 1e9 >= mg_rule_num(x, "min_seconds");
}

static void report(struct mg_rule_ctx *x, const struct mg_requests *r, const struct group *g)
{
	struct mg_str      service = g->down ? mg_event_attr(g->down, "service") : mg_str("", 0);
	int                witnesses = (g->down != NULL) + (g->lines > 0) + (g->refused > 0);
	struct mg_finding *f;

	f = mg_find_new(x, g->down ? MG_SEV_ERROR : MG_SEV_WARNING,
			witnesses > 1 ? MG_CONF_HIGH : MG_CONF_MEDIUM, g->first, g->last);
	mg_find_claim(x, f, "the aggregated API %.*s did not answer between %s and %s%s%.*s: %llu requests got "
			    "503, %u log lines say so%s", MG_FMT(g->name), mg_rule_clock(x, g->first),
		      mg_rule_clock(x, g->last), service.n ? ", served by " : "", MG_FMT(service),
		      (unsigned long long)g->refused, g->lines,
		      g->down ? "; its APIService is not Available" : "");
	mg_find_label(x, f, "aggregated API down");
	if (g->down)
		mg_find_event(x, f, g->down);
	if (g->top)
		mg_find_evidence(x, f, g->top->artifact, g->top->line, g->top->first_ns,
				 "first of %llu: %.*s %.*s -> 503", (unsigned long long)g->top->count,
				 MG_FMT(mg_requests_text(r, g->top->verb)),
				 MG_FMT(mg_requests_text(r, g->top->pattern)));
	if (g->line)
		mg_find_event(x, f, g->line);
	mg_find_num(f, "requests", (double)g->refused);
	mg_find_num(f, "lines", g->lines);
	mg_find_text(x, f, "group", "%.*s", MG_FMT(g->name));
	mg_find_next(x, f, "kubectl get apiservices | grep False; then the pods, endpoints and certificate of "
			   "%s%.*s", service.n ? "" : "its service", MG_FMT(service));
	mg_find_next(x, f, "until it answers, deletions of namespaces, quota and discovery fail: delete the "
			   "APIService if it is no longer wanted");
}

static void run(struct mg_rule_ctx *x)
{
	struct mg_requests *r = mg_rule_requests(x);
	struct groups       s = { 0 };
	uint64_t            others = 0;

	if (!mg_case_has(x->c, MG_KIND_LOG) && !mg_requests_count(r) &&
	    !mg_case_has(x->c, MG_KIND_KUBE_YAML) && !mg_case_has(x->c, MG_KIND_KUBE_JSON)) {
		mg_rule_missing(x, "APIService objects, kube-apiserver log or audit log");
		return;
	}
	from_events(x->c, &s);
	from_requests(r, &s, &others);
	for (size_t i = 0; i < s.n; i++)
		others += s.v[i].refused;
	for (size_t i = 0; i < s.n; i++)
		if (is_failing(x, &s.v[i], others - s.v[i].refused))
			report(x, r, &s.v[i]);
}

const struct mg_rule mg_rule_aggregated_api = {
	.id = "aggregated-api",
	.title = "an aggregated API does not answer",
	.needs = "APIService objects, kube-apiserver log or audit log",
	.explain = "Groups such as metrics.k8s.io are answered by another server behind the API server. When it "
		   "is away, its requests get 503 and whatever needs a complete discovery stops: namespace "
		   "deletion, garbage collection, quota.",
	.references = "openshift alerts KubeAggregatedAPIErrors, KubeAggregatedAPIDown",
	.depth = 20,
	.run = run,
	.thresholds = { { "min_requests", 10, "heuristic" },
			{ "available_share", 0.85, "KubeAggregatedAPIDown" },
			{ "min_lines", 10, "heuristic" },
			{ "min_seconds", 60, "heuristic" } },
};
