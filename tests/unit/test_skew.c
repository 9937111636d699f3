/* SPDX-License-Identifier: Apache-2.0 */
/* The clock of one API server was moved after the recording: by how much must come out. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "analysis/skew.h"
#include "ingest/ingest.h"

#define NODE "master-1.lab.example"

static void path_of(char *path, size_t n, const char *file)
{
	const char *s = getenv("MG_SHARED");

	snprintf(path, n, "%s/data/incidents/two-apiservers-skew/%s", s && *s ? s : "../shared", file);
	if (access(path, R_OK) != 0) {
		print_message("skipped: %s is not there (set MG_SHARED)\n", path);
		skip();
	}
}

static int64_t true_skew(void)
{
	char        path[512];
	const char *text;
	json_t     *truth;
	int64_t     ns;

	path_of(path, sizeof(path), "truth.json");
	truth = json_load_file(path, 0, NULL);
	assert_non_null(truth);
	text = json_string_value(json_object_get(json_object_get(truth, "skew"), NODE));
	assert_true(mg_duration_parse(mg_strz(text), &ns));
	json_decref(truth);
	return ns;
}

/* The estimate for `node` when its clock is shifted by `applied` while reading. */
static struct mg_skew estimate(struct mg_str node, int64_t applied)
{
	char                   path[512], *operands[] = { path };
	struct mg_clock_offset off = { MG_STR(NODE), applied };
	struct mg_ingest_opts  o = { .threads = 2, .offsets = &off, .noffsets = 1 };
	struct mg_skew         out = { 0 }, *s;
	struct mg_case         c;
	struct mg_err          err;
	uint32_t               n;

	path_of(path, sizeof(path), "incident.tar.gz");
	mg_case_init(&c);
	assert_int_equal(mg_ingest_run(&c, operands, 1, &o, &err), MG_OK);
	s = mg_skew_estimate(&c, &n);
	for (uint32_t i = 0; i < n; i++)
		if (mg_str_eq(s[i].node, node))
			out = s[i];
	assert_true(out.pairs >= 5);
	mg_case_release(&c);
	return out;
}

static void test_estimate(void **state)
{
	int64_t        truth = true_skew();
	struct mg_skew s = estimate(MG_STR(NODE), 0);

	assert_in_range(s.offset_ns, truth - MG_SEC / 5, truth + MG_SEC / 5);
	assert_true(s.low_ns <= s.offset_ns && s.offset_ns <= s.high_ns);
	assert_true(s.high_ns - s.low_ns < MG_SEC / 5);
}

static void test_reference(void **state)
{
	struct mg_skew s = estimate(MG_STR("master-0.lab.example"), 0);

	assert_in_range(s.offset_ns + MG_SEC, MG_SEC - MG_SEC / 20, MG_SEC + MG_SEC / 20);
}

static void test_put_right(void **state)
{
	struct mg_skew s = estimate(MG_STR(NODE), -true_skew());

	assert_in_range(s.offset_ns + MG_SEC, MG_SEC - MG_SEC / 5, MG_SEC + MG_SEC / 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_estimate),
		cmocka_unit_test(test_reference),
		cmocka_unit_test(test_put_right),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
