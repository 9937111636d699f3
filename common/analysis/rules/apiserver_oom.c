/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"
#include "analysis/inflight.h"
#include "base/num.h"

/* Unpaginated LISTs before an OOM kill of kube-apiserver.  Requests in flight at a SIGKILL
 * leave no audit line under most policies, so etcd's range sizes and the traces count too. */

#define CULPRITS 16

struct culprit {
	struct mg_str          resource, user, agent;
	uint32_t               audited, traced, ranges;
	int64_t                largest; /* bytes of one range */
	const struct mg_event *range, *trace, *audit;
};

static struct culprit *culprit_of(struct culprit *k, size_t *n, struct mg_str resource)
{
	for (size_t i = 0; i < *n; i++)
		if (mg_str_eq(k[i].resource, resource))
			return &k[i];
	if (*n == CULPRITS)
		return NULL;
	k[*n] = (struct culprit){ .resource = resource };
	return &k[(*n)++];
}

static void look_at(struct culprit *k, size_t *n, const struct mg_event *e, int64_t min_bytes)
{
	int64_t         size = mg_event_attr_i64(e, "response_size", 0);
	struct culprit *c;

	if (!e->resource.n)
		return;
	if (e->kind == MG_EV_ETCD_SLOW_APPLY && size >= min_bytes) {
		if (!(c = culprit_of(k, n, e->resource)))
			return;
		c->ranges += e->count;
		if (size > c->largest) {
			c->largest = size;
			c->range = e;
		}
	} else if (e->kind == MG_EV_APISERVER_TRACE && mg_str_eq(e->verb, MG_STR("list"))) {
		if (!(c = culprit_of(k, n, e->resource)))
			return;
		c->traced++;
		c->trace = c->trace ? c->trace : e;
		if (!c->agent.n)
			c->agent = mg_event_attr(e, "user_agent");
	} else if (e->kind == MG_EV_AUDIT_LIST) {
		if (!(c = culprit_of(k, n, e->resource)))
			return;
		c->audited++;
		c->audit = c->audit ? c->audit : e;
		if (!c->user.n)
			c->user = e->user;
	}
}

static uint64_t weight(const struct culprit *c)
{
	return (uint64_t)c->largest / 4096 + c->audited * 100u + c->traced * 50u;
}

/* Who lists this resource with this user agent, over the whole audit log. */
static struct mg_str user_by_agent(struct mg_case *c, struct mg_str resource, struct mg_str agent)
{
	size_t                         n;
	const struct mg_request_group *g = mg_requests_groups(c->audit, &n);

	for (size_t i = 0; agent.n && i < n; i++)
		if (mg_str_eq(mg_requests_text(c->audit, g[i].verb), MG_STR("list")) &&
		    mg_str_eq(mg_requests_text(c->audit, g[i].resource), resource) &&
		    mg_str_eq(mg_requests_text(c->audit, g[i].user_agent), agent))
			return mg_requests_text(c->audit, g[i].user);
	return mg_str("", 0);
}

static bool is_ours(const struct mg_death *d)
{
	return d->oom && mg_str_eq(d->component, MG_STR("kube-apiserver"));
}

/* The resource whose LISTs weigh most in the minutes before any of the kills. */
static bool find_culprit(struct mg_rule_ctx *x, struct culprit *out)
{
	struct culprit k[CULPRITS];
	size_t         n = 0, best = 0;
	int64_t        window = (int64_t)(mg_rule_num(x, "window_seconds") * 1e9);
	int64_t        bytes = (int64_t)mg_rule_num(x, "min_range_bytes");

	for (uint32_t i = 0; i < x->s->ndeath; i++) {
		const struct mg_death *d = &x->s->death[i];
		int64_t                from = d->time_ns - window;

		if (!is_ours(d))
			continue;
		if (i && is_ours(&x->s->death[i - 1]) && x->s->death[i - 1].time_ns > from)
			from = x->s->death[i - 1].time_ns;
		for (size_t e = mg_case_lower_bound(x->c, from);
		     e < x->c->events.n && x->c->events.ev[e].time_ns <= d->time_ns; e++)
			look_at(k, &n, &x->c->events.ev[e], bytes);
	}
	for (size_t i = 1; i < n; i++)
		if (weight(&k[i]) > weight(&k[best]))
			best = i;
	if (n == 0 || (!k[best].audited && !k[best].traced && !k[best].ranges))
		return false;
	*out = k[best];
	if (!out->user.n)
		out->user = user_by_agent(x->c, out->resource, out->agent);
	return true;
}

static void evidence(struct mg_rule_ctx *x, struct mg_finding *f, const struct culprit *k)
{
	for (uint32_t i = 0; i < x->s->ndeath; i++) {
		const struct mg_death *d = &x->s->death[i];

		if (!is_ours(d))
			continue;
		if (d->kernel)
			mg_find_event(x, f, d->kernel);
		if (d->object)
			mg_find_event(x, f, d->object);
	}
	if (k->audit)
		mg_find_event(x, f, k->audit);
	if (k->trace)
		mg_find_event(x, f, k->trace);
	if (k->range)
		mg_find_event(x, f, k->range);
}

