/* SPDX-License-Identifier: Apache-2.0 */
#include "render/tsv.h"

#include <math.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define T0 (INT64_C(1763694000) * MG_SEC) /* 2025-11-21T03:00:00Z */

static struct mg_table table(struct mg_column *col, double *a, double *b)
{
	col[0] = (struct mg_column){ MG_STR("2xx"), a, true };
	col[1] = (struct mg_column){ MG_STR("tab\there\nand 'quotes'"), b, true };
	return (struct mg_table){ .name = "requests", .title = "Requests by status code (audit log)",
				  .unit = "requests/s", .start_ns = T0, .step_ns = 5 * MG_SEC,
				  .n = 3, .col = col, .ncol = 2 };
}

static void a_table_reads_as_documented(void **state)
{
	double           a[] = { 41.25, NAN, 1073741824 }, b[] = { 0, INFINITY, 1.0 / 3 };
	struct mg_column col[2];
	struct mg_table  t = table(col, a, b);
	struct mg_buf    out = { 0 };

	mg_tsv_format(&out, &t);
	assert_string_equal(out.p,
			    "# requests: Requests by status code (audit log); unit requests/s; step 5 s; "
			    "time is UTC, the start of a step; an empty cell is not known\n"
			    "time\t2xx\ttab here and 'quotes'\n"
			    "2025-11-21T03:00:00Z\t41.25\t0\n"
			    "2025-11-21T03:00:05Z\t\t\n"
			    "2025-11-21T03:00:10Z\t1073741824\t0.3333333333\n");
	mg_buf_release(&out);
}

static void what_was_written_is_read(void **state)
{
	double           a[] = { 41.25, NAN, 1073741824 }, b[] = { 0, NAN, 7 };
	struct mg_column col[2];
	struct mg_table  t = table(col, a, b), back;
	struct mg_buf    out = { 0 };
	struct mg_arena  arena = { 0 };
	uint64_t         bad;

	mg_tsv_format(&out, &t);
	assert_int_equal(mg_tsv_parse(mg_buf_str(&out), &arena, &back, &bad, NULL), MG_OK);
	assert_int_equal(bad, 0);
	assert_string_equal(back.name, "requests");
	assert_string_equal(back.title, "Requests by status code (audit log)");
	assert_string_equal(back.unit, "requests/s");
	assert_int_equal(back.n, 3);
	assert_int_equal(back.ncol, 2);
	assert_int_equal(back.step_ns, 5 * MG_SEC);
	assert_int_equal(back.start_ns, T0);
	assert_true(back.col[0].v[0] == 41.25 && isnan(back.col[0].v[1]));
	assert_true(back.col[1].any && back.col[1].v[2] == 7);
	mg_arena_release(&arena);
	mg_buf_release(&out);
}

static enum mg_status parse(const char *text, struct mg_arena *a, struct mg_table *t, uint64_t *bad,
			    struct mg_err *err)
{
	return mg_tsv_parse(mg_strz(text), a, t, bad, err);
}

static void other_shapes_are_read_too(void **state)
{
	struct mg_arena a = { 0 };
	struct mg_table t;
	uint64_t        bad;

	/* epoch seconds, CRLF, no comment, out of order, uneven, a short row, no newline at the end */
	assert_int_equal(parse("t\tx\ty\r\n20\t1\t2\r\n10\t3\r\n\n12\tx\t1e3", &a, &t, &bad, NULL), MG_OK);
	assert_int_equal(bad, 0);
	assert_int_equal(t.start_ns, 10 * MG_SEC);
	assert_int_equal(t.step_ns, 2 * MG_SEC);
	assert_int_equal(t.n, 6);
	assert_true(t.col[0].v[0] == 3 && isnan(t.col[0].v[1]) && t.col[0].v[5] == 1);
	assert_true(isnan(t.col[1].v[0]) && t.col[1].v[1] == 1000);
	assert_string_equal(t.title, "");
	mg_arena_release(&a);
}

static void faults_are_located(void **state)
{
	struct mg_arena a = { 0 };
	struct mg_table t;
	struct mg_err   err = { 0 };
	uint64_t        bad;

	assert_int_equal(parse("# c\nno tabs here\n", &a, &t, &bad, &err), MG_FAIL);
	assert_int_equal(err.line, 2);
	assert_int_equal(parse("", &a, &t, &bad, &err), MG_FAIL);
	assert_int_equal(parse("time\ta\nyesterday\t3\n", &a, &t, &bad, &err), MG_FAIL);
	assert_int_equal(bad, 1);
	assert_int_equal(parse("time\ta\nnan\t3\n1e300\t1\n7\t3\n", &a, &t, &bad, &err), MG_OK);
	assert_int_equal(bad, 2);
	mg_arena_release(&a);
}

static void far_apart_times_stay_bounded(void **state)
{
	struct mg_arena a = { 0 };
	struct mg_table t;

	assert_int_equal(parse("time\ta\n1678-01-01T00:00:00Z\t1\n2261-04-11T00:00:00Z\t2\n"
			       "2261-04-11T00:00:00.000000001Z\t3\n", &a, &t, NULL, NULL), MG_OK);
	assert_true(t.n <= MG_TSV_ROWS);
	mg_arena_release(&a);
}

static void steps_are_said_exactly(void **state)
{
	char b[24];

	assert_string_equal(mg_tsv_step(5 * MG_SEC, b, sizeof(b)), "5 s");
	assert_string_equal(mg_tsv_step(90 * MG_SEC, b, sizeof(b)), "90 s");
	assert_string_equal(mg_tsv_step(10 * MG_MIN, b, sizeof(b)), "10 min");
	assert_string_equal(mg_tsv_step(2 * MG_DAY, b, sizeof(b)), "2 d");
	assert_string_equal(mg_tsv_step(1500000, b, sizeof(b)), "1500000 ns");
}

static void tables_go_into_a_directory(void **state)
{
	char             dir[] = "/tmp/mg-test-tsv-XXXXXX", path[128];
	double           a[] = { 1, 2, 3 }, b[] = { 4, 5, 6 };
	struct mg_column col[2];
	struct mg_table  t = table(col, a, b);
	struct mg_series s = { .t = &t, .n = 1 };
	struct mg_err    err = { 0 };

	assert_non_null(mkdtemp(dir));
	assert_int_equal(mg_tsv_write_dir(dir, &s, &err), MG_OK);
	snprintf(path, sizeof(path), "%s/series/requests.tsv", dir);
	assert_int_equal(access(path, R_OK), 0);
	unlink(path);
	snprintf(path, sizeof(path), "%s/series", dir);
	rmdir(path);
	rmdir(dir);
	assert_int_equal(mg_tsv_write_dir("/proc/no-such-place", &s, &err), MG_FATAL);
	assert_true(err.msg[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_table_reads_as_documented),
		cmocka_unit_test(what_was_written_is_read),
		cmocka_unit_test(other_shapes_are_read_too),
		cmocka_unit_test(faults_are_located),
		cmocka_unit_test(far_apart_times_stay_bounded),
		cmocka_unit_test(steps_are_said_exactly),
		cmocka_unit_test(tables_go_into_a_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
