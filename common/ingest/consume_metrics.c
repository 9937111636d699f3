/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/consumer.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/num.h"
#include "ingest/metricfile.h"
#include "parse/metricscsv.h"
#include "parse/openmetrics.h"
#include "parse/promjson.h"

struct column {
	bool          time, bytes, sum;
	struct mg_str series; /* empty: not kept */
};

struct metrics {
	struct mg_metricfile f;
	enum { FORM_UNKNOWN, FORM_TEXT, FORM_CSV, FORM_JSON } form;
	char                 sep;
	struct column       *columns;
	size_t               ncolumns, columns_cap;
	struct mg_promjson   json;
	/* Of the call that is running. */
	const struct mg_source *src;
	struct mg_partial      *out;
};

/* --- text ---------------------------------------------------------------------------------- */

static void text_line(struct metrics *m, struct mg_str line, uint64_t lineno, struct mg_partial *out)
{
	const struct mg_metric *row = mg_metric_of(mg_om_name(line));
	struct mg_om_sample     s;
	struct mg_err           err = { 0 };
	struct mg_str           series;

	if (!row) {
		out->stats.other++;
		return;
	}
	if (mg_om_parse(line, &s, &err) == MG_FAIL) {
		mg_stats_bad(&out->stats, lineno, err.byte, "%s", err.msg);
		return;
	}
	series = mg_metricfile_series(&m->f, row, s.labels);
	if (series.n == 0 || s.value != s.value) { /* NaN: the series has ended, or has a gap */
		out->stats.other++;
		return;
	}
	out->stats.records++;
	mg_metricfile_add(&m->f, out, m->src, mg_metric_sums(row), series,
			  s.time_ns == MG_TIME_NONE ? m->f.file_ns : s.time_ns, s.value, lineno);
}

/* --- answers of Prometheus ------------------------------------------------------------------- */

static void json_sample(void *ctx, const struct mg_promjson_sample *s)
{
	struct metrics         *m = ctx;
	const struct mg_metric *row = mg_metric_of(s->name);
	struct mg_str           series;

	if (s->fault) {
		mg_stats_bad(&m->out->stats, s->line, s->byte, "%s", s->fault);
		return;
	}
	series = row ? mg_metricfile_series(&m->f, row, s->labels) : mg_str("", 0);
	if (series.n == 0 || s->value != s->value) {
		m->out->stats.other++;
		return;
	}
	m->out->stats.records++;
	mg_metricfile_add(&m->f, m->out, m->src, mg_metric_sums(row), series, s->time_ns, s->value,
			  s->line);
}

/* --- CSV ------------------------------------------------------------------------------------------ */

/* Columns that recorders name by hand. */
static const struct {
	const char *column, *name, *labels;
} aliases[] = {
	{ "inflight_readonly", "apiserver_current_inflight_requests", "request_kind=\"readOnly\"" },
	{ "inflight_mutating", "apiserver_current_inflight_requests", "request_kind=\"mutating\"" },
};

static struct mg_str undouble(struct mg_arena *a, struct mg_str s)
{
	char  *d = mg_arena_alloc(a, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		d[n++] = s.p[i];
		if (s.p[i] == '"' && i + 1 < s.n && s.p[i + 1] == '"')
			i++;
	}
	return mg_str(d, n);
}

static struct mg_str column_series(struct metrics *m, struct mg_str title, bool *sum)
{
	struct mg_str           name = mg_om_name(title), labels = mg_str("", 0);
	const struct mg_metric *row;

	if (mg_str_has(title, MG_STR("{")))
		labels = mg_str_between(title, MG_STR("{"), MG_STR("}"));
	for (size_t i = 0; i < sizeof(aliases) / sizeof(*aliases); i++)
		if (mg_str_eq_nocase(title, mg_strz(aliases[i].column)))
			return mg_metricfile_series(&m->f, mg_metric_of(mg_strz(aliases[i].name)),
						    mg_strz(aliases[i].labels));
	row = mg_metric_of(name);
	*sum = row && mg_metric_sums(row);
	if (row)
		return mg_metricfile_series(&m->f, row, labels);
	if (mg_str_ends(name, MG_STR("_rss_bytes")))
		return mg_metricfile_name(&m->f, name, labels);
	return mg_str("", 0);
}

static void csv_header(struct metrics *m, struct mg_str line, uint64_t lineno,
		       struct mg_partial *out)
{
	struct mg_str field;
	size_t        at = 0;
	bool          time = false;

	while (mg_csv_next(line, m->sep, &at, &field)) {
		struct column c = { 0 };

		field = undouble(&m->f.arena, field);
		c.time = mg_csv_time_column(field);
		if (!c.time)
			c.series = mg_arena_str(&m->f.arena, column_series(m, field, &c.sum));
		c.bytes = mg_str_has(c.series, MG_STR("_bytes{"));
		time |= c.time;
		MG_PUSH(m->columns, m->ncolumns, m->columns_cap, c);
	}
	if (!time)
		mg_stats_bad(&out->stats, lineno, 0, "expected a column with the time");
}

