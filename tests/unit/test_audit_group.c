/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "analysis/audit_query.h"
#include "analysis/clock.h"

static const struct mg_audit_query query = {
	.want = MG_AUDIT_GROUPS,
	.by = { .key = { MG_BY_VERB }, .n = 1, .detail = MG_AUDIT_DETAIL, .sections = true },
};

static int64_t at(const char *text)
{
	int64_t ns;
	size_t  used;
	bool    zoned;

	assert_true(mg_time_parse(mg_strz(text), &ns, &used, &zoned));
	return ns;
}

static void add_at(struct mg_audit_tally *t, const char *verb, int64_t start_ns, uint64_t line)
{
	static const struct mg_audit  none;
	static const struct mg_source src;
	struct mg_request q = { .verb = mg_strz(verb), .code = 200, .line = line,
				.uri = MG_STR("/api/v1/pods"), .start_ns = start_ns,
				.end_ns = start_ns };

	mg_audit_tally_add(t, &query, &none, &q, mg_str("", 0), &src);
}

static void add(struct mg_audit_tally *t, const char *verb, const char *start, uint64_t line)
{
	add_at(t, verb, *start ? at(start) : MG_TIME_NONE, line);
}

static uint32_t group(const struct mg_audit_tally *t, const char *verb)
{
	for (uint32_t i = 0; i < t->groups.groups.n; i++) {
		const struct mg_audit_group *e = mg_cells_at(&t->groups.groups, i);

		if (mg_str_eq(mg_audit_group_text(&t->groups, e->key[0]), mg_strz(verb)))
			return i;
	}
	fail_msg("no group %s", verb);
	return MG_NONE;
}

static void check(const struct mg_audit_tally *t, const char *verb, const char *first,
		  const char *last, uint32_t peak, const char *peak_at)
{
	struct mg_audit_busiest     *b = mg_audit_groups_busiest(&t->groups);
	uint32_t                     i = group(t, verb);
	const struct mg_audit_group *e = mg_cells_at(&t->groups.groups, i);

	assert_int_equal(e->first_ns, at(first));
	assert_int_equal(e->last_ns, at(last));
	assert_int_equal(b[i].count, peak);
	assert_int_equal(b[i].second * MG_SEC, at(peak_at));
	free(b);
}

static int64_t to_year(const void *ctx, int64_t ns)
{
	return mg_clock_with_year(ns, *(const int64_t *)ctx);
}

/* All in one year: every time moves, also of requests that wait to be counted. */
static void test_one_year(void **state)
{
	int64_t               reference = at("2024-06-30T00:00:00Z");
	struct mg_audit_tally t;
	const struct mg_audit_group *e;

	mg_audit_tally_init(&t);
	add(&t, "get", "1970-03-01T10:00:01.25Z", 1); /* 2024 has a February 29 */
	add(&t, "get", "1970-03-01T10:00:07.5Z", 2);
	add(&t, "get", "1970-03-01T10:00:07Z", 3);
	add(&t, "get", "1970-03-02T10:00:02.75Z", 4);
	add(&t, "get", "", 5);
	add(&t, "list", "1970-05-01T00:00:00.5Z", 6);
	add(&t, "watch", "", 7);
	mg_audit_tally_move(&t, to_year, &reference);
	check(&t, "get", "2024-03-01T10:00:01.25Z", "2024-03-02T10:00:02.75Z", 2,
	      "2024-03-01T10:00:07Z");
	check(&t, "list", "2024-05-01T00:00:00.5Z", "2024-05-01T00:00:00.5Z", 1,
	      "2024-05-01T00:00:00Z");
	assert_int_equal(t.first_ns, at("2024-03-01T10:00:01.25Z"));
	assert_int_equal(t.last_ns, at("2024-05-01T00:00:00.5Z"));
	e = mg_cells_at(&t.groups.groups, group(&t, "watch"));
	assert_int_equal(e->first_ns, MG_TIME_NONE);
	e = mg_cells_at(&t.groups.groups, group(&t, "get"));
	assert_int_equal(e->count, 5);
	assert_int_equal(e->earliest->start_ns, at("2024-03-01T10:00:01.25Z"));
	mg_audit_tally_release(&t);
}

