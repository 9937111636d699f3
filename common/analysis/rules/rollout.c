/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include "analysis/tally.h"
#include "base/mem.h"

#include <stdlib.h>

/* What somebody, or an operator by order, did to the control plane or to nodes. */
enum kind { VERSION, REVISION, DRAIN, KINDS };

struct change {
	int64_t                start_ns, end_ns;
	enum kind              kind;
	struct mg_str          node;
	const struct mg_event *event;
};

struct changes {
	struct change *v;
	uint32_t       n, cap;
	int64_t        settle_ns;
};

static void push(struct changes *t, enum kind kind, const struct mg_event *e, int64_t start, int64_t end)
{
	struct change c = { start, end, kind, e->node, e };

	MG_PUSH(t->v, t->n, t->cap, c);
}

static bool reason_is(const struct mg_event *e, const char *const *list)
{
	for (; *list; list++)
		if (mg_str_eq(mg_event_attr(e, "reason"), mg_strz(*list)))
			return true;
	return false;
}

/* Operators of static pods (library-go): the target of a node was set, or its installer ended;
 * the pod restarts after it.  With the current revision the step is over. */
static bool revision(struct changes *t, const struct mg_event *e)
{
	static const char *const begins[] = { "NodeTargetRevisionChanged", "StaticPodInstallerCompleted",
					      "NodeInstallerProgressing", NULL };
	static const char *const ends[] = { "NodeCurrentRevisionChanged", NULL };

	if (reason_is(e, begins))
		push(t, REVISION, e, e->time_ns, e->time_ns + t->settle_ns);
	else if (reason_is(e, ends))
		push(t, REVISION, e, e->time_ns - t->settle_ns, e->time_ns);
	else
		return false;
	return true;
}

/* kubectl, the machine-config daemon and the kubelet on cordon and drain. */
static void drain(struct changes *t, const struct mg_event *e)
{
	static const char *const begins[] = { "Cordon", "Drain", "NodeNotSchedulable", "Reboot",
					      "OSUpdateStarted", NULL };
	static const char *const ends[] = { "Uncordon", "NodeSchedulable", "NodeDone", NULL };

	if (reason_is(e, begins)) {
		push(t, DRAIN, e, e->time_ns, e->time_ns + t->settle_ns);
		return;
	}
	for (uint32_t i = t->n; reason_is(e, ends) && i-- > 0;)
		if (t->v[i].kind == DRAIN && mg_str_eq(t->v[i].node, e->node)) {
			t->v[i].end_ns = e->time_ns > t->v[i].end_ns ? e->time_ns : t->v[i].end_ns;
			break;
		}
}

static int by_start(const void *a, const void *b)
{
	const struct change *x = a, *y = b;

	return x->start_ns != y->start_ns ? (x->start_ns < y->start_ns ? -1 : 1)
					  : mg_event_cmp(x->event, y->event);
}

static void collect(const struct mg_rule_ctx *x, struct changes *t)
{
	for (size_t i = 0; i < x->c->events.n; i++) {
		const struct mg_event *e = &x->c->events.ev[i];

		if (e->time_ns == MG_TIME_NONE)
			continue;
		if (e->kind == MG_EV_CLUSTER_VERSION) /* one that is not completed goes on */
			push(t, VERSION, e, e->time_ns, e->duration_ns > 0 ? mg_event_end(e)
				      : x->c->last_ns > e->time_ns ? x->c->last_ns : e->time_ns);
		else if (e->kind == MG_EV_K8S_EVENT && !revision(t, e))
			drain(t, e);
	}
	if (t->n)
		qsort(t->v, t->n, sizeof(*t->v), by_start);
}

/* "openshift-etcd" of its own namespace and of its operator's */
static struct mg_str part(const struct mg_event *e)
{
	static const struct mg_str tail = MG_STR("-operator");
	struct mg_str              ns = e->ns;

	return mg_str_ends(ns, tail) ? mg_str_head(ns, ns.n - tail.n) : ns;
}

/* "the cluster went to version 4.8.12; 7 steps of static pod revisions (etcd-operator 4, …)" */
static struct mg_str describe(struct mg_rule_ctx *x, const struct change *c, uint32_t n)
{
	struct mg_counts by[KINDS] = { { .total = 0 } };
	struct mg_str    text = { "", 0 };

