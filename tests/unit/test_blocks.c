/* SPDX-License-Identifier: Apache-2.0 */
#include "io/blocks.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"

/* Every property of the header, for one text and one block size. */
static void check_spares(struct mg_str text, size_t size, struct mg_spares *spares)
{
	struct mg_blocks b;
	struct mg_block  k;
	struct mg_src   *src = mg_src_memory(text);
	size_t           at = 0, lines = 1;
	bool             last = false;
	enum mg_status   st;

	mg_blocks_init(&b, src, size);
	b.spares = spares;
	while ((st = mg_blocks_next(&b, &k, NULL)) == MG_OK) {
		assert_true(k.n >= 1);
		assert_false(last);
		assert_int_equal(k.offset, at);
		assert_int_equal(k.first_line, lines);
		assert_memory_equal(k.p, text.p + at, k.n);
		for (size_t i = 0; i < 64; i++)
			assert_int_equal(k.p[k.n + i], 0);
		for (size_t i = 0; i < k.n; i++)
			lines += k.p[i] == '\n';
		at += k.n;
		last = k.last;
		assert_int_equal(last, at == text.n);
		assert_true(last || k.p[k.n - 1] == '\n');
		if (spares) {
			memset(k.p, 'x', k.n); /* what was in a buffer must not matter */
			mg_spares_give(spares, &k);
		}
		mg_block_release(&k);
	}
	assert_int_equal(st, MG_EOF);
	assert_int_equal(at, text.n);
	mg_blocks_release(&b);
	mg_src_close(src);
}

static void check(struct mg_str text, size_t size)
{
	struct mg_spares spares = { 0 };

	check_spares(text, size, NULL);
	check_spares(text, size, &spares);
	check_spares(text, size * 2, &spares);
	mg_spares_release(&spares);
}

static void test_any_size(void **state)
{
	static const char *const texts[] = { "", "a", "\n", "a\n", "a\nb", "a\nb\n", "\n\n\n\n", };
	struct mg_buf            b = { 0 };
	uint32_t                 x = 7;

	for (int i = 0; i < 400; i++) {
		x = x * 1664525 + 1013904223;
		for (unsigned j = x >> 24; j; j--)
			mg_buf_addc(&b, 'a' + (char)(j % 26));
		mg_buf_addc(&b, '\n');
	}
	for (size_t size = 1; size < 2000; size = size * 3 / 2 + 1) {
		for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
			check(mg_strz(texts[i]), size);
		check(mg_buf_str(&b), size);
		check(mg_str(b.p, b.n - 1), size);
	}
	check(mg_buf_str(&b), b.n);
	check(mg_buf_str(&b), b.n - 1);
	check(mg_buf_str(&b), b.n + 1);
	mg_buf_release(&b);
}

static void test_very_long_line_is_cut(void **state)
{
	size_t           n = MG_LINE_MAX + 1000;
	char            *p = mg_alloc(n);
	struct mg_src   *src;
	struct mg_blocks b;
	struct mg_block  k;
	struct mg_err    err = { 0 };

	memset(p, 'x', n);
	memcpy(p, "first\n", 6);
	memcpy(p + n - 5, "\nend\n", 5);
	src = mg_src_memory(mg_str(p, n));
	mg_blocks_init(&b, src, 1 << 20);
	assert_int_equal(mg_blocks_next(&b, &k, &err), MG_OK);
	assert_int_equal(k.n, 6);
	mg_block_release(&k);
	assert_int_equal(mg_blocks_next(&b, &k, &err), MG_FAIL);
	assert_int_equal(k.n, MG_LINE_MAX);
	assert_int_equal(k.first_line, 2);
	assert_false(k.last);
	mg_block_release(&k);
	assert_int_equal(mg_blocks_next(&b, &k, &err), MG_OK);
	assert_int_equal(k.first_line, 2);
	assert_int_equal(k.offset, 6 + MG_LINE_MAX);
	assert_int_equal(k.n, n - 6 - MG_LINE_MAX);
	assert_true(k.last);
	mg_block_release(&k);
	assert_int_equal(mg_blocks_next(&b, &k, &err), MG_EOF);
	mg_blocks_release(&b);
	mg_src_close(src);
	free(p);
}

static void test_fault_after_the_last_block(void **state)
{
	/* a gzip header and nothing else; then a whole member and garbage */
	static const char cut[] = "\x1f\x8b\x08\0\0\0\0\0\0\x03";
	static const char garbage[] = "\x1f\x8b\x08\0\0\0\0\0\0\x03\x4b\xe4\x4a\x02\0\xfb\x90"
				      "\x07\xef\x03\0\0\0?!";
	struct mg_blocks b;
	struct mg_block  k;
	struct mg_err    err = { 0 };
	struct mg_src   *src = mg_src_gzip(mg_src_memory(mg_str(cut, 10)));

	mg_blocks_init(&b, src, 64);
	assert_int_equal(mg_blocks_next(&b, &k, &err), MG_FATAL);
	mg_blocks_release(&b);
	mg_src_close(src);
	src = mg_src_gzip(mg_src_memory(mg_str(garbage, sizeof(garbage) - 1)));
	mg_blocks_init(&b, src, 64);
	assert_int_equal(mg_blocks_next(&b, &k, &err), MG_OK);
	assert_memory_equal(k.p, "a\nb", 3);
	assert_true(k.last);
	mg_block_release(&k);
	assert_int_equal(mg_blocks_next(&b, &k, &err), MG_FATAL);
	assert_non_null(strstr(err.msg, "trailing garbage"));
	mg_blocks_release(&b);
	mg_src_close(src);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any_size),
		cmocka_unit_test(test_very_long_line_is_cut),
		cmocka_unit_test(test_fault_after_the_last_block),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
