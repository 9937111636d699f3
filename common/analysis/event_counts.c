/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/event_counts.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/order.h"

/* Times that leave room for a step on either side: from 1823 to 2116. */
#define FAR (INT64_MAX / 2)

static const char *const key_names[] = { "kind", "severity", "source", "component", "node", "pod",
					 "namespace", "resource", "user", "verb", "code", "file" };

const char *mg_event_key_name(enum mg_event_key k)
{
	return k < MG_KEY_COUNT ? key_names[k] : NULL;
}

enum mg_event_key mg_event_key_parse(const char *name)
{
	unsigned k = 0;

	while (k < MG_KEY_COUNT && strcmp(name, key_names[k]) != 0)
		k++;
	return (enum mg_event_key)k;
}

/* "component@node", put together in `scratch`. */
static struct mg_str source(const struct mg_event *e, char *scratch, size_t size)
{
	struct mg_str who = e->component.n ? e->component : e->pod;
	int           n;

	if (!e->node.n)
		return who;
	n = snprintf(scratch, size, "%.*s@%.*s", MG_FMT(who), MG_FMT(e->node));
	return mg_str(scratch, (size_t)n < size ? (size_t)n : size - 1);
}

static struct mg_str key_of(enum mg_event_key by, const struct mg_event *e, struct mg_str path,
			    char *scratch, size_t size)
{
	switch (by) {
	case MG_KEY_KIND: return mg_strz(mg_event_kind_name(e->kind));
	case MG_KEY_SEVERITY: return mg_strz(mg_severity_name(e->severity));
	case MG_KEY_SOURCE: return source(e, scratch, size);
	case MG_KEY_COMPONENT: return e->component;
	case MG_KEY_NODE: return e->node;
	case MG_KEY_POD: return e->pod;
	case MG_KEY_NAMESPACE: return e->ns;
	case MG_KEY_RESOURCE: return e->resource;
	case MG_KEY_USER: return e->user;
	case MG_KEY_VERB: return e->verb;
	case MG_KEY_CODE:
		return e->code ? mg_str(scratch, (size_t)snprintf(scratch, size, "%u", e->code)) :
				 mg_str("", 0);
	case MG_KEY_FILE:
	case MG_KEY_COUNT: break;
	}
	return path;
}

/* Twice the step: two counters become one.  Steps begin at whole multiples of the step, so
 * that the first counter may have to join what lies before it. */
static void widen(struct mg_event_counts *c)
{
	size_t odd = (size_t)(c->start_ns / c->step_ns & 1);

	for (uint32_t k = 0; k < c->names.n; k++) {
		struct mg_count_group *g = &c->g[k];
		size_t                 n = g->n ? (g->n - 1 + odd) / 2 + 1 : 0;

		for (size_t i = 0; i < g->n; i++) {
			uint32_t v = g->v[i];

			g->v[i] = 0;
			g->v[(i + odd) / 2] += v;
		}
		g->n = n;
	}
	c->start_ns -= (int64_t)odd * c->step_ns;
	c->step_ns *= 2;
}

/* Room for `k` steps before the first: an event that came late. */
static void shift(struct mg_event_counts *c, size_t k)
{
	for (uint32_t i = 0; i < c->names.n; i++) {
		struct mg_count_group *g = &c->g[i];

		g->v = mg_realloc(g->v, MG_COUNTS_STEPS, sizeof(*g->v));
		memmove(g->v + k, g->v, g->n * sizeof(*g->v));
		memset(g->v, 0, k * sizeof(*g->v));
		g->n += k;
	}
	c->start_ns = (int64_t)((uint64_t)c->start_ns - k * (uint64_t)c->step_ns);
}

static int64_t floor_step(int64_t ns, int64_t step)
{
	int64_t rest = ns % step;

	return ns - (rest < 0 ? rest + step : rest);
}

/* Whole steps from one time to a later one, which may be further than int64_t reaches. */
static size_t steps_between(const struct mg_event_counts *c, int64_t from, int64_t to)
{
	return (size_t)(((uint64_t)to - (uint64_t)from) / (uint64_t)c->step_ns);
}