	for (uint32_t i = 0; i < n; i++) {
		const struct mg_event *e = c[i].event;

		mg_counts_add(&by[c[i].kind], c[i].kind == DRAIN ? e->node : part(e), 1);
		if (c[i].kind == VERSION)
			text = mg_arena_printf(&x->out->arena, "%.*s%sthe cluster went to version %.*s",
					       MG_FMT(text), text.n ? "; " : "",
					       MG_FMT(mg_event_attr(e, "version")));
	}
	if (by[REVISION].total)
		text = mg_arena_printf(&x->out->arena, "%.*s%s%llu steps of new static pod revisions (%.*s)",
				       MG_FMT(text), text.n ? "; " : "",
				       (unsigned long long)by[REVISION].total,
				       MG_FMT(mg_counts_text(x, &by[REVISION], 3)));
	if (by[DRAIN].total)
		text = mg_arena_printf(&x->out->arena, "%.*s%s%u node%s cordoned, drained or rebooted (%.*s)",
				       MG_FMT(text), text.n ? "; " : "", by[DRAIN].names.n,
				       by[DRAIN].names.n == 1 ? "" : "s",
				       MG_FMT(mg_counts_text(x, &by[DRAIN], 3)));
	for (int k = 0; k < KINDS; k++)
		mg_counts_release(&by[k]);
	return text;
}

static void report(struct mg_rule_ctx *x, const struct change *c, uint32_t n, int64_t end)
{
	uint32_t           of[KINDS] = { 0 };
	struct mg_finding *f;

	for (uint32_t i = 0; i < n; i++)
		of[c[i].kind]++;
	f = mg_find_new(x, MG_SEV_INFO, of[VERSION] && (of[REVISION] || of[DRAIN]) ? MG_CONF_HIGH
										    : MG_CONF_MEDIUM,
			c[0].start_ns, end);
	mg_find_claim(x, f, "planned change between %s and %s: %.*s", mg_rule_clock(x, c[0].start_ns),
		      mg_rule_clock(x, end), MG_FMT(describe(x, c, n)));
	mg_find_label(x, f, "planned change");
	for (int k = 0; k < KINDS; k++) /* versions first */
		for (uint32_t i = 0; i < n; i++)
			if ((int)c[i].kind == k)
				mg_find_event(x, f, c[i].event);
	mg_find_num(f, "version_changes", of[VERSION]);
	mg_find_num(f, "revision_steps", of[REVISION]);
	mg_find_num(f, "node_steps", of[DRAIN]);
	mg_find_next(x, f, "one leader change, short gaps of single API servers and failing probes are "
			   "normal in it; judge what lasts longer or comes after it");
}

static bool in_data(const struct mg_case *c, const struct change *k)
{
	return c->first_ns == MG_TIME_NONE || (k->end_ns >= c->first_ns && k->start_ns <= c->last_ns);
}

static void run(struct mg_rule_ctx *x)
{
	struct changes t = { .settle_ns = (int64_t)(mg_rule_num(x, "settle_minutes") * 60e9) };
	uint32_t       n = 0;

	collect(x, &t);
	for (uint32_t i = 0; i < t.n; i++)
		if (in_data(x->c, &t.v[i]))
			t.v[n++] = t.v[i];
	if (!t.n)
		mg_rule_has_objects(x, "ClusterVersion and events (`oc adm inspect clusterversion`)");
	for (uint32_t i = 0, k; i < n; i = k) {
		int64_t end = t.v[i].end_ns;

		for (k = i + 1; k < n && t.v[k].start_ns <= end; k++)
			end = t.v[k].end_ns > end ? t.v[k].end_ns : end;
		report(x, &t.v[i], k - i, end);
	}
	free(t.v);
}

const struct mg_rule mg_rule_rollout = {
	.id = "rollout",
	.title = "a planned change was under way",
	.needs = "ClusterVersion object, events of the operators and nodes",
	.explain = "An installation or upgrade (ClusterVersion history), new revisions of static pods, "
		   "nodes that were cordoned, drained or rebooted by order. What a change like this "
		   "brings about by itself and lies inside it is rated one step lower, and says so; "
		   "what is critical stays critical.",
	.references = "OpenShift static pod revisions (openshift/library-go pkg/operator/staticpod); "
		      "ClusterVersion history",
	.depth = -10,
	.run = run,
	.thresholds = { { "settle_minutes", 5, "heuristic: a kube-apiserver ends gracefully within 3.5 "
					       "minutes and starts within one" } },
};
