/* SPDX-License-Identifier: Apache-2.0 */
#include "render/table_export.h"

#include <math.h>

#include "base/time.h"
#include "render/sheet.h"

enum mg_export mg_export_parse(struct mg_str name)
{
	return mg_str_eq(name, MG_STR("openmetrics")) ? MG_EXPORT_OPENMETRICS :
	       mg_str_eq(name, MG_STR("csv"))	      ? MG_EXPORT_CSV :
							MG_EXPORTS;
}

/* Start of a step; the sum is within int64 but for the last step, see tsv.c. */
static int64_t step_ns(const struct mg_table *t, size_t i)
{
	return (int64_t)((uint64_t)t->start_ns + (uint64_t)i * (uint64_t)t->step_ns);
}

/* --- OpenMetrics --------------------------------------------------------------------- */

/* The base units of the specification, which are the end of the metric's name. */
static const char *base_unit(const char *unit)
{
	static const char *const units[][2] = { { "s", "seconds" }, { "bytes", "bytes" },
						{ "requests/s", "requests_per_second" } };

	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (strcmp(unit, units[i][0]) == 0)
			return units[i][1];
	return NULL;
}

/* mgtools_<table>[_<unit>], of letters, digits and '_'. */
static void metric_name(struct mg_buf *b, const struct mg_table *t)
{
	const char *unit = base_unit(t->unit);

	mg_buf_addz(b, "mgtools_");
	for (const char *p = t->name[0] ? t->name : "table"; *p; p++)
		mg_buf_addc(b, mg_is_digit(*p) || (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ?
				       *p : '_');
	if (unit)
		mg_buf_printf(b, "_%s", unit);
}

/* A label's value, or help: UTF-8 on one line, without other control characters. */
static void escaped(struct mg_buf *b, struct mg_str s)
{
	struct mg_buf clean = { 0 };

	mg_buf_utf8(&clean, s);
	for (size_t i = 0; i < clean.n; i++) {
		unsigned char c = (unsigned char)clean.p[i];

		if (c == '\\' || c == '"')
			mg_buf_printf(b, "\\%c", c);
		else if (c == '\n')
			mg_buf_addz(b, "\\n");
		else
			mg_buf_addc(b, c < 0x20 || c == 0x7f ? ' ' : (char)c);
	}
	mg_buf_release(&clean);
}

static bool same_metric(const struct mg_table *a, const struct mg_table *b)
{
	const char *ua = base_unit(a->unit), *ub = base_unit(b->unit);

	return strcmp(a->name, b->name) == 0 && (ua ? ua : "") == (ub ? ub : "");
}

/* The samples of one table; `nr` is 0 when it is the only one of its metric.  The
 * specification wants those of one series together and in order of time. */
static void samples(struct mg_buf *b, struct mg_str name, const struct mg_table *t, unsigned nr)
{
	for (uint32_t c = 0; c < t->ncol; c++)
		for (size_t i = 0; i < t->n; i++) {
			if (!isfinite(t->col[c].v[i]))
				continue;
			mg_buf_add(b, name);
			mg_buf_addz(b, "{series=\"");
			escaped(b, t->col[c].name);
			if (nr)
				mg_buf_printf(b, "\",table=\"%u", nr);
			mg_buf_printf(b, "\"} %.10g %.15g\n", t->col[c].v[i], (double)step_ns(t, i) / 1e9);
		}
}

/* All tables of the metric of t[first], unless an earlier one was of it. */
static void metric(struct mg_buf *b, const struct mg_table *t, size_t first, size_t n)
{
	const char   *unit = base_unit(t[first].unit);
	struct mg_buf name = { 0 };
	unsigned      nr = 0, all = 0;

	for (size_t i = 0; i < n; i++) {
		if (!same_metric(&t[i], &t[first]))
			continue;
		if (i < first)
			return;
		all++;
	}
	metric_name(&name, &t[first]);
	mg_buf_printf(b, "# TYPE %s gauge\n", name.p);
	if (unit)
		mg_buf_printf(b, "# UNIT %s %s\n", name.p, unit);
	mg_buf_printf(b, "# HELP %s ", name.p);
	escaped(b, mg_strz(t[first].title));
	mg_buf_addc(b, '\n');
	for (size_t i = first; i < n; i++)
		if (same_metric(&t[i], &t[first]))
			samples(b, mg_buf_str(&name), &t[i], all > 1 ? ++nr : 0);
	mg_buf_release(&name);
}

/* --- CSV --------------------------------------------------------------------------------- */

static void csv_rows(struct mg_buf *b, const struct mg_table *t)
{
	char time[40];

	for (size_t i = 0; i < t->n; i++)
		for (uint32_t c = 0; c < t->ncol; c++) {
			if (!isfinite(t->col[c].v[i]))
				continue;
			mg_buf_printf(b, "%s,", mg_time_format(step_ns(t, i), 3, time, sizeof(time)));
			mg_sheet_csv(b, mg_strz(t->name));
			mg_buf_addc(b, ',');
			mg_sheet_csv(b, t->col[c].name);
			mg_buf_addc(b, ',');
			mg_sheet_csv(b, mg_strz(t->unit));
			mg_buf_printf(b, ",%.10g\n", t->col[c].v[i]);
		}
}

void mg_export_tables(struct mg_buf *b, enum mg_export how, const struct mg_table *t, size_t n)
{
	if (how == MG_EXPORT_CSV)
		mg_buf_addz(b, "time,table,series,unit,value\n");
	for (size_t i = 0; i < n; i++)
		if (how == MG_EXPORT_CSV)
			csv_rows(b, &t[i]);
		else
			metric(b, t, i, n);
	if (how == MG_EXPORT_OPENMETRICS)
		mg_buf_addz(b, "# EOF\n");
}
