/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/consumer.h"

#include <math.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/num.h"
#include "parse/metricscsv.h"
#include "parse/openmetrics.h"

/* --- which series are kept --------------------------------------------------------
 * In byte order of the name: looked up by bisection.  `as` is the name to store it under.
 * Of a histogram the bucket lines are read and one quantile is kept. */

enum shape { PLAIN, CONTAINER, BUCKETS };

static const struct series {
	const char *name;
	enum shape  shape;
	const char *as;
} table[] = {
	{ "apiserver_current_inflight_requests", PLAIN, NULL },
	{ "apiserver_dropped_requests_total", PLAIN, NULL },
	{ "container_cpu_usage_seconds_total", CONTAINER, NULL },
	{ "container_memory_rss", CONTAINER, NULL },
	{ "container_memory_usage_bytes", CONTAINER, NULL },
	{ "container_memory_working_set_bytes", CONTAINER, NULL },
	{ "container_oom_events_total", CONTAINER, NULL },
	{ "container_spec_memory_limit_bytes", CONTAINER, NULL },
	{ "etcd_debugging_mvcc_db_total_size_in_bytes", PLAIN, "etcd_mvcc_db_total_size_in_bytes" },
	{ "etcd_disk_backend_commit_duration_seconds_bucket", BUCKETS,
	  "etcd_disk_backend_commit_duration_seconds" },
	{ "etcd_disk_wal_fsync_duration_seconds_bucket", BUCKETS,
	  "etcd_disk_wal_fsync_duration_seconds" },
	{ "etcd_mvcc_db_total_size_in_bytes", PLAIN, NULL },
	{ "etcd_mvcc_db_total_size_in_use_in_bytes", PLAIN, NULL },
	{ "etcd_server_has_leader", PLAIN, NULL },
	{ "etcd_server_heartbeat_send_failures_total", PLAIN, NULL },
	{ "etcd_server_leader_changes_seen_total", PLAIN, NULL },
	{ "etcd_server_proposals_failed_total", PLAIN, NULL },
	{ "etcd_server_proposals_pending", PLAIN, NULL },
	{ "etcd_server_quota_backend_bytes", PLAIN, NULL },
	{ "etcd_server_slow_apply_total", PLAIN, NULL },
	{ "etcd_server_slow_read_indexes_total", PLAIN, NULL },
	{ "go_goroutines", PLAIN, NULL },
	{ "go_memstats_alloc_bytes", PLAIN, NULL },
	{ "go_memstats_heap_alloc_bytes", PLAIN, NULL },
	{ "go_memstats_heap_inuse_bytes", PLAIN, NULL },
	{ "node_memory_MemAvailable_bytes", PLAIN, NULL },
	{ "node_vmstat_oom_kill", PLAIN, NULL },
	{ "process_cpu_seconds_total", PLAIN, NULL },
	{ "process_open_fds", PLAIN, NULL },
	{ "process_resident_memory_bytes", PLAIN, NULL },
	{ "process_start_time_seconds", PLAIN, NULL },
	{ "process_virtual_memory_bytes", PLAIN, NULL },
};

