/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "cli/window.h"
#include "event/filter.h"
#include "render/event_text.h"

static const struct mg_filter all = { .since = MG_TIME_NONE, .until = MG_TIME_NONE };

static struct mg_event event(int64_t ns, int64_t duration_ns)
{
	return (struct mg_event){ .time_ns = ns, .duration_ns = duration_ns,
				  .kind = MG_EV_ETCD_SLOW_APPLY, .severity = MG_SEV_WARNING,
				  .component = MG_STR("etcd"), .node = MG_STR("m0.example"),
				  .count = 1 };
}

static void times_are_half_open(void **state)
{
	struct mg_filter f = { .since = 10, .until = 20 };
	struct mg_event  e;

	(void)state;
	e = event(9, -1), assert_false(mg_filter_takes(&f, &e));
	e = event(10, -1), assert_true(mg_filter_takes(&f, &e));
	e = event(19, 99), assert_true(mg_filter_takes(&f, &e));
	e = event(20, -1), assert_false(mg_filter_takes(&f, &e));
	e = event(5, 5), assert_false(mg_filter_takes(&f, &e)); /* ended before */
	e = event(5, 6), assert_true(mg_filter_takes(&f, &e));
	e = event(MG_TIME_NONE, -1), assert_false(mg_filter_takes(&f, &e));
	assert_true(mg_filter_takes(&all, &e));
}

static void words(void **state)
{
	const char *const kinds[] = { "gap,etcd", "log" }, *const nodes[] = { "m0.example" };
	struct mg_filter  f = all;
	struct mg_event   e = event(1, -1);

	(void)state;
	f.kinds = (struct mg_words){ kinds, 2 };
	f.nodes = (struct mg_words){ nodes, 1 };
	assert_true(mg_filter_takes(&f, &e));
	e.kind = MG_EV_LOG_ERROR, assert_true(mg_filter_takes(&f, &e));
	e.kind = MG_EV_POD_STARTED, assert_false(mg_filter_takes(&f, &e));
	e.kind = MG_EV_GAP, e.node = MG_STR("m1"), assert_false(mg_filter_takes(&f, &e));
	f = all, f.severity = MG_SEV_ERROR, assert_false(mg_filter_takes(&f, &e));
	f.kinds = (struct mg_words){ kinds, 2 };
	assert_int_equal(mg_filter_unknown_kind(&f).n, 0);
	f.kinds = (struct mg_words){ (const char *const[]){ "gap,etc" }, 1 };
	assert_true(mg_str_eq(mg_filter_unknown_kind(&f), MG_STR("etc")));
}

static void windows(void **state)
{
	struct mg_window_args a = { .around = "2026-11-21T03:12:00Z", .width = "2m" };
	struct mg_window      w;
	int64_t               t = INT64_C(1795230720) * MG_SEC;

	(void)state;
	assert_int_equal(mg_window_resolve(NULL, &a, MG_TIME_NONE, &w), -1);
	assert_int_equal(w.since_ns, t - 2 * MG_MIN);
	assert_int_equal(w.until_ns, t + 2 * MG_MIN);
	a = (struct mg_window_args){ .since = "-1m", .until = "03:12" };
	assert_int_equal(mg_window_resolve(NULL, &a, MG_TIME_NONE, &w), -2);
	assert_int_equal(mg_window_resolve(NULL, &a, t + 30 * MG_SEC, &w), -1);
	assert_int_equal(w.since_ns, t - 30 * MG_SEC);
	assert_int_equal(w.until_ns, t);
	a = (struct mg_window_args){ 0 };
	assert_int_equal(mg_window_resolve(NULL, &a, MG_TIME_NONE, &w), -1);
	assert_int_equal(w.since_ns, MG_TIME_NONE);
	assert_int_equal(w.until_ns, MG_TIME_NONE);
}

static void rows(void **state)
{
	struct mg_event_text t = { 0 };
	struct mg_buf        b = { 0 };
	struct mg_event      e = event(INT64_C(1795230763) * MG_SEC, 40 * MG_SEC);

	(void)state;
	e.message = MG_STR("took\033 long"), e.line = 71;
	mg_event_text(&b, &t, &e, MG_STR("a/etcd.log"));
	e.time_ns += MG_DAY, e.duration_ns = -1, e.message = mg_str("", 0), e.count = 3;
	e.verb = MG_STR("get"), e.resource = MG_STR("pods"), e.code = 504, e.line = 0;
	mg_event_text(&b, &t, &e, mg_str("", 0));
	assert_string_equal(
		b.p,
		"# 2026-11-21 UTC\n"
		"03:12:43.000   40.0 s  WARNING   etcd@m0           etcd.slow_apply   "
		"took\\x1b long  a/etcd.log:71\n"
		"# 2026-11-22 UTC\n"
		"03:12:43.000           WARNING   etcd@m0           etcd.slow_apply   "
		"get pods 504 (\xc3\x97" "3)\n");
	mg_buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_are_half_open),
		cmocka_unit_test(words),
		cmocka_unit_test(windows),
		cmocka_unit_test(rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
