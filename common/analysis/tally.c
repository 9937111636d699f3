/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/tally.h"

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
