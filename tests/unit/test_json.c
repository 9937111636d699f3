/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <jansson.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/mem.h"
#include "parse/json.h"

static const char *shared(void)
{
	const char *dir = getenv("MG_SHARED");

	return dir ? dir : "../shared";
}

static bool read_file(const char *path, struct mg_buf *b)
{
	FILE  *f = fopen(path, "rb");
	char   chunk[65536];
	size_t n;

	mg_buf_clear(b);
	if (!f)
		return false;
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		mg_buf_add(b, mg_str(chunk, n));
	fclose(f);
	return true;
}

/* In a block of exactly its size, so that ASan sees an overread. */
static enum mg_status check(struct mg_str s, struct mg_err *err)
{
	char          *p = mg_alloc(s.n);
	enum mg_status st;

	if (s.n)
		memcpy(p, s.p, s.n);
	st = mg_json_check(mg_str(p, s.n), err);
	free(p);
	return st;
}

static void test_suite(void **state)
{
	char           path[1024];
	struct mg_buf  text = { 0 };
	unsigned       seen = 0;
	DIR           *d;
	struct dirent *e;

	snprintf(path, sizeof(path), "%s/data/JSONTestSuite/test_parsing", shared());
	d = opendir(path);
	if (!d) {
		print_message("SKIP: no %s\n", path);
		skip();
	}
	while ((e = readdir(d))) {
		struct mg_err err;

		if (e->d_name[1] != '_')
			continue;
		snprintf(path, sizeof(path), "%s/data/JSONTestSuite/test_parsing/%s", shared(),
			 e->d_name);
		assert_true(read_file(path, &text));
		if ((check(mg_buf_str(&text), &err) == MG_OK) != (e->d_name[0] == 'y') &&
		    e->d_name[0] != 'i')
			fail_msg("%s: %s", e->d_name, err.msg);
		if (e->d_name[0] == 'i' && getenv("MG_LIST_I"))
			print_message("%s %s\n", e->d_name,
				      check(mg_buf_str(&text), &err) == MG_OK ? "ok" : err.msg);
		seen++;
	}
	closedir(d);
	assert_true(seen >= 300);
	mg_buf_release(&text);
}

static void test_faults_are_located(void **state)
{
	static const struct {
		const char *text;
		uint64_t    byte;
		const char *msg;
	} t[] = {
		{ "", 0, "value expected" },
		{ "{\"a\":1", 6, "bracket is not closed" },
		{ "{\"a\":1,}", 7, "member name expected" },
		{ "{\"a\" 1}", 5, "':' expected" },
		{ "{\"a\":}", 5, "value expected" },
		{ "[1 2]", 3, "',' or closing bracket expected" },
		{ "{\"a\":[1}", 7, "',' or closing bracket expected" },
		{ "{} {}", 3, "text behind the value" },
		{ "\"a\x01\"", 2, "control character in a string" },
		{ "\"\\x\"", 2, "bad escape" },
		{ "\"\\u12g4\"", 5, "bad \\u escape" },
		{ "\"\xc0\xaf\"", 1, "bytes that are not UTF-8" },
		{ "\"\xed\xa0\x80\"", 1, "bytes that are not UTF-8" },
		{ "\"\xf4\x90\x80\x80\"", 1, "bytes that are not UTF-8" },
		{ "-", 1, "bad number" },
		{ "01", 1, "text behind the value" },
		{ "1.e3", 2, "bad number" },
		{ "tru", 3, "value is cut" },
		{ "trux", 0, "value expected" },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct mg_err err = { 0 };

		assert_int_equal(check(mg_strz(t[i].text), &err), MG_FAIL);
		assert_string_equal(err.msg, t[i].msg);
		assert_int_equal(err.byte, t[i].byte);
	}
}

static void test_depth(void **state)
{
	struct mg_buf b = { 0 };
	struct mg_err err;

	for (int depth = MG_JSON_DEPTH; depth <= MG_JSON_DEPTH + 1; depth++) {
		mg_buf_clear(&b);
		for (int i = 0; i < depth; i++)
			mg_buf_addz(&b, i % 3 ? "[" : "{\"k\":");
		mg_buf_addz(&b, "1");
		for (int i = depth - 1; i >= 0; i--)
			mg_buf_addz(&b, i % 3 ? "]" : "}");
		assert_int_equal(check(mg_buf_str(&b), &err),
				 depth <= MG_JSON_DEPTH ? MG_OK : MG_FAIL);
	}
	assert_string_equal(err.msg, "nested too deep");
	mg_buf_release(&b);
}

