/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/zonecheck.h"

#include <stdio.h>
#include <stdlib.h>

#include "analysis/clock.h"
#include "base/mem.h"

/* A log may begin or end a little before or after all others. */
#define SLACK_NS   (5 * MG_MIN)
#define ZONE_MAX   (14 * MG_HOUR) /* zones are whole quarters of an hour, up to +14:00 */
#define ZONE_STEP  (15 * MG_MIN)
#define YEARS      2
#define MIN_EVENTS 3 /* fewer may be by chance where they are */

struct span {
	int64_t  lo, hi;
	uint32_t n;
	bool     year; /* the year was assumed, too */
};

static void widen(struct span *s, int64_t lo, int64_t hi)
{
	if (s->n++ == 0) {
		s->lo = lo;
		s->hi = hi;
		return;
	}
	s->lo = lo < s->lo ? lo : s->lo;
	s->hi = hi > s->hi ? hi : s->hi;
}

static bool assumed(const struct mg_event *e)
{
	return e->time_source == MG_TIME_ASSUMED_YEAR || e->time_source == MG_TIME_ASSUMED_ZONE;
}

/* Exact events that tell of the incident, and the audit log. */
static struct span certain(const struct mg_case *c)
{
	struct span s = { 0 };
	int64_t     first, last;

	if (mg_requests_count(c->audit)) {
		mg_requests_span(c->audit, &first, &last);
		if (first != MG_TIME_NONE)
			widen(&s, first, last);
	}
	for (size_t i = 0; i < c->events.n; i++) {
		const struct mg_event *e = &c->events.ev[i];

		if (e->time_source == MG_TIME_EXACT && mg_clock_spans(e) && e->kind != MG_EV_GAP)
			widen(&s, e->time_ns, mg_event_end(e));
	}
	return s;
}

static bool fits(const struct span *a, const struct span *all, int64_t shift)
{
	return a->lo + shift >= all->lo - SLACK_NS && a->hi + shift <= all->hi + SLACK_NS;
}

static int64_t in_year(int64_t ns, int years)
{
	struct mg_civil c = mg_time_civil(ns);

	c.year += years;
	return mg_time_from_civil(&c);
}

/* Another year, else the zone nearest to UTC, that puts the artifact among the others. */
static bool doubt(const struct span *a, const struct span *all, struct mg_zone_doubt *d)
{
	for (int y = 1; a->year && y <= YEARS; y++)
		for (int sign = -1; sign <= 1; sign += 2)
			if (fits(a, all, in_year(a->lo, sign * y) - a->lo)) {
				d->years = sign * y;
				return true;
			}
	for (int64_t z = ZONE_STEP; z <= ZONE_MAX; z += ZONE_STEP)
		for (int sign = -1; sign <= 1; sign += 2)
			if (fits(a, all, -sign * z)) {
				d->zone_ns = sign * z;
				return true;
			}
	return false;
}

struct mg_zone_doubt *mg_zone_check(const struct mg_case *c, size_t *n)
{
	struct span           all = certain(c), *of;
	struct mg_zone_doubt *out = NULL;
	size_t                len = 0, cap = 0;

	*n = 0;
	if (all.n == 0 || c->nartifacts == 0)
		return NULL;
	of = mg_zalloc(c->nartifacts * sizeof(*of));
	for (size_t i = 0; i < c->events.n; i++) {
		const struct mg_event *e = &c->events.ev[i];

		if (!assumed(e) || e->artifact >= c->nartifacts)
			continue;
		widen(&of[e->artifact], e->time_ns, mg_event_end(e));
		of[e->artifact].year |= e->time_source == MG_TIME_ASSUMED_YEAR;
	}
	for (uint32_t i = 0; i < c->nartifacts; i++) {
		struct mg_zone_doubt d = { .artifact = i };

		if (of[i].n < MIN_EVENTS || (of[i].lo <= all.hi && of[i].hi >= all.lo))
			continue; /* nothing, or at least partly among the others */
		if (doubt(&of[i], &all, &d))
			MG_PUSH(out, len, cap, d);
	}
	free(of);
	*n = len;
	return out;
}

const char *mg_zone_text(int64_t zone_ns, char *buf, size_t size)
{
	int64_t m = llabs(zone_ns) / MG_MIN;

	snprintf(buf, size, "%c%02d:%02d", zone_ns < 0 ? '-' : '+', (int)(m / 60), (int)(m % 60));
	return buf;
}
