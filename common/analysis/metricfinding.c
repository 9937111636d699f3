/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/metricfinding.h"

#include <stdlib.h>

#include "base/mem.h"

static int64_t length(const struct mg_excess *e)
{
	int64_t d;

	return __builtin_sub_overflow(e->end_ns, e->start_ns, &d) ? INT64_MAX : d;
}

static void keep_longer(struct mg_excess *best, const struct mg_excess *e)
{
	if (!best->worst || length(e) > length(best) ||
	    (length(e) == length(best) && e->worst->value > best->worst->value))
		*best = *e;
}

void mg_metric_excess(struct mg_excess *best, const struct mg_samples *t, const char *metric,
		      double limit)
{
	struct mg_sample_run r;

	*best = (struct mg_excess){ .worst = NULL };
	for (size_t at = 0; mg_samples_next(t, &at, &r);) {
		struct mg_excess e = { .run = r, .since_start = mg_sample_label(r.labels, "since").n > 0 };

		if (!mg_str_eq(r.metric, mg_strz(metric)))
			continue;
		for (size_t i = 0; i < r.n; i++) {
			if (!(r.s[i].value > limit)) {
				e.worst = NULL;
				continue;
			}
			if (!e.worst)
				e.start_ns = r.s[i ? i - 1 : 0].time_ns;
			if (!e.worst || r.s[i].value > e.worst->value)
				e.worst = &r.s[i];
			e.end_ns = r.s[i].time_ns;
			keep_longer(best, &e);
		}
	}
}

bool mg_excess_held(const struct mg_excess *e, double seconds)
{
	return e->worst && (e->since_start || (double)length(e) >= seconds * (double)MG_SEC);
}

bool mg_excess_near(const struct mg_excess *e, int64_t from, int64_t to)
{
	return e->worst && e->start_ns - MG_MIN <= to && e->end_ns + MG_MIN >= from;
}

void mg_excess_evidence(struct mg_rule_ctx *x, struct mg_finding *f, const struct mg_excess *e,
			const char *what, const char *value)
{
	mg_find_evidence(x, f, e->worst->artifact, e->worst->line, e->worst->time_ns, "%s on %.*s: %s%s",
			 what, MG_FMT(mg_metric_place(e->run.labels)), value,
			 e->since_start ? ", since the process began" : "");
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(const struct mg_sample_run *r)
{
	double *v = mg_realloc(NULL, r->n, sizeof(*v)), m;

	for (size_t i = 0; i < r->n; i++)
		v[i] = r->s[i].value;
	qsort(v, r->n, sizeof(*v), by_value);
	m = v[(r->n - 1) / 2];
	free(v);
	return m;
}

bool mg_metric_highest(const struct mg_samples *t, const char *metric, struct mg_sample_run *run,
		       double *highest)
{
	struct mg_sample_run r;
	bool                 any = false;

	for (size_t at = 0; mg_samples_next(t, &at, &r);) {
		double m;

		if (!mg_str_eq(r.metric, mg_strz(metric)) || mg_sample_label(r.labels, "since").n)
			continue;
		m = median(&r);
		if (any && m <= *highest)
			continue;
		any = true;
		*highest = m;
		*run = r;
	}
	return any;
}

const struct mg_sample *mg_metric_last(const struct mg_samples *t, const char *metric,
				       struct mg_str labels)
{
	struct mg_sample_run r;

	for (size_t at = 0; mg_samples_next(t, &at, &r);)
		if (mg_str_eq(r.metric, mg_strz(metric)) && mg_str_eq(r.labels, labels))
			return &r.s[r.n - 1];
	return NULL;
}

struct mg_str mg_metric_place(struct mg_str labels)
{
	static const char *const keys[] = { "pod", "node", "instance", "source" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		struct mg_str v = mg_sample_label(labels, keys[i]);
		ptrdiff_t     port = mg_str_rchr(v, ':');

		if (v.n)
			return port > 0 ? mg_str_head(v, (size_t)port) : v;
	}
	return MG_STR("an unnamed process");
}

bool mg_metric_known(const struct mg_samples *t, const char *metric)
{
	struct mg_sample_run r;

	for (size_t at = 0; mg_samples_next(t, &at, &r);)
		if (mg_str_eq(r.metric, mg_strz(metric)))
			return true;
	return false;
}