static const struct series *series_of(struct mg_str name)
{
	size_t lo = 0, hi = sizeof(table) / sizeof(*table);

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		int    c = mg_str_cmp(name, mg_strz(table[mid].name));

		if (c == 0)
			return &table[mid];
		if (c < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}

/* Labels that tell series apart, in the order of the canonical spelling; with the names they
 * had up to Kubernetes 1.15. */
static const struct {
	const char *key, *old;
} kept[] = {
	{ "instance", NULL }, { "job", NULL },	{ "pod", "pod_name" }, { "container", "container_name" },
	{ "namespace", NULL }, { "node", NULL }, { "request_kind", NULL },
};

/* --- state --------------------------------------------------------------------------- */

struct column {
	bool          time, bytes;
	struct mg_str series; /* empty: not kept */
};

struct bucket {
	int64_t  time_ns;
	double   le, count;
	uint32_t series; /* id in names: of the quantile to be */
};

struct metrics {
	struct mg_arena  arena;
	struct mg_str    stem;    /* of the file's name, for series that say no instance */
	int64_t          file_ns; /* when the file was written, by its name or mtime     */
	enum { FORM_UNKNOWN, FORM_TEXT, FORM_CSV } form;
	char             sep;
	struct column   *columns;
	size_t           ncolumns, columns_cap;
	struct mg_intern names;
	struct bucket   *buckets;
	size_t           nbuckets, buckets_cap;
	struct mg_buf    name; /* scratch */
};

/* --- what a file name tells ----------------------------------------------------------- */

/* `n` digits at s[at], or -1. */
static int digits(struct mg_str s, size_t at, size_t n)
{
	int v = 0;

	if (at + n > s.n)
		return -1;
	for (size_t i = at; i < at + n; i++) {
		if (!mg_is_digit(s.p[i]))
			return -1;
		v = v * 10 + (s.p[i] - '0');
	}
	return v;
}

/* One optional byte out of `set`. */
static size_t skip(struct mg_str s, size_t at, const char *set)
{
	return at < s.n && s.p[at] && strchr(set, s.p[at]) ? at + 1 : at;
}

/* 20261121T031730Z, 2026-11-21T03-17-30Z, 20261121-031730 … at the start of `s`. */
static bool name_stamp(struct mg_str s, int64_t *ns, size_t *used)
{
	struct mg_civil c = { 0 };
	size_t          at;

	c.year = digits(s, 0, 4);
	at = skip(s, 4, "-_.");
	c.month = digits(s, at, 2);
	at = skip(s, at + 2, "-_.");
	c.day = digits(s, at, 2);
	at = skip(s, at + 2, "Tt-_ .");
	c.hour = digits(s, at, 2);
	at = skip(s, at + 2, ":-_.h");
	c.minute = digits(s, at, 2);
	at = skip(s, at + 2, ":-_.m");
	c.second = digits(s, at, 2);
	if (c.year < 1990 || c.year > 2100 || c.month < 1 || c.month > 12 || c.day < 1 ||
	    c.day > 31 || c.hour < 0 || c.hour > 23 || c.minute < 0 || c.minute > 59 ||
	    c.second < 0 || c.second > 60 || digits(s, at + 2, 1) >= 0)
		return false;
	*used = skip(s, at + 2, "Zz");
	*ns = mg_time_from_civil(&c);
	return true;
}

static bool find_stamp(struct mg_str name, int64_t *ns, size_t *at, size_t *used)
{
	for (*at = 0; *at < name.n; ++*at) {
		if (*at > 0 && mg_is_digit(name.p[*at - 1]))
			continue;
		if (mg_is_digit(name.p[*at]) && name_stamp(mg_str_from(name, *at), ns, used))
			return true;
	}
	return false;
}

/* The stamp in the file's name, else in the nearest directory's, else the mtime. */
static int64_t file_time(const struct mg_source *src)
{
	struct mg_str path = src->path;
	size_t        at, used;
	int64_t       ns;

	while (path.n) {
		ptrdiff_t slash = mg_str_rchr(path, '/');

		if (find_stamp(mg_str_from(path, (size_t)(slash + 1)), &ns, &at, &used))
			return ns;
		path = mg_str_head(path, slash < 0 ? 0 : (size_t)slash);
	}
	return src->mtime_ns;
}

static bool drop_end(struct mg_str *s, const char *const *ends)
{
	for (; *ends; ends++)
		if (mg_str_ends(*s, mg_strz(*ends)) && s->n > strlen(*ends)) {
			s->n -= strlen(*ends);
			return true;
		}
	return false;
}

/* "metrics/scrape-master-0-20261121T031730Z.prom" -> "scrape-master-0": the scrapes of one
 * target are one series. */
static struct mg_str file_stem(struct mg_arena *a, struct mg_str path)
{
	static const char *const packed[] = { ".gz", ".xz", ".bz2", ".zst", NULL };
	static const char *const ends[] = { ".prom", ".openmetrics", ".metrics", ".csv", ".tsv",
					    ".txt", ".log", ".om", NULL };
	struct mg_str            s = mg_str_basename(path), rest;
	size_t                   at, used;
	int64_t                  ns;

	drop_end(&s, packed);
	drop_end(&s, ends);
	if (find_stamp(s, &ns, &at, &used)) {
		rest = mg_str_from(s, at + used);
		while (at > 0 && s.p[at - 1] && strchr("-_.", s.p[at - 1]))
			at--;
		if (at == 0 && rest.n)
			rest = mg_str_from(rest, skip(rest, 0, "-_."));
		s = mg_arena_printf(a, "%.*s%.*s", (int)at, s.p, MG_FMT(rest));
	}
	return s.n ? mg_arena_str(a, s) : MG_STR("metrics");
}

/* --- canonical names -------------------------------------------------------------------- */

static struct mg_str label(struct mg_str labels, const char *key, const char *old)
{
	struct mg_str v = mg_om_label(labels, mg_strz(key));

	return v.n || !old ? v : mg_om_label(labels, mg_strz(old));
}

static void add_label(struct mg_buf *b, const char *key, struct mg_str v)
{
	if (b->p[b->n - 1] != '{')
		mg_buf_addc(b, ',');
	mg_buf_addz(b, key);
	mg_buf_addz(b, "=\"");
	mg_buf_add(b, v);
	mg_buf_addc(b, '"');
}

/* name{quantile,instance,job,…}; `source` when nothing says whose it is. */
static struct mg_str canonical(struct metrics *m, struct mg_str name, struct mg_str labels,
			       const char *quantile)
{
	struct mg_buf *b = &m->name;
	bool           placed = false;

	mg_buf_clear(b);
	mg_buf_add(b, name);
	mg_buf_addc(b, '{');
	if (quantile)
		add_label(b, "quantile", mg_strz(quantile));
	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++) {
		struct mg_str v = label(labels, kept[i].key, kept[i].old);

		if (!v.n)
			continue;
		add_label(b, kept[i].key, v);
		placed |= i == 0 || i == 2 || i == 5; /* instance, pod, node */
	}
	if (!placed)
		add_label(b, "source", m->stem);
	mg_buf_addc(b, '}');
	return mg_buf_str(b);
}

