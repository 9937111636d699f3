/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "cases.h"
#include "event/logrules.h"

static void test_literals(void **state)
{
	static const struct {
		const char *pattern, *literal;
	} cases[] = {
		{ "abc", "abc" },
		{ "ab+c", "ab" },
		{ "abx?cde", "cde" },
		{ "abx*", "ab" },
		{ "abx{0,3}y", "ab" },
		{ "ab|cd", "" },
		{ "(ab|cd)efg", "efg" },
		{ "(?:ab)?efg", "efg" },
		{ "(?i)abc", "" },
		{ "a(?i)bcd", "" },
		{ "[abc]def[^]]gh", "def" },
		{ "[[:alpha:]]xyz", "xyz" },
		{ "task \\S+:\\w+ blocked for more than \\w+ seconds\\.", " blocked for more than " },
		{ "\\[#\\d+\\] SMP", "] SMP" },
		{ "\\Qa.b\\Ec", "" },
		{ "\\x41bc", "" },
		{ "^abc$", "abc" },
		{ "a.*b", "a" },
		{ "ab\xc3\xa9?", "ab" },
		{ "", "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mg_err        err = { 0 };
		struct mg_log_match *m = mg_log_match_new(mg_strz(cases[i].pattern), &err);

		assert_non_null(m);
		if (!mg_str_eq(mg_log_match_literal(m), mg_strz(cases[i].literal)))
			fail_msg("'%s' needs '%.*s'", cases[i].pattern,
				 MG_FMT(mg_log_match_literal(m)));
		mg_log_match_free(m);
	}
}

static void test_events(void **state)
{
	struct mg_str json = MG_STR(
		"{\"source\":\"x\",\"rules\":[{\"type\":\"permanent\",\"condition\":\"Bad\","
		"\"reason\":\"R\",\"pattern\":\"disk (\\\\w+) of (?<who>\\\\S+) failed\","
		"\"fields\":{\"disk\":1,\"node\":\"who\"}},"
		"{\"reason\":\"other\",\"path\":\"/bin/x\"},"
		"{\"reason\":\"any\",\"pattern\":\"fail\",\"severity\":\"info\",\"kind\":\"log.error\"}]}");
	struct mg_str          line = MG_STR("disk sda of n1 failed");
	struct mg_logrules     r = { 0 };
	struct mg_log_matcher *t = mg_log_matcher_new(NULL);
	struct mg_err          err = { 0 };
	struct mg_batch        b = { 0 };
	struct mg_event       *e = mg_batch_add(&b, MG_EV_PATTERN, MG_SEV_INFO);

	assert_int_equal(mg_logrules_read(&r, json, &err), MG_OK);
	assert_int_equal(r.n, 2);
	assert_int_equal(r.without_pattern, 1);
	assert_int_equal(r.v[0].severity, MG_SEV_ERROR);
	assert_int_equal(r.v[1].kind, MG_EV_LOG_ERROR);
	assert_int_equal(mg_logrules_find(&r, t, 0, line), 0);
	mg_logrules_fill(&r, t, 0, line, &b, e);
	assert_true(mg_str_eq(e->node, MG_STR("n1")));
	assert_true(mg_str_eq(mg_event_attr(e, "disk"), MG_STR("sda")));
	assert_true(mg_str_eq(mg_event_attr(e, "rule"), MG_STR("R")));
	assert_true(mg_str_eq(mg_event_attr(e, "condition"), MG_STR("Bad")));
	assert_int_equal(mg_logrules_find(&r, t, 1, line), 1);
	assert_int_equal(mg_logrules_find(&r, t, 0, MG_STR("nothing")), 2);
	mg_batch_release(&b);
	mg_logrules_release(&r);
	mg_log_matcher_free(t);
}

/* A file of node-problem-detector's system log monitor as it stands: its other members are of
 * no concern here, the type is the severity. */
static void test_monitor_shape(void **state)
{
	struct mg_str json = MG_STR(
		"{\"plugin\": \"kmsg\", \"logPath\": \"/dev/kmsg\", \"lookback\": \"5m\","
		" \"bufferSize\": 10, \"source\": \"kernel-monitor\","
		" \"pluginConfig\": {\"timestamp\": \"^.{15}\"}, \"metricsReporting\": true,"
		" \"conditions\": [{\"type\": \"DiskDead\", \"reason\": \"DiskFine\","
		" \"message\": \"disk is fine\"}],"
		" \"rules\": ["
		"{\"type\": \"temporary\", \"reason\": \"Hung\","
		" \"pattern\": \"task [\\\\S ]+:\\\\w+ hung for more than \\\\w+ seconds\\\\.\"},"
		"{\"type\": \"permanent\", \"condition\": \"DiskDead\", \"reason\": \"Dead\","
		" \"pattern\": \"Remounting \\\\S+ read-only\"}]}");
	struct mg_logrules     r = { 0 };
	struct mg_log_matcher *t = mg_log_matcher_new(NULL);
	struct mg_err          err = { 0 };
	struct mg_batch        b = { 0 };
	struct mg_event       *e = mg_batch_add(&b, MG_EV_PATTERN, MG_SEV_INFO);
	struct mg_str          line = MG_STR("EXT4-fs (sda1): Remounting filesystem read-only");

	if (mg_logrules_read(&r, json, &err) != MG_OK)
		fail_msg("%s", err.msg);
	assert_int_equal(r.n, 2);
	assert_int_equal(r.without_pattern, 0);
	assert_int_equal(r.v[0].severity, MG_SEV_WARNING);
	assert_int_equal(r.v[1].severity, MG_SEV_ERROR);
	assert_int_equal(mg_logrules_find(&r, t, 0, MG_STR("task java worker:77 hung for more than "
							  "120 seconds.")), 0);
	assert_int_equal(mg_logrules_find(&r, t, 0, line), 1);
	mg_logrules_fill(&r, t, 1, line, &b, e);
	assert_true(mg_str_eq(mg_event_attr(e, "rule"), MG_STR("Dead")));
	assert_true(mg_str_eq(mg_event_attr(e, "condition"), MG_STR("DiskDead")));
	mg_batch_release(&b);
	mg_logrules_release(&r);
	mg_log_matcher_free(t);
}

static void test_refused(void **state)
{
	static const char *const bad[] = {
		"", "{", "[]", "{\"rules\":1}", "{\"rules\":[1]}",
		"{\"rules\":[{\"pattern\":\"(\"}]}",
		"{\"rules\":[{\"pattern\":\"a\",\"severity\":\"loud\"}]}",
		"{\"rules\":[{\"pattern\":\"a\",\"kind\":\"no.such\"}]}",
		"{\"rules\":[{\"pattern\":\"a\",\"fields\":{\"x\":1}}]}",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct mg_logrules r = { 0 };
		struct mg_err      err = { 0 };

		assert_int_equal(mg_logrules_read(&r, mg_strz(bad[i]), &err), MG_FAIL);
		assert_true(err.msg[0] != '\0');
		mg_logrules_release(&r);
	}
}

static void test_no_hang(void **state)
{
	struct mg_err          err = { 0 };
	struct mg_log_match   *m = mg_log_match_new(MG_STR("(a+)+$"), &err);
	struct mg_log_matcher *t = mg_log_matcher_new(m);
	char                   text[40001];

	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = '!';
	assert_false(mg_log_matches(t, mg_str(text, sizeof(text))));
	assert_int_equal(mg_log_matcher_gave_up(t), 1);
	assert_true(mg_log_matches(t, MG_STR("aaa")));
	/* bytes that are no UTF-8 neither match nor fail */
	assert_false(mg_log_matches(t, MG_STR("\xff\xfe")));
	mg_log_matcher_free(t);
	mg_log_match_free(m);
}

/* The rules that are installed, and those of node-problem-detector, load as they are. */
static void test_files(void **state)
{
	static const char *const ours[] = { "reports/rules/node.json",
					    "reports/rules/control-plane.json" };
	static const char *const npd[] = { "kernel-monitor", "kernel-monitor-counter",
					   "kernel-monitor-filelog", "docker-monitor",
					   "abrt-adaptor", "systemd-monitor" };
	struct mg_logrules r = { 0 };
	struct mg_buf      b = { 0 };
	struct mg_err      err = { 0 };
	const char        *shared = getenv("MG_SHARED");

	for (size_t i = 0; i < 2; i++) {
		assert_true(case_read(ours[i], &b));
		if (mg_logrules_read(&r, mg_buf_str(&b), &err) != MG_OK)
			fail_msg("%s: %s", ours[i], err.msg);
	}
	assert_true(r.n >= 15);
	for (size_t i = 0; shared && i < sizeof(npd) / sizeof(npd[0]); i++) {
		char path[512];

		snprintf(path, sizeof(path), "%s/data/oom/npd-config_%s.json", shared, npd[i]);
		if (!case_read(path, &b)) {
			print_message("SKIP: %s is not here\n", path);
			continue;
		}
		if (mg_logrules_read(&r, mg_buf_str(&b), &err) != MG_OK)
			fail_msg("%s: %s", path, err.msg);
	}
	mg_logrules_release(&r);
	mg_buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_literals), cmocka_unit_test(test_events),
		cmocka_unit_test(test_refused),	 cmocka_unit_test(test_no_hang),
		cmocka_unit_test(test_files),	 cmocka_unit_test(test_monitor_shape),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
