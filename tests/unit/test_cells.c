/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analysis/cells.h"

struct cell {
	uint32_t key[3], n;
};

/* Keys that come back, in an order without order. */
static void key_of(uint32_t i, uint32_t *key)
{
	key[0] = i * 2654435761u % 5003;
	key[1] = key[0] % 7;
	key[2] = 1741068000u + key[0];
}

static void one_by_one_and_many_at_once(void **state)
{
	struct mg_cells one, many;
	uint32_t        key[3], n = 0;
	bool            added;

	mg_cells_init(&one, sizeof(struct cell), sizeof(key));
	mg_cells_init(&many, sizeof(struct cell), sizeof(key));
	mg_cells_ask_slot(&many, 1); /* of nothing */
	mg_cells_ask_element(&many, 1);
	for (uint32_t i = 0; i < 40000; i++) {
		uint32_t at, other;
		uint64_t hash;

		key_of(i, key);
		at = mg_cells_find(&one, key, &added);
		assert_int_equal(added, at == n);
		n += added;
		((struct cell *)mg_cells_at(&one, at))->n++;
		hash = mg_cells_hash(&many, key);
		mg_cells_ask_slot(&many, hash);
		mg_cells_ask_element(&many, hash);
		other = mg_cells_find_hashed(&many, key, hash, &added);
		assert_int_equal(other, at);
		assert_memory_equal(((struct cell *)mg_cells_at(&many, other))->key, key, sizeof(key));
		((struct cell *)mg_cells_at(&many, other))->n++;
	}
	assert_int_equal(one.n, n);
	assert_int_equal(many.n, n);
	assert_memory_equal(one.v, many.v, n * sizeof(struct cell));
	mg_cells_release(&one);
	mg_cells_release(&many);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_by_one_and_many_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
