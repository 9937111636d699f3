/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/series.h"

#include <math.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "analysis/series_internal.h"
#include "case_series.c"

static struct mg_case   c;
static struct mg_series s;

static int build(void **state)
{
	series_case(&c);
	mg_series_build(&s, &c, c.first_ns, c.last_ns, 400);
	return 0;
}

static int release(void **state)
{
	mg_series_release(&s);
	mg_case_release(&c);
	return 0;
}

static const struct mg_column *column(const char *table, const char *name)
{
	const struct mg_table *t = mg_series_table(&s, table);

	for (uint32_t i = 0; t && i < t->ncol; i++)
		if (mg_str_eq(t->col[i].name, mg_strz(name)))
			return &t->col[i];
	return NULL;
}

static void near(double a, double b)
{
	if (!(fabs(a - b) <= 1e-6 * fmax(1, fabs(b))))
		fail_msg("%g is not %g", a, b);
}

static void steps_come_from_the_list(void **state)
{
	assert_int_equal(mg_series_step(1), MG_SEC);
	assert_int_equal(mg_series_step(MG_SEC), MG_SEC);
	assert_int_equal(mg_series_step(MG_SEC + 1), 2 * MG_SEC);
	assert_int_equal(mg_series_step(16 * MG_SEC), 30 * MG_SEC);
	assert_int_equal(mg_series_step(31 * MG_MIN), MG_HOUR);
	assert_int_equal(mg_series_step(13 * MG_HOUR), MG_DAY);
	assert_int_equal(mg_series_step(MG_DAY + 1), 2 * MG_DAY);
	assert_true(mg_series_step(INT64_MAX) > 0);
}

static void rates_of_codes(void **state)
{
	const struct mg_table *t = mg_series_table(&s, "requests");

	assert_string_equal(t->title, "Requests by status code (audit log)");
	assert_int_equal(t->step_ns, MG_SEC);
	near(column("requests", "2xx")->v[10], 10);
	near(column("requests", "2xx")->v[130], 0); /* covered, and nothing ended */
	near(column("requests", "5xx")->v[45], 5);  /* one for each second of the pause */
	near(column("requests", "5xx")->v[160], 40);
	assert_null(column("requests", "403")); /* empty columns are dropped */
}

static void rates_are_per_second_whatever_the_step(void **state)
{
	struct mg_series       w;
	const struct mg_table *t;
	double                 sum = 0;

	mg_series_build(&w, &c, c.first_ns, c.last_ns, 32);
	t = mg_series_table(&w, "requests");
	assert_int_equal(t->step_ns, 10 * MG_SEC);
	near(t->col[0].v[0], 10);
	for (size_t i = 0; i < t->n; i++)
		sum += isnan(t->col[0].v[i]) ? 0 : t->col[0].v[i] * 10;
	near(sum, (SPAN - 67) * 10);
	mg_series_release(&w);
}

static void outside_of_the_log_nothing_is_known(void **state)
{
	struct mg_series       w;
	const struct mg_table *t;

	mg_series_build(&w, &c, T0 - 100 * MG_SEC, T0 + 400 * MG_SEC, 1000);
	t = mg_series_table(&w, "requests");
	assert_true(isnan(t->col[0].v[50]));
	near(t->col[0].v[105], 10);
	assert_true(isnan(t->col[0].v[450]));
	t = mg_series_table(&w, "inflight");
	assert_true(isnan(t->col[0].v[50]));
	assert_true(isnan(t->col[0].v[450]));
	mg_series_release(&w);
}

static void latency_of_pauses(void **state)
{
	const struct mg_table *t = mg_series_table(&s, "latency");
	size_t                 at, quiet;

	assert_true(mg_table_index(t, T0 + 160 * MG_SEC, &at));
	assert_true(mg_table_index(t, T0 + 20 * MG_SEC, &quiet));
	assert_true(column("latency", "p99")->v[at] > 35);
	assert_true(column("latency", "p99 write")->v[at] > 35);
	assert_true(fabs(column("latency", "p50")->v[quiet] - 0.02) < 0.002);
	assert_true(mg_table_index(t, T0 + 140 * MG_SEC, &at));
	assert_true(isnan(column("latency", "p99")->v[at])); /* nothing ended: unknown, not 0 */
}

static void requests_wait_in_flight(void **state)
{
	const struct mg_column *f = column("inflight", "in flight");

	near(f->v[10], 0);
	near(f->v[42], 3);
	near(f->v[159], 40);
	near(f->v[165], 0);
}

static void etcd_counts_and_durations(void **state)
{
	near(column("etcd", "slow applies")->v[45], 4);
	near(column("etcd", "slow fdatasyncs")->v[160], 1);
	near(column("etcd", "longest fdatasync (s)")->v[160], 40);
	near(column("etcd", "slow applies")->v[10], 0); /* the log says: none */
	assert_null(column("etcd", "ReadIndex waits"));
}

static void one_column_a_process(void **state)
{
	const struct mg_table *t = mg_series_table(&s, "memory");
	size_t                 at;

	assert_int_equal(t->ncol, 2);
	assert_true(mg_str_eq(t->col[0].name, MG_STR("apiserver 10.0.0.1")));
	assert_true(mg_table_index(t, T0 + 100 * MG_SEC, &at));
	near(t->col[0].v[at], 550.0 * 1048576);
	assert_true(mg_str_eq(t->col[1].name, MG_STR("limit")));
	near(t->col[1].v[0], 1073741824);
}

