/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/promjson.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/time.h"

/* What came out, one line each. */
struct seen {
	char   text[1024];
	size_t n;
};

static void note(void *ctx, const struct mg_promjson_sample *s)
{
	struct seen *o = ctx;

	if (s->fault)
		o->n += (size_t)snprintf(o->text + o->n, sizeof(o->text) - o->n, "line %d: %s\n",
					 (int)s->line, s->fault);
	else
		o->n += (size_t)snprintf(o->text + o->n, sizeof(o->text) - o->n, "%.*s{%.*s} %g @%lld\n",
					 MG_FMT(s->name), MG_FMT(s->labels), s->value,
					 (long long)(s->time_ns / MG_MS));
}

/* Whatever the blocks, the same comes out. */
static void reads(const char *text, const char *want)
{
	for (size_t size = 1; size <= strlen(text); size = size < 7 ? size + 1 : size * 3) {
		struct mg_promjson p;
		struct seen        o = { .n = 0 };
		struct mg_str      rest = mg_strz(text);
		uint64_t           line = 1;

		assert_true(mg_promjson_looks(rest));
		mg_promjson_init(&p, note, &o);
		while (rest.n) {
			struct mg_str head = mg_str_head(rest, size);

			mg_promjson_text(&p, head, line);
			for (size_t i = 0; i < head.n; i++)
				line += head.p[i] == '\n';
			rest = mg_str_from(rest, head.n);
		}
		mg_promjson_end(&p);
		mg_promjson_release(&p);
		assert_string_equal(o.text, want);
	}
}

static void matrices_and_vectors(void **state)
{
	reads("{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":["
	      "{\"metric\":{\"__name__\":\"m\",\"a\":\"1\",\"b\":\"x\\\"y\\u0041\"},"
	      "\"values\":[[1644272116.123,\"1.5\"],[1644272146,\"+Inf\"]]},\n"
	      "{\"metric\":{},\"value\":[1644272116,\"NaN\"]}]}}\n",
	      "m{a=\"1\",b=\"x\\\"yA\"} 1.5 @1644272116123\n"
	      "m{a=\"1\",b=\"x\\\"yA\"} inf @1644272146000\n"
	      "{} nan @1644272116000\n");
}

static void what_stands_behind_the_list(void **state)
{
	reads("{\"data\":{\"result\" : [],\"stats\":{\"samples\":{\"values\":3}}},\"status\":\"success\"}", "");
}

static void damage_costs_only_itself(void **state)
{
	reads("{\"status\":\"success\",\"data\":{\"result\":[\n"
	      "{\"metric\":{\"__name__\":\"m\"},\n\"values\":[[1,\"1\"],\n[\"1\",2],[3,\"3\"]]},\n"
	      "{\"metric\":{\"__name__\":\"m\"} \"values\":[]},\n"
	      "{\"metric\":{\"__name__\":\"n\"},\"value\":[4,\"4\"]}]}}",
	      "m{} 1 @1000\nline 4: expected [time, \"value\"]\nm{} 3 @3000\n"
	      "line 5: ',' or closing bracket expected\nn{} 4 @4000\n");
}

static void cut_and_refused_answers(void **state)
{
	reads("{\"status\":\"success\",\"data\":{\"result\":[{\"metric\":{},\"value\":[1,\"1\"]},\n",
	      "{} 1 @1000\nline 2: the file ends inside the list of series\n");
	reads("{\"status\":\"success\",\"data\":{\"result\":[\n{\"metric\":{\"a",
	      "line 2: the file ends inside an object\n");
	reads("{\"status\":\"error\",\"errorType\":\"timeout\",\"error\":\"query timed out\"}",
	      "line 1: Prometheus answered with an error\n");
	reads("{\"status\":\"success\",\"data\":{\"resultType\":\"mat",
	      "line 1: expected data.result, a list of series\n");
}

static void dumps_are_no_answers(void **state)
{
	assert_false(mg_promjson_looks(MG_STR("{__name__=\"a\"} 1 2\n")));
	assert_false(mg_promjson_looks(MG_STR("{\"status\",l=\"v\"} 1")));
	assert_false(mg_promjson_looks(MG_STR("")));
	assert_true(mg_promjson_looks(MG_STR("\xef\xbb\xbf{\n"))); /* the rest is in the next block */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(matrices_and_vectors),     cmocka_unit_test(what_stands_behind_the_list),
		cmocka_unit_test(damage_costs_only_itself), cmocka_unit_test(cut_and_refused_answers),
		cmocka_unit_test(dumps_are_no_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
