/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "event/batch.h"
#include "event/stats.h"

static struct mg_event *add(struct mg_batch *b, int64_t t, uint32_t artifact, uint64_t line)
{
	struct mg_event *e = mg_batch_add(b, MG_EV_LOG_ERROR, MG_SEV_ERROR);

	e->time_ns = t;
	e->artifact = artifact;
	e->line = line;
	return e;
}

static void new_event(void **state)
{
	struct mg_batch  b = { 0 };
	struct mg_event *e = mg_batch_add(&b, MG_EV_GAP, MG_SEV_WARNING);

	assert_int_equal(e->kind, MG_EV_GAP);
	assert_int_equal(e->severity, MG_SEV_WARNING);
	assert_int_equal(e->count, 1);
	assert_int_equal(e->duration_ns, -1);
	assert_int_equal(e->time_ns, MG_TIME_NONE);
	assert_int_equal(e->time_source, MG_TIME_UNKNOWN);
	assert_int_equal(mg_event_end(e), MG_TIME_NONE);
	mg_batch_release(&b);
	mg_batch_release(&b);
}

static void attributes(void **state)
{
	struct mg_batch  b = { 0 };
	struct mg_event *e = mg_batch_add(&b, MG_EV_GAP, MG_SEV_INFO);
	static const char *const keys[MG_EVENT_ATTRS] = { "a", "b", "c", "d", "e", "f", "g",
							  "h", "i", "j", "k", "l", "m", "n",
							  "o", "p", "q", "r" };
	char                     text[] = "value";

	mg_batch_attr(&b, e, keys[0], mg_strz(text));
	text[0] = 'X'; /* the batch has its own copy */
	for (int i = 1; i < MG_EVENT_ATTRS; i++)
		mg_batch_attr_i64(&b, e, keys[i], i == 13 ? INT64_MIN : i);
	assert_int_equal(e->nattrs, MG_EVENT_ATTRS);
	assert_true(mg_str_eq(mg_event_attr(e, "a"), MG_STR("value")));
	assert_false(e->attrs[0].number);
	assert_true(e->attrs[1].number);
	for (int i = 1; i < 13; i++)
		assert_int_equal(mg_event_attr_i64(e, keys[i], -1), i);
	assert_int_equal(mg_event_attr_i64(e, "n", -1), INT64_MIN);
	assert_int_equal(mg_event_attr_i64(e, "a", -1), -1);
	assert_int_equal(mg_event_attr_i64(e, "zz", -7), -7);
	assert_int_equal(mg_event_attr(e, "zz").n, 0);
	mg_batch_release(&b);
}

/* Long text is cut between characters and ends in an ellipsis. */
static void long_text(void **state)
{
	static char     in[4096];
	struct mg_batch b = { 0 };
	struct mg_str   s;

	memset(in, 'a', sizeof(in));
	s = mg_batch_str(&b, mg_str(in, MG_BATCH_TEXT));
	assert_int_equal(s.n, MG_BATCH_TEXT);
	s = mg_batch_str(&b, mg_str(in, MG_BATCH_TEXT + 1));
	assert_int_equal(s.n, MG_BATCH_TEXT);
	assert_memory_equal(s.p + s.n - 4, "a\xe2\x80\xa6", 4);
	for (size_t shift = 0; shift < 4; shift++) { /* four-byte characters, every phase */
		for (size_t i = shift; i + 4 <= sizeof(in); i += 4)
			memcpy(in + i, "\xf0\x9f\x98\x80", 4);
		s = mg_batch_str(&b, mg_str(in, sizeof(in)));
		assert_in_range(s.n, MG_BATCH_TEXT - 3, MG_BATCH_TEXT);
		assert_int_equal((s.n - 3 - shift) % 4, 0);
	}
	memset(in, 0x80, sizeof(in)); /* no text at all: still most of it */
	s = mg_batch_str(&b, mg_str(in, sizeof(in)));
	assert_in_range(s.n, MG_BATCH_TEXT - 3, MG_BATCH_TEXT);
	mg_batch_release(&b);
}

