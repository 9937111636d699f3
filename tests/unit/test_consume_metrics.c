/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/mem.h"
#include "ingest/consumer.h"

/* Feed `text` in blocks of about `size` bytes that end at a newline. */
static void feed(struct mg_str text, const struct mg_source *src, size_t size,
		 struct mg_partial *out)
{
	const struct mg_consumer *c = &mg_consumer_metrics;
	void                     *state = c->open(src);
	uint64_t                  line = 1;

	while (text.n) {
		struct mg_block b = { .first_line = line };
		struct mg_str   head = mg_str_head(text, size);
		ptrdiff_t       nl = head.n < text.n ? mg_str_rchr(head, '\n') : (ptrdiff_t)text.n - 1;

		if (nl < 0) {
			nl = mg_str_chr(text, '\n');
			if (nl < 0)
				nl = (ptrdiff_t)text.n - 1;
		}
		b.n = (size_t)nl + 1;
		b.p = mg_strndup(text.p, b.n);
		for (size_t i = 0; i < b.n; i++)
			line += b.p[i] == '\n';
		text = mg_str_from(text, b.n);
		b.last = text.n == 0;
		c->block(state, src, &b, out);
		free(b.p);
	}
	c->close(state, src, out);
	mg_samples_sort(&out->samples);
}

static struct mg_partial empty(void)
{
	return (struct mg_partial){ .stats = MG_LEAF_STATS_INIT };
}

static void release(struct mg_partial *p)
{
	mg_batch_release(&p->events);
	mg_samples_release(&p->samples);
}

/* The value of a series at a time (or at its first time), NaN when there is none. */
static double value(const struct mg_partial *p, const char *series, int64_t ns)
{
	for (size_t i = 0; i < p->samples.n; i++) {
		const struct mg_sample *s = &p->samples.s[i];

		if (mg_str_eq(mg_intern_str(&p->samples.names, s->series), mg_strz(series)) &&
		    (ns == MG_TIME_NONE || s->time_ns == ns))
			return s->value;
	}
	return NAN;
}

static size_t length(const struct mg_partial *p, const char *series)
{
	size_t n = 0;

	for (size_t i = 0; i < p->samples.n; i++)
		n += mg_str_eq(mg_intern_str(&p->samples.names, p->samples.s[i].series),
			       mg_strz(series));
	return n;
}

static const char prom[] =
	"# HELP go_goroutines Number.\n"
	"# TYPE go_goroutines gauge\n"
	"go_goroutines 1685\n"
	"apiserver_request_total{code=\"200\",verb=\"GET\"} 5\n"
	"apiserver_request_total{code=\"200\",verb=\"LIST\"} 2 # {trace_id=\"x\"} 0.67 1644272116.1\n"
	"node_cpu_seconds_total{cpu=\"0\",mode=\"idle\"} 10\n"
	"node_cpu_seconds_total{cpu=\"1\",mode=\"idle\"} 8\n"
	"node_cpu_seconds_total{cpu=\"1\",mode=\"iowait\"} 1\n"
	"node_cpu_seconds_total{cpu=\"1\",mode=\"user\"} 5\n"
	"apiserver_current_inflight_requests{request_kind=\"mutating\"} 7\n"
	"apiserver_current_inflight_requests{request_kind=\"readOnly\"} 3\n"
	"process_resident_memory_bytes broken\n"
	"etcd_debugging_mvcc_db_total_size_in_bytes 5\n"
	"container_memory_working_set_bytes{container=\"etcd\",namespace=\"ns\",pod=\"p\",id=\"/x\"} 9\n"
	"container_memory_working_set_bytes{container=\"\",namespace=\"ns\",pod=\"p\"} 10\n"
	"container_memory_working_set_bytes{container=\"POD\",namespace=\"ns\",pod=\"p\"} 10\n"
	"container_memory_rss{container_name=\"etcd\",namespace=\"ns\",pod_name=\"p\"} 8\n"
	"etcd_disk_wal_fsync_duration_seconds_bucket{le=\"0.001\"} 50\n"
	"etcd_disk_wal_fsync_duration_seconds_bucket{le=\"0.002\"} 98\n"
	"etcd_disk_wal_fsync_duration_seconds_bucket{le=\"0.004\"} 100\n"
	"etcd_disk_wal_fsync_duration_seconds_bucket{le=\"+Inf\"} 100\n"
	"etcd_disk_backend_commit_duration_seconds_bucket{le=\"0.001\"} 0\n"
	"etcd_disk_backend_commit_duration_seconds_bucket{le=\"+Inf\"} 0\n"
	"process_start_time_seconds NaN\n";

