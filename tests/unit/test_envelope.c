/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "cases.h"
#include "parse/unwrap.h"

static void show(struct mg_buf *out, const struct mg_unwrapped *u)
{
	static const char *const stamps[] = { "none", "exact", "year", "zone", "yearless" };
	char                     t[40];

	mg_buf_printf(out, "%s %s %s%s host=%.*s ident=%.*s pid=%u |%.*s|\n",
		      mg_envelope_kind_name(u->kind), stamps[u->stamp],
		      u->time_ns == MG_TIME_NONE ? "-" : mg_time_format(u->time_ns, 9, t,
			  sizeof(t)),
		      u->inherited ? " inherited" : "", MG_FMT(u->host), MG_FMT(u->ident), u->pid,
		      MG_FMT(u->text));
}

static void envelope_case(struct mg_str in, struct mg_buf *out)
{
	struct mg_unwrap    u;
	struct mg_unwrapped r[2];
	struct mg_str       line;

	mg_unwrap_init(&u);
	while (in.n) {
		mg_str_cut(in, '\n', &line, &in);
		for (int i = 0, n = mg_unwrap_line(&u, line, r); i < n; i++)
			show(out, &r[i]);
	}
	while (mg_unwrap_flush(&u, r)) {
		mg_buf_addz(out, "at the end: ");
		show(out, r);
	}
	mg_unwrap_release(&u);
}

static void test_cases(void **state)
{
	int n;

	assert_int_equal(cases_run("tests/cases/envelope", envelope_case, &n), 0);
	assert_true(n >= 5);
}

/* A line of 670 KB whose 8 KB fragments were stamped one by one comes back whole. */
static void test_long_line(void **state)
{
	struct mg_buf       b = { 0 }, want = { 0 };
	struct mg_unwrap    u;
	struct mg_unwrapped r[2];

	mg_buf_addz(&b, "2021-08-03T09:26:09.000000000Z ");
	for (int i = 0; i < 80; i++) {
		if (i)
			mg_buf_printf(&b, "2021-08-03T09:26:09.%09dZ ", i * 5000);
		for (int k = 0; k < 8192; k++) {
			mg_buf_addc(&b, (char)('a' + k % 26));
			mg_buf_addc(&want, (char)('a' + k % 26));
		}
	}
	mg_unwrap_init(&u);
	assert_int_equal(mg_unwrap_line(&u, mg_buf_str(&b), r), 1);
	assert_int_equal(r[0].text.n, want.n);
	assert_true(mg_str_eq(r[0].text, mg_buf_str(&want)));
	mg_unwrap_release(&u);
	mg_buf_release(&b);
	mg_buf_release(&want);
}

static void test_year_near(void **state)
{
	struct mg_civil dec = { 1970, 12, 31, 23, 0, 0, 0 }, jan = { 2022, 1, 1, 1, 0, 0, 0 };
	int64_t         t = mg_unwrap_year_near(mg_time_from_civil(&dec), mg_time_from_civil(&jan));

	assert_int_equal(mg_time_civil(t).year, 2021);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_year_near),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
