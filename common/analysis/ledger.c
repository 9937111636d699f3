/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/ledger.h"

#include <stdlib.h>

#include "analysis/signals.h"
#include "base/mem.h"

/* The last line of a log and the end that the object or the kernel tells are this near. */
#define LOG_END_NS (30 * MG_SEC)
/* A log that says it ends and the end in the object, in whole seconds. */
#define SAME_END_NS (5 * MG_SEC)
/* The audit log falls silent at most so long after the death, as it is counted by seconds. */
#define GAP_NEAR_NS (5 * MG_SEC)

static bool same(struct mg_str a, struct mg_str b)
{
	return a.n && mg_str_eq(a, b);
}

static bool same_or_unknown(struct mg_str a, struct mg_str b)
{
	return a.n == 0 || b.n == 0 || mg_str_eq(a, b);
}

static void fill(struct mg_str *to, struct mg_str from)
{
	if (!to->n)
		*to = from;
}

static struct mg_ledger_row *add(struct mg_ledger *l, int64_t ns)
{
	struct mg_ledger_row r = { .time_ns = ns, .restart_ns = MG_TIME_NONE, .exit_code = -1,
				   .restarts = -1, .previous = MG_NO_ARTIFACT };

	MG_PUSH(l->row, l->n, l->cap, r);
	return &l->row[l->n - 1];
}

static void from_object(struct mg_ledger_row *r, const struct mg_event *e)
{
	r->object = e;
	r->exit_code = mg_event_attr_i64(e, "exit_code", -1);
	fill(&r->component, e->component);
	fill(&r->node, e->node);
	fill(&r->ns, e->ns);
	fill(&r->pod, e->pod);
	fill(&r->container, mg_event_attr(e, "container"));
}

/* The row of the same end that a log told, without the object. */
static struct mg_ledger_row *told(struct mg_ledger *l, const struct mg_event *e)
{
	for (size_t i = 0; i < l->n; i++) {
		struct mg_ledger_row *r = &l->row[i];

		if (!r->object && e->time_ns != MG_TIME_NONE && same(r->pod, e->pod) &&
		    same(r->component, e->component) && same_or_unknown(r->ns, e->ns) &&
		    llabs(r->time_ns - e->time_ns) <= SAME_END_NS)
			return r;
	}
	return NULL;
}

static void from_deaths(struct mg_ledger *l, const struct mg_case *c)
{
	struct mg_signals s;

	mg_signals_build(&s, c);
	for (uint32_t i = 0; i < s.ndeath; i++) {
		const struct mg_death *d = &s.death[i];
		struct mg_ledger_row  *r = add(l, d->time_ns);

		r->component = d->component;
		r->node = d->node;
		r->ns = d->ns;
		r->pod = d->pod;
		r->container = d->container;
		r->restart_ns = d->restart_ns;
		r->oom = d->oom;
		r->lease_lost = d->lease_lost;
		r->kernel = d->kernel;
		r->log = d->log;
		if (d->object)
			from_object(r, d->object);
	}
	mg_signals_release(&s);
}

/* What the signals leave out: a container that completed and was started again, and an end
 * whose time the kubelet does not know. */
static void from_objects(struct mg_ledger *l, const struct mg_case *c)
{
	for (size_t i = 0; i < c->events.n; i++) {
		const struct mg_event *e = &c->events.ev[i];
		struct mg_ledger_row  *r;
		bool                   ended = e->kind == MG_EV_POD_TERMINATED ||
			     e->kind == MG_EV_POD_OOM_KILLED;
		bool completed = ended && mg_event_attr_i64(e, "exit_code", 0) == 0 &&
				 mg_event_attr_i64(e, "previous", 0) && !mg_event_attr(e, "init").n;

		if (!completed && !(ended && e->code && e->time_ns == MG_TIME_NONE))
			continue;
		if (!(r = told(l, e)))
			r = add(l, e->time_ns);
		from_object(r, e);
		r->oom |= e->kind == MG_EV_POD_OOM_KILLED;
	}
}

static bool is_of(const struct mg_ledger_row *r, const struct mg_source *s)
{
	if (r->pod.n && s->pod.n)
		return mg_str_eq(r->pod, s->pod) && same_or_unknown(r->container, s->container) &&
		       same_or_unknown(r->ns, s->ns);
	return same(r->component, s->component) && same_or_unknown(r->node, s->node);
}

