/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "analysis/event_counts.h"

static const struct mg_str none = { "", 0 };

static void add(struct mg_event_counts *c, int64_t ns, enum mg_event_kind kind, uint32_t count)
{
	const struct mg_event e = { .time_ns = ns, .duration_ns = -1, .kind = kind,
				    .severity = MG_SEV_INFO, .count = count };

	mg_event_counts_add(c, &e, none);
}

static uint64_t sum(const struct mg_count_group *g)
{
	uint64_t n = 0;

	for (size_t i = 0; i < g->n; i++)
		n += g->v[i];
	return n;
}

static void counts_by_step(void **state)
{
	struct mg_event_counts c = { .by = MG_KEY_KIND, .step_ns = MG_SEC };

	(void)state;
	add(&c, 1000 * MG_SEC + 5, MG_EV_GAP, 1);
	add(&c, 1003 * MG_SEC, MG_EV_GAP, 4);
	add(&c, 1003 * MG_SEC, MG_EV_PATTERN, 9);
	add(&c, MG_TIME_NONE, MG_EV_GAP, 2);
	assert_int_equal(c.timeless, 2);
	assert_int_equal(mg_event_counts_steps(&c), 4);
	mg_event_counts_sort(&c);
	assert_string_equal(c.g[0].name.p, "pattern");
	assert_int_equal(c.g[0].total, 9);
	assert_int_equal(c.g[1].v[0], 1);
	assert_int_equal(c.g[1].v[3], 4);
	mg_event_counts_release(&c);
}

/* Whatever the order and the span: nothing is lost, and a step is where its time says. */
static void widens_and_shifts(void **state)
{
	struct mg_event_counts c = { .by = MG_KEY_KIND, .step_ns = MG_SEC };
	const int64_t          at[] = { 3 * MG_DAY + 7 * MG_SEC, 3 * MG_DAY, 4 * MG_DAY,
					-2 * MG_DAY - MG_SEC, 400 * MG_DAY, 5 * MG_DAY };
	const size_t           n = sizeof(at) / sizeof(*at);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		add(&c, at[i], MG_EV_GAP, 1);
		add(&c, at[i], MG_EV_PATTERN, 2);
		assert_int_equal(sum(&c.g[0]), i + 1);
		assert_int_equal(sum(&c.g[1]), 2 * (i + 1));
		assert_true(mg_event_counts_steps(&c) <= MG_COUNTS_STEPS);
		for (size_t k = 0; k <= i; k++)
			assert_true(c.g[0].v[(at[k] - c.start_ns) / c.step_ns] > 0);
	}
	assert_int_equal(c.start_ns % c.step_ns, 0);
	mg_event_counts_release(&c);
}

static void extreme_times(void **state)
{
	struct mg_event_counts c = { .by = MG_KEY_SEVERITY, .step_ns = MG_SEC };

	(void)state;
	add(&c, INT64_MAX, MG_EV_GAP, 1);
	add(&c, INT64_MIN + 1, MG_EV_GAP, 1);
	assert_int_equal(c.timeless, 2);
	add(&c, INT64_MAX / 2, MG_EV_GAP, 1);
	add(&c, -(INT64_MAX / 2), MG_EV_GAP, 1);
	assert_int_equal(sum(&c.g[0]), 2);
	assert_true(mg_event_counts_steps(&c) <= MG_COUNTS_STEPS);
	mg_event_counts_release(&c);
}

static void table_has_other(void **state)
{
	struct mg_event_counts c = { .by = MG_KEY_CODE, .step_ns = MG_SEC };
	struct mg_arena        a = { 0 };
	struct mg_table        t;

	(void)state;
	for (uint32_t code = 400; code < 410; code++) {
		const struct mg_event e = { .time_ns = 50 * MG_SEC, .code = code,
					    .count = code == 404 ? 9 : 2 };

		mg_event_counts_add(&c, &e, none);
	}
	mg_event_counts_sort(&c);
	mg_event_counts_table(&c, 1, &a, &t);
	assert_int_equal(t.ncol, 2);
	assert_int_equal(t.n, 1);
	assert_string_equal(t.col[0].name.p, "404");
	assert_true(t.col[0].v[0] == 9 && t.col[1].v[0] == 18);
	mg_event_counts_table(&c, 0, &a, &t);
	assert_int_equal(t.ncol, 10);
	mg_arena_release(&a);
	mg_event_counts_release(&c);
}

static void too_many_groups(void **state)
{
	struct mg_event_counts c = { .by = MG_KEY_CODE, .step_ns = MG_SEC };

	(void)state;
	for (uint32_t code = 1; code <= MG_COUNTS_GROUPS + 7; code++) {
		const struct mg_event e = { .time_ns = MG_SEC, .code = code, .count = 1 };

		mg_event_counts_add(&c, &e, none);
	}
	assert_int_equal(c.names.n, MG_COUNTS_GROUPS);
	assert_int_equal(c.ungrouped, 7);
	mg_event_counts_release(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_by_step), cmocka_unit_test(widens_and_shifts),
		cmocka_unit_test(extreme_times),  cmocka_unit_test(table_has_other),
		cmocka_unit_test(too_many_groups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
