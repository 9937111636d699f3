/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/scan.h"

/* Deterministic bytes, mostly plain letters so that runs are long. */
static char next(uint32_t *x)
{
	static const char odd[] = "\"\\\n\x1f\x7f\x80\xff {";

	*x = *x * 1664525 + 1013904223;
	return *x >> 28 == 0 ? odd[(*x >> 16) % (sizeof(odd) - 1)] : 'a' + (char)(*x >> 20 & 15);
}

/* Each length in a block of its own size: an overread is an error under ASan. */
static void test_twins_agree(void **state)
{
	uint32_t x = 1;

	for (size_t n = 0; n < 600; n++) {
		char *p = mg_alloc(n);

		for (size_t i = 0; i < n; i++)
			p[i] = next(&x);
		for (size_t from = 0; from <= n && from < 40; from++) {
			struct mg_str s = mg_str(p + from, n - from);

			assert_ptr_equal(mg_scan_string(s.p, s.p + s.n),
					 mg_scan_string_scalar(s.p, s.p + s.n));
			assert_int_equal(mg_scan_count(s, '\n'), mg_scan_count_scalar(s, '\n'));
			assert_int_equal(mg_scan_count(s, 'b'), mg_scan_count_scalar(s, 'b'));
		}
		free(p);
	}
}

static void test_every_byte(void **state)
{
	for (int c = 0; c < 256; c++) {
		char buf[64];

		memset(buf, 'x', sizeof(buf));
		buf[37] = (char)c;
		assert_ptr_equal(mg_scan_string(buf, buf + 64),
				 c == '"' || c == '\\' || c < 0x20 || c >= 0x80 ? buf + 37 :
										 buf + 64);
	}
}

/* More than 255 rounds of hits in one lane. */
static void test_count_does_not_wrap(void **state)
{
	size_t n = 300 * 16 * 3 + 5;
	char  *p = mg_alloc(n);

	memset(p, '\n', n);
	assert_int_equal(mg_scan_count(mg_str(p, n), '\n'), n);
	free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_twins_agree),
		cmocka_unit_test(test_every_byte),
		cmocka_unit_test(test_count_does_not_wrap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
