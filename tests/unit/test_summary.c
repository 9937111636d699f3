/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <unistd.h>

#include "render/outline.h"
#include "render/summary.h"
#include "render/text.h"
#include "case_report.c"

static struct mg_str text_of(struct mg_out *o)
{
	if (getenv("MG_SHOW"))
		fprintf(stderr, "%.*s", MG_FMT(mg_buf_str(&o->buf)));
	return mg_buf_str(&o->buf);
}

static void assert_has(struct mg_str page, const char *part)
{
	if (!mg_str_has(page, mg_strz(part)))
		fail_msg("not on the page: %s\n%.*s", part, MG_FMT(page));
}

static size_t widest(struct mg_str page)
{
	struct mg_str line, rest = page;
	size_t        max = 0;
	bool          more = true;

	while (more) {
		more = mg_str_cut(rest, '\n', &line, &rest);
		if (mg_text_columns(line) > max)
			max = mg_text_columns(line);
		assert_false(line.n && line.p[line.n - 1] == ' ');
	}
	return max;
}

static void incident_page(void **state)
{
	struct mg_case        c;
	struct mg_findings    fs;
	struct mg_out         o;
	struct mg_render_opts opt = { .report = "incident.report/report.html  report.txt" };
	struct mg_str         page;

	(void)state;
	sample_case(&c);
	sample_findings(&fs);
	mg_out_fd(&o, STDOUT_FILENO);
	mg_render_summary(&o, &c, &fs, &opt);
	page = text_of(&o);
	assert_has(page, "7.10 MiB, unpacked 19.7 MiB, 9 files read\n");
	assert_has(page, "2026-11-21 03:11:35 \xe2\x80\x93 03:17:20 UTC (5m45s)   1 node");
	assert_has(page, "kube-apiserver v1.20.2, etcd 3.4.23");
	assert_has(page, "\n 1 CRITICAL  etcd on master-0");
	assert_has(page, "confidence high\n");
	assert_has(page, "/etcd/etcd/logs/current.log:71\n");
	assert_has(page, "\xe2\x80\xa6 and 408 more");
	assert_has(page, "\xe2\x94\x9c effect  03:12:18  DELETE collection by");
	assert_has(page, "\xe2\x94\x82  \xe2\x94\x94 effect  03:13:58  kube-apiserver heap");
	assert_has(page, "\xe2\x94\x94 effect  03:12:36  kube-controller-manager lost");
	assert_has(page, "restart kube-apiserver to free them");
	assert_has(page, " Noted         a second controller");
	assert_has(page, " Not assessed  kernel-oom, hung-task: needs kernel log");
	assert_has(page, " Blind spot    requests for events");
	assert_has(page, "\\x1b[31mevil\\x1b[0m red\\ntext");
	assert_int_equal(mg_str_chr(page, '\033'), -1);
	assert_true(widest(page) <= 100);
	mg_out_abort(&o);
	mg_findings_release(&fs);
	mg_case_release(&c);
}

static void colour_only_when_asked(void **state)
{
	struct mg_case        c;
	struct mg_findings    fs;
	struct mg_out         o;
	struct mg_render_opts opt = { .color = true, .width = 80 };
	struct mg_str         page;

	(void)state;
	sample_case(&c);
	sample_findings(&fs);
	mg_out_fd(&o, STDOUT_FILENO);
	mg_render_summary(&o, &c, &fs, &opt);
	page = text_of(&o);
	assert_has(page, "\033[1;31mCRITICAL\033[0m");
	mg_out_abort(&o);
	mg_findings_release(&fs);
	mg_case_release(&c);
}

static void nothing_wrong_says_what_was_looked_at(void **state)
{
	struct mg_case        c;
	struct mg_findings    fs = { 0 };
	struct mg_out         o;
	struct mg_render_opts opt = { 0 };
	struct mg_str         page;

	(void)state;
	sample_case(&c);
	add_finding(&fs, "top-talker", "top talker", MG_SEV_INFO, 0, 300,
		    "system:kube-controller-manager sent 66 % of the requests");
	mg_out_fd(&o, STDOUT_FILENO);
	mg_render_summary(&o, &c, &fs, &opt);
	page = text_of(&o);
	assert_has(page, "VERDICT  Looked at 4,674 requests, 2,524 log lines, 1 goroutine dump, "
			 "1,022 objects: nothing of\n         severity warning or above.");
	assert_has(page, " Noted         system:kube-controller-manager");
	mg_out_abort(&o);
	mg_findings_release(&fs);
	mg_case_release(&c);
}