static void sorts(void **state)
{
	struct mg_batch b = { 0 };

	mg_batch_sort(&b);
	add(&b, 5, 1, 1);
	add(&b, MG_TIME_NONE, 9, 9);
	add(&b, 5, 0, 7);
	add(&b, 5, 0, 3);
	add(&b, 4, 9, 9);
	add(&b, 5, 0, 3)->name = MG_STR("b");
	add(&b, 5, 0, 3)->name = MG_STR("a");
	add(&b, 5, 0, 3)->kind = MG_EV_AUDIT_SLOW;
	mg_batch_sort(&b);
	assert_int_equal(b.ev[0].time_ns, MG_TIME_NONE);
	assert_int_equal(b.ev[1].time_ns, 4);
	assert_int_equal(b.ev[2].kind, MG_EV_AUDIT_SLOW);
	assert_int_equal(b.ev[3].name.n, 0);
	assert_int_equal(b.ev[4].name.p[0], 'a');
	assert_int_equal(b.ev[5].name.p[0], 'b');
	assert_int_equal(b.ev[6].line, 7);
	assert_int_equal(b.ev[7].artifact, 1);
	for (size_t i = 1; i < b.n; i++)
		assert_true(mg_event_cmp(&b.ev[i - 1], &b.ev[i]) < 0);
	mg_batch_release(&b);
}

static void appends(void **state)
{
	struct mg_batch a = { 0 }, b = { 0 }, none = { 0 };

	for (int i = 0; i < 100; i++) {
		struct mg_event *e = add(&b, i, 0, 0);

		e->message = mg_batch_str(&b, MG_STR("text"));
		mg_batch_attr_i64(&b, e, "n", i);
	}
	mg_batch_append(&a, &none);
	assert_int_equal(a.n, 0);
	mg_batch_append(&a, &b);
	assert_int_equal(b.n, 0);
	assert_null(b.ev);
	mg_batch_append(&a, &none);
	for (int i = 0; i < 50; i++)
		mg_batch_attr_i64(&b, add(&b, i, 0, 0), "n", i);
	mg_batch_append(&a, &b);
	assert_int_equal(a.n, 150);
	for (int i = 0; i < 150; i++)
		assert_int_equal(mg_event_attr_i64(&a.ev[i], "n", -1), i % 100);
	assert_true(mg_str_eq(a.ev[99].message, MG_STR("text")));
	mg_batch_release(&a);
}

static void names(void **state)
{
	enum mg_severity s;

	for (int k = 0; k < MG_EV_COUNT; k++) {
		const char *name = mg_event_kind_name((enum mg_event_kind)k);

		assert_int_equal(mg_event_kind_parse(mg_strz(name)), k);
		assert_null(strpbrk(name, " \"\\A"));
	}
	assert_int_equal(mg_event_kind_parse(MG_STR("no.such")), MG_EV_COUNT);
	assert_string_equal(mg_event_kind_name(MG_EV_COUNT), "unknown");
	for (int i = 0; i <= MG_SEV_CRITICAL; i++) {
		assert_true(mg_severity_parse(mg_strz(mg_severity_name((enum mg_severity)i)), &s));
		assert_int_equal(s, i);
	}
	assert_true(mg_severity_parse(MG_STR("WARNING"), &s));
	assert_false(mg_severity_parse(MG_STR("warn"), &s));
	for (int i = 0; i <= MG_TIME_UNKNOWN; i++)
		assert_non_null(mg_time_source_name((enum mg_time_source)i));
	assert_string_equal(mg_time_source_name(MG_TIME_UNKNOWN), "unknown");
}

static void statistics(void **state)
{
	struct mg_leaf_stats a = MG_LEAF_STATS_INIT, b = MG_LEAF_STATS_INIT;

	mg_stats_time(&a, MG_TIME_NONE);
	assert_int_equal(a.first_ns, MG_TIME_NONE);
	mg_stats_merge(&a, &b);
	assert_int_equal(a.last_ns, MG_TIME_NONE);
	mg_stats_time(&a, 7);
	mg_stats_time(&b, -3);
	b.lines = 2;
	for (int i = 0; i < MG_DIAGS + 3; i++)
		mg_stats_bad(&b, (uint64_t)i + 1, 5, "bad %0200d", i);
	mg_stats_bad(&a, 99, 1, "first");
	mg_stats_merge(&a, &b);
	assert_int_equal(a.first_ns, -3);
	assert_int_equal(a.last_ns, 7);
	assert_int_equal(a.bad, MG_DIAGS + 4);
	assert_int_equal(a.ndiags, MG_DIAGS);
	assert_string_equal(a.diags[0].msg, "first");
	assert_int_equal(a.diags[1].line, 1);
	assert_int_equal(strlen(a.diags[1].msg), sizeof(a.diags[1].msg) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(new_event), cmocka_unit_test(attributes),
		cmocka_unit_test(long_text), cmocka_unit_test(sorts),
		cmocka_unit_test(appends),   cmocka_unit_test(names),
		cmocka_unit_test(statistics),
	};

	return cmocka_run_group_tests_name("batch", tests, NULL, NULL);
}
