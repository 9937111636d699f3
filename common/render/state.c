/* SPDX-License-Identifier: Apache-2.0 */
#include "render/state.h"

#include <stdio.h>

#include "base/map.h"
#include "base/mem.h"
#include "render/grid.h"
#include "render/state_reasons.h"
#include "render/text.h"

#define MESSAGE 90 /* columns of a message in a table */

struct view {
	const struct mg_case       *c;
	const struct mg_state_opts *o;
	struct mg_buf              *b;
	bool                        any;
};

bool mg_state_event(const struct mg_event *e)
{
	switch (e->kind) {
	case MG_EV_POD_TERMINATED:
	case MG_EV_POD_OOM_KILLED:
	case MG_EV_POD_WAITING:
	case MG_EV_POD_RESTARTS:
	case MG_EV_POD_STARTED:
	case MG_EV_NODE_CONDITION:
	case MG_EV_NAMESPACE_STUCK:
	case MG_EV_OPERATOR_CONDITION:
	case MG_EV_APISERVICE_DOWN:
	case MG_EV_CLUSTER_VERSION:
	case MG_EV_OBJECT:
	case MG_EV_OBJECT_CHANGED:
	case MG_EV_LEASE:
	case MG_EV_CERTIFICATE:
	case MG_EV_CSR:
	case MG_EV_APF_LEVEL:
	case MG_EV_APF_QUEUE:
	case MG_EV_APF_REQUEST:
	case MG_EV_USAGE:
	case MG_EV_K8S_EVENT:
	case MG_EV_KUBELET_EVICTION:
	case MG_EV_ETCD_NOSPACE:
	case MG_EV_ETCD_ALARM:
	case MG_EV_ETCD_ERROR:
		return true;
	default:
		return false;
	}
}

static bool shown(const struct view *v, const struct mg_event *e)
{
	return !v->o->shown || v->o->shown(v->o->ctx, e);
}

static void cell_time(struct mg_grid *g, int64_t ns)
{
	char text[40];

	mg_grid_cell(g, mg_strz(ns == MG_TIME_NONE ? "-" : mg_time_format(ns, 0, text, sizeof(text))));
}

/* A message in one column, cut. */
static void cell_message(struct mg_grid *g, struct mg_str s)
{
	struct mg_buf t = { 0 };

	mg_text_escape(&t, s, MESSAGE);
	mg_grid_cell(g, mg_buf_str(&t));
	mg_buf_release(&t);
}

static void print(struct view *v, const char *title, struct mg_grid *g)
{
	if (g->n > g->ncol) {
		mg_buf_printf(v->b, "%s%s\n", v->any ? "\n" : "", title);
		mg_grid_print(g, v->b, 2, 0, v->o->headings);
		v->any = true;
	}
	mg_grid_release(g);
}

/* --- containers ----------------------------------------------------------------------- */

struct container {
	const struct mg_event *end, *waiting, *restarts, *started; /* the latest of each */
	bool                   bad;
};

static void newer(const struct mg_event **slot, const struct mg_event *e)
{
	if (!*slot || e->time_ns >= (*slot)->time_ns)
		*slot = e;
}

static void container_event(struct container *k, const struct mg_event *e)
{
	switch (e->kind) {
	case MG_EV_POD_OOM_KILLED:
	case MG_EV_POD_TERMINATED:
		newer(&k->end, e);
		k->bad |= e->severity >= MG_SEV_WARNING;
		break;
	case MG_EV_POD_WAITING:
		newer(&k->waiting, e);
		k->bad = true;
		break;
	case MG_EV_POD_RESTARTS:
		newer(&k->restarts, e);
		k->bad = true;
		break;
	default:
		newer(&k->started, e);
		break;
	}
}

static bool is_container(const struct mg_event *e)
{
	return e->kind == MG_EV_POD_TERMINATED || e->kind == MG_EV_POD_OOM_KILLED ||
	       e->kind == MG_EV_POD_WAITING || e->kind == MG_EV_POD_RESTARTS ||
	       e->kind == MG_EV_POD_STARTED;
}

static void container_row(struct mg_grid *g, const struct container *k)
{
	const struct mg_event *e = k->end ? k->end : k->waiting ? k->waiting
					: k->restarts ? k->restarts : k->started;

	mg_grid_cellf(g, "%.*s/%.*s", MG_FMT(e->ns), MG_FMT(e->pod));
	mg_grid_cell(g, mg_event_attr(e, "container"));
	mg_grid_cell(g, e->node);
	mg_grid_count(g, k->restarts ? k->restarts->count : 0);
	cell_time(g, k->end ? k->end->time_ns : MG_TIME_NONE);
	mg_grid_cell(g, k->end ? mg_event_attr(k->end, "exit_code") : mg_str("", 0));
	mg_grid_cell(g, k->end ? mg_event_attr(k->end, "reason") : mg_str("", 0));
	mg_grid_cell(g, k->waiting ? mg_event_attr(k->waiting, "reason") : mg_str("", 0));
}

