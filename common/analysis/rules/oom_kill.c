/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include "analysis/inflight.h"

/* Any process that was killed for memory; kube-apiserver under LISTs has a rule of its own. */
static bool told_elsewhere(const struct mg_findings *fs)
{
	for (uint32_t i = 0; i < fs->n; i++)
		if (strcmp(fs->f[i].id, "apiserver-oom-list-storm") == 0)
			return true;
	return false;
}

#define LOST_NS MG_MIN /* so soon after the end of a server its peers tell of it */

/* An API server that is short of memory answers late, and etcd sees its connections break. */
static void signs(struct mg_rule_ctx *x, struct mg_finding *f, int64_t kill_ns)
{
	const struct mg_event *worst = NULL, *lost = NULL;
	int64_t                from = kill_ns - (int64_t)(mg_rule_num(x, "window_seconds") * 1e9);
	uint64_t               slow = 0, broken = 0;

	for (size_t i = mg_case_lower_bound(x->c, from);
	     i < x->c->events.n && x->c->events.ev[i].time_ns <= kill_ns + LOST_NS; i++) {
		const struct mg_event *e = &x->c->events.ev[i];
		bool conn = e->kind == MG_EV_ETCD_REJECTED || e->kind == MG_EV_ETCD_GRPC;

		if (conn && e->time_ns >= kill_ns) {
			lost = lost ? lost : e;
			broken += e->count;
		} else if (e->kind == MG_EV_APISERVER_TRACE && mg_is_long_op(e) && e->time_ns <= kill_ns) {
			worst = !worst || e->duration_ns > worst->duration_ns ? e : worst;
			slow += e->count;
		}
	}
	if (slow)
		f->claim = mg_arena_printf(&x->out->arena, "%.*s; %llu operations took a second or more "
					   "before (up to %s)", MG_FMT(f->claim), (unsigned long long)slow,
					   mg_rule_dur(x, worst->duration_ns));
	if (broken)
		f->claim = mg_arena_printf(&x->out->arena, "%.*s; etcd saw %llu connections break after it",
					   MG_FMT(f->claim), (unsigned long long)broken);
	if (worst)
		mg_find_event(x, f, worst);
	if (lost)
		mg_find_event(x, f, lost);
	mg_find_num(f, "slow_operations_before", (double)slow);
	mg_find_num(f, "connections_broken_after", (double)broken);
}

static void report(struct mg_rule_ctx *x, const struct mg_death *d, uint32_t kills, int64_t last)
{
	const struct mg_event *e = d->kernel ? d->kernel : d->object;
	struct mg_finding     *f;

	f = mg_find_new(x, MG_SEV_ERROR, d->kernel && d->object ? MG_CONF_HIGH : MG_CONF_MEDIUM,
			d->time_ns, last);
	mg_find_claim(x, f, "%.*s%s%.*s%s%.*s was OOM-killed %u time%s, %s%s",
		      MG_FMT(d->component.n ? d->component : d->container), d->pod.n ? " of pod " : "",
		      MG_FMT(d->pod), d->node.n ? " on " : "", MG_FMT(d->node), kills,
		      kills == 1 ? "" : "s", kills == 1 ? "at " : "first at ", mg_rule_clock(x, d->time_ns));
	mg_find_label(x, f, "OOM kill");
	mg_find_event(x, f, e);
	if (d->kernel && d->object)
		mg_find_event(x, f, d->object);
	mg_find_num(f, "kills", kills);
	mg_find_text(x, f, "component", "%.*s", MG_FMT(d->component));
	if (mg_str_eq(d->component, MG_STR("kube-apiserver"))) {
		signs(x, f, d->time_ns);
		mg_inflight_tell(x, f, true);
	}
	mg_find_next(x, f, "compare the memory limit with what the process needs; look for growth "
			   "before the kill in the metrics");
}

static void run(struct mg_rule_ctx *x)
{
	bool done[256] = { false };
	bool apiserver = told_elsewhere(x->out);

	for (uint32_t i = 0; i < x->s->ndeath && i < 256; i++) {
		const struct mg_death *d = &x->s->death[i];
		uint32_t               kills = 0;
		int64_t                last = d->time_ns;

		if (!d->oom || done[i] ||
		    (apiserver && mg_str_eq(d->component, MG_STR("kube-apiserver"))))
			continue;
		for (uint32_t k = i; k < x->s->ndeath && k < 256; k++) {
			const struct mg_death *o = &x->s->death[k];

			if (!o->oom || !mg_str_eq(o->component, d->component) ||
			    !mg_str_eq(o->pod, d->pod) || !mg_str_eq(o->node, d->node))
				continue;
			done[k] = true;
			kills++;
			last = o->time_ns;
		}
		report(x, d, kills, last);
	}
}

const struct mg_rule mg_rule_oom_kill = {
	.id = "oom-kill",
	.title = "a process was killed for memory",
	.needs = "kernel log or pod statuses",
	.explain = "The kernel killed a process at its cgroup's limit or because the node had no "
		   "memory left.",
	.references = "Linux mm/oom_kill.c; kubernetes.io: node out of memory behaviour",
	.depth = 14,
	.run = run,
	.thresholds = { { "window_seconds", 300, "heuristic" } },
};
