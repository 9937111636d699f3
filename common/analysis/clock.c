/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/clock.h"

#include <stdlib.h>

#include "base/mem.h"

/* A stamp further away from the bulk of the data than this, on its own, is an outlier. */
#define SPAN_GAP_NS (2 * MG_HOUR)
/* Share of the times that may be cut off at either end as outliers. */
#define SPAN_TRIM 0.005

int64_t mg_clock_with_year(int64_t ns_in_1970, int64_t reference)
{
	struct mg_civil c = mg_time_civil(ns_in_1970);
	int             year = mg_time_civil(reference + MG_DAY).year;
	int64_t         best;

	c.year = year;
	best = mg_time_from_civil(&c);
	if (best > reference + MG_DAY) {
		c.year = year - 1;
		best = mg_time_from_civil(&c);
	}
	return best;
}

int64_t mg_clock_window_reference(int64_t since_ns, int64_t until_ns)
{
	int64_t bound = since_ns != MG_TIME_NONE ? since_ns : until_ns;

	return bound == MG_TIME_NONE ? MG_TIME_NONE : bound + 182 * MG_DAY;
}

/* The latest time that is certain anywhere in the case; MG_TIME_NONE when there is none. */
static int64_t latest_certain(const struct mg_case *c)
{
	int64_t best = MG_TIME_NONE;

	for (uint32_t i = 0; i < c->nartifacts; i++) {
		int64_t t = c->artifacts[i].stats.last_ns;

		if (t != MG_TIME_NONE && (best == MG_TIME_NONE || t > best))
			best = t;
	}
	return best;
}

static int64_t reference(const struct mg_case *c, const struct mg_artifact *a, int64_t everywhere)
{
	int64_t ref = a->stats.last_ns;

	if (ref == MG_TIME_NONE)
		ref = everywhere;
	if (ref == MG_TIME_NONE)
		ref = a->source.mtime_ns;
	for (uint32_t i = 0; ref == MG_TIME_NONE && i < c->nartifacts; i++)
		ref = c->artifacts[i].source.mtime_ns;
	return ref != MG_TIME_NONE ? ref : mg_clock_window_reference(c->since_ns, c->until_ns);
}

int64_t mg_clock_reference(const struct mg_case *c, uint32_t artifact)
{
	return reference(c, &c->artifacts[artifact], latest_certain(c));
}

void mg_clock_resolve_years(struct mg_case *c)
{
	int64_t everywhere = latest_certain(c);

	for (size_t i = 0; i < c->events.n; i++) {
		struct mg_event *e = &c->events.ev[i];
		int64_t          ref;

		if (e->time_source != MG_TIME_YEARLESS)
			continue;
		ref = reference(c, &c->artifacts[e->artifact], everywhere);
		if (ref == MG_TIME_NONE) {
			e->time_source = MG_TIME_UNKNOWN;
			e->time_ns = MG_TIME_NONE;
			continue;
		}
		e->time_ns = mg_clock_with_year(e->time_ns, ref);
		e->time_source = MG_TIME_ASSUMED_YEAR;
	}
}

/* Bounds on (wall - boot) of one node.  A wall stamp of whole seconds is cut off, so the
 * true offset lies in [lo, hi + 1 s). */
struct boot_offset {
	struct mg_str node;
	int64_t       lo, hi;
};

static bool same_kill(const struct mg_event *a, const struct mg_event *b)
{
	return a->kind == b->kind && mg_str_eq(a->node, b->node) &&
	       mg_event_attr_i64(a, "pid", -1) == mg_event_attr_i64(b, "pid", -2) &&
	       mg_str_eq(a->component, b->component);
}

static struct boot_offset *offset_of(struct boot_offset *o, size_t n, struct mg_str node)
{
	for (size_t i = 0; i < n; i++)
		if (mg_str_eq(o[i].node, node))
			return &o[i];
	return NULL;
}