static void containers(struct view *v)
{
	struct mg_intern  keys = { 0 };
	struct container *k = NULL;
	size_t            n = 0, cap = 0;
	struct mg_buf     key = { 0 };
	struct mg_grid    g;

	for (size_t i = 0; i < v->c->events.n; i++) {
		const struct mg_event *e = &v->c->events.ev[i];
		uint32_t               id;

		if (!is_container(e) || !shown(v, e))
			continue;
		mg_buf_clear(&key);
		mg_buf_printf(&key, "%.*s/%.*s/%.*s", MG_FMT(e->ns), MG_FMT(e->pod),
			      MG_FMT(mg_event_attr(e, "container")));
		id = mg_intern_id(&keys, mg_buf_str(&key));
		if (id == n)
			MG_PUSH(k, n, cap, (struct container){ 0 });
		container_event(&k[id], e);
	}
	mg_grid_init(&g, "pod|container|node|>restarts|ended|>exit|reason|waits");
	for (size_t i = 0; i < n; i++)
		if (k[i].bad || v->o->all)
			container_row(&g, &k[i]);
	print(v, "CONTAINERS", &g);
	mg_buf_release(&key);
	mg_intern_release(&keys);
	free(k);
}

/* --- conditions: one line each -------------------------------------------------------- */

static bool in_list(const enum mg_event_kind *kinds, enum mg_event_kind k)
{
	for (; *kinds != MG_EV_COUNT; kinds++)
		if (*kinds == k)
			return true;
	return false;
}

static void conditions(struct view *v, const char *title, const enum mg_event_kind *kinds)
{
	struct mg_intern seen = { 0 };
	struct mg_grid   g;

	mg_grid_init(&g, "since|severity|message");
	for (size_t i = 0; i < v->c->events.n; i++) {
		const struct mg_event *e = &v->c->events.ev[i];
		uint32_t               before = seen.n;

		if (!in_list(kinds, e->kind) || !shown(v, e))
			continue;
		if (mg_intern_id(&seen, e->message) != before)
			continue;
		cell_time(&g, e->time_ns);
		mg_grid_cell(&g, mg_strz(mg_severity_name(e->severity)));
		mg_grid_cell(&g, e->message);
	}
	print(v, title, &g);
	mg_intern_release(&seen);
}

/* --- events by reason ------------------------------------------------------------------- */

static void reasons(struct view *v)
{
	size_t            n;
	struct mg_reason *r = mg_reasons_collect(v->c, v->o->all ? MG_SEV_DEBUG : MG_SEV_WARNING,
						 v->o->shown, v->o->ctx, &n);
	struct mg_grid    g;

	mg_grid_init(&g, ">count|>objects|kind|reason|from|first|last|last message");
	for (size_t i = 0; i < n; i++) {
		const struct mg_event *e = r[i].last;

		mg_grid_count(&g, r[i].count);
		mg_grid_count(&g, r[i].objects);
		mg_grid_cell(&g, mg_event_attr(e, "object_kind"));
		mg_grid_cell(&g, mg_event_attr(e, "reason"));
		mg_grid_cell(&g, e->component);
		cell_time(&g, r[i].first_ns);
		cell_time(&g, r[i].last_ns);
		cell_message(&g, e->message);
	}
	print(v, v->o->all ? "EVENTS" : "WARNING EVENTS", &g);
	free(r);
}

void mg_render_state(struct mg_buf *b, const struct mg_case *c, const struct mg_state_opts *o)
{
	static const enum mg_event_kind
		node[] = { MG_EV_NODE_CONDITION, MG_EV_COUNT },
		operators[] = { MG_EV_OPERATOR_CONDITION, MG_EV_COUNT },
		apis[] = { MG_EV_APISERVICE_DOWN, MG_EV_COUNT },
		spaces[] = { MG_EV_NAMESPACE_STUCK, MG_EV_COUNT },
		evictions[] = { MG_EV_KUBELET_EVICTION, MG_EV_COUNT },
		etcd[] = { MG_EV_ETCD_NOSPACE, MG_EV_ETCD_ALARM, MG_EV_ETCD_ERROR, MG_EV_COUNT };
	struct view v = { c, o, b, false };

	containers(&v);
	conditions(&v, "EVICTED PODS", evictions);
	conditions(&v, "NODES", node);
	conditions(&v, "CLUSTER OPERATORS", operators);
	conditions(&v, "API SERVICES", apis);
	conditions(&v, "NAMESPACES BEING DELETED", spaces);
	conditions(&v, "ETCD", etcd);
	reasons(&v);
	if (!v.any)
		mg_buf_addz(b, "nothing out of order in the objects read\n");
}
