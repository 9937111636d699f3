/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "analysis/samples.h"

static bool is(const struct mg_samples *t, size_t i, const char *series, int64_t ns, double v)
{
	return mg_str_eq(mg_intern_str(&t->names, t->s[i].series), mg_strz(series)) &&
	       t->s[i].time_ns == ns && t->s[i].value == v;
}

static void sorts_and_drops_repeats(void **state)
{
	struct mg_samples t = { 0 };

	mg_samples_add(&t, MG_STR("b"), 2, 1, 0);
	mg_samples_add(&t, MG_STR("b"), 1, 2, 0);
	mg_samples_add(&t, MG_STR("a"), 3, 3, 0);
	mg_samples_add(&t, MG_STR("b"), 2, 4, 1);
	mg_samples_sort(&t);
	assert_int_equal(t.n, 3);
	assert_true(is(&t, 0, "a", 3, 3));
	assert_true(is(&t, 1, "b", 1, 2));
	assert_true(is(&t, 2, "b", 2, 1)); /* the first one stayed */
	mg_samples_sort(&t);
	assert_int_equal(t.n, 3);
	mg_samples_release(&t);
}

static void merges_names(void **state)
{
	struct mg_samples a = { 0 }, b = { 0 }, none = { 0 };

	mg_samples_add(&a, MG_STR("x"), 1, 1, 0);
	mg_samples_add(&b, MG_STR("y"), 2, 2, 1);
	mg_samples_add(&b, MG_STR("x"), 3, 3, 1);
	mg_samples_merge(&a, &b);
	mg_samples_merge(&a, &none);
	assert_int_equal(a.n, 3);
	assert_true(is(&a, 1, "y", 2, 2));
	assert_true(is(&a, 2, "x", 3, 3));
	assert_int_equal(a.names.n, 2);
	mg_samples_release(&a);
	mg_samples_release(&b);
	mg_samples_sort(&none);
	mg_samples_release(&none);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sorts_and_drops_repeats),
		cmocka_unit_test(merges_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
