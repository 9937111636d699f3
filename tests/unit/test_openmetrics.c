/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "parse/metricscsv.h"
#include "parse/openmetrics.h"

static void samples(void **state)
{
	static const struct {
		const char *line, *name, *labels;
		double      value;
		int64_t     ns;
	} rows[] = {
		{ "go_goroutines 1685", "go_goroutines", "", 1685, MG_TIME_NONE },
		{ "a{b=\"c\"} 2.15916544e+08", "a", "b=\"c\"", 215916544, MG_TIME_NONE },
		{ "a{b=\"c\",} 1 1644272116123", "a", "b=\"c\",", 1, 1644272116123000000 },
		{ "a{b=\"c\"} 9.49 1795231310.620", "a", "b=\"c\"", 9.49, 1795231310620000000 },
		{ "a 1 1795231310", "a", "", 1, 1795231310000000000 },
		{ "a{b=\"}\\\" \"} 1 # {trace_id=\"x\"} 0.67 1644272116.1", "a", "b=\"}\\\" \"", 1,
		  MG_TIME_NONE },
		{ "a 1 1.5 # {x=\"y\"} 2", "a", "", 1, 1500000000 },
		{ "{__name__=\"m\", i=\"1\"} 3.2e+09 1644272116123", "m", "__name__=\"m\", i=\"1\"",
		  3.2e9, 1644272116123000000 },
		{ "{\"m.x\",l=\"v\"} 1", "m.x", "\"m.x\",l=\"v\"", 1, MG_TIME_NONE },
		{ "a +Inf\r", "a", "", INFINITY, MG_TIME_NONE },
		{ "  a\t{ x = \"y\" } -1", "a", " x = \"y\" ", -1, MG_TIME_NONE },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct mg_om_sample s;

		assert_int_equal(mg_om_parse(mg_strz(rows[i].line), &s, NULL), MG_OK);
		assert_true(mg_str_eq(s.name, mg_strz(rows[i].name)));
		assert_true(mg_str_eq(s.labels, mg_strz(rows[i].labels)));
		assert_true(s.value == rows[i].value);
		assert_true(s.time_ns == rows[i].ns);
	}
}

static void faults(void **state)
{
	static const struct {
		const char    *line;
		enum mg_status st;
		size_t         byte;
	} rows[] = {
		{ "# TYPE a gauge", MG_SKIP, 0 }, { "", MG_SKIP, 0 },	{ " \r", MG_SKIP, 0 },
		{ "a", MG_FAIL, 1 },		  { "a x", MG_FAIL, 2 }, { "a{b=\"c\" 1", MG_FAIL, 1 },
		{ "a 1 x", MG_FAIL, 4 },	  { "{} 1", MG_FAIL, 0 }, { "a{", MG_FAIL, 1 },
		{ "a -", MG_FAIL, 2 },		  { "$ 1", MG_FAIL, 0 },  { "{\"", MG_FAIL, 0 },
		{ "a 1 1e300", MG_FAIL, 4 },	  { "a 1 99999999999999999999", MG_FAIL, 4 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct mg_om_sample s;
		struct mg_err       err = { 0 };

		assert_int_equal(mg_om_parse(mg_strz(rows[i].line), &s, &err), rows[i].st);
		assert_int_equal(err.byte, rows[i].byte);
	}
}

static void labels(void **state)
{
	struct mg_str l = MG_STR("a=\"1\", b = \"x,\\\"y\" ,\"c.d\"=\"3\",");
	struct mg_str k, v;
	size_t        at = 0, n = 0;

	while (mg_om_next_label(l, &at, &k, &v))
		n++;
	assert_int_equal(n, 3);
	assert_int_equal(at, l.n);
	assert_true(mg_str_eq(mg_om_label(l, MG_STR("b")), MG_STR("x,\\\"y")));
	assert_true(mg_str_eq(mg_om_label(l, MG_STR("c.d")), MG_STR("3")));
	assert_int_equal(mg_om_label(l, MG_STR("z")).n, 0);
	at = 0;
	assert_false(mg_om_next_label(MG_STR("=\"x\""), &at, &k, &v));
	assert_false(mg_om_next_label(MG_STR("a"), &at, &k, &v));
}

static void csv(void **state)
{
	struct mg_str row = MG_STR("a, b ,\"c\"\"d,\",,e"), f;
	const char   *want[] = { "a", "b", "c\"\"d,", "", "e" };
	size_t        at = 0, n = 0;
	int64_t       ns;

	while (mg_csv_next(row, ',', &at, &f))
		assert_true(mg_str_eq(f, mg_strz(want[n++])));
	assert_int_equal(n, 5);
	at = 0;
	assert_true(mg_csv_next(MG_STR("\"open"), ',', &at, &f));
	assert_true(mg_str_eq(f, MG_STR("open")));
	assert_int_equal(mg_csv_separator(MG_STR("a;b;c,d")), ';');
	assert_int_equal(mg_csv_separator(MG_STR("abc")), 0);
	assert_true(mg_csv_time(MG_STR("2026-11-21T03:17:30.619542Z"), &ns));
	assert_true(ns == 1795231050619542000);
	assert_true(mg_csv_time(MG_STR("1795231050.620"), &ns));
	assert_true(ns == 1795231050620000000);
	assert_false(mg_csv_time(MG_STR(""), &ns));
	assert_false(mg_csv_time(MG_STR("n/a"), &ns));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(samples),
		cmocka_unit_test(faults),
		cmocka_unit_test(labels),
		cmocka_unit_test(csv),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
