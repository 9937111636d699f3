/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/gap.h"

#include <stdlib.h>

#include "base/mem.h"

/* A pause is a gap from this length on, and when it is so many times the usual pause (the
 * 99th percentile of all pauses between seconds in which requests ended). */
#define GAP_MIN_SECONDS 4
#define GAP_TIMES_USUAL 2
/* With fewer busy seconds than this nothing is usual. */
#define GAP_MIN_DATA 30

static int cmp_i64(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static int64_t usual_pause(const struct mg_second *s, size_t n)
{
	int64_t *d = mg_alloc(sizeof(*d) * n), usual;

	for (size_t i = 1; i < n; i++)
		d[i - 1] = s[i].second - s[i - 1].second;
	qsort(d, n - 1, sizeof(*d), cmp_i64);
	usual = d[(n - 1) * 99 / 100];
	free(d);
	return usual;
}

/* The artifact to name: the audit log that covers the moment, else the first one. */
static uint32_t audit_log_at(const struct mg_case *c, int64_t ns)
{
	uint32_t first = 0;
	bool     any = false;

	for (uint32_t i = 0; i < c->nartifacts; i++) {
		const struct mg_artifact *a = &c->artifacts[i];

		if (a->kind != MG_KIND_AUDIT)
			continue;
		if (a->stats.first_ns <= ns && ns <= a->stats.last_ns)
			return i;
		first = any ? first : i;
		any = true;
	}
	return first;
}

static void add_gap(struct mg_case *c, int64_t from, int64_t to, double per_second)
{
	struct mg_event *e = mg_batch_add(&c->events, MG_EV_GAP, MG_SEV_INFO);
	char             d[24];

	e->time_ns = from;
	e->duration_ns = to - from;
	e->time_source = MG_TIME_DERIVED;
	e->component = MG_STR("kube-apiserver");
	e->artifact = audit_log_at(c, from);
	e->message = mg_arena_printf(&c->events.arena,
				     "no request ended for %s in the audit log (usually %.0f a second)",
				     mg_duration_text(to - from, d, sizeof(d)), per_second);
}

void mg_gap_find(struct mg_case *c)
{
	size_t                  n;
	const struct mg_second *s = mg_requests_seconds(c->audit, &n);
	int64_t                 usual;
	double                  rate;

	if (n < GAP_MIN_DATA)
		return;
	usual = usual_pause(s, n);
	rate = (double)mg_requests_count(c->audit) / (double)n;
	for (size_t i = 1; i < n; i++) {
		int64_t pause = s[i].second - s[i - 1].second;

		if (pause >= GAP_MIN_SECONDS && pause >= usual * GAP_TIMES_USUAL)
			add_gap(c, (s[i - 1].second + 1) * MG_SEC, s[i].second * MG_SEC, rate);
	}
}
