/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/metricfile.h"

#include <math.h>
#include <stdio.h>

#include "base/num.h"
#include "parse/openmetrics.h"

/* In byte order of the name: looked up by bisection. */
static const struct mg_metric table[] = {
	{ "apiserver_current_inflight_requests", MG_METRIC_PLAIN, NULL, "request_kind" },
	{ "apiserver_dropped_requests_total", MG_METRIC_PLAIN, NULL, "request_kind" },
	{ "apiserver_request_count", MG_METRIC_SUM, "apiserver_request_total", "code" },
	{ "apiserver_request_total", MG_METRIC_SUM, NULL, "code" },
	{ "container_cpu_usage_seconds_total", MG_METRIC_CONTAINER, NULL, NULL },
	{ "container_memory_rss", MG_METRIC_CONTAINER, NULL, NULL },
	{ "container_memory_usage_bytes", MG_METRIC_CONTAINER, NULL, NULL },
	{ "container_memory_working_set_bytes", MG_METRIC_CONTAINER, NULL, NULL },
	{ "container_oom_events_total", MG_METRIC_CONTAINER, NULL, NULL },
	{ "container_spec_memory_limit_bytes", MG_METRIC_CONTAINER, NULL, NULL },
	{ "etcd_debugging_mvcc_db_total_size_in_bytes", MG_METRIC_PLAIN,
	  "etcd_mvcc_db_total_size_in_bytes", NULL },
	{ "etcd_disk_backend_commit_duration_seconds_bucket", MG_METRIC_BUCKET, NULL, "le" },
	{ "etcd_disk_wal_fsync_duration_seconds_bucket", MG_METRIC_BUCKET, NULL, "le" },
	{ "etcd_mvcc_db_total_size_in_bytes", MG_METRIC_PLAIN, NULL, NULL },
	{ "etcd_mvcc_db_total_size_in_use_in_bytes", MG_METRIC_PLAIN, NULL, NULL },
	{ "etcd_server_has_leader", MG_METRIC_PLAIN, NULL, NULL },
	{ "etcd_server_heartbeat_send_failures_total", MG_METRIC_PLAIN, NULL, NULL },
	{ "etcd_server_leader_changes_seen_total", MG_METRIC_PLAIN, NULL, NULL },
	{ "etcd_server_proposals_failed_total", MG_METRIC_PLAIN, NULL, NULL },
	{ "etcd_server_proposals_pending", MG_METRIC_PLAIN, NULL, NULL },
	{ "etcd_server_quota_backend_bytes", MG_METRIC_PLAIN, NULL, NULL },
	{ "etcd_server_slow_apply_total", MG_METRIC_PLAIN, NULL, NULL },
	{ "etcd_server_slow_read_indexes_total", MG_METRIC_PLAIN, NULL, NULL },
	{ "go_goroutines", MG_METRIC_PLAIN, NULL, NULL },
	{ "go_memstats_alloc_bytes", MG_METRIC_PLAIN, NULL, NULL },
	{ "go_memstats_heap_alloc_bytes", MG_METRIC_PLAIN, NULL, NULL },
	{ "go_memstats_heap_inuse_bytes", MG_METRIC_PLAIN, NULL, NULL },
	{ "node_cpu_seconds_total", MG_METRIC_CPU_MODES, NULL, "mode" },
	{ "node_memory_MemAvailable_bytes", MG_METRIC_PLAIN, NULL, NULL },
	{ "node_vmstat_oom_kill", MG_METRIC_PLAIN, NULL, NULL },
	{ "process_cpu_seconds_total", MG_METRIC_PLAIN, NULL, NULL },
	{ "process_open_fds", MG_METRIC_PLAIN, NULL, NULL },
	{ "process_resident_memory_bytes", MG_METRIC_PLAIN, NULL, NULL },
	{ "process_start_time_seconds", MG_METRIC_PLAIN, NULL, NULL },
	{ "process_virtual_memory_bytes", MG_METRIC_PLAIN, NULL, NULL },
	{ "workqueue_adds_total", MG_METRIC_PLAIN, NULL, "name" },
	{ "workqueue_depth", MG_METRIC_PLAIN, NULL, "name" },
};

const struct mg_metric *mg_metric_of(struct mg_str name)
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

/* Labels that say whose series it is, in the order of the canonical spelling; with the names
 * they had up to Kubernetes 1.15. */
static const struct {
	const char *key, *old;
	bool        placed; /* says where it ran */
} kept[] = {
	{ "instance", NULL, true }, { "job", NULL, false },
	{ "pod", "pod_name", true }, { "container", "container_name", false },
	{ "namespace", NULL, false }, { "node", NULL, true },
};

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

