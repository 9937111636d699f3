/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/mem.h"
#include "base/order.h"

static int compare(const void *va, const void *vb)
{
	uint32_t a = *(const uint32_t *)va, b = *(const uint32_t *)vb;

	return a < b ? -1 : a > b;
}

static void check(size_t n, size_t k, uint32_t range)
{
	uint32_t *v = mg_alloc(sizeof(*v) * (n + 1)), *w = mg_alloc(sizeof(*w) * (n + 1)), x = 9;

	for (size_t i = 0; i < n; i++) {
		x = x * 1664525 + 1013904223;
		v[i] = w[i] = (x >> 8) % range;
	}
	qsort(w, n, sizeof(*w), compare);
	mg_order_first(v, n, sizeof(*v), k, compare);
	for (size_t i = 0; i < k && i < n; i++)
		assert_int_equal(v[i], w[i]);
	qsort(v, n, sizeof(*v), compare); /* nothing was lost */
	assert_memory_equal(v, w, n * sizeof(*v));
	free(v);
	free(w);
}

static void test_like_qsort(void **state)
{
	for (size_t n = 0; n < 200; n += n / 7 + 1)
		for (size_t k = 0; k < n + 3; k += k / 5 + 1) {
			check(n, k, 1u << 20);
			check(n, k, 3);
		}
	check(100000, 10, 1u << 30);
	check(100000, 49999, 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_like_qsort),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