static void learn(struct boot_offset **o, size_t *n, size_t *cap, const struct mg_event *boot,
		  const struct mg_event *wall)
{
	struct boot_offset *k = offset_of(*o, *n, boot->node);
	int64_t             d = wall->time_ns - boot->time_ns;

	if (!k) {
		struct boot_offset fresh = { boot->node, d, d };

		MG_PUSH(*o, *n, *cap, fresh);
		return;
	}
	k->lo = d > k->lo ? d : k->lo; /* the least truncated stamp bounds from below */
	k->hi = d < k->hi ? d : k->hi;
}

void mg_clock_resolve_boot(struct mg_case *c)
{
	struct boot_offset *off = NULL;
	size_t              n = 0, cap = 0;

	for (size_t i = 0; i < c->events.n; i++) {
		struct mg_event *b = &c->events.ev[i];

		if (b->time_source != MG_TIME_BOOT || b->kind != MG_EV_KERNEL_OOM_KILL)
			continue;
		for (size_t k = 0; k < c->events.n; k++) {
			struct mg_event *w = &c->events.ev[k];

			if (w->time_source != MG_TIME_BOOT && w->time_ns != MG_TIME_NONE &&
			    same_kill(b, w))
				learn(&off, &n, &cap, b, w);
		}
	}
	for (size_t i = 0; i < c->events.n; i++) {
		struct mg_event    *e = &c->events.ev[i];
		struct boot_offset *o;

		if (e->time_source != MG_TIME_BOOT)
			continue;
		o = offset_of(off, n, e->node);
		e->time_ns = o ? e->time_ns + o->lo : MG_TIME_NONE;
		e->time_source = o ? MG_TIME_DERIVED : MG_TIME_UNKNOWN;
	}
	free(off);
}

bool mg_clock_spans(const struct mg_event *e)
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
	case MG_EV_OBJECT_CHANGED:
	case MG_EV_APF_REQUEST:
	case MG_EV_K8S_EVENT:
	case MG_EV_GOROUTINE_STUCK:
	case MG_EV_GOROUTINE_DUMP:
	case MG_EV_HEAP_PROFILE:
		return false;
	default:
		return e->time_ns != MG_TIME_NONE && !mg_event_is_state(e->kind);
	}
}

static int cmp_i64(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static void collect(struct mg_case *c, int64_t **t, size_t *n, size_t *cap)
{
	struct mg_requests *r[] = { c->audit, c->http };

	for (size_t k = 0; k < 2; k++) {
		size_t                  ns;
		const struct mg_second *s = mg_requests_seconds(r[k], &ns);

		for (size_t i = 0; i < ns; i++)
			MG_PUSH(*t, *n, *cap, s[i].second * MG_SEC);
	}
	for (size_t i = 0; i < c->events.n; i++)
		if (mg_clock_spans(&c->events.ev[i]))
			MG_PUSH(*t, *n, *cap, mg_event_end(&c->events.ev[i]));
	for (size_t i = 0; i < c->samples.n; i++)
		MG_PUSH(*t, *n, *cap, c->samples.s[i].time_ns);
}

void mg_clock_span(struct mg_case *c)
{
	int64_t *t = NULL;
	size_t   n = 0, cap = 0, lo, hi;

	collect(c, &t, &n, &cap);
	if (n == 0) { /* objects only */
		for (size_t i = 0; i < c->events.n; i++)
			if (c->events.ev[i].time_ns != MG_TIME_NONE &&
			    !mg_event_is_state(c->events.ev[i].kind))
				MG_PUSH(t, n, cap, c->events.ev[i].time_ns);
		if (n == 0)
			return;
	}
	qsort(t, n, sizeof(*t), cmp_i64);
	/* From the bulk outwards, as long as the next stamp is near. */
	lo = (size_t)((double)n * SPAN_TRIM);
	hi = n - 1 - lo;
	while (lo > 0 && t[lo] - t[lo - 1] <= SPAN_GAP_NS)
		lo--;
	while (hi + 1 < n && t[hi + 1] - t[hi] <= SPAN_GAP_NS)
		hi++;
	c->first_ns = t[lo];
	c->last_ns = t[hi];
	c->outliers = lo + (n - 1 - hi);
	free(t);
}