/* Circles and indexes out of range end, and every finding is told exactly once. */
static void outline_survives_bad_links(void **state)
{
	struct mg_findings fs = { 0 };
	struct mg_outline  o;
	uint32_t           notable, seen[4] = { 0 };

	(void)state;
	for (int i = 0; i < 4; i++)
		add_finding(&fs, "x", "x", i == 3 ? MG_SEV_INFO : MG_SEV_ERROR, i, i, "x");
	fs.f[0].effects[fs.f[0].neffects++] = 1;
	fs.f[0].caused_by[fs.f[0].ncaused_by++] = 1;
	fs.f[1].effects[fs.f[1].neffects++] = 0;
	fs.f[1].effects[fs.f[1].neffects++] = 77;
	fs.f[1].caused_by[fs.f[1].ncaused_by++] = 0;
	mg_outline_build(&o, &fs, MG_SEV_WARNING, &notable);
	assert_int_equal(o.n, 4);
	assert_int_equal(notable, 3);
	for (uint32_t i = 0; i < o.n; i++)
		seen[o.item[i].finding]++;
	for (int i = 0; i < 4; i++)
		assert_int_equal(seen[i], 1);
	mg_outline_release(&o);
	mg_findings_release(&fs);
}

static struct mg_str escaped(struct mg_buf *b, const char *s, size_t n, size_t cols)
{
	mg_buf_clear(b);
	assert_true(mg_text_escape(b, mg_str(s, n), cols) <= cols);
	return mg_buf_str(b);
}

static void escaping(void **state)
{
	static const struct {
		const char *in;
		size_t      n, cols;
		const char *out;
	} t[] = {
		{ "plain", 5, 99, "plain" },
		{ "a\tb\nc\rd", 7, 99, "a b\\nc\\rd" },
		{ "\033[2J", 4, 99, "\\x1b[2J" },
		{ "a\0b\x7f", 4, 99, "a\\x00b\\x7f" },
		{ "\xc2\x9b" "31m", 5, 99, "\\u009b31m" },
		{ "\xe2\x80\xae" "txt", 6, 99, "\\u202etxt" },
		{ "\xff\xc0\x80", 3, 99, "\\xff\\xc0\\x80" },
		{ "\xed\xa0\x80", 3, 99, "\\xed\\xa0\\x80" },
		{ "gr\xc3\xbc\xc3\x9f" "e", 7, 99, "gr\xc3\xbc\xc3\x9f" "e" },
		{ "abcdef", 6, 6, "abcdef" },
		{ "abcdefg", 7, 6, "abcde\xe2\x80\xa6" },
		{ "\xe4\xb8\xad\xe6\x96\x87", 6, 3, "\xe4\xb8\xad\xe2\x80\xa6" },
		{ "ab", 2, 1, "\xe2\x80\xa6" },
		{ "ab", 2, 0, "" },
		{ "a\033", 2, 3, "a\xe2\x80\xa6" },
	};
	struct mg_buf b = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct mg_str got = escaped(&b, t[i].in, t[i].n, t[i].cols);

		if (!mg_str_eq(got, mg_strz(t[i].out)))
			fail_msg("case %zu: got '%.*s', want '%s'", i, MG_FMT(got), t[i].out);
	}
	mg_buf_release(&b);
}

static void places(void **state)
{
	static const struct {
		const char *path;
		uint64_t    line;
		size_t      cols;
		const char *out;
	} t[] = {
		{ "a/b.log", 7, 99, "a/b.log:7" },
		{ "a/b.log", 0, 99, "a/b.log" },
		{ "namespaces/x/pods/etcd-0.lab.example/etcd/etcd/logs/current.log", 71, 42,
		  "namespaces/\xe2\x80\xa6/etcd/etcd/logs/current.log:71" },
		{ "namespaces/x/pods/etcd-0/etcd/etcd/logs/current.log", 71, 30,
		  "\xe2\x80\xa6/etcd/logs/current.log:71" },
		{ "namespaces/x/current.log", 71, 3, "\xe2\x80\xa6/current.log:71" },
		{ "a-very-long-name-that-cannot-be-cut.log", 1, 5,
		  "a-very-long-name-that-cannot-be-cut.log:1" },
		{ "x\n/y", 1, 99, "x\\n/y:1" },
		{ "", 1, 9, ":1" },
	};
	struct mg_buf b = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		mg_buf_clear(&b);
		mg_text_place(&b, mg_strz(t[i].path), t[i].line, t[i].cols);
		if (strcmp(b.p, t[i].out) != 0)
			fail_msg("case %zu: got '%s', want '%s'", i, b.p, t[i].out);
	}
	mg_buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(incident_page),
		cmocka_unit_test(colour_only_when_asked),
		cmocka_unit_test(nothing_wrong_says_what_was_looked_at),
		cmocka_unit_test(outline_survives_bad_links),
		cmocka_unit_test(escaping),
		cmocka_unit_test(places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
