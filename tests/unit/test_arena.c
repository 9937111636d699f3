/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "base/mem.h"

#ifdef __SANITIZE_ADDRESS__
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1"; /* absurd_size wants to see NULL */
}
#endif

static jmp_buf out_of_memory;

static void jump(size_t size)
{
	longjmp(out_of_memory, 1);
}

/* Sizes around the chunk sizes: aligned, apart from each other, and still there later. */
static void keeps_everything(void **state)
{
	static const size_t sizes[] = { 0, 1, 15, 16, 17, 511, 513, 1024, 1025, 40000, 70000, 3 };
	struct mg_arena     a = { 0 };
	unsigned char      *p[600];

	for (size_t i = 0; i < 600; i++) {
		size_t n = sizes[i % 12];

		p[i] = mg_arena_alloc(&a, n);
		assert_int_equal((uintptr_t)p[i] % 16, 0);
		memset(p[i], (int)(i & 0xff), n);
	}
	for (size_t i = 0; i < 600; i++)
		for (size_t k = 0; k < sizes[i % 12]; k++)
			assert_int_equal(p[i][k], i & 0xff);
	mg_arena_release(&a);
	assert_null(a.head);
	mg_arena_release(&a);
}

static void zeroed(void **state)
{
	struct mg_arena a = { 0 };
	char           *p = mg_arena_alloc(&a, 64);

	memset(p, 1, 64);
	p = mg_arena_zalloc(&a, 3000);
	for (int i = 0; i < 3000; i++)
		assert_int_equal(p[i], 0);
	mg_arena_release(&a);
}

static void texts(void **state)
{
	struct mg_arena a = { 0 };
	struct mg_str   s = mg_arena_str(&a, mg_str("ab\0c", 4)), e;

	assert_memory_equal(s.p, "ab\0c", 5);
	e = mg_arena_str(&a, mg_str(NULL, 0));
	assert_int_equal(e.n, 0);
	assert_int_equal(e.p[0], 0);
	s = mg_arena_printf(&a, "%s-%d", "x", 42);
	assert_int_equal(s.n, 4);
	assert_string_equal(s.p, "x-42");
	s = mg_arena_printf(&a, "%*d", 100000, 7);
	assert_int_equal(s.n, 100000);
	assert_int_equal(s.p[99999], '7');
	mg_arena_release(&a);
}

static void adopts(void **state)
{
	struct mg_arena a = { 0 }, b = { 0 }, none = { 0 };
	struct mg_str   x = mg_arena_str(&a, MG_STR("from a")), y = mg_arena_str(&b, MG_STR("from b"));
	void           *before;

	mg_arena_alloc(&b, 200000);
	mg_arena_adopt(&a, &b);
	assert_null(b.head);
	mg_arena_adopt(&a, &none);
	before = mg_arena_alloc(&a, 16); /* the head of a is still in use */
	assert_ptr_equal((char *)before, x.p + 16);
	assert_string_equal(x.p, "from a");
	assert_string_equal(y.p, "from b");
	mg_arena_adopt(&none, &a);
	assert_string_equal(y.p, "from b");
	mg_arena_release(&none);
}

/* An absurd size must end in the handler, not in a small block. */
static void absurd_size(void **state)
{
	static const size_t sizes[] = { SIZE_MAX, SIZE_MAX - 15, SIZE_MAX - 16, SIZE_MAX - 64 };

	mg_oom_handler(jump);
	for (volatile size_t i = 0; i < 4; i++) {
		struct mg_arena a = { 0 };

		if (setjmp(out_of_memory) == 0) {
			mg_arena_alloc(&a, sizes[i]);
			fail_msg("got %zu bytes", sizes[i]);
		}
	}
	if (setjmp(out_of_memory) == 0) {
		free(mg_realloc(NULL, SIZE_MAX / 2, 4));
		fail_msg("count * size wrapped around");
	}
	mg_oom_handler(NULL);
}

static void pushes(void **state)
{
	int     *v = NULL;
	uint32_t n = 0, cap = 0;

	for (int i = 0; i < 1000; i++)
		MG_PUSH(v, n, cap, i * 3);
	assert_int_equal(n, 1000);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(v[i], i * 3);
	free(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_everything), cmocka_unit_test(zeroed),
		cmocka_unit_test(texts),            cmocka_unit_test(adopts),
		cmocka_unit_test(pushes),           cmocka_unit_test(absurd_size),
	};

	return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
