/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/literals.h"
#include "base/mem.h"

static uint32_t next(uint32_t *x)
{
	*x = *x * 1664525 + 1013904223;
	return *x >> 8;
}

static struct mg_literals of(const char *const *texts)
{
	struct mg_literals l = { 0 };

	for (; *texts; texts++)
		assert_true(mg_literals_add(&l, mg_strz(*texts)));
	return l;
}

/* Few letters, so that halves of literals are everywhere; each text in a block of its own
 * size: an overread is an error under ASan. */
static void test_twins_agree(void **state)
{
	static const char *const sets[][9] = {
		{ "a" }, { "ab" }, { "abca" }, { "bb", "cab" }, { "abcabcabc", "c" },
		{ "aaaa", "bbbb", "cccc", "abab", "baba", "caca", "acbacb", "bcbcbcbcb" },
	};
	uint32_t x = 3;

	for (size_t n = 0; n < 1500; n += n < 200 ? 1 : 37) {
		char *p = mg_alloc(n + 1);

		for (size_t i = 0; i < n; i++)
			p[i] = "abcdefgh"[next(&x) % 8];
		p = mg_realloc(p, n ? n : 1, 1);
		for (size_t k = 0; k < sizeof(sets) / sizeof(sets[0]); k++) {
			struct mg_literals l = of(sets[k]);
			const char        *at = p;

			while (at) {
				const char *want = mg_literals_find_scalar(&l, at, p + n);

				assert_ptr_equal(mg_literals_find(&l, at, p + n), want);
				at = want ? want + 1 : NULL;
			}
		}
		free(p);
	}
}

static void test_no_room(void **state)
{
	struct mg_literals l = { 0 };

	assert_false(mg_literals_add(&l, MG_STR("")));
	for (int i = 0; i < MG_LITERALS; i++)
		assert_true(mg_literals_add(&l, MG_STR("x")));
	assert_false(mg_literals_add(&l, MG_STR("y")));
	assert_int_equal(l.n, MG_LITERALS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_twins_agree),
		cmocka_unit_test(test_no_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