static bool row_time(struct metrics *m, struct mg_str line, int64_t *ns)
{
	struct mg_str field;
	size_t        at = 0, i = 0;

	for (; i < m->ncolumns && mg_csv_next(line, m->sep, &at, &field); i++)
		if (m->columns[i].time && mg_csv_time(field, ns))
			return true;
	return false;
}

static void csv_cell(struct metrics *m, struct mg_partial *out, const struct column *c,
		     struct mg_str field, int64_t ns, uint64_t lineno, size_t byte)
{
	double v;

	if (!c->series.n || !field.n)
		return;
	if ((field.n == 1 && !mg_is_digit(field.p[0])) || !mg_num_f64(field, &v)) {
		mg_stats_bad(&out->stats, lineno, byte, "expected a number");
		return;
	}
	if (c->bytes && v == 0) /* no process */
		return;
	mg_metricfile_add(&m->f, out, m->src, c->sum, c->series, ns, v, lineno);
}

static void csv_row(struct metrics *m, struct mg_str line, uint64_t lineno, struct mg_partial *out)
{
	struct mg_str field;
	size_t        at = 0, start = 0;
	int64_t       ns;

	if (!row_time(m, line, &ns)) {
		mg_stats_bad(&out->stats, lineno, 0, "expected a time");
		return;
	}
	out->stats.records++;
	for (size_t i = 0; i < m->ncolumns && mg_csv_next(line, m->sep, &at, &field); i++) {
		csv_cell(m, out, &m->columns[i], field, ns, lineno, start);
		start = at;
	}
}

/* --- the consumer ------------------------------------------------------------------------------- */

/* A header row names its columns; a sample ends its name with a brace or a blank. */
static bool looks_csv(struct metrics *m, struct mg_str line)
{
	struct mg_str name = mg_om_name(line), field;
	size_t        at = 0;

	m->sep = mg_csv_separator(line);
	if (!m->sep || line.p[0] == '{')
		return false;
	if (name.n < line.n && (line.p[name.n] == '{' || line.p[name.n] == ' '))
		return false;
	while (mg_csv_next(line, m->sep, &at, &field))
		if (mg_csv_time_column(field))
			return true;
	return name.n < line.n && line.p[name.n] == m->sep;
}

static void one_line(struct metrics *m, struct mg_str line, uint64_t lineno, struct mg_partial *out)
{
	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	if (line.n == 0 || line.p[0] == '#') {
		out->stats.other++;
		return;
	}
	if (m->form == FORM_UNKNOWN) {
		m->form = looks_csv(m, line) ? FORM_CSV : FORM_TEXT;
		if (m->form == FORM_CSV) {
			csv_header(m, line, lineno, out);
			out->stats.other++;
			return;
		}
	}
	if (m->form == FORM_CSV)
		csv_row(m, line, lineno, out);
	else
		text_line(m, line, lineno, out);
}

static void *metrics_open(const struct mg_source *src)
{
	struct metrics *m = mg_zalloc(sizeof(*m));

	mg_metricfile_init(&m->f, src);
	mg_promjson_init(&m->json, json_sample, m);
	return m;
}

static void metrics_block(void *state, const struct mg_source *src, const struct mg_block *b,
			  struct mg_partial *out)
{
	struct metrics *m = state;
	struct mg_str   rest = mg_str(b->p, b->n), line;
	uint64_t        lineno = b->first_line;

	m->src = src;
	m->out = out;
	if (m->form == FORM_UNKNOWN && mg_promjson_looks(rest))
		m->form = FORM_JSON;
	if (m->form == FORM_JSON)
		mg_promjson_text(&m->json, rest, lineno);
	for (; rest.n; lineno++) {
		mg_str_cut(rest, '\n', &line, &rest);
		if (m->form != FORM_JSON)
			one_line(m, line, lineno, out);
	}
	out->stats.bytes += b->n;
	out->stats.lines += lineno - b->first_line;
}

static void metrics_close(void *state, const struct mg_source *src, struct mg_partial *out)
{
	struct metrics *m = state;

	m->src = src;
	m->out = out;
	if (m->form == FORM_JSON)
		mg_promjson_end(&m->json);
	mg_metricfile_end(&m->f, out, src);
	mg_promjson_release(&m->json);
	mg_metricfile_release(&m->f);
	free(m->columns);
	free(m);
}

const struct mg_consumer mg_consumer_metrics = {
	.name = "metrics",
	.stateful = true,
	.open = metrics_open,
	.block = metrics_block,
	.close = metrics_close,
};