static void text_without_times(void **state)
{
	const int64_t at = 1795231050 * MG_SEC;

	for (size_t size = 1; size < 5000; size += 617) {
		struct mg_source  src = { .path = MG_STR("a/scrape-m0-20261121T031730Z.prom"),
					  .mtime_ns = 5 };
		struct mg_partial p = empty();

		feed(mg_strz(prom), &src, size, &p);
		assert_true(value(&p, "go_goroutines{source=\"scrape-m0\"}", at) == 1685);
		assert_true(value(&p, "apiserver_current_inflight_requests{source=\"scrape-m0\","
				      "request_kind=\"readOnly\"}", at) == 3);
		assert_true(value(&p, "etcd_mvcc_db_total_size_in_bytes{source=\"scrape-m0\"}", at) == 5);
		assert_true(value(&p, "container_memory_working_set_bytes{pod=\"p\",container=\"etcd\","
				      "namespace=\"ns\"}", at) == 9);
		assert_true(value(&p, "container_memory_rss{pod=\"p\",container=\"etcd\","
				      "namespace=\"ns\"}", at) == 8);
		assert_true(value(&p, "etcd_disk_wal_fsync_duration_seconds_bucket{source=\"scrape-m0\","
				      "le=\"0.002\"}", at) == 98);
		assert_true(value(&p, "apiserver_request_total{source=\"scrape-m0\",code=\"200\"}", at) == 7);
		assert_true(value(&p, "node_cpu_seconds_total{source=\"scrape-m0\",mode=\"idle\"}", at) == 19);
		assert_true(value(&p, "node_cpu_seconds_total{source=\"scrape-m0\",mode=\"busy\"}", at) == 5);
		assert_int_equal(p.samples.n, 15);
		assert_int_equal(p.stats.bad, 1);
		assert_int_equal(p.stats.diags[0].line, 12);
		assert_int_equal(p.stats.lines, 24);
		assert_int_equal(p.stats.bytes, sizeof(prom) - 1);
		assert_int_equal(p.stats.records + p.stats.bad + p.stats.other, p.stats.lines);
		assert_true(p.stats.first_ns == at && p.stats.last_ns == at);
		release(&p);
	}
}

static void open_metrics_and_dumps(void **state)
{
	static const char text[] =
		"process_cpu_seconds_total{instance=\"i:1\",job=\"j\",x=\"y\"} 9.49 1795231310.620\n"
		"{__name__=\"process_cpu_seconds_total\", instance=\"i:1\", job=\"j\"} 9.5 1795231311620\n"
		"# EOF\n";
	struct mg_source  src = { .path = MG_STR("x.om"), .mtime_ns = MG_TIME_NONE };
	struct mg_partial p = empty();

	feed(mg_strz(text), &src, 4096, &p);
	assert_int_equal(p.samples.n, 2);
	assert_true(value(&p, "process_cpu_seconds_total{instance=\"i:1\",job=\"j\"}",
			  1795231310620 * MG_MS) == 9.49);
	assert_true(value(&p, "process_cpu_seconds_total{instance=\"i:1\",job=\"j\"}",
			  1795231311620 * MG_MS) == 9.5);
	release(&p);
}

