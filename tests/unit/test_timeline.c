/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <unistd.h>

#include "render/timeline.h"

#define N 300

/* Starts in order, lengths that overlap in every way: 0 to 9 s, three sources, two nodes. */
static struct mg_event event(unsigned i)
{
	static const struct mg_str who[] = { { "etcd", 4 }, { "kube-apiserver", 14 }, { "a\"\n", 3 } };

	return (struct mg_event){ .time_ns = 1700000000 * MG_SEC + i * 500 * MG_MS + i,
				  .duration_ns = i % 7 == 0 ? -1 : (int64_t)(i * 37 % 10) * MG_SEC,
				  .kind = MG_EV_AUDIT_SLOW, .severity = MG_SEV_WARNING, .count = 1,
				  .component = who[i % 3],
				  .node = i % 2 ? MG_STR("m0.example") : MG_STR("m1.example") };
}

/* The whole trace as jansson reads it. */
static json_t *trace(unsigned n, bool same_source)
{
	FILE              *f = tmpfile();
	struct mg_out      out;
	struct mg_timeline t = { .form = MG_TIMELINE_TRACE, .out = &out };
	json_error_t       err;
	json_t            *j;

	assert_non_null(f);
	mg_out_fd(&out, fileno(f));
	mg_timeline_begin(&t);
	for (unsigned i = 0; i < n; i++) {
		struct mg_event e = event(i);

		if (same_source) {
			e.component = MG_STR("etcd"), e.node = MG_STR("m");
			e.duration_ns = MG_HOUR;
		}
		mg_timeline_add(&t, &e, MG_STR("a/b.log"));
	}
	mg_timeline_end(&t);
	assert_int_equal(mg_out_close(&out), MG_OK);
	rewind(f);
	j = json_loadf(f, JSON_REJECT_DUPLICATES, &err);
	if (!j)
		fail_msg("line %d: %s", err.line, err.text);
	fclose(f);
	return j;
}

static double number(const json_t *e, const char *key)
{
	return json_number_value(json_object_get(e, key));
}

static bool is(const json_t *e, const char *key, const char *value)
{
	return strcmp(json_string_value(json_object_get(e, key)), value) == 0;
}

static void slices_of_a_lane_do_not_overlap(void **state)
{
	json_t *j = trace(N, false), *all = json_object_get(j, "traceEvents"), *e;
	double  end[1024] = { 0 };
	size_t  i, slices = 0, points = 0, threads = 0;

	(void)state;
	json_array_foreach(all, i, e) {
		size_t tid = (size_t)number(e, "tid");

		assert_true(tid < 1024);
		if (is(e, "ph", "M")) {
			threads += is(e, "name", "thread_name");
			continue;
		}
		points += is(e, "ph", "i");
		if (!is(e, "ph", "X"))
			continue;
		assert_true(number(e, "ts") >= end[tid] - 0.5); /* doubles hold quarters here */
		end[tid] = number(e, "ts") + number(e, "dur");
		slices++;
	}
	assert_int_equal(slices + points, N);
	assert_int_equal(points, (N + 6) / 7);
	assert_true(threads > 6); /* six sources, several lanes each */
	json_decref(j);
}

static void what_is_not_drawn_is_said(void **state)
{
	json_t     *j = trace(100, true);
	const char *key = "more than 64 at once in one source";
	json_t     *rest = json_object_get(json_object_get(j, "otherData"), "not drawn");

	(void)state;
	/* All last an hour: 64 of 100 have a lane. */
	assert_int_equal(json_integer_value(json_object_get(rest, key)), 36);
	json_decref(j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slices_of_a_lane_do_not_overlap),
		cmocka_unit_test(what_is_not_drawn_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
