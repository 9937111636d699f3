/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "analysis/metricfinding.h"
#include "base/mem.h"
#include "render/state_views.h"

/* The metrics that were read, a row a series: what is derived from counters and histograms in
 * place of these. */

#define MIB (1024.0 * 1024)

/* How a value is best read. */
struct unit {
	const char *name;
	double      scale;
};

static struct unit unit_of(struct mg_str metric)
{
	if (mg_str_has(metric, MG_STR("_bytes")))
		return (struct unit){ "MiB", 1 / MIB };
	if (mg_str_starts(metric, MG_STR("rate(")))
		return (struct unit){ mg_str_has(metric, MG_STR("cpu")) ? "cores" : "/s", 1 };
	if (mg_str_ends(metric, MG_STR("_seconds")))
		return (struct unit){ mg_str_has(metric, MG_STR("duration")) ? "ms" : "s",
				      mg_str_has(metric, MG_STR("duration")) ? 1000 : 1 };
	return (struct unit){ mg_str_ends(metric, MG_STR("_ratio")) ? "share" : "", 1 };
}

/* Never anything but 0: nothing failed, nothing waited. */
static bool is_idle(const struct mg_sample_run *r)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->s[i].value != 0)
			return false;
	return true;
}

/* Shown by what is derived of it, or a point in time. */
static bool is_raw(struct mg_str metric)
{
	return mg_str_ends(metric, MG_STR("_bucket")) || mg_str_ends(metric, MG_STR("_total")) ||
	       mg_str_eq(metric, MG_STR("process_start_time_seconds"));
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* What tells the series of one metric apart, besides where they are from. */
static struct mg_str variant(struct mg_str labels)
{
	static const char *const keys[] = { "request_kind", "code", "name", "mode", "le", "container",
					    "job" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		struct mg_str v = mg_sample_label(labels, keys[i]);

		if (v.n)
			return v;
	}
	return mg_sample_label(labels, "since").n ? MG_STR("since start") : mg_str("", 0);
}

static void row(struct mg_sheet *s, const struct mg_sample_run *r)
{
	double               *v = mg_realloc(NULL, r->n, sizeof(*v));
	struct unit           u = unit_of(r->metric);
	bool                  p99 = mg_sample_label(r->labels, "quantile").n > 0;
	struct mg_sheet_cell *x = mg_sheet_row(s);

	for (size_t i = 0; i < r->n; i++)
		v[i] = r->s[i].value * u.scale;
	qsort(v, r->n, sizeof(*v), by_value);
	*x++ = mg_cell_text(p99 ? mg_arena_printf(&s->arena, "p99 %.*s", MG_FMT(r->metric)) : r->metric);
	*x++ = mg_cell_text(mg_metric_place(r->labels));
	*x++ = mg_cell_text(variant(r->labels));
	*x++ = mg_cell_int((int64_t)r->n);
	*x++ = mg_cell_time(r->s[0].time_ns);
	*x++ = mg_cell_time(r->s[r->n - 1].time_ns);
	*x++ = mg_cell_real(v[0]);
	*x++ = mg_cell_real(v[(r->n - 1) / 2]);
	*x++ = mg_cell_real(v[r->n - 1]);
	*x++ = mg_cell_real(r->s[r->n - 1].value * u.scale);
	*x++ = mg_cell_text(mg_strz(u.name));
	free(v);
}

void mg_state_metrics(struct mg_sheet *s, const struct mg_case *c, const struct mg_state_view_opts *o)
{
	const struct mg_samples *sets[] = { &c->derived, &c->samples };
	struct mg_sample_run     r;

	mg_sheet_column(s, "metric", "metric", MG_SHEET_TEXT);
	mg_sheet_column(s, "of", "of", MG_SHEET_TEXT);
	mg_sheet_column(s, "variant", "which", MG_SHEET_TEXT);
	mg_sheet_column(s, "samples", "samples", MG_SHEET_COUNT);
	mg_sheet_column(s, "first", "first", MG_SHEET_CLOCK);
	mg_sheet_column(s, "last_time", "until", MG_SHEET_CLOCK);
	mg_sheet_column(s, "min", "min", MG_SHEET_REAL);
	mg_sheet_column(s, "median", "median", MG_SHEET_REAL);
	mg_sheet_column(s, "max", "max", MG_SHEET_REAL);
	mg_sheet_column(s, "last", "last", MG_SHEET_REAL);
	mg_sheet_column(s, "unit", "unit", MG_SHEET_TEXT);
	for (size_t i = 0; i < 2; i++)
		for (size_t at = 0; mg_samples_next(sets[i], &at, &r);) {
			struct mg_event e = { .ns = mg_sample_label(r.labels, "namespace") };

			if ((o->all || (!is_raw(r.metric) && !is_idle(&r))) && mg_state_shown(o, &e))
				row(s, &r);
		}
}
