/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/digest.h"

static struct mg_fingerprint of(const char *p, size_t n, size_t piece)
{
	struct mg_digest d;

	mg_digest_init(&d);
	for (size_t i = 0; i < n; i += piece)
		mg_digest_add(&d, mg_str(p + i, n - i < piece ? n - i : piece));
	return mg_digest_end(&d);
}

static void test_pieces_do_not_matter(void **state)
{
	char text[257];

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)(i * 37);
	for (size_t n = 0; n <= sizeof(text); n++) {
		struct mg_fingerprint whole = of(text, n, 1000);

		for (size_t piece = 1; piece < 40; piece++) {
			struct mg_fingerprint d = of(text, n, piece);

			assert_true(mg_fingerprint_eq(whole, d));
		}
	}
}

static void test_every_bit_and_length_counts(void **state)
{
	char                  text[100] = { 0 };
	struct mg_fingerprint zero = of(text, sizeof(text), 100);

	for (size_t bit = 0; bit < sizeof(text) * 8; bit++) {
		struct mg_fingerprint d;

		text[bit / 8] = (char)(1 << bit % 8);
		d = of(text, sizeof(text), 100);
		assert_true(d.a != zero.a && d.b != zero.b);
		text[bit / 8] = 0;
	}
	for (size_t n = 0; n < sizeof(text); n++) {
		struct mg_fingerprint d = of(text, n, 100);

		assert_true(d.a != zero.a && d.b != zero.b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces_do_not_matter),
		cmocka_unit_test(test_every_bit_and_length_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
