/* SPDX-License-Identifier: Apache-2.0 */
/* Rules fed by metrics: alone, beside a log, and not just below their thresholds. */
#include "rule_world.h"

#include <stdio.h>

#define FSYNC "etcd_disk_wal_fsync_duration_seconds_bucket{pod=\"etcd-n0\","
#define SCRAPE 30 /* seconds */

/* A case without logs: its only artifact is a dump of metrics. */
static void begin(struct world *w)
{
	*w = (struct world){ 0 };
	mg_case_init(&w->c);
	world_log(w, MG_KIND_METRICS, "kube-apiserver", "n0", T0 - MG_HOUR, T0 + MG_HOUR);
}

static void add(struct world *w, const char *series, int scrape, double v)
{
	mg_samples_add_line(&w->c.samples, mg_strz(series), T0 + scrape * SCRAPE * MG_SEC, v, 0,
			    (uint64_t)scrape + 1);
}

/* Ten scrapes; in `slow` of them all syncs take 0.5 to `to` seconds, else less than 4 ms. */
static void syncs(struct world *w, int slow, double to)
{
	double quick = 0, all = 0;
	char   bound[128];

	snprintf(bound, sizeof(bound), FSYNC "le=\"%g\"}", to);
	for (int i = 0; i < 10; i++) {
		quick += i >= 2 && i < 2 + slow ? 0 : 100;
		all += 100;
		add(w, FSYNC "le=\"0.004\"}", i, quick);
		add(w, FSYNC "le=\"0.5\"}", i, quick);
		add(w, bound, i, all);
		add(w, FSYNC "le=\"+Inf\"}", i, all);
	}
}

static void fsync_alone(void **state)
{
	struct world             w;
	const struct mg_finding *f;

	begin(&w);
	syncs(&w, 3, 0.9);
	world_judge(&w, NULL, 0);
	f = world_find(&w, "slow-fsync");
	assert_non_null(f);
	assert_int_equal(f->severity, MG_SEV_WARNING);
	assert_int_equal(f->confidence, MG_CONF_HIGH);
	assert_true(mg_str_has(f->claim, MG_STR("etcd-n0")));
	assert_true(f->start_ns == T0 + SCRAPE * MG_SEC && f->end_ns == T0 + 4 * SCRAPE * MG_SEC);
	assert_int_equal(f->evidence[0].artifact, 0);
	assert_int_equal(f->evidence[0].line, 3); /* of the first slow scrape */
	assert_true(world_number(f, "fsync_p99_seconds") > 0.89);
	assert_false(world_missing(&w, "slow-fsync"));
	world_end(&w);
}

static void one_slow_interval_is_not_enough(void **state)
{
	struct world w;

	begin(&w);
	syncs(&w, 1, 0.9);
	world_judge(&w, NULL, 0);
	assert_null(world_find(&w, "slow-fsync"));
	world_end(&w);
}

static void above_a_second(void **state)
{
	struct world w;

	begin(&w);
	syncs(&w, 4, 4);
	world_judge(&w, NULL, 0);
	assert_int_equal(world_find(&w, "slow-fsync")->severity, MG_SEV_ERROR);
	world_end(&w);
}

static void slower_than_it_should_be(void **state)
{
	struct world             w;
	const struct mg_finding *f;

	begin(&w);
	for (int i = 0; i < 5; i++) {
		add(&w, FSYNC "le=\"0.01\"}", i, 0);
		add(&w, FSYNC "le=\"0.02\"}", i, i * 100);
		add(&w, FSYNC "le=\"+Inf\"}", i, i * 100);
	}
	world_judge(&w, NULL, 0);
	f = world_find(&w, "slow-fsync");
	assert_int_equal(f->severity, MG_SEV_INFO);
	assert_true(world_number(f, "fsync_p99_median_seconds") < 0.02);
	world_end(&w);
}

