/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

#include "base/num.h"

/* The text in a block of exactly its size, so that a read behind it is seen. */
static struct mg_str tight(const char *z)
{
	size_t n = strlen(z);
	char  *p = malloc(n ? n : 1);

	memcpy(p, z, n);
	return mg_str(p, n);
}

static void integers(void **state)
{
	uint64_t u;
	int64_t  i;

	assert_true(mg_num_u64(MG_STR("18446744073709551615"), &u) && u == UINT64_MAX);
	assert_false(mg_num_u64(MG_STR("18446744073709551616"), &u));
	assert_true(mg_num_u64(MG_STR("007"), &u) && u == 7);
	assert_false(mg_num_u64(MG_STR(""), &u));
	assert_false(mg_num_u64(MG_STR("-1"), &u));
	assert_false(mg_num_u64(MG_STR("1 "), &u));
	assert_true(mg_num_i64(MG_STR("-9223372036854775808"), &i) && i == INT64_MIN);
	assert_true(mg_num_i64(MG_STR("9223372036854775807"), &i) && i == INT64_MAX);
	assert_false(mg_num_i64(MG_STR("9223372036854775808"), &i));
	assert_false(mg_num_i64(MG_STR("-9223372036854775809"), &i));
	assert_false(mg_num_i64(MG_STR("-"), &i));
	assert_false(mg_num_i64(MG_STR(""), &i));
	assert_false(mg_num_i64(MG_STR("--1"), &i));
	assert_true(mg_num_hex(MG_STR("FFFFffffffffffff"), &u) && u == UINT64_MAX);
	assert_true(mg_num_hex(MG_STR("0a"), &u) && u == 10);
	assert_false(mg_num_hex(MG_STR("10000000000000000"), &u));
	assert_false(mg_num_hex(MG_STR("0x1"), &u));
	assert_false(mg_num_hex(MG_STR(""), &u));
}

static void decimals(void **state)
{
	static const char *const bad[] = { "", "-", "+", ".", " 1", "1 ", "0x10", "1p3", "--1", "+-1",
					   "1e", "abc", "i", "n", "-.", "1,5", "e5" };
	double                   v;
	struct mg_str            s;

	assert_true(mg_num_f64(MG_STR("1.5"), &v) && v == 1.5);
	assert_true(mg_num_f64(MG_STR("-.5e-3"), &v) && v == -0.0005);
	assert_true(mg_num_f64(MG_STR("1e+06"), &v) && v == 1e6);
	assert_true(mg_num_f64(MG_STR("NaN"), &v) && isnan(v));
	assert_true(mg_num_f64(MG_STR("+Inf"), &v) && isinf(v));
	assert_true(mg_num_f64(MG_STR("-Inf"), &v) && v < 0);
	assert_false(mg_num_f64(mg_str("1\0", 2), &v));
	assert_false(mg_num_f64(mg_str("\0", 1), &v));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		s = tight(bad[i]);
		if (mg_num_f64(s, &v))
			fail_msg("'%s' was taken for a number", bad[i]);
		free((char *)s.p);
	}
}

static void bytes(void **state)
{
	static const struct {
		const char *in;
		uint64_t    out;
	} good[] = {
		{ "512", 512 }, { "0", 0 }, { "4k", 4096 }, { "64M", 64 << 20 }, { "2G", 2ull << 30 },
		{ "1.5GiB", 3ull << 29 }, { "943718400B", 943718400 }, { "1KB", 1024 },
	};
	static const char *const bad[] = { "", "B", "iB", "k", "-1", "x", "1x", "nan", "inf", "1e30",
					   "99999999T", "k4", " 1" };
	uint64_t                 v;
	struct mg_str            s;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_true(mg_num_bytes(mg_strz(good[i].in), &v));
		assert_int_equal(v, good[i].out);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		s = tight(bad[i]);
		if (mg_num_bytes(s, &v))
			fail_msg("'%s' was taken for a size", bad[i]);
		free((char *)s.p);
	}
}

static void texts(void **state)
{
	char buf[32];

	assert_string_equal(mg_num_bytes_text(0, buf, sizeof(buf)), "0 B");
	assert_string_equal(mg_num_bytes_text(512, buf, sizeof(buf)), "512 B");
	assert_string_equal(mg_num_bytes_text(1000, buf, sizeof(buf)), "0.98 KiB");
	assert_string_equal(mg_num_bytes_text(40061501, buf, sizeof(buf)), "38.2 MiB");
	assert_string_equal(mg_num_bytes_text(1023.0 * 1024, buf, sizeof(buf)), "1.00 MiB");
	assert_string_equal(mg_num_bytes_text(-2048, buf, sizeof(buf)), "-2.00 KiB");
	assert_string_equal(mg_num_grouped(0, buf, sizeof(buf)), "0");
	assert_string_equal(mg_num_grouped(999, buf, sizeof(buf)), "999");
	assert_string_equal(mg_num_grouped(1000, buf, sizeof(buf)), "1,000");
	assert_string_equal(mg_num_grouped(1234567, buf, sizeof(buf)), "1,234,567");
	assert_string_equal(mg_num_grouped(UINT64_MAX, buf, 28), "18,446,744,073,709,551,615");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers),
		cmocka_unit_test(decimals),
		cmocka_unit_test(bytes),
		cmocka_unit_test(texts),
	};

	return cmocka_run_group_tests_name("num", tests, NULL, NULL);
}