static void store(struct mg_partial *out, const struct mg_source *src, struct mg_str series,
		  int64_t ns, double v)
{
	mg_samples_add(&out->samples, series, ns, v, src->artifact);
	mg_stats_time(&out->stats, ns);
}

/* --- text ---------------------------------------------------------------------------------- */

static void add_bucket(struct metrics *m, const struct mg_om_sample *s, const struct series *row)
{
	struct bucket b = { .time_ns = s->time_ns, .count = s->value };
	struct mg_str le = mg_om_label(s->labels, MG_STR("le"));

	if (le.n == 0 || (le.n == 1 && !mg_is_digit(le.p[0])) || !mg_num_f64(le, &b.le) ||
	    isnan(b.le))
		return;
	b.series = mg_intern_id(&m->names,
				canonical(m, mg_strz(row->as), s->labels, "0.99"));
	MG_PUSH(m->buckets, m->nbuckets, m->buckets_cap, b);
}

/* cAdvisor also reports pods ("") and their pause containers ("POD"): sums and noise. */
static bool is_container(struct mg_str labels)
{
	struct mg_str c = label(labels, "container", "container_name");

	return c.n && !mg_str_eq(c, MG_STR("POD"));
}

static void text_line(struct metrics *m, const struct mg_source *src, struct mg_str line,
		      uint64_t lineno, struct mg_partial *out)
{
	const struct series *row = series_of(mg_om_name(line));
	struct mg_om_sample  s;
	struct mg_err        err = { 0 };
	enum mg_status       st;

	if (!row) {
		out->stats.other++;
		return;
	}
	st = mg_om_parse(line, &s, &err);
	if (st == MG_FAIL) {
		mg_stats_bad(&out->stats, lineno, err.byte, "%s", err.msg);
		return;
	}
	if (s.time_ns == MG_TIME_NONE)
		s.time_ns = m->file_ns;
	if (isnan(s.value) || (row->shape == CONTAINER && !is_container(s.labels))) {
		out->stats.other++;
		return;
	}
	out->stats.records++;
	if (s.time_ns == MG_TIME_NONE)
		return; /* it cannot be placed */
	if (row->shape == BUCKETS)
		add_bucket(m, &s, row);
	else
		store(out, src, canonical(m, mg_strz(row->as ? row->as : row->name), s.labels, NULL),
		      s.time_ns, s.value);
}

/* --- histograms -------------------------------------------------------------------------------- */

#define ORDER(a, b)              \
	if ((a) != (b))          \
	return (a) < (b) ? -1 : 1

static int by_bucket(const void *x, const void *y)
{
	const struct bucket *a = x, *b = y;

	ORDER(a->series, b->series);
	ORDER(a->time_ns, b->time_ns);
	ORDER(a->le, b->le);
	ORDER(a->count, b->count);
	return 0;
}

/* Linear inside the bucket, from 0 in the first one; the last finite bound in +Inf.  NaN when
 * nothing was counted.  Counts are since the start of the process. */