static void metrics_confirm_the_log(void **state)
{
	for (int measured = 0; measured < 2; measured++) {
		struct world             w;
		const struct mg_finding *f;

		world_begin(&w);
		world_event(&w, MG_EV_ETCD_SLOW_FDATASYNC, T0 + MG_MIN, 1200 * MG_MS, 1);
		if (measured)
			syncs(&w, 3, 4);
		world_judge(&w, NULL, 0);
		f = world_find(&w, "slow-fsync");
		assert_int_equal(f->confidence, measured ? MG_CONF_HIGH : MG_CONF_MEDIUM);
		assert_int_equal(f->evidence_total, 1 + measured);
		world_end(&w);
	}
}

static void nothing_to_judge_by(void **state)
{
	struct world w;

	begin(&w);
	add(&w, "go_goroutines{job=\"x\"}", 0, 1);
	world_judge(&w, NULL, 0);
	assert_true(world_missing(&w, "slow-fsync"));
	assert_true(world_missing(&w, "db-size"));
	assert_true(world_missing(&w, "cpu-starvation"));
	assert_true(world_missing(&w, "apply-too-long"));
	world_end(&w);
}

static void database_near_its_quota(void **state)
{
	static const struct {
		double size, quota;
		int    severity, confidence; /* -1: no finding */
	} rows[] = {
		{ 50, 100, -1, -1 },
		{ 66, 100, MG_SEV_INFO, MG_CONF_HIGH },
		{ 90, 100, MG_SEV_CRITICAL, MG_CONF_HIGH },
		{ 6.5 * 1073741824, 0, MG_SEV_WARNING, MG_CONF_LOW },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct world             w;
		const struct mg_finding *f;

		begin(&w);
		add(&w, "etcd_mvcc_db_total_size_in_bytes{pod=\"etcd-n0\"}", 0, 1);
		add(&w, "etcd_mvcc_db_total_size_in_bytes{pod=\"etcd-n0\"}", 3, rows[i].size);
		if (rows[i].quota > 0)
			add(&w, "etcd_server_quota_backend_bytes{pod=\"etcd-n0\"}", 3, rows[i].quota);
		world_judge(&w, NULL, 0);
		f = world_find(&w, "db-size");
		assert_int_equal(f ? (int)f->severity : -1, rows[i].severity);
		if (f) {
			assert_int_equal(f->confidence, rows[i].confidence);
			assert_int_equal(f->evidence[0].line, 4);
		}
		assert_false(world_missing(&w, "db-size"));
		world_end(&w);
	}
}

static void busy_nodes(void **state)
{
	for (int scrapes = 11; scrapes <= 12; scrapes++) { /* 4:30 and 5:00 min between rates */
		struct world             w;
		const struct mg_finding *f;

		begin(&w);
		for (int i = 0; i < scrapes; i++) {
			add(&w, "node_cpu_seconds_total{instance=\"n0\",mode=\"busy\"}", i, 95 * i);
			add(&w, "node_cpu_seconds_total{instance=\"n0\",mode=\"idle\"}", i, 5 * i);
		}
		world_judge(&w, NULL, 0);
		f = world_find(&w, "cpu-starvation");
		assert_int_equal(f != NULL, scrapes == 12);
		if (f)
			assert_int_equal(f->confidence, MG_CONF_MEDIUM); /* an API server runs there */
		world_end(&w);
	}
}

static void counted_slow_applies(void **state)
{
	for (int per_scrape = 49; per_scrape <= 51; per_scrape += 2) {
		struct world             w;
		const struct mg_finding *f;

		begin(&w);
		for (int i = 0; i < 4; i++)
			add(&w, "etcd_server_slow_apply_total{pod=\"etcd-n0\"}", i, per_scrape * i);
		world_judge(&w, NULL, 0);
		f = world_find(&w, "apply-too-long");
		assert_int_equal(f != NULL, per_scrape == 51);
		if (f)
			assert_true(world_number(f, "most_in_a_minute") == 102);
		world_end(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fsync_alone),
		cmocka_unit_test(one_slow_interval_is_not_enough),
		cmocka_unit_test(above_a_second),
		cmocka_unit_test(slower_than_it_should_be),
		cmocka_unit_test(metrics_confirm_the_log),
		cmocka_unit_test(nothing_to_judge_by),
		cmocka_unit_test(database_near_its_quota),
		cmocka_unit_test(busy_nodes),
		cmocka_unit_test(counted_slow_applies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
