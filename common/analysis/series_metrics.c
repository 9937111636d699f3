/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "analysis/series_internal.h"
#include "base/num.h"

/* Best first: what the process says of itself, what the kubelet says of its container, what a
 * whole node does. */
static const char *const cpu[] = { "rate(process_cpu_seconds_total)",
				   "rate(container_cpu_usage_seconds_total)", NULL };
static const char *const disk[] = { "etcd_disk_wal_fsync_duration_seconds",
				    "etcd_disk_backend_commit_duration_seconds", NULL };
static const char *const disk_prefixes[] = { "fsync", "commit" };
static const char *const db[] = { "etcd_mvcc_db_total_size_in_bytes",
				  "etcd_mvcc_db_total_size_in_use_in_bytes",
				  "etcd_server_quota_backend_bytes", NULL };
static const char *const db_prefixes[] = { "size", "in use", "quota" };
static const char *const queues[] = { "rate(workqueue_adds_total)", NULL };
static const char *const inflight[] = { "apiserver_current_inflight_requests", NULL };
static const char *const node_cpu[] = { "node_cpu_busy_ratio", NULL };

static const struct mg_gauge_kind kinds[] = {
	{ .table = "cpu", .title = "CPU of processes", .unit = "cores", .metrics = cpu,
	  .repeats = true, .zero = true },
	{ .table = "node_cpu", .title = "CPU of nodes, neither idle nor waiting for a disk",
	  .unit = "share", .metrics = node_cpu, .zero = true },
	{ .table = "etcd_disk", .title = "p99 of etcd's WAL fsync and backend commit", .unit = "s",
	  .metrics = disk, .prefixes = disk_prefixes, .zero = true },
	{ .table = "db", .title = "Size of etcd's database", .unit = "bytes", .metrics = db,
	  .prefixes = db_prefixes },
	{ .table = "workqueues", .title = "Items added to work queues", .unit = "items/s",
	  .metrics = queues, .label = "name", .zero = true },
	{ .table = "inflight_metric", .title = "Requests in flight (metrics)", .unit = "count",
	  .metrics = inflight, .label = "request_kind", .brief = true, .zero = true },
};

/* --- requests by code ----------------------------------------------------------------- */

static struct mg_str code_name(struct mg_str code)
{
	int64_t            n = 0;
	enum mg_code_class k;

	mg_num_i64(code, &n);
	k = mg_code_class(n > 0 && n < 1000 ? (uint32_t)n : 0);
	return k == MG_CODE_4XX ? MG_STR("other 4xx") : k == MG_CODE_NONE ? MG_STR("no code") :
	       mg_strz(mg_code_class_name(k));
}

static double *column_of(struct mg_frame *f, struct mg_table *t, struct mg_str name)
{
	for (uint32_t i = 0; i < t->ncol; i++)
		if (mg_str_eq(t->col[i].name, name))
			return t->col[i].v;
	return mg_frame_column(f, t, name);
}

/* A rate is that of the whole interval behind it; a step has that of the first interval that
 * reaches into it and no earlier step. */
static void spread_rate(const struct mg_table *t, const struct mg_sample_run *r, double *v)
{
	int64_t from = r->s[0].time_ns;
	size_t  lo, hi, next = 0;

	for (size_t i = 0; i < r->n; from = r->s[i++].time_ns) {
		if (!mg_table_range(t, from, r->s[i].time_ns, &lo, &hi))
			continue;
		for (size_t k = lo < next ? next : lo; k <= hi; k++)
			v[k] = (isnan(v[k]) ? 0 : v[k]) + r->s[i].value;
		next = hi + 1;
	}
}

/* Of all API servers together. */
static void requests(struct mg_frame *f)
{
	struct mg_table     *t = mg_frame_table(f, "requests_metric", "Requests by status code (metrics)",
						"requests/s", f->step_ns);
	struct mg_sample_run r;

	for (size_t at = 0; mg_samples_next(&f->c->derived, &at, &r);)
		if (mg_str_eq(r.metric, MG_STR("rate(apiserver_request_total)")))
			spread_rate(t, &r, column_of(f, t, code_name(mg_sample_label(r.labels, "code"))));
}

void mg_series_metrics(struct mg_frame *f)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		mg_series_gauges(f, &kinds[i]);
	requests(f);
}
