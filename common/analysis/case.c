/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/case.h"

#include <stdlib.h>

#include "analysis/clock.h"
#include "analysis/derive.h"
#include "analysis/gap.h"
#include "base/mem.h"

void mg_case_init(struct mg_case *c)
{
	*c = (struct mg_case){ .first_ns = MG_TIME_NONE, .last_ns = MG_TIME_NONE,
				 .since_ns = MG_TIME_NONE, .until_ns = MG_TIME_NONE };
	c->audit = mg_requests_new();
	c->http = mg_requests_new();
}

/* Must two events of one kind be the same thing, told by two artifacts?  Pods stand in
 * pods.yaml and in their own file; a kill in dmesg and in dmesg -T. */
static bool same_thing(const struct mg_event *a, const struct mg_event *b)
{
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case MG_EV_KERNEL_OOM_KILL:
		return mg_str_eq(a->node, b->node) &&
		       llabs(a->time_ns - b->time_ns) <= 2 * MG_SEC &&
		       mg_event_attr_i64(a, "pid", -1) == mg_event_attr_i64(b, "pid", -2);
	case MG_EV_POD_TERMINATED:
	case MG_EV_POD_OOM_KILLED:
	case MG_EV_POD_RESTARTS:
	case MG_EV_POD_WAITING:
	case MG_EV_POD_STARTED:
		return a->time_ns == b->time_ns && a->count == b->count &&
		       mg_str_eq(a->ns, b->ns) && mg_str_eq(a->pod, b->pod) &&
		       mg_str_eq(mg_event_attr(a, "container"), mg_event_attr(b, "container"));
	case MG_EV_NODE_CONDITION:
	case MG_EV_NAMESPACE_STUCK:
	case MG_EV_OPERATOR_CONDITION:
	case MG_EV_APISERVICE_DOWN:
	case MG_EV_CLUSTER_VERSION:
	case MG_EV_CSR:
		return a->time_ns == b->time_ns && a->artifact != b->artifact &&
		       mg_str_eq(a->name, b->name) && mg_str_eq(a->node, b->node) &&
		       mg_str_eq(a->message, b->message);
	default:
		return false;
	}
}

/* May `later` still be a repeat of `earlier`, or of something before it? */
static bool near(const struct mg_event *later, const struct mg_event *earlier)
{
	if (later->kind != MG_EV_KERNEL_OOM_KILL || earlier->time_ns == MG_TIME_NONE)
		return later->time_ns == earlier->time_ns;
	return later->time_ns - earlier->time_ns <= 2 * MG_SEC;
}

/* Stacks of a dump are thousands at one instant, and never repeats. */
static bool alone(const struct mg_event *e)
{
	return e->kind == MG_EV_GOROUTINE_DUMP || e->kind == MG_EV_GOROUTINE_STUCK;
}

/* Sorted events that are the same lie close together: within the two seconds of a kernel
 * stamp, or at the same instant. */
static void drop_repeats(struct mg_batch *b)
{
	size_t keep = 0;

	for (size_t i = 0; i < b->n; i++) {
		bool repeat = false;

		for (size_t k = keep; !alone(&b->ev[i]) && k-- > 0 && !repeat;) {
			if (!near(&b->ev[i], &b->ev[k]))
				break;
			repeat = same_thing(&b->ev[i], &b->ev[k]);
		}
		if (!repeat)
			b->ev[keep++] = b->ev[i];
	}
	b->n = keep;
}

void mg_case_window(struct mg_case *c, int64_t since_ns, int64_t until_ns)
{
	c->since_ns = since_ns;
	c->until_ns = until_ns;
}

static bool wanted(const struct mg_case *c, int64_t start, int64_t end)
{
	return start != MG_TIME_NONE &&
	       (c->since_ns == MG_TIME_NONE || end >= c->since_ns) &&
	       (c->until_ns == MG_TIME_NONE || start < c->until_ns);
}

static void cut_to_window(struct mg_case *c)
{
	size_t keep = 0;

	if (c->since_ns == MG_TIME_NONE && c->until_ns == MG_TIME_NONE)
		return;
	for (size_t i = 0; i < c->events.n; i++)
		if (wanted(c, c->events.ev[i].time_ns, mg_event_end(&c->events.ev[i])))
			c->events.ev[keep++] = c->events.ev[i];
	c->events.n = keep;
	keep = 0;
	for (size_t i = 0; i < c->samples.n; i++)
		if (wanted(c, c->samples.s[i].time_ns, c->samples.s[i].time_ns))
			c->samples.s[keep++] = c->samples.s[i];
	c->samples.n = keep;
}

void mg_case_finish(struct mg_case *c)
{
	mg_clock_resolve_years(c);
	mg_clock_resolve_boot(c);
	cut_to_window(c);
	mg_gap_find(c);
	mg_batch_sort(&c->events);
	drop_repeats(&c->events);
	mg_samples_sort(&c->samples);
	mg_samples_derive(&c->derived, &c->samples);
	mg_clock_span(c);
}

void mg_case_release(struct mg_case *c)
{
	mg_batch_release(&c->events);
	mg_requests_free(c->audit);
	mg_requests_free(c->http);
	mg_samples_release(&c->samples);
	mg_samples_release(&c->derived);
	mg_arena_release(&c->arena);
	free(c->inputs);
	free(c->artifacts);
	free(c->faults);
	*c = (struct mg_case){ 0 };
}

struct mg_requests *mg_case_requests(const struct mg_case *c)
{
	return mg_requests_count(c->audit) ? c->audit : c->http;
}

bool mg_case_has(const struct mg_case *c, enum mg_kind k)
{
	for (uint32_t i = 0; i < c->nartifacts; i++)
		if (c->artifacts[i].kind == k && c->artifacts[i].stats.records)
			return true;
	return false;
}

struct mg_str mg_case_path(const struct mg_case *c, uint32_t artifact)
{
	return artifact < c->nartifacts ? c->artifacts[artifact].path : mg_str("", 0);
}

size_t mg_case_lower_bound(const struct mg_case *c, int64_t ns)
{
	size_t lo = 0, hi = c->events.n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (c->events.ev[mid].time_ns < ns)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}
