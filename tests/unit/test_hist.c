/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

#include "base/hist.h"

static void empty(void **state)
{
	struct mg_hist h;

	mg_hist_init(&h, MG_HIST_BITS);
	assert_int_equal(mg_hist_quantile(&h, 0.5), 0);
	mg_hist_release(&h);
}

/* Small values are exact; the quantile is the nearest rank. */
static void exact_below_2_to_the_bits(void **state)
{
	struct mg_hist h;

	mg_hist_init(&h, 7);
	for (int i = 1; i <= 100; i++)
		mg_hist_add(&h, i);
	assert_int_equal(mg_hist_quantile(&h, 0.50), 50);
	assert_int_equal(mg_hist_quantile(&h, 0.95), 95);
	assert_int_equal(mg_hist_quantile(&h, 0.99), 99);
	assert_int_equal(mg_hist_quantile(&h, 0), 1);
	assert_int_equal(mg_hist_quantile(&h, 1), 100);
	assert_int_equal(mg_hist_quantile(&h, -1), 1);
	assert_int_equal(mg_hist_quantile(&h, 7), 100);
	assert_int_equal(mg_hist_quantile(&h, NAN), 1);
	assert_int_equal(h.sum, 5050);
	mg_hist_release(&h);
}

static int cmp(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* Against a sorted array: never below the true value, at most 2^-bits above it. */
static void error_is_bounded(void **state)
{
	enum { N = 5000 };
	static int64_t v[N];
	static double  qs[] = { 0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 1 };

	for (unsigned bits = 1; bits <= 10; bits++) {
		struct mg_hist h;
		uint64_t       seed = bits;

		mg_hist_init(&h, bits);
		for (int i = 0; i < N; i++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			v[i] = (int64_t)(seed >> 1 >> (seed >> 8) % 60);
			mg_hist_add(&h, v[i]);
		}
		qsort(v, N, sizeof(v[0]), cmp);
		for (size_t i = 0; i < sizeof(qs) / sizeof(qs[0]); i++) {
			int64_t want = v[(int)ceil(qs[i] * N) - 1];
			int64_t got = mg_hist_quantile(&h, qs[i]);

			assert_true(got >= want);
			assert_true((double)(got - want) <= ldexp((double)want, -(int)bits));
		}
		mg_hist_release(&h);
	}
}

static void extremes(void **state)
{
	struct mg_hist h;

	for (unsigned bits = 1; bits <= 10; bits++) {
		mg_hist_init(&h, bits);
		mg_hist_add(&h, INT64_MIN);
		mg_hist_add(&h, INT64_MAX);
		mg_hist_add(&h, INT64_MAX);
		assert_int_equal(h.min, 0);
		assert_int_equal(h.max, INT64_MAX);
		assert_int_equal(h.sum, INT64_MAX); /* saturated */
		assert_int_equal(mg_hist_quantile(&h, 0.3), 0);
		assert_int_equal(mg_hist_quantile(&h, 1), INT64_MAX);
		mg_hist_release(&h);
	}
}

static void merging_is_adding(void **state)
{
	struct mg_hist a, b, all, none;

	mg_hist_init(&a, 4);
	mg_hist_init(&b, 4);
	mg_hist_init(&all, 4);
	mg_hist_init(&none, 4);
	for (int64_t i = 1; i < 4000; i++) {
		mg_hist_add(i % 3 ? &a : &b, i * i * i);
		mg_hist_add(&all, i * i * i);
	}
	mg_hist_merge(&a, &none);
	mg_hist_merge(&none, &b);
	mg_hist_merge(&a, &none);
	assert_int_equal(a.count, all.count);
	assert_int_equal(a.sum, all.sum);
	assert_int_equal(a.min, all.min);
	assert_int_equal(a.max, all.max);
	for (double q = 0; q <= 1; q += 0.01)
		assert_int_equal(mg_hist_quantile(&a, q), mg_hist_quantile(&all, q));
	mg_hist_release(&a);
	mg_hist_release(&b);
	mg_hist_release(&all);
	mg_hist_release(&none);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty),
		cmocka_unit_test(exact_below_2_to_the_bits),
		cmocka_unit_test(error_is_bounded),
		cmocka_unit_test(extremes),
		cmocka_unit_test(merging_is_adding),
	};

	return cmocka_run_group_tests_name("hist", tests, NULL, NULL);
}