static void answers_of_prometheus(void **state)
{
	static const char text[] =
		"{\n \"status\": \"success\",\n \"data\": {\"resultType\": \"matrix\", \"result\": [\n"
		"  {\"metric\": {\"__name__\": \"go_goroutines\", \"instance\": \"i:1\"},\n"
		"   \"values\": [[1795231310.62, \"5\"],\n    [1795231311.62, \"NaN\"]]},\n"
		"  {\"metric\": {\"__name__\": \"up\"}, \"value\": [1795231310, \"1\"]},\n"
		"  {\"metric\": {\"__name__\": \"go_goroutines\"}, \"value\": [\"x\"]}\n";
	for (size_t size = 1; size < 5000; size += 617) {
		struct mg_source  src = { .path = MG_STR("query.json") };
		struct mg_partial p = empty();

		feed(mg_strz(text), &src, size, &p);
		assert_int_equal(p.samples.n, 1);
		assert_true(value(&p, "go_goroutines{instance=\"i:1\"}", 1795231310620 * MG_MS) == 5);
		assert_int_equal(p.samples.s[0].line, 5);
		assert_int_equal(p.stats.records, 1);
		assert_int_equal(p.stats.other, 2);
		assert_int_equal(p.stats.bad, 2); /* no pair, and the list does not end */
		assert_int_equal(p.stats.diags[0].line, 8);
		assert_int_equal(p.stats.lines, 8);
		release(&p);
	}
}

static void no_time_at_all(void **state)
{
	struct mg_source  src = { .path = MG_STR("x.prom"), .mtime_ns = MG_TIME_NONE };
	struct mg_partial p = empty();

	feed(MG_STR("go_goroutines 1\n"), &src, 4096, &p);
	assert_int_equal(p.samples.n, 0);
	assert_int_equal(p.stats.records, 1);
	release(&p);
}

static void csv_rows(void **state)
{
	static const char text[] =
		"# recorded by hand\n"
		"time,epoch,pid,proc_rss_bytes,go_goroutines,inflight_readonly,"
		"\"process_cpu_seconds_total{instance=\"\"a\"\"}\"\r\n"
		"2026-11-21T03:17:30Z,1795231050,1,100,5,0.0,1.5\r\n"
		",1795231051,1,0,,1,\r\n"
		"2026-11-21T03:17:32Z,,1,x,6,2,3\r\n"
		"never,never,1,1,1,1,1\r\n"
		"2026-11-21T03:17:33Z";
	const int64_t     t0 = 1795231050 * MG_SEC;
	struct mg_source  src = { .path = MG_STR("metrics/kube-apiserver.csv") };
	struct mg_partial p = empty();

	feed(mg_strz(text), &src, 60, &p);
	assert_int_equal(length(&p, "proc_rss_bytes{source=\"kube-apiserver\"}"), 1);
	assert_int_equal(length(&p, "go_goroutines{source=\"kube-apiserver\"}"), 2);
	assert_true(value(&p, "apiserver_current_inflight_requests{source=\"kube-apiserver\","
			      "request_kind=\"readOnly\"}", t0 + MG_SEC) == 1);
	assert_int_equal(length(&p, "process_cpu_seconds_total{instance=\"a\"}"), 2);
	assert_int_equal(p.stats.bad, 2);
	assert_int_equal(p.stats.records, 4);
	assert_int_equal(p.stats.lines, 7);
	release(&p);
}

static void names_of_files(void **state)
{
	static const struct {
		const char *path, *stem;
		int64_t     s;
	} rows[] = {
		{ "m/20261121T031730Z.prom", "metrics", 1795231050 },
		{ "m/etcd-2026-11-21T03-17-30Z.prom.gz", "etcd", 1795231050 },
		{ "2026-11-21_03:17:30/etcd.prom", "etcd", 1795231050 },
		{ "x/20261121031730-etcd.txt", "etcd", 1795231050 },
		{ "x/etcd.prom", "etcd", 77 },
		{ "x/etcd-202611210317301.prom", "etcd-202611210317301", 77 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct mg_source  src = { .path = mg_strz(rows[i].path), .mtime_ns = 77 * MG_SEC };
		struct mg_partial p = empty();
		char              series[128];

		feed(MG_STR("go_goroutines 1"), &src, 4096, &p);
		snprintf(series, sizeof(series), "go_goroutines{source=\"%s\"}", rows[i].stem);
		assert_true(value(&p, series, rows[i].s * MG_SEC) == 1);
		release(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_without_times), cmocka_unit_test(open_metrics_and_dumps),
		cmocka_unit_test(no_time_at_all),     cmocka_unit_test(csv_rows),
		cmocka_unit_test(names_of_files),     cmocka_unit_test(answers_of_prometheus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
