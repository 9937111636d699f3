/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "analysis/logtop.h"

static void test_normalise(void **state)
{
	static const char *const pairs[][2] = {
		{ "", "" },
		{ "plain words", "plain words" },
		{ "node 17 of 20.5s at 10.0.0.1:6443", "node # of # at #" },
		{ "GET /api/v1/pods/web-5d8f", "GET /api/v1/pods/web-#" },
		{ "x509: unknown k8s v1beta1 v12", "x509: unknown k8s v1beta1 #" },
		{ "pod \"a/b\" said \"not very good\"", "pod \"\xe2\x80\xa6\" said \"not very good\"" },
		{ "open \"never ends", "open \"never ends" },
		{ "\"Error syncing pod\" pod=\"a/b\" err=\"took 5s: \\\"x\\\" failed\"",
		  "Error syncing pod: took #: \"\xe2\x80\xa6\" failed" },
		{ "\"quoted\" but not structured", "\"\xe2\x80\xa6\" but not structured" },
		{ "Trace[123]: \"List\" url:/api/v1/pods (07-Feb-2022", "Trace[#]: \"List\"" },
	};
	char buf[MG_LOGTOP_TEXT];

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		struct mg_str s = mg_logtop_normalise(mg_strz(pairs[i][0]), buf, sizeof(buf));

		if (!mg_str_eq(s, mg_strz(pairs[i][1])))
			fail_msg("'%s' became '%.*s'", pairs[i][0], MG_FMT(s));
	}
	/* a small buffer is filled and never passed */
	for (size_t n = 0; n < 20; n++)
		assert_true(mg_logtop_normalise(MG_STR("node 17 \"a b\" \xc3\xa4"), buf, n).n <= n);
}

static void add(struct mg_logtop *t, const char *component, const char *text, int64_t ns, uint64_t line)
{
	struct mg_logtop_line l = { .severity = MG_SEV_ERROR, .component = mg_strz(component),
				    .message = mg_strz(text), .time_ns = ns, .line = line };

	mg_logtop_add(t, &l);
}

static void test_counting(void **state)
{
	struct mg_logtop         a, b;
	struct mg_logtop_entry **v;

	mg_logtop_init(&a, 10 * MG_SEC, MG_SEV_INFO);
	mg_logtop_init(&b, 10 * MG_SEC, MG_SEV_INFO);
	add(&a, "x", "pod 1 failed", 60 * MG_SEC, 1);
	add(&a, "x", "pod 2 failed", 61 * MG_SEC, 2);
	add(&a, "", "other", MG_TIME_NONE, 3);
	add(&b, "x", "pod 3 failed", 119 * MG_SEC, 4); /* earlier and later than a's */
	add(&b, "", "pod 4 failed", 10 * MG_SEC, 5);
	mg_logtop_merge(&a, &b, MG_STR("x"));
	v = mg_logtop_rank(&a);
	assert_int_equal(a.lines, 5);
	assert_int_equal(a.n, 2);
	assert_int_equal(v[0]->count, 4);
	assert_int_equal(v[0]->peak, 3);
	assert_int_equal(v[0]->peak_minute, 1);
	assert_int_equal(v[0]->first_ns, 10 * MG_SEC);
	assert_int_equal(v[0]->last_ns, 119 * MG_SEC);
	assert_int_equal(v[0]->line, 1);
	assert_int_equal(v[1]->first_ns, MG_TIME_NONE);
	free(v);
	mg_logtop_release(&a);
	mg_logtop_release(&b);
}

static int64_t a_year_on(const void *ctx, int64_t ns)
{
	return ns + 365 * MG_DAY;
}

static void test_moving(void **state)
{
	struct mg_logtop         t;
	struct mg_logtop_entry **v;

	mg_logtop_init(&t, MG_MIN, MG_SEV_INFO);
	add(&t, "x", "a", 60 * MG_SEC, 1);
	mg_logtop_move(&t, a_year_on, NULL);
	v = mg_logtop_rank(&t);
	assert_int_equal(v[0]->first_ns, 365 * MG_DAY + MG_MIN);
	assert_int_equal(v[0]->peak, 1);
	assert_int_equal(v[0]->peak_minute, 365 * 1440 + 1);
	assert_int_equal(t.buckets.n, 1);
	free(v);
	mg_logtop_release(&t);
}

static void test_bounded(void **state)
{
	struct mg_logtop t;
	char             text[8];

	mg_logtop_init(&t, 0, MG_SEV_INFO);
	for (int i = 0; i < MG_LOGTOP_MAX + 1000; i++) { /* words of letters alone stay */
		for (int k = 0, x = i; k < 5; k++, x /= 26)
			text[k] = (char)('a' + x % 26);
		text[5] = '\0';
		add(&t, "x", text, MG_TIME_NONE, 1);
	}
	assert_int_equal(t.n, MG_LOGTOP_MAX);
	assert_int_equal(t.beyond, 1000);
	assert_int_equal(t.lines, MG_LOGTOP_MAX + 1000);
	mg_logtop_release(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_normalise),
		cmocka_unit_test(test_counting),
		cmocka_unit_test(test_moving),
		cmocka_unit_test(test_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