static double quantile(const struct bucket *b, size_t n, double q)
{
	double want = q * b[n - 1].count, below = 0, bound = 0;

	if (!isinf(b[n - 1].le) || !(b[n - 1].count > 0))
		return NAN;
	for (size_t i = 0; i < n; i++) {
		if (b[i].count >= want) {
			if (isinf(b[i].le) || b[i].count <= below)
				return bound;
			return bound + (b[i].le - bound) * (want - below) / (b[i].count - below);
		}
		below = b[i].count;
		bound = b[i].le;
	}
	return bound;
}

static void finish_histograms(struct metrics *m, const struct mg_source *src,
			      struct mg_partial *out)
{
	struct bucket *b = m->buckets;

	if (m->nbuckets > 1)
		qsort(b, m->nbuckets, sizeof(*b), by_bucket);
	for (size_t i = 0, n; i < m->nbuckets; i += n) {
		double v;

		for (n = 1; i + n < m->nbuckets && b[i + n].series == b[i].series &&
			    b[i + n].time_ns == b[i].time_ns;)
			n++;
		v = quantile(b + i, n, 0.99);
		if (!isnan(v))
			store(out, src, mg_intern_str(&m->names, b[i].series), b[i].time_ns, v);
	}
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

static struct mg_str column_series(struct metrics *m, struct mg_str title)
{
	struct mg_str        name = mg_om_name(title), labels = mg_str("", 0);
	const struct series *row;

	if (mg_str_has(title, MG_STR("{")))
		labels = mg_str_between(title, MG_STR("{"), MG_STR("}"));
	for (size_t i = 0; i < sizeof(aliases) / sizeof(*aliases); i++)
		if (mg_str_eq_nocase(title, mg_strz(aliases[i].column)))
			return canonical(m, mg_strz(aliases[i].name), mg_strz(aliases[i].labels), NULL);
	row = series_of(name);
	if (row && row->shape != BUCKETS)
		return canonical(m, mg_strz(row->as ? row->as : row->name), labels, NULL);
	if (mg_str_ends(name, MG_STR("_rss_bytes")))
		return canonical(m, name, labels, NULL);
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

		field = undouble(&m->arena, field);
		c.time = mg_csv_time_column(field);
		if (!c.time)
			c.series = mg_arena_str(&m->arena, column_series(m, field));
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

static void csv_cell(struct mg_partial *out, const struct mg_source *src, const struct column *c,
		     struct mg_str field, int64_t ns, uint64_t lineno, size_t byte)
{
	double v;

	if (!c->series.n || !field.n)
		return;
	if ((field.n == 1 && !mg_is_digit(field.p[0])) || !mg_num_f64(field, &v)) {
		mg_stats_bad(&out->stats, lineno, byte, "expected a number");
		return;
	}
	if (isnan(v) || (c->bytes && v == 0)) /* no process */
		return;
	store(out, src, c->series, ns, v);
}

static void csv_row(struct metrics *m, const struct mg_source *src, struct mg_str line,
		    uint64_t lineno, struct mg_partial *out)
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
		csv_cell(out, src, &m->columns[i], field, ns, lineno, start);
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

static void one_line(struct metrics *m, const struct mg_source *src, struct mg_str line,
		     uint64_t lineno, struct mg_partial *out)
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
		csv_row(m, src, line, lineno, out);
	else
		text_line(m, src, line, lineno, out);
}

static void *metrics_open(const struct mg_source *src)
{
	struct metrics *m = mg_zalloc(sizeof(*m));

	m->file_ns = file_time(src);
	m->stem = file_stem(&m->arena, src->path);
	return m;
}

static void metrics_block(void *state, const struct mg_source *src, const struct mg_block *b,
			  struct mg_partial *out)
{
	struct mg_str rest = mg_str(b->p, b->n), line;
	uint64_t      lineno = b->first_line;

	while (rest.n) {
		mg_str_cut(rest, '\n', &line, &rest);
		one_line(state, src, line, lineno++, out);
	}
	out->stats.bytes += b->n;
	out->stats.lines += lineno - b->first_line;
}

static void metrics_close(void *state, const struct mg_source *src, struct mg_partial *out)
{
	struct metrics *m = state;

	finish_histograms(m, src, out);
	mg_arena_release(&m->arena);
	mg_intern_release(&m->names);
	mg_buf_release(&m->name);
	free(m->columns);
	free(m->buckets);
	free(m);
}

const struct mg_consumer mg_consumer_metrics = {
	.name = "metrics",
	.stateful = true,
	.open = metrics_open,
	.block = metrics_block,
	.close = metrics_close,
};