static void two_servers_that_look_alike_stay_two(void **state)
{
	struct mg_case         d;
	struct mg_series       w;
	const struct mg_table *t;

	mg_case_init(&d);
	for (int i = 0; i < 50; i++)
		for (int k = 0; k < 2; k++)
			mg_samples_add(&d.samples,
				       k ? MG_STR("process_resident_memory_bytes{instance=\"b\"}") :
					   MG_STR("process_resident_memory_bytes{instance=\"a\"}"),
				       T0 + (i * 10 + k) * MG_SEC, 1e9 + i * 1e6 + k * 1e5, 0);
	mg_case_finish(&d);
	mg_series_build(&w, &d, T0, T0 + 500 * MG_SEC, 1000);
	t = mg_series_table(&w, "memory");
	assert_int_equal(t->ncol, 2);
	/* sampled every 10 s: no holes between the samples, no value long behind the last */
	for (size_t i = 0; i < t->n - 3; i++)
		assert_false(isnan(t->col[0].v[i]));
	mg_series_release(&w);
	mg_case_release(&d);
}

static void a_gauge_that_stops_is_unknown(void **state)
{
	struct mg_case         d;
	struct mg_series       w;
	const struct mg_table *t;
	size_t                 at;

	mg_case_init(&d);
	for (int i = 0; i < 60; i++)
		if (i < 20 || i >= 40)
			mg_samples_add(&d.samples, MG_STR("go_goroutines{job=\"x\"}"),
				       T0 + i * 5 * MG_SEC, 100, 0);
	mg_case_finish(&d);
	mg_series_build(&w, &d, T0, T0 + 300 * MG_SEC, 1000);
	t = mg_series_table(&w, "goroutines");
	assert_true(mg_table_index(t, T0 + 150 * MG_SEC, &at));
	assert_true(isnan(t->col[0].v[at]));
	assert_true(mg_table_index(t, T0 + 250 * MG_SEC, &at));
	near(t->col[0].v[at], 100);
	mg_series_release(&w);
	mg_case_release(&d);
}

static void stuck_goroutines_are_steps(void **state)
{
	const struct mg_column *g = column("goroutines", "stuck DeleteCollection kube-apiserver");

	assert_non_null(g);
	assert_true(isnan(g->v[99])); /* no dump yet */
	near(g->v[100], 3);
	near(g->v[169], 3);
	near(g->v[170], 7);
	near(g->v[280], 10);
	assert_true(isnan(g->v[290]));
}

static void http_lines_stand_in_for_a_missing_audit_log(void **state)
{
	struct mg_case   d;
	struct mg_series w;

	mg_case_init(&d);
	load(d.http);
	mg_case_finish(&d);
	mg_series_build(&w, &d, T0, T0 + SPAN * MG_SEC, 400);
	assert_string_equal(mg_series_table(&w, "requests")->title,
			    "Requests by status code (API server log)");
	assert_null(mg_series_table(&w, "etcd"));
	mg_series_release(&w);
	mg_case_release(&d);
}

static void odd_spans_are_survived(void **state)
{
	static const int64_t spans[][2] = {
		{ INT64_MIN + 1, INT64_MAX }, { INT64_MAX - 5, INT64_MAX }, { 0, 0 },
		{ INT64_MIN + 1, INT64_MIN + 2 }, { -1, 1 }, { T0, T0 }, { 5, 4 },
		{ MG_TIME_NONE, T0 },
	};
	static const size_t most[] = { 0, 1, 2, 1500 };

	for (size_t i = 0; i < sizeof(spans) / sizeof(*spans); i++)
		for (size_t k = 0; k < 4; k++) {
			struct mg_series w;

			mg_series_build(&w, &c, spans[i][0], spans[i][1], most[k]);
			for (uint32_t t = 0; t < w.n; t++)
				assert_true(w.t[t].n <= (most[k] < 3 ? 3 : most[k]) && w.t[t].n > 0);
			mg_series_release(&w);
		}
}

static void an_empty_case_has_no_tables(void **state)
{
	struct mg_case   d;
	struct mg_series w;

	mg_case_init(&d);
	mg_case_finish(&d);
	mg_series_build(&w, &d, T0, T0 + MG_HOUR, 100);
	assert_int_equal(w.n, 0);
	assert_null(mg_series_table(&w, "requests"));
	mg_series_release(&w);
	mg_series_release(&w);
	mg_case_release(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_come_from_the_list),
		cmocka_unit_test(rates_of_codes),
		cmocka_unit_test(rates_are_per_second_whatever_the_step),
		cmocka_unit_test(outside_of_the_log_nothing_is_known),
		cmocka_unit_test(latency_of_pauses),
		cmocka_unit_test(requests_wait_in_flight),
		cmocka_unit_test(etcd_counts_and_durations),
		cmocka_unit_test(one_column_a_process),
		cmocka_unit_test(two_servers_that_look_alike_stay_two),
		cmocka_unit_test(a_gauge_that_stops_is_unknown),
		cmocka_unit_test(stuck_goroutines_are_steps),
		cmocka_unit_test(http_lines_stand_in_for_a_missing_audit_log),
		cmocka_unit_test(odd_spans_are_survived),
		cmocka_unit_test(an_empty_case_has_no_tables),
	};

	return cmocka_run_group_tests(tests, build, release);
}
