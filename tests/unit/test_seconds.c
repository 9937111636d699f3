/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "analysis/seconds.h"

static void test_few(void **state)
{
	struct mg_seconds s = { 0 };
	uint32_t          at;

	assert_int_equal(mg_seconds_busiest(&s, 0, &at), 0);
	mg_seconds_add(&s, 100, 1);
	mg_seconds_add(&s, 100, 2);
	assert_int_equal(mg_seconds_busiest(&s, 100, &at), 3);
	assert_int_equal(at, 100);
	assert_null(s.run); /* one second needs no memory of its own */
	mg_seconds_add(&s, 99, 3);
	assert_int_equal(mg_seconds_busiest(&s, 99, &at), 3);
	assert_int_equal(at, 99); /* of equal ones the earliest */
	mg_seconds_add(&s, 100, 1);
	assert_int_equal(mg_seconds_busiest(&s, 99, &at), 4);
	assert_int_equal(at, 100);
	mg_seconds_release(&s);
}

/* The low 32 bits may pass their end. */
static void test_wrap(void **state)
{
	struct mg_seconds s = { 0 };
	uint32_t          at;

	mg_seconds_add(&s, UINT32_MAX, 5);
	mg_seconds_add(&s, 3, 5);
	mg_seconds_add(&s, UINT32_MAX - 7, 1);
	assert_int_equal(mg_seconds_busiest(&s, UINT32_MAX - 7, &at), 5);
	assert_int_equal(at, UINT32_MAX);
	mg_seconds_release(&s);
}

/* Beside an array of counters, in any order, added at once or merged. */
static void test_many(void **state)
{
	enum { SPAN = 5000, N = 200000 };
	static uint32_t   count[SPAN];
	struct mg_seconds s = { 0 }, part = { 0 };
	uint32_t          at, best = 0, seed = 1;

	for (uint32_t i = 0; i < N; i++) {
		uint32_t second, n;

		seed = seed * 1664525 + 1013904223;
		second = i % 1000 == 0 ? seed >> 8 : i / 50 + (seed >> 28);
		second %= SPAN;
		n = 1 + (seed >> 16) % 3 * ((seed >> 20) % 200);
		count[second] += n;
		mg_seconds_add(i % 2 ? &s : &part, second, n);
		if (i % 20000 == 0) {
			mg_seconds_merge(&s, &part);
			mg_seconds_release(&part);
		}
	}
	mg_seconds_merge(&s, &part);
	mg_seconds_release(&part);
	for (uint32_t i = 0; i < SPAN; i++)
		best = count[i] > count[best] ? i : best;
	assert_int_equal(mg_seconds_busiest(&s, 0, &at), count[best]);
	assert_int_equal(at, best);
	mg_seconds_release(&s);
}

/* Seconds as far apart as can be. */
static void test_far(void **state)
{
	struct mg_seconds s = { 0 };
	uint32_t          at;

	for (uint32_t i = 0; i < 3000; i++)
		mg_seconds_add(&s, i % 2 ? i : i * 1431655765u, 100000 + i);
	assert_int_equal(mg_seconds_busiest(&s, 0, &at), 102999);
	assert_int_equal(at, 2999);
	mg_seconds_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_few),
		cmocka_unit_test(test_wrap),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_far),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