/* The log of an earlier instance ends where that instance did. */
static void from_previous_logs(struct mg_ledger *l, const struct mg_case *c)
{
	for (uint32_t i = 0; i < c->nartifacts; i++) {
		const struct mg_artifact *a = &c->artifacts[i];
		struct mg_ledger_row     *r = NULL;
		int64_t                   best = LOG_END_NS + 1;

		if (!a->source.previous || a->stats.last_ns == MG_TIME_NONE ||
		    !(a->source.pod.n || a->source.component.n))
			continue;
		for (size_t k = 0; k < l->n; k++) {
			struct mg_ledger_row *x = &l->row[k];
			int64_t               d = x->time_ns - a->stats.last_ns;

			if (x->time_ns != MG_TIME_NONE && is_of(x, &a->source) && llabs(d) < best) {
				best = llabs(d);
				r = x;
			}
		}
		if (!r)
			r = add(l, a->stats.last_ns);
		r->previous = i;
		fill(&r->component, a->source.component.n ? a->source.component : a->source.container);
		fill(&r->node, a->source.node);
		fill(&r->ns, a->source.ns);
		fill(&r->pod, a->source.pod);
		fill(&r->container, a->source.container);
	}
}

static bool starts(const struct mg_event *e)
{
	return e->kind == MG_EV_APISERVER_START || e->kind == MG_EV_PROCESS_START ||
	       e->kind == MG_EV_ETCD_START || e->kind == MG_EV_POD_STARTED;
}

/* When the same component was there again, and in which pod it ran. */
static void find_start(struct mg_ledger_row *r, const struct mg_case *c)
{
	for (size_t i = mg_case_lower_bound(c, r->time_ns); i < c->events.n; i++) {
		const struct mg_event *e = &c->events.ev[i];

		if (!starts(e) || !same(r->component, e->component) ||
		    !same_or_unknown(r->node, e->node) || !same_or_unknown(r->pod, e->pod))
			continue;
		if (r->restart_ns == MG_TIME_NONE)
			r->restart_ns = e->time_ns;
		fill(&r->ns, e->ns);
		fill(&r->pod, e->pod);
		fill(&r->node, e->node);
		if (r->pod.n)
			return;
	}
}

/* The status of the container: how often, and since when it runs now. */
static void find_status(struct mg_ledger_row *r, const struct mg_case *c)
{
	int64_t started;

	for (size_t i = 0; i < c->events.n; i++) {
		const struct mg_event *e = &c->events.ev[i];

		if (e->kind != MG_EV_POD_RESTARTS || !same(r->pod, e->pod) ||
		    !same_or_unknown(r->ns, e->ns))
			continue;
		if (!(r->container.n ? mg_str_eq(r->container, mg_event_attr(e, "container"))
				     : same(r->component, e->component)))
			continue;
		r->restarts = e->count;
		fill(&r->container, mg_event_attr(e, "container"));
		if (r->restart_ns == MG_TIME_NONE && r->object &&
		    mg_time_parse(mg_event_attr(e, "started"), &started, NULL, NULL) &&
		    started >= r->time_ns)
			r->restart_ns = started;
		return;
	}
}

static void find_gap(struct mg_ledger_row *r, const struct mg_case *c)
{
	if (!mg_str_eq(r->component, MG_STR("kube-apiserver")))
		return;
	for (size_t i = 0; i < c->events.n; i++) {
		const struct mg_event *e = &c->events.ev[i];

		if (e->kind == MG_EV_GAP && e->time_ns - GAP_NEAR_NS <= r->time_ns &&
		    r->time_ns <= mg_event_end(e)) {
			r->gap = e;
			return;
		}
	}
}

static int by_time(const void *a, const void *b)
{
	const struct mg_ledger_row *x = a, *y = b;
	int                         d;

	if (x->time_ns != y->time_ns) {
		if (x->time_ns == MG_TIME_NONE || y->time_ns == MG_TIME_NONE)
			return x->time_ns == MG_TIME_NONE ? 1 : -1;
		return x->time_ns < y->time_ns ? -1 : 1;
	}
	if ((d = mg_str_cmp(x->ns, y->ns)) || (d = mg_str_cmp(x->pod, y->pod)) ||
	    (d = mg_str_cmp(x->component, y->component)))
		return d;
	return mg_str_cmp(x->container, y->container);
}

void mg_ledger_build(struct mg_ledger *l, const struct mg_case *c)
{
	*l = (struct mg_ledger){ 0 };
	from_deaths(l, c);
	from_objects(l, c);
	from_previous_logs(l, c);
	for (size_t i = 0; i < l->n; i++) {
		if (l->row[i].time_ns != MG_TIME_NONE) {
			find_start(&l->row[i], c);
			find_gap(&l->row[i], c);
		}
		find_status(&l->row[i], c);
	}
	if (l->n)
		qsort(l->row, l->n, sizeof(*l->row), by_time);
}

void mg_ledger_release(struct mg_ledger *l)
{
	free(l->row);
	*l = (struct mg_ledger){ 0 };
}