/* The step that `ns` falls into; the counters are widened or moved until there is one. */
static size_t step_of(struct mg_event_counts *c, int64_t ns)
{
	if (!c->names.n) {
		c->start_ns = floor_step(ns, c->step_ns);
		c->last_ns = ns;
	}
	if (ns > c->last_ns)
		c->last_ns = ns;
	while ((ns < c->start_ns ? steps_between(c, ns, c->last_ns) :
				   steps_between(c, c->start_ns, ns)) + 2 > MG_COUNTS_STEPS)
		widen(c);
	if (ns < c->start_ns)
		shift(c, steps_between(c, floor_step(ns, c->step_ns), c->start_ns));
	return steps_between(c, c->start_ns, ns);
}

static struct mg_count_group *group_of(struct mg_event_counts *c, struct mg_str name)
{
	uint32_t had = c->names.n, id = mg_intern_find(&c->names, name);

	if (id != MG_NONE)
		return &c->g[id];
	if (had >= MG_COUNTS_GROUPS)
		return NULL;
	if (had == c->cap) {
		c->cap = c->cap ? c->cap * 2 : 64;
		c->g = mg_realloc(c->g, c->cap, sizeof(*c->g));
	}
	id = mg_intern_id(&c->names, name);
	c->g[id] = (struct mg_count_group){ .name = mg_intern_str(&c->names, id) };
	return &c->g[id];
}

void mg_event_counts_add(struct mg_event_counts *c, const struct mg_event *e, struct mg_str path)
{
	struct mg_count_group *g;
	char                   scratch[512];
	size_t                 i;

	if (e->time_ns < -FAR || e->time_ns > FAR) {
		c->timeless += e->count;
		return;
	}
	i = step_of(c, e->time_ns);
	g = group_of(c, key_of(c->by, e, path, scratch, sizeof(scratch)));
	if (!g) {
		c->ungrouped += e->count;
		return;
	}
	if (i >= g->n) {
		size_t n = i + 1, room = n + n / 2;

		g->v = mg_realloc(g->v, room < MG_COUNTS_STEPS ? room : MG_COUNTS_STEPS,
				  sizeof(*g->v));
		memset(g->v + g->n, 0, (n - g->n) * sizeof(*g->v));
		g->n = n;
	}
	g->v[i] = e->count < UINT32_MAX - g->v[i] ? g->v[i] + e->count : UINT32_MAX;
	g->total += e->count;
	if (e->severity > g->worst)
		g->worst = e->severity;
}

static int by_total(const void *pa, const void *pb)
{
	const struct mg_count_group *a = pa, *b = pb;

	if (a->total != b->total)
		return a->total > b->total ? -1 : 1;
	return mg_str_cmp(a->name, b->name);
}

void mg_event_counts_sort(struct mg_event_counts *c)
{
	if (c->names.n)
		mg_order_first(c->g, c->names.n, sizeof(*c->g), c->names.n, by_total);
}

size_t mg_event_counts_steps(const struct mg_event_counts *c)
{
	return c->names.n ? steps_between(c, c->start_ns, c->last_ns) + 1 : 0;
}

void mg_event_counts_table(const struct mg_event_counts *c, uint32_t top, struct mg_arena *a,
			   struct mg_table *t)
{
	uint32_t shown = !top || top > c->names.n ? c->names.n : top;
	uint32_t ncol = shown + (shown < c->names.n);

	*t = (struct mg_table){ .name = "events", .unit = "count", .title = "Events",
				.start_ns = c->start_ns, .step_ns = c->step_ns,
				.n = mg_event_counts_steps(c), .ncol = ncol };
	t->col = mg_arena_alloc(a, ((size_t)ncol + 1) * sizeof(*t->col));
	for (uint32_t k = 0; k < ncol; k++) {
		double *v = mg_arena_alloc(a, (t->n + 1) * sizeof(*v));
		struct mg_str name = k == shown ? MG_STR("other") : c->g[k].name;

		for (size_t i = 0; i < t->n; i++)
			v[i] = 0;
		t->col[k] = (struct mg_column){ .name = name.n ? name : MG_STR("none"), .v = v,
						.any = true };
	}
	for (uint32_t k = 0; k < c->names.n; k++)
		for (size_t i = 0; i < c->g[k].n; i++)
			t->col[k < shown ? k : shown].v[i] += c->g[k].v[i];
}

void mg_event_counts_release(struct mg_event_counts *c)
{
	for (uint32_t i = 0; i < c->names.n; i++)
		free(c->g[i].v);
	free(c->g);
	mg_intern_release(&c->names);
}
