/* SPDX-License-Identifier: Apache-2.0 */
#include "render/table_export.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/time.h"

#define T0 (INT64_C(1763694000) * MG_SEC) /* 2025-11-21T03:00:00Z */

static double known[] = { 0.25, NAN, 1073741824 }, some[] = { NAN, -1, INFINITY };

static void tables(struct mg_table t[3], struct mg_column col[2])
{
	col[0] = (struct mg_column){ MG_STR("p99"), known, true };
	col[1] = (struct mg_column){ MG_STR("=x\"\\\n\xff\x01,"), some, true };
	t[0] = (struct mg_table){ .name = "latency", .title = "Latency of \"requests\"", .unit = "s",
				  .start_ns = T0, .step_ns = 2500 * MG_MS, .n = 3, .col = col, .ncol = 2 };
	t[1] = (struct mg_table){ .name = "my table", .title = "", .unit = "apples", .start_ns = T0,
				  .step_ns = MG_SEC, .n = 1, .col = col, .ncol = 1 };
	t[2] = t[0];
}

static void openmetrics_is_grouped_and_escaped(void **state)
{
	struct mg_table  t[3];
	struct mg_column col[2];
	struct mg_buf    b = { 0 };

	tables(t, col);
	mg_export_tables(&b, MG_EXPORT_OPENMETRICS, t, 2);
	assert_string_equal(b.p, "# TYPE mgtools_latency_seconds gauge\n"
				 "# UNIT mgtools_latency_seconds seconds\n"
				 "# HELP mgtools_latency_seconds Latency of \\\"requests\\\"\n"
				 "mgtools_latency_seconds{series=\"p99\"} 0.25 1763694000\n"
				 "mgtools_latency_seconds{series=\"p99\"} 1073741824 1763694005\n"
				 "mgtools_latency_seconds{series=\"=x\\\"\\\\\\n\xef\xbf\xbd ,\"} -1 "
				 "1763694002.5\n"
				 "# TYPE mgtools_my_table gauge\n"
				 "# HELP mgtools_my_table \n"
				 "mgtools_my_table{series=\"p99\"} 0.25 1763694000\n"
				 "# EOF\n");
	mg_buf_release(&b);
}

static void tables_of_one_name_are_one_metric(void **state)
{
	struct mg_table  t[3];
	struct mg_column col[2];
	struct mg_buf    b = { 0 };
	struct mg_str    text, line;
	int              types = 0, first = 0, second = 0;

	tables(t, col);
	mg_export_tables(&b, MG_EXPORT_OPENMETRICS, t, 3);
	for (text = mg_buf_str(&b); text.n;) {
		mg_str_cut(text, '\n', &line, &text);
		types += mg_str_starts(line, MG_STR("# TYPE mgtools_latency_seconds "));
		first += mg_str_has(line, MG_STR("\",table=\"1\"} "));
		second += mg_str_has(line, MG_STR("\",table=\"2\"} "));
	}
	assert_int_equal(types, 1);
	assert_int_equal(first, 3);
	assert_int_equal(second, 3);
	mg_buf_release(&b);
}

static void csv_holds_no_formula(void **state)
{
	struct mg_table  t[3];
	struct mg_column col[2];
	struct mg_buf    b = { 0 };

	tables(t, col);
	mg_export_tables(&b, MG_EXPORT_CSV, t, 1);
	assert_string_equal(b.p, "time,table,series,unit,value\n"
				 "2025-11-21T03:00:00.000Z,latency,p99,s,0.25\n"
				 "2025-11-21T03:00:02.500Z,latency,\"'=x\"\"\\\n\xff\x01,\",s,-1\n"
				 "2025-11-21T03:00:05.000Z,latency,p99,s,1073741824\n");
	mg_buf_release(&b);
}

static void names_of_formats(void **state)
{
	assert_int_equal(mg_export_parse(MG_STR("csv")), MG_EXPORT_CSV);
	assert_int_equal(mg_export_parse(MG_STR("openmetrics")), MG_EXPORT_OPENMETRICS);
	assert_int_equal(mg_export_parse(MG_STR("png")), MG_EXPORTS);
	assert_int_equal(mg_export_parse(mg_strz(NULL)), MG_EXPORTS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(openmetrics_is_grouped_and_escaped),
		cmocka_unit_test(tables_of_one_name_are_one_metric),
		cmocka_unit_test(csv_holds_no_formula),
		cmocka_unit_test(names_of_formats),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
