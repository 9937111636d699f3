/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "base/map.h"
#include "base/mem.h"

static void ids_in_order_of_appearance(void **state)
{
	struct mg_intern t = { 0 };
	char             key[32];

	assert_int_equal(mg_intern_find(&t, MG_STR("a")), MG_NONE);
	for (uint32_t i = 0; i < 20000; i++) {
		int n = snprintf(key, sizeof(key), "key-%u", i);

		assert_int_equal(mg_intern_id(&t, mg_str(key, (size_t)n)), i);
		assert_int_equal(mg_intern_id(&t, mg_str(key, (size_t)n)), i);
	}
	assert_int_equal(t.n, 20000);
	for (uint32_t i = 0; i < 20000; i++) {
		int n = snprintf(key, sizeof(key), "key-%u", i);

		assert_int_equal(mg_intern_find(&t, mg_str(key, (size_t)n)), i);
		assert_string_equal(mg_intern_str(&t, i).p, key);
	}
	assert_int_equal(mg_intern_find(&t, MG_STR("key-20000")), MG_NONE);
	mg_intern_release(&t);
	mg_intern_release(&t);
}

static void odd_keys(void **state)
{
	struct mg_intern t = { 0 };

	assert_int_equal(mg_intern_id(&t, mg_str(NULL, 0)), 0);
	assert_int_equal(mg_intern_id(&t, MG_STR("")), 0);
	assert_int_equal(mg_intern_id(&t, mg_str("a\0b", 3)), 1);
	assert_int_equal(mg_intern_id(&t, mg_str("a\0c", 3)), 2);
	assert_int_equal(mg_intern_id(&t, MG_STR("a")), 3);
	mg_intern_release(&t);
}

static void merging_gives_the_same_ids(void **state)
{
	struct mg_intern a = { 0 }, b = { 0 }, c = { 0 };
	uint32_t        *id = mg_alloc(sizeof(*id) * 5001);
	char             key[32];

	for (uint32_t i = 0; i < 5000; i++) {
		mg_intern_id(&a, mg_str(key, (size_t)snprintf(key, sizeof(key), "%u", i * 2)));
		mg_intern_id(&b, mg_str(key, (size_t)snprintf(key, sizeof(key), "%u", i * 3)));
	}
	mg_intern_merge(&a, &b, id);
	assert_int_equal(a.n, 5000 + 5000 - 1667);
	for (uint32_t i = 0; i < b.n; i++) {
		assert_true(mg_str_eq(mg_intern_str(&a, id[i]), mg_intern_str(&b, i)));
		assert_int_equal(mg_intern_find(&a, mg_intern_str(&b, i)), id[i]);
	}
	mg_intern_merge(&c, &b, id);
	for (uint32_t i = 0; i < b.n; i++)
		assert_int_equal(id[i], i);
	mg_intern_merge(&a, &(struct mg_intern){ 0 }, id);
	mg_intern_release(&a);
	mg_intern_release(&b);
	mg_intern_release(&c);
	free(id);
}

static void many_at_once_get_the_ids_of_one_by_one(void **state)
{
	struct mg_intern a = { 0 }, b = { 0 };
	struct mg_str    key[300];
	char             text[300][8];
	uint32_t         id[300];

	for (uint32_t i = 0; i < 300; i++) /* each twice, also within a few */
		key[i] = mg_str(text[i], (size_t)snprintf(text[i], sizeof(text[i]), "%u", i / 2 * 7));
	for (size_t n = 0; n <= 300; n = n * 2 + 1) {
		mg_intern_ids(&a, key, n, id);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(id[i], mg_intern_id(&b, key[i]));
		assert_int_equal(a.n, b.n);
	}
	mg_intern_release(&a);
	mg_intern_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(many_at_once_get_the_ids_of_one_by_one),
		cmocka_unit_test(ids_in_order_of_appearance),
		cmocka_unit_test(odd_keys),
		cmocka_unit_test(merging_gives_the_same_ids),
	};

	return cmocka_run_group_tests_name("map", tests, NULL, NULL);
}