static void test_iterate(void **state)
{
	struct mg_json_iter  it;
	struct mg_json_value k, v;
	struct mg_str        o = MG_STR(" { \"a\" : 1 , \"\\u0062\":\"x\\ny\", \"c\":[ ] , \"a\":null } ");

	mg_json_iter_init(&it, o);
	assert_int_equal(mg_json_member(&it, &k, &v), MG_OK);
	assert_true(mg_json_is(&k, MG_STR("a")) && v.type == MG_JSON_NUMBER);
	assert_int_equal(mg_json_member(&it, &k, &v), MG_OK);
	assert_true(mg_json_is(&k, MG_STR("b")) && mg_json_is(&v, MG_STR("x\ny")));
	assert_int_equal(mg_json_member(&it, &k, &v), MG_OK);
	assert_true(v.type == MG_JSON_ARRAY && v.raw.n == 3);
	assert_int_equal(mg_json_member(&it, &k, &v), MG_OK);
	assert_int_equal(v.type, MG_JSON_NULL);
	assert_int_equal(mg_json_member(&it, &k, &v), MG_EOF);
	assert_int_equal(mg_json_get(o, MG_STR("a")).type, MG_JSON_NULL);
	assert_int_equal(mg_json_get(o, MG_STR("d")).type, MG_JSON_NONE);

	mg_json_iter_init(&it, MG_STR("[1,{}"));
	assert_int_equal(mg_json_element(&it, &v), MG_OK);
	assert_int_equal(mg_json_element(&it, &v), MG_OK);
	assert_int_equal(mg_json_element(&it, &v), MG_FAIL);
	assert_true(mg_json_incomplete(&it.j));
}

static void test_unescape(void **state)
{
	static const struct { const char *in, *out; } t[] = {
		{ "plain", "plain" },
		{ "a\\u0026b\\u003c\\/", "a&b</" },
		{ "\\b\\f\\n\\r\\t\\\"\\\\", "\b\f\n\r\t\"\\" },
		{ "\\u00e4\\u20ac\\ud83d\\ude00", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80" },
		{ "\\ud83dx", "\xef\xbf\xbdx" },
		{ "\\ude00\\ud83d", "\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\\ud83d\\ud83d\\ude00", "\xef\xbf\xbd\xf0\x9f\x98\x80" },
	};
	char buf[64];

	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct mg_json_text x = { t[i].in, (uint32_t)strlen(t[i].in), true };
		struct mg_str       s = mg_json_plain(x, buf, sizeof(buf));

		assert_int_equal(s.n, strlen(t[i].out));
		assert_memory_equal(s.p, t[i].out, s.n);
		for (size_t n = 0; n < s.n; n++) /* cut at every length: a prefix of whole characters */
			assert_true(mg_json_unescape(x, buf, n) <= n);
	}
	assert_int_equal(mg_json_unescape((struct mg_json_text){ "\xc3\xa4\xc3\xa4\\n", 6, true },
					  buf, 3), 2);
}

/* Differences to jansson that are choices: it refuses NUL, unpaired surrogates and numbers
 * out of the range of a double. */
static bool jansson_is_stricter(const json_error_t *e)
{
	return strstr(e->text, "\\u") || strstr(e->text, "overflow") ||
	       strstr(e->text, "too big") || strstr(e->text, "surrogate");
}

static void mutate(char *p, size_t *n, uint32_t *x)
{
	static const char odd[] = "\"\\{}[]:,0e-.u \x01\xc3\xff";
	size_t            at;

	*x = *x * 1664525 + 1013904223;
	at = (*x >> 4) % *n;
	switch (*x >> 28 & 3) {
	case 0:
		*n = at ? at : 1;
		break;
	case 1:
		p[at] = odd[(*x >> 20) % (sizeof(odd) - 1)];
		break;
	case 2:
		memmove(p + at, p + at + 1, *n - at - 1);
		*n -= *n > 1;
		break;
	default:
		p[at] = (char)(p[at] ^ 1 << (*x >> 25 & 7));
	}
}

static void test_against_jansson(void **state)
{
	char           path[1024];
	struct mg_buf  file = { 0 };
	struct mg_str  rest, line;
	uint32_t       x = 7;
	unsigned       rejected = 0, tried = 0;

	snprintf(path, sizeof(path), "%s/data/audit/v1beta1-demo.log", shared());
	if (!read_file(path, &file)) {
		print_message("SKIP: no %s\n", path);
		skip();
	}
	for (rest = mg_buf_str(&file); rest.n && tried < 6000;) {
		mg_str_cut(rest, '\n', &line, &rest);
		for (int round = 0; round < 8 && line.n; round++, tried++) {
			char         *p = mg_strndup(line.p, line.n);
			size_t        n = line.n;
			struct mg_err err = { 0 };
			json_error_t  je;
			json_t       *doc;
			bool          ok;

			if (round)
				mutate(p, &n, &x);
			doc = json_loadb(p, n, JSON_DECODE_ANY | JSON_ALLOW_NUL, &je);
			ok = check(mg_str(p, n), &err) == MG_OK;
			rejected += !ok;
			if (ok != (doc != NULL) && !(ok && jansson_is_stricter(&je)))
				fail_msg("%.*s\nours: %s (byte %u), jansson: %s", (int)n, p, err.msg,
					 (unsigned)err.byte, je.text);
			json_decref(doc);
			free(p);
		}
	}
	print_message("%u texts, %u rejected\n", tried, rejected);
	assert_true(rejected > 100);
	mg_buf_release(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_suite),
		cmocka_unit_test(test_faults_are_located),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_iterate),
		cmocka_unit_test(test_unescape),
		cmocka_unit_test(test_against_jansson),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