/* name{instance,job,…; `source` when nothing says whose it is. */
static void begin_name(struct mg_metricfile *f, struct mg_str metric, struct mg_str labels)
{
	bool placed = false;

	mg_buf_clear(&f->name);
	mg_buf_add(&f->name, metric);
	mg_buf_addc(&f->name, '{');
	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++) {
		struct mg_str v = label(labels, kept[i].key, kept[i].old);

		if (!v.n)
			continue;
		add_label(&f->name, kept[i].key, v);
		placed |= kept[i].placed;
	}
	if (!placed)
		add_label(&f->name, "source", f->stem);
}

struct mg_str mg_metricfile_name(struct mg_metricfile *f, struct mg_str metric, struct mg_str labels)
{
	begin_name(f, metric, labels);
	mg_buf_addc(&f->name, '}');
	return mg_buf_str(&f->name);
}

/* cAdvisor also reports pods ("") and their pause containers ("POD"): sums and noise. */
static bool is_container(struct mg_str labels)
{
	struct mg_str c = label(labels, "container", "container_name");

	return c.n && !mg_str_eq(c, MG_STR("POD"));
}

/* "0.001", "1" or "+Inf" however it was written; false: no bound. */
static bool bound(struct mg_str le, char *buf, size_t n)
{
	double v;

	if (le.n == 0 || (le.n == 1 && !mg_is_digit(le.p[0])) || !mg_num_f64(le, &v) || isnan(v))
		return false;
	if (isinf(v))
		snprintf(buf, n, v > 0 ? "+Inf" : "-Inf");
	else
		snprintf(buf, n, "%.10g", v);
	return true;
}

/* A processor that waits for a disk is free for others. */
static const char *cpu_mode(struct mg_str mode)
{
	return mg_str_eq(mode, MG_STR("idle")) || mg_str_eq(mode, MG_STR("iowait")) ? "idle" : "busy";
}

struct mg_str mg_metricfile_series(struct mg_metricfile *f, const struct mg_metric *m,
				   struct mg_str labels)
{
	struct mg_str v = m->label ? mg_om_label(labels, mg_strz(m->label)) : mg_str("", 0);
	char          le[32];

	if (m->shape == MG_METRIC_CONTAINER && !is_container(labels))
		return mg_str("", 0);
	if (m->shape == MG_METRIC_BUCKET) {
		if (!bound(v, le, sizeof(le)))
			return mg_str("", 0);
		v = mg_strz(le);
	}
	if (m->shape == MG_METRIC_CPU_MODES && v.n)
		v = mg_strz(cpu_mode(v));
	begin_name(f, mg_strz(m->as ? m->as : m->name), labels);
	if (v.n)
		add_label(&f->name, m->label, v);
	mg_buf_addc(&f->name, '}');
	return mg_buf_str(&f->name);
}

/* --- samples ------------------------------------------------------------------------------ */

struct sum {
	int64_t  time_ns; /* the key */
	uint32_t series, zero;
	double   v;
	uint64_t line; /* the first of them */
};

void mg_metricfile_init(struct mg_metricfile *f, const struct mg_source *src)
{
	*f = (struct mg_metricfile){ .file_ns = file_time(src) };
	f->stem = file_stem(&f->arena, src->path);
	mg_cells_init(&f->sums, sizeof(struct sum), offsetof(struct sum, v));
}

void mg_metricfile_add(struct mg_metricfile *f, struct mg_partial *out, const struct mg_source *src,
		       bool sum, struct mg_str series, int64_t ns, double v, uint64_t line)
{
	struct sum  key = { .time_ns = ns }, *s;
	bool        added;

	if (isnan(v) || ns == MG_TIME_NONE)
		return;
	mg_stats_time(&out->stats, ns);
	if (!sum) {
		mg_samples_add_line(&out->samples, series, ns, v, src->artifact, line);
		return;
	}
	key.series = mg_intern_id(&f->names, series);
	s = mg_cells_at(&f->sums, mg_cells_find(&f->sums, &key, &added));
	s->v += v;
	if (added)
		s->line = line;
}

void mg_metricfile_end(struct mg_metricfile *f, struct mg_partial *out, const struct mg_source *src)
{
	for (uint32_t i = 0; i < f->sums.n; i++) {
		const struct sum *s = mg_cells_at(&f->sums, i);

		mg_samples_add_line(&out->samples, mg_intern_str(&f->names, s->series), s->time_ns,
				    s->v, src->artifact, s->line);
	}
}

void mg_metricfile_release(struct mg_metricfile *f)
{
	mg_arena_release(&f->arena);
	mg_intern_release(&f->names);
	mg_cells_release(&f->sums);
	mg_buf_release(&f->name);
}
