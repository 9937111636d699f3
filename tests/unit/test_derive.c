/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/derive.h"

#include <math.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/time.h"

#define FSYNC "etcd_disk_wal_fsync_duration_seconds"
#define T0 (INT64_C(1795231050) * MG_SEC)

static struct mg_samples in, out;

static int begin(void **state)
{
	in = out = (struct mg_samples){ 0 };
	return 0;
}

static int end(void **state)
{
	mg_samples_release(&in);
	mg_samples_release(&out);
	return 0;
}

static void add(const char *series, int second, double v)
{
	mg_samples_add_line(&in, mg_strz(series), T0 + second * MG_SEC, v, 3, (uint64_t)second + 1);
}

/* One scrape of three buckets; NAN: the line is missing. */
static void scrape(int second, double a, double b, double all)
{
	if (!isnan(a))
		add(FSYNC "_bucket{instance=\"x\",le=\"0.01\"}", second, a);
	if (!isnan(b))
		add(FSYNC "_bucket{instance=\"x\",le=\"0.02\"}", second, b);
	if (!isnan(all))
		add(FSYNC "_bucket{instance=\"x\",le=\"+Inf\"}", second, all);
}

static void derive(void)
{
	mg_samples_sort(&in);
	mg_samples_derive(&out, &in);
}

static double value(const char *series, int second)
{
	for (size_t i = 0; i < out.n; i++)
		if (mg_str_eq(mg_intern_str(&out.names, out.s[i].series), mg_strz(series)) &&
		    out.s[i].time_ns == T0 + second * MG_SEC)
			return out.s[i].value;
	return NAN;
}

static void near(double a, double b)
{
	if (!(fabs(a - b) <= 1e-9 * fmax(1, fabs(b))))
		fail_msg("%g is not %g", a, b);
}

#define P99 FSYNC "{quantile=\"0.99\",instance=\"x\"}"

static void quantile_of_the_interval(void **state)
{
	scrape(0, 1000000, 1000000, 1000000); /* long and quick before */
	scrape(30, 1000000, 1000100, 1000100);
	scrape(60, 1000000, 1000100, 1000100); /* nothing observed */
	scrape(90, 1000000, 1000100, 1000110); /* all above the last bound */
	derive();
	near(value(P99, 30), 0.01 + 0.01 * 0.99);
	assert_true(isnan(value(P99, 0)));
	assert_true(isnan(value(P99, 60)));
	near(value(P99, 90), 0.02);
	assert_int_equal(out.n, 2);
	assert_int_equal(out.s[0].artifact, 3);
	assert_int_equal(out.s[0].line, 31);
}

static void a_process_that_began_anew(void **state)
{
	scrape(0, 500, 900, 1000);
	scrape(30, 100, 100, 100);
	derive();
	near(value(P99, 30), 0.0099);
}

static void buckets_that_are_missing(void **state)
{
	scrape(0, 0, 0, 0);
	scrape(30, NAN, 100, 100); /* the first bound is not known: 0 to 0.02 */
	scrape(60, 100, 200, NAN); /* no total: no quantile */
	scrape(90, 200, 300, 300);
	derive();
	near(value(P99, 30), 0.02 * 0.99);
	assert_true(isnan(value(P99, 60)));
	assert_true(isnan(value(P99, 90)));
}

static void one_scrape_tells_of_all_time(void **state)
{
	scrape(0, 50, 100, 100);
	derive();
	near(value(FSYNC "{quantile=\"0.99\",since=\"start\",instance=\"x\"}", 0), 0.0198);
	assert_int_equal(out.n, 1);
}

static void histograms_stay_apart(void **state)
{
	add(FSYNC "_bucket{le=\"1\"}", 0, 0);
	add(FSYNC "_bucket{le=\"+Inf\"}", 0, 0);
	add(FSYNC "_bucket{le=\"1\"}", 10, 100);
	add(FSYNC "_bucket{le=\"+Inf\"}", 10, 100);
	scrape(0, 0, 0, 0);
	scrape(10, 10, 10, 10);
	derive();
	near(value(FSYNC "{quantile=\"0.99\"}", 10), 0.99);
	near(value(P99, 10), 0.0099);
}

static void quantiles_at_the_edges(void **state)
{
	const struct mg_bucket odd[] = { { 1, 4 }, { INFINITY, 4 } };
	const struct mg_bucket endless[] = { { INFINITY, 4 } };
	const struct mg_bucket negative[] = { { -1, 4 }, { INFINITY, 4 } };
	const struct mg_bucket finite[] = { { 1, 4 } };

	near(mg_bucket_quantile(odd, 2, 0.5), 0.5);
	near(mg_bucket_quantile(endless, 1, 0.5), 0);
	near(mg_bucket_quantile(negative, 2, 0.5), -1);
	assert_true(isnan(mg_bucket_quantile(finite, 1, 0.5)));
	assert_true(isnan(mg_bucket_quantile(odd, 0, 0.5)));
}

static void rates_and_resets(void **state)
{
	static const char cpu[] = "process_cpu_seconds_total{job=\"a\"}";

	add(cpu, 0, 100);
	add(cpu, 10, 105);
	add(cpu, 20, 2); /* began anew */
	add(cpu, 30, 2);
	add("go_goroutines{job=\"a\"}", 0, 1); /* no counter */
	add("go_goroutines{job=\"a\"}", 10, 1);
	derive();
	near(value("rate(process_cpu_seconds_total){job=\"a\"}", 10), 0.5);
	near(value("rate(process_cpu_seconds_total){job=\"a\"}", 20), 0.2);
	near(value("rate(process_cpu_seconds_total){job=\"a\"}", 30), 0);
	assert_int_equal(out.n, 3);
}

static void two_scrapers_in_quick_succession(void **state)
{
	static const char cpu[] = "process_cpu_seconds_total{job=\"a\"}";

	mg_samples_add(&in, mg_strz(cpu), T0, 100, 0);
	mg_samples_add(&in, mg_strz(cpu), T0 + MG_MS, 101, 0);
	mg_samples_add(&in, mg_strz(cpu), T0 + 10 * MG_SEC, 105, 0);
	derive();
	near(value("rate(process_cpu_seconds_total){job=\"a\"}", 10), 0.5);
	assert_int_equal(out.n, 1);
}

static void nodes_without_idle_processors(void **state)
{
	add("node_cpu_seconds_total{instance=\"m\",mode=\"busy\"}", 0, 0);
	add("node_cpu_seconds_total{instance=\"m\",mode=\"idle\"}", 0, 0);
	add("node_cpu_seconds_total{instance=\"m\",mode=\"busy\"}", 30, 90);
	add("node_cpu_seconds_total{instance=\"m\",mode=\"idle\"}", 30, 30);
	add("node_cpu_seconds_total{instance=\"n\",mode=\"busy\"}", 30, 30); /* its idle time is missing */
	derive();
	near(value("node_cpu_busy_ratio{instance=\"m\"}", 30), 0.75);
	assert_int_equal(out.n, 3); /* with the two rates */
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(quantile_of_the_interval),     TEST(a_process_that_began_anew),
		TEST(buckets_that_are_missing),     TEST(one_scrape_tells_of_all_time),
		TEST(histograms_stay_apart),        TEST(quantiles_at_the_edges),
		TEST(rates_and_resets),             TEST(two_scrapers_in_quick_succession),
		TEST(nodes_without_idle_processors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