/* The first sign of the load, at most a minute before the first kill. */
static int64_t began(const struct culprit *k, int64_t kill_ns)
{
	const struct mg_event *signs[] = { k->audit, k->trace, k->range };
	int64_t                start = kill_ns;

	for (size_t i = 0; i < 3; i++)
		if (signs[i] && signs[i]->time_ns < start && signs[i]->time_ns > kill_ns - MG_MIN)
			start = signs[i]->time_ns;
	return start;
}

static void run(struct mg_rule_ctx *x)
{
	struct culprit         k;
	struct mg_finding     *f;
	struct mg_str          times = { "", 0 };
	const struct mg_death *first = NULL, *last = NULL;
	uint32_t               kills = 0, witnessed = 0;
	int64_t                limit_kb = 0;
	char                   b[32], lim[32];

	if (!mg_case_has(x->c, MG_KIND_KERNEL) && !mg_case_has(x->c, MG_KIND_JOURNAL))
		mg_rule_missing(x, "kernel log (`oc adm node-logs NODE -u kernel`, or `dmesg -T`); pod "
				   "statuses alone keep only the last termination");
	for (uint32_t i = 0; i < x->s->ndeath; i++) {
		const struct mg_death *d = &x->s->death[i];

		if (!is_ours(d))
			continue;
		first = first ? first : d;
		last = d;
		witnessed += d->kernel && d->object;
		if (d->kernel && mg_event_attr_i64(d->kernel, "limit_kb", 0) > limit_kb)
			limit_kb = mg_event_attr_i64(d->kernel, "limit_kb", 0);
		times = mg_arena_printf(&x->out->arena, "%.*s%s%s", MG_FMT(times), kills++ ? ", " : "",
					mg_rule_clock(x, d->time_ns));
	}
	if (!kills || !find_culprit(x, &k))
		return;
	f = mg_find_new(x, MG_SEV_CRITICAL, witnessed && k.user.n ? MG_CONF_HIGH : MG_CONF_MEDIUM,
			began(&k, first->time_ns),
			last->restart_ns != MG_TIME_NONE ? last->restart_ns : last->time_ns);
	mg_find_claim(x, f, "kube-apiserver%s%.*s was OOM-killed %u time%s (%.*s)%s%s; unpaginated LISTs "
			    "of %.*s%s%s by %s were running before",
		      first->node.n ? " on " : "", MG_FMT(first->node), kills, kills == 1 ? "" : "s",
		      MG_FMT(times), limit_kb ? " at its memory limit of " : "",
		      limit_kb ? mg_num_bytes_text((double)limit_kb * 1024, lim, sizeof(lim)) : "",
		      MG_FMT(k.resource), k.largest ? ", up to " : "",
		      k.largest ? mg_arena_printf(&x->out->arena, "%s each",
				      mg_num_bytes_text((double)k.largest, b, sizeof(b))).p : "",
		      k.user.n ? mg_rule_user(x, k.user) : "a client the archive does not name");
	mg_find_label(x, f, "API server OOM");
	evidence(x, f, &k);
	mg_find_num(f, "kills", kills);
	if (limit_kb)
		mg_find_num(f, "memory_limit_bytes", (double)limit_kb * 1024);
	mg_find_num(f, "lists_in_audit", k.audited);
	mg_find_num(f, "lists_in_traces", k.traced);
	mg_find_num(f, "large_ranges_in_etcd", k.ranges);
	mg_find_num(f, "largest_list_bytes", (double)k.largest);
	mg_find_text(x, f, "user", "%.*s", MG_FMT(k.user));
	mg_find_text(x, f, "resource", "%.*s", MG_FMT(k.resource));
	mg_find_text(x, f, "user_agent", "%.*s", MG_FMT(k.agent));
	mg_inflight_tell(x, f, true);
	mg_find_next(x, f, "make that client use limit=500 or an informer (resourceVersion=0); cap it "
			   "with a FlowSchema until then");
	mg_find_next(x, f, "compare etcd_info/object_count.json for the number of %.*s",
		     MG_FMT(k.resource));
}

const struct mg_rule mg_rule_apiserver_oom = {
	.id = "apiserver-oom-list-storm",
	.title = "kube-apiserver was OOM-killed under large LISTs",
	.needs = "pod statuses or kernel log; audit log, etcd log or Trace lines for the cause",
	.explain = "The server builds the whole answer of an unpaginated LIST in memory; several of "
		   "them at once exceed any limit. Neither priority and fairness nor Go's memory "
		   "limit can prevent it.",
	.references = "kubernetes/kubernetes 96082, 132233; kubernetes.io blog: API streaming",
	.depth = 12,
	.run = run,
	.thresholds = { { "window_seconds", 300, "heuristic" },
			{ "min_range_bytes", 1048576, "heuristic" } },
};
