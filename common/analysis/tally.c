/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/tally.h"

#include <stdlib.h>

#include "base/mem.h"

struct mg_tally mg_tally_events(const struct mg_case *c, mg_event_is is)
{
	struct mg_tally t = { 0 };
	int64_t         minute = 0;
	uint64_t        in_minute = 0;

	for (size_t i = 0; i < c->events.n; i++) {
		const struct mg_event *e = &c->events.ev[i];

		if (e->time_ns == MG_TIME_NONE || !is(e))
			continue;
		t.first = t.first ? t.first : e;
		t.last = e;
		t.worst = !t.worst || e->duration_ns > t.worst->duration_ns ? e : t.worst;
		t.n += e->count;
		in_minute = e->time_ns / MG_MIN == minute ? in_minute + e->count : e->count;
		minute = e->time_ns / MG_MIN;
		if (in_minute > t.peak) {
			t.peak = in_minute;
			t.peak_ns = minute * MG_MIN;
		}
	}
	return t;
}

void mg_tally_tell(struct mg_rule_ctx *x, struct mg_finding *f, const struct mg_tally *t,
		   mg_event_is is)
{
	mg_find_event(x, f, t->worst);
	for (size_t i = 0; i < x->c->events.n; i++)
		if (is(&x->c->events.ev[i]) && &x->c->events.ev[i] != t->worst)
			mg_find_event(x, f, &x->c->events.ev[i]);
	mg_find_num(f, "count", (double)t->n);
}

/* --- names ------------------------------------------------------------------------------- */

void mg_counts_add(struct mg_counts *t, struct mg_str name, uint64_t n)
{
	uint32_t id = mg_intern_id(&t->names, name);

	if (id >= t->cap) {
		uint32_t cap = t->cap ? t->cap * 2 : 16;

		t->n = mg_realloc(t->n, cap, sizeof(*t->n));
		memset(t->n + t->cap, 0, (cap - t->cap) * sizeof(*t->n));
		t->cap = cap;
	}
	t->n[id] += n;
	t->total += n;
}

/* The next one after `last` in order of count, then of appearance. */
static uint32_t next_most(const struct mg_counts *t, uint32_t last)
{
	uint32_t best = MG_NONE;

	for (uint32_t i = 0; i < t->names.n; i++)
		if ((last == MG_NONE || t->n[i] < t->n[last] || (t->n[i] == t->n[last] && i > last)) &&
		    (best == MG_NONE || t->n[i] > t->n[best]))
			best = i;
	return best;
}

uint32_t mg_counts_top(const struct mg_counts *t)
{
	return next_most(t, MG_NONE);
}

struct mg_str mg_counts_text(struct mg_rule_ctx *x, const struct mg_counts *t, uint32_t show)
{
	struct mg_str text = { "", 0 };
	uint32_t      at = MG_NONE, left = t->names.n;

	for (uint32_t i = 0; i < show && i < t->names.n; i++, left--) {
		at = next_most(t, at);
		text = mg_arena_printf(&x->out->arena, "%.*s%s%.*s %llu", MG_FMT(text),
				       i ? ", " : "", MG_FMT(mg_intern_str(&t->names, at)),
				       (unsigned long long)t->n[at]);
	}
	if (left)
		text = mg_arena_printf(&x->out->arena, "%.*s and %u other%s", MG_FMT(text), left,
				       left == 1 ? "" : "s");
	return text;
}

void mg_counts_release(struct mg_counts *t)
{
	mg_intern_release(&t->names);
	free(t->n);
	*t = (struct mg_counts){ 0 };
}
