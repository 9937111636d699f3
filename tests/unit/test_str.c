/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"

#define Z(lit) MG_STR(lit)

static void assert_str(struct mg_str got, const char *want)
{
	if (!mg_str_eq(got, mg_strz(want)))
		fail_msg("got '%.*s', expected '%s'", MG_FMT(got), want);
}

static void compare(void **state)
{
	assert_true(mg_str_eq(Z(""), mg_str(NULL, 0)));
	assert_false(mg_str_eq(Z("a"), Z("b")));
	assert_false(mg_str_eq(Z("a"), Z("ab")));
	assert_int_equal(mg_str_cmp(Z("a"), Z("ab")), -1);
	assert_int_equal(mg_str_cmp(Z("ab"), Z("a")), 1);
	assert_int_equal(mg_str_cmp(Z("b"), Z("ab")), 1);
	assert_int_equal(mg_str_cmp(Z("\x80"), Z("a")), 1); /* bytes are unsigned */
	assert_int_equal(mg_str_cmp(mg_str(NULL, 0), Z("")), 0);
	assert_true(mg_str_eq_nocase(Z("Jan"), Z("jAN")));
	assert_false(mg_str_eq_nocase(Z("Jan"), Z("Ja")));
}

static void prefixes(void **state)
{
	assert_true(mg_str_starts(Z("abc"), Z("ab")));
	assert_true(mg_str_starts(Z("abc"), mg_str(NULL, 0)));
	assert_false(mg_str_starts(Z("a"), Z("ab")));
	assert_true(mg_str_ends(Z("abc"), Z("bc")));
	assert_true(mg_str_ends(Z(""), Z("")));
	assert_false(mg_str_ends(Z("c"), Z("bc")));
	assert_str(mg_str_from(Z("abc"), 1), "bc");
	assert_str(mg_str_from(Z("abc"), 9), "");
	assert_str(mg_str_from(mg_str(NULL, 0), 3), "");
	assert_str(mg_str_head(Z("abc"), 2), "ab");
	assert_str(mg_str_head(Z("abc"), 9), "abc");
}

static void find(void **state)
{
	static const struct {
		const char *in, *needle;
		int         first, last;
	} t[] = {
		{ "abcabc", "bc", 1, 4 }, { "abc", "", 0, 3 },  { "", "", 0, 0 },
		{ "", "a", -1, -1 },      { "aaa", "aa", 0, 1 }, { "abc", "abcd", -1, -1 },
		{ "abc", "abc", 0, 0 },   { "abc", "x", -1, -1 },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		assert_int_equal(mg_str_find(mg_strz(t[i].in), mg_strz(t[i].needle)), t[i].first);
		assert_int_equal(mg_str_rfind(mg_strz(t[i].in), mg_strz(t[i].needle)), t[i].last);
	}
	for (size_t n = 0; n < 120; n++) { /* at every distance from both ends */
		char text[120];

		memset(text, 'x', sizeof(text));
		for (size_t at = 0; at + 4 <= n; at++) {
			memcpy(text + at, "need", 4);
			assert_int_equal(mg_str_find(mg_str(text, n), Z("need")), (ptrdiff_t)at);
			assert_int_equal(mg_str_find(mg_str(text, n), Z("d")), (ptrdiff_t)at + 3);
			assert_int_equal(mg_str_find(mg_str(text, n - 1), Z("need")),
					 at + 4 == n ? -1 : (ptrdiff_t)at);
			memset(text + at, 'x', 4);
		}
		assert_int_equal(mg_str_find(mg_str(text, n), Z("need")), -1);
	}
	assert_int_equal(mg_str_find(mg_str(NULL, 0), Z("a")), -1);
	assert_int_equal(mg_str_rfind(mg_str(NULL, 0), mg_str(NULL, 0)), 0);
	assert_int_equal(mg_str_chr(Z("abca"), 'a'), 0);
	assert_int_equal(mg_str_rchr(Z("abca"), 'a'), 3);
	assert_int_equal(mg_str_rchr(Z("abc"), 'x'), -1);
	assert_int_equal(mg_str_rchr(mg_str(NULL, 0), 'x'), -1);
}

static void cut(void **state)
{
	struct mg_str head, tail;

	assert_true(mg_str_cut(Z("a=b=c"), '=', &head, &tail));
	assert_str(head, "a");
	assert_str(tail, "b=c");
	assert_true(mg_str_cut(Z("a="), '=', &head, &tail));
	assert_str(head, "a");
	assert_str(tail, "");
	assert_false(mg_str_cut(Z("abc"), '=', &head, &tail));
	assert_str(head, "abc");
	assert_str(tail, "");
	assert_str(mg_str_between(Z("key \"v\" x"), Z("\""), Z("\"")), "v");
	assert_str(mg_str_between(Z("key: rest"), Z("key: "), Z("")), "rest");
	assert_null(mg_str_between(Z("key: rest"), Z("nokey"), Z("")).p);
	assert_null(mg_str_between(Z("\"open"), Z("\""), Z("\"")).p);
}

static void trim_and_basename(void **state)
{
	assert_str(mg_str_trim(Z(" \t a b\r\n")), "a b");
	assert_str(mg_str_trim(Z(" \n ")), "");
	assert_str(mg_str_trim(mg_str(NULL, 0)), "");
	assert_str(mg_str_basename(Z("a/b/c")), "c");
	assert_str(mg_str_basename(Z("c")), "c");
	assert_str(mg_str_basename(Z("a/b/")), "");
	assert_str(mg_str_basename(Z("/")), "");
}

/* Every length up to several blocks: same bytes, same hash, wherever they stand; one bit
 * more or less changes it. */
static void hash(void **state)
{
	char a[70], b[71];

	for (size_t i = 0; i < sizeof(a); i++)
		a[i] = (char)(i * 7 + 1);
	for (size_t n = 0; n <= sizeof(a); n++) {
		uint64_t h = mg_str_hash(mg_str(a, n), 1);

		memcpy(b + 1, a, n);
		assert_int_equal(mg_str_hash(mg_str(b + 1, n), 1), h);
		assert_int_not_equal(mg_str_hash(mg_str(a, n), 2), h);
		for (size_t bit = 0; bit < n * 8; bit++) {
			b[1 + bit / 8] ^= (char)(1 << bit % 8);
			assert_int_not_equal(mg_str_hash(mg_str(b + 1, n), 1), h);
			b[1 + bit / 8] ^= (char)(1 << bit % 8);
		}
		if (n)
			assert_int_not_equal(mg_str_hash(mg_str(a, n - 1), 1), h);
	}
	assert_int_not_equal(mg_str_hash(mg_str("\0", 1), 1), mg_str_hash(mg_str("\0\0", 2), 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compare), cmocka_unit_test(prefixes),
		cmocka_unit_test(find),    cmocka_unit_test(cut),
		cmocka_unit_test(hash),    cmocka_unit_test(trim_and_basename),
	};

	return cmocka_run_group_tests_name("str", tests, NULL, NULL);
}