/* The year changed: what comes late in the calendar moves before what comes early. */
static void test_new_year(void **state)
{
	int64_t               reference = at("2026-01-02T00:00:00Z");
	struct mg_audit_tally t;

	mg_audit_tally_init(&t);
	add(&t, "get", "1970-12-31T23:59:58.5Z", 1);
	add(&t, "get", "1970-12-31T23:59:58.75Z", 2);
	add(&t, "get", "1970-12-31T23:59:59Z", 3);
	add(&t, "get", "1970-01-01T00:00:01.5Z", 4);
	add(&t, "get", "1970-01-01T00:00:01.75Z", 5);
	add(&t, "list", "1970-12-31T23:59:57.5Z", 6);
	mg_audit_tally_move(&t, to_year, &reference);
	check(&t, "get", "2025-12-31T23:59:58Z", "2026-01-01T00:00:01Z", 2, "2025-12-31T23:59:58Z");
	check(&t, "list", "2025-12-31T23:59:57.5Z", "2025-12-31T23:59:57.5Z", 1,
	      "2025-12-31T23:59:57Z");
	assert_int_equal(t.first_ns, at("2025-12-31T23:59:57.5Z"));
	assert_int_equal(t.last_ns, at("2026-01-01T00:00:01Z"));
	mg_audit_tally_release(&t);
}

/* Beside the same requests counted with their years, in many seconds; then more of both. */
static void test_many(void **state)
{
	int64_t                  reference = at("2026-01-02T00:00:00Z"), ns;
	struct mg_audit_tally    moved, straight;
	struct mg_audit_busiest *a, *b;
	uint32_t                 seed = 1;

	mg_audit_tally_init(&moved);
	mg_audit_tally_init(&straight);
	for (unsigned i = 1; i <= 20000; i++) {
		const char *verb = i % 3 ? "get" : "list";

		seed = seed * 1664525 + 1013904223;
		ns = (seed >> 20) * MG_SEC + (seed >> 31 ? 364 * MG_DAY : 0);
		if (i == 10000)
			mg_audit_tally_move(&moved, to_year, &reference);
		add_at(&moved, verb, i < 10000 ? ns : to_year(&reference, ns), i);
		add_at(&straight, verb, to_year(&reference, ns), i);
	}
	mg_audit_groups_settle(&moved.groups);
	mg_audit_groups_settle(&straight.groups);
	a = mg_audit_groups_busiest(&moved.groups);
	b = mg_audit_groups_busiest(&straight.groups);
	for (int v = 0; v < 2; v++) {
		uint32_t i = group(&moved, v ? "get" : "list"), k = group(&straight, v ? "get" : "list");

		assert_true(a[i].count > 1);
		assert_int_equal(a[i].count, b[k].count);
		assert_int_equal(a[i].second, b[k].second);
	}
	assert_int_equal(moved.first_ns, straight.first_ns);
	assert_int_equal(moved.last_ns, straight.last_ns);
	free(a);
	free(b);
	mg_audit_tally_release(&moved);
	mg_audit_tally_release(&straight);
}

/* Requests that still wait to be counted are added up as well, on both sides. */
static void test_merge_waiting(void **state)
{
	struct mg_audit_tally a, b;
	const struct mg_audit_group *e;

	mg_audit_tally_init(&a);
	mg_audit_tally_init(&b);
	add(&a, "get", "2025-03-01T10:00:01.25Z", 1);
	add(&b, "get", "2025-03-01T10:00:02.25Z", 2);
	add(&b, "list", "2025-03-01T10:00:02.25Z", 3);
	mg_audit_tally_merge(&a, &query, &b);
	mg_audit_groups_settle(&a.groups);
	assert_int_equal(a.groups.groups.n, 2);
	e = mg_cells_at(&a.groups.groups, group(&a, "get"));
	assert_int_equal(e->count, 2);
	check(&a, "get", "2025-03-01T10:00:01.25Z", "2025-03-01T10:00:02.25Z", 1,
	      "2025-03-01T10:00:01Z");
	mg_audit_tally_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_year),
		cmocka_unit_test(test_new_year),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_merge_waiting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
