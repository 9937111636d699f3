/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"

static void grows(void **state)
{
	struct mg_buf b = { 0 };

	assert_int_equal(mg_buf_str(&b).n, 0);
	assert_non_null(mg_buf_str(&b).p);
	mg_buf_printf(&b, "%s", ""); /* nothing added, but a string now */
	assert_string_equal(b.p, "");
	for (int i = 0; i < 1000; i++) {
		mg_buf_addc(&b, (char)('a' + i % 26));
		assert_int_equal(b.p[b.n], 0);
	}
	mg_buf_add(&b, mg_str("x\0y", 3));
	assert_int_equal(b.n, 1003);
	assert_memory_equal(b.p + 1000, "x\0y", 4);
	mg_buf_clear(&b);
	assert_string_equal(b.p, "");
	mg_buf_printf(&b, "%0*d", 5000, 1);
	assert_int_equal(b.n, 5000);
	mg_buf_addz(&b, NULL);
	mg_buf_add(&b, mg_str(NULL, 0));
	assert_int_equal(b.n, 5000);
	mg_buf_release(&b);
	mg_buf_release(&b);
}

static void json(void **state)
{
	static const struct {
		struct mg_str in;
		const char   *out;
	} t[] = {
		{ MG_STR(""), "\"\"" },
		{ MG_STR("a\"b\\c/d"), "\"a\\\"b\\\\c/d\"" },
		{ MG_STR("\n\t\r\0\x1f\x7f"), "\"\\n\\t\\u000d\\u0000\\u001f\\u007f\"" },
		{ MG_STR("\xc3\xa4\xe2\x80\xa6\xf0\x9f\x98\x80"),
		  "\"\xc3\xa4\xe2\x80\xa6\xf0\x9f\x98\x80\"" },
		/* a control sequence introducer in UTF-8 is one all the same */
		{ MG_STR("\xc2\x9b" "1m\xc2\xa0"), "\"\\u009b1m\xc2\xa0\"" },
		/* not UTF-8: lone continuation, overlong, surrogate, above the end, cut short */
		{ MG_STR("\x80"), "\"\\ufffd\"" },
		{ MG_STR("\xc0\xaf"), "\"\\ufffd\\ufffd\"" },
		{ MG_STR("\xe0\x80\xaf"), "\"\\ufffd\\ufffd\\ufffd\"" },
		{ MG_STR("\xed\xa0\x80"), "\"\\ufffd\\ufffd\\ufffd\"" },
		{ MG_STR("\xf4\x90\x80\x80"), "\"\\ufffd\\ufffd\\ufffd\\ufffd\"" },
		{ MG_STR("\xf4\x8f\xbf\xbf"), "\"\xf4\x8f\xbf\xbf\"" },
		{ MG_STR("a\xe2\x80"), "\"a\\ufffd\\ufffd\"" },
		{ MG_STR("\xff" "a"), "\"\\ufffda\"" },
	};
	struct mg_buf b = { 0 };

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		mg_buf_clear(&b);
		mg_buf_json(&b, t[i].in);
		assert_string_equal(b.p, t[i].out);
	}
	mg_buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(grows), cmocka_unit_test(json) };

	return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
