/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "cases.h"
#include "ingest/consumer.h"

struct run {
	struct mg_partial out;
	char              component[64];
};

/* Feed `text` in blocks of about `size` bytes that end at a newline. */
static void run_blocks(struct run *r, struct mg_str text, const char *component, size_t size)
{
	struct mg_source src = { .artifact = 3, .mtime_ns = MG_TIME_NONE,
				 .component = mg_strz(component),
				 .since_ns = MG_TIME_NONE, .until_ns = MG_TIME_NONE };
	struct mg_leaf_stats none = MG_LEAF_STATS_INIT;
	void                *state = mg_consumer_log.open(&src);
	uint64_t             line = 1;

	memset(&r->out, 0, sizeof(r->out));
	r->out.stats = none;
	for (size_t at = 0; at < text.n;) {
		size_t          end = at + size < text.n ? at + size : text.n;
		struct mg_block b = { .first_line = line, .offset = at };

		while (end < text.n && text.p[end - 1] != '\n')
			end++;
		b.n = end - at;
		b.p = mg_zalloc(b.n + 64);
		memcpy(b.p, text.p + at, b.n);
		for (size_t i = at; i < end; i++)
			line += text.p[i] == '\n';
		b.last = end == text.n;
		mg_consumer_log.block(state, &src, &b, &r->out);
		memset(b.p, '#', b.n); /* nothing may point into a block that is gone */
		free(b.p);
		at = end;
	}
	mg_consumer_log.close(state, &src, &r->out);
}

static void run(struct run *r, const char *text, const char *component)
{
	run_blocks(r, mg_strz(text), component, 1 << 20);
}

static void done(struct run *r)
{
	struct mg_leaf_stats *s = &r->out.stats;

	assert_int_equal(s->lines, s->records + s->other + s->bad);
	mg_requests_free(r->out.http);
	mg_batch_release(&r->out.events);
}

static size_t count(const struct run *r, enum mg_event_kind k)
{
	size_t n = 0;

	for (size_t i = 0; i < r->out.events.n; i++)
		n += r->out.events.ev[i].kind == k;
	return n;
}

static const struct mg_event *first(const struct run *r, enum mg_event_kind k)
{
	for (size_t i = 0; i < r->out.events.n; i++)
		if (r->out.events.ev[i].kind == k)
			return &r->out.events.ev[i];
	fail_msg("no %s", mg_event_kind_name(k));
	return NULL;
}

#define EQ(view, text) assert_true(mg_str_eq((view), mg_strz(text)))

static void assert_time(const struct mg_event *e, const char *want, enum mg_time_source how)
{
	char b[40];

	assert_string_equal(mg_time_format(e->time_ns, 6, b, sizeof(b)), want);
	assert_int_equal(e->time_source, how);
}

static void test_leader_lost_is_one(void **state)
{
	struct run             r;
	const struct mg_event *e;

	run(&r, "E1121 03:12:36.176000    1324 leaderelection.go:325] error retrieving resource "
		  "lock a/b: x\n"
		"I1121 03:12:36.177000    1324 leaderelection.go:278] failed to renew lease a/b: "
			  "timed out\n"
		"F1121 03:12:36.177528    1324 controllermanager.go:294] leaderelection lost\n"
		"goroutine 1 [running]:\n"
		"main.main()\n", "kube-controller-manager");
	assert_int_equal(count(&r, MG_EV_LEADER_LOST), 1);
	assert_int_equal(count(&r, MG_EV_PROCESS_FATAL), 0);
	assert_int_equal(count(&r, MG_EV_LEADER_RETRY), 1);
	e = first(&r, MG_EV_LEADER_LOST);
	assert_int_equal(e->severity, MG_SEV_CRITICAL);
	assert_int_equal(e->line, 2);
	EQ(mg_event_attr(e, "lease"), "a/b");
	EQ(mg_event_attr(e, "fatal"), "true");
	assert_int_equal(r.out.stats.records, 3);
	done(&r);
}

static void test_folding(void **state)
{
	struct run             r;
	const struct mg_event *e;

	run(&r, "2022-02-07T22:15:16.100000000Z E0207 22:15:16.100000 1 a.go:1] cannot find pod "
		  "x-1\n"
		"2022-02-07T22:15:30.100000000Z E0207 22:15:30.100000 1 a.go:1] cannot find pod "
			  "x-2\n"
		"2022-02-07T22:15:31.100000000Z E0207 22:15:31.100000 1 a.go:1] other\n"
		"2022-02-07T22:16:00.100000000Z E0207 22:16:00.100000 1 a.go:1] cannot find pod "
			  "x-3\n", "x");
	assert_int_equal(count(&r, MG_EV_LOG_ERROR), 3);
	e = first(&r, MG_EV_LOG_ERROR);
	assert_int_equal(e->count, 2);
	assert_int_equal(e->line, 1);
	assert_int_equal(e->artifact, 3);
	assert_time(e, "2022-02-07T22:15:16.100000Z", MG_TIME_EXACT);
	done(&r);
}

static void test_years(void **state)
{
	struct run r;

	run(&r, "E1231 23:59:59.000000 1 a.go:1] one\n", "x");
	assert_time(first(&r, MG_EV_LOG_ERROR), "1970-12-31T23:59:59.000000Z", MG_TIME_YEARLESS);
	done(&r);
	/* a Trace tells the year; January follows December */
	run(&r, "I1231 23:59:58.000000 1 trace.go:205] Trace[1]: \"List\" url:/api/v1/pods "
		"(31-Dec-2021 23:59:50.100) (total time: 4023ms):\n"
		"Trace[1]: [4.0s] [4.0s] END\n"
		"E0101 00:00:01.000000 1 a.go:1] one\n", "x");
	assert_time(first(&r, MG_EV_LOG_ERROR), "2022-01-01T00:00:01.000000Z",
		  MG_TIME_ASSUMED_YEAR);
	assert_time(first(&r, MG_EV_APISERVER_TRACE), "2021-12-31T23:59:50.100000Z",
		    MG_TIME_ASSUMED_ZONE);
	done(&r);
	/* whole seconds of a journal: klog has the microseconds, the mark has the year */
	run(&r, "-- Logs begin at Fri 2022-02-11 18:58:10 UTC, end at Fri 2022-02-11 19:23:41 "
		  "UTC. --\n"
		"Feb 11 19:02:50 node-a kubelet[18448]: E0211 20:02:50.490772   18448 a.go:37] "
			  "one\n", "");
	assert_time(first(&r, MG_EV_LOG_ERROR), "2022-02-11T19:02:50.490772Z",
		  MG_TIME_ASSUMED_YEAR);
	EQ(first(&r, MG_EV_LOG_ERROR)->component, "kubelet");
	EQ(first(&r, MG_EV_LOG_ERROR)->node, "node-a");
	done(&r);
	run(&r, "Log file created at: 2022/02/07 22:15:16\nE0207 22:15:17.000000 1 a.go:1] one\n",
		  "x");
	assert_time(first(&r, MG_EV_LOG_ERROR), "2022-02-07T22:15:17.000000Z",
		  MG_TIME_ASSUMED_YEAR);
	done(&r);
}

static void test_starts(void **state)
{
	struct run             r;
	const struct mg_event *e;

	run(&r, "I0207 22:15:16.000000    9476 flags.go:59] FLAG: --a=\"b\"\n"
		"I0207 22:15:16.000001    9476 flags.go:59] FLAG: --b=\"c\"\n"
		"I0207 22:15:16.000002    9476 server.go:182] Version: v1.20.2\n"
		"I0207 23:15:16.000000    9476 a.go:1] x\n"
		"I0207 23:30:16.000000    9999 a.go:1] another process\n"
		"I0207 23:30:17.000000    9476 a.go:1] the old one still writes\n",
			  "kube-apiserver");
	assert_int_equal(count(&r, MG_EV_APISERVER_START), 2);
	e = first(&r, MG_EV_APISERVER_START);
	assert_int_equal(mg_event_attr_i64(e, "pid", 0), 9476);
	EQ(mg_event_attr(e, "version"), "v1.20.2");
	assert_int_equal(e->line, 1);
	done(&r);
	/* newest first: the process began with its last line in the file; the year goes back */
	run(&r, "Log file created at: 2022/01/07 22:15:16\n"
		"I0101 00:30:17.000000    9999 a.go:1] later\n"
		"I0101 00:30:16.000000    9999 a.go:1] it begins\n"
		"I1231 23:15:16.000000    9476 a.go:1] the one before\n"
		"I1231 22:15:16.000000    9476 a.go:1] x\n", "kube-apiserver");
	assert_int_equal(count(&r, MG_EV_APISERVER_START), 1);
	e = first(&r, MG_EV_APISERVER_START);
	assert_int_equal(mg_event_attr_i64(e, "pid", 0), 9999);
	assert_int_equal(e->line, 3);
	assert_time(e, "2022-01-01T00:30:16.000000Z", MG_TIME_ASSUMED_YEAR);
	done(&r);
	/* small disorder between two lines is no such file */
	run(&r, "I0207 22:15:16.000002    9476 a.go:1] x\n"
		"I0207 22:15:17.000000    9476 a.go:1] y\n"
		"I0207 22:15:16.999000    9999 a.go:1] another process\n", "kube-apiserver");
	assert_int_equal(mg_event_attr_i64(first(&r, MG_EV_APISERVER_START), "pid", 0), 9999);
	done(&r);
}

static void test_panic_stack(void **state)
{
	struct run r;

	run(&r, "E0207 22:15:16.000000 1 runtime.go:78] Observed a panic: boom\n"
		"goroutine 7 [running]:\n"
		"k8s.io/apimachinery/pkg/util/runtime.logPanic(0x1)\n"
		"\t/x/runtime.go:74 +0xa3\n"
		"panic(0x1, 0x2)\n"
		"main.(*Server).handle(0x1)\n"
		"\t/x/main.go:1\n"
		"I0207 22:15:17.000000 1 a.go:1] on it goes\n"
		"panic: boom [recovered]\n", "kube-apiserver");
	EQ(mg_event_attr(first(&r, MG_EV_APISERVER_PANIC), "frame"), "main.(*Server).handle");
	assert_int_equal(count(&r, MG_EV_PROCESS_FATAL), 1);
	done(&r);
	/* as the value of a structured message */
	run(&r, "E0207 22:15:16.000000 1 runtime.go:142] \"Observed a panic\" panic=\"boom\" "
		"stacktrace=<\n"
		"\tgoroutine 7 [running]:\n"
		"\tk8s.io/apimachinery/pkg/util/runtime.logPanic({0x1, 0x2})\n"
		"\t\t/x/runtime.go:107 +0xbc\n"
		"\tpanic({0x1?, 0x2?})\n"
		"\t\t/go/panic.go:785 +0x132\n"
		"\tmain.(*Server).handle(0x1)\n"
		"\t\t/x/main.go:1 +0x10\n"
		" > logger=\"UnhandledError\"\n"
		"I0207 22:15:17.000000 1 a.go:1] on it goes\n", "kube-apiserver");
	EQ(mg_event_attr(first(&r, MG_EV_APISERVER_PANIC), "frame"), "main.(*Server).handle");
	assert_int_equal(count(&r, MG_EV_APISERVER_PANIC), 1);
	assert_int_equal(r.out.stats.other, 8);
	done(&r);
}

static void test_http(void **state)
{
	struct run r;

	run(&r, "2022-02-07T22:15:16.1Z I0207 22:15:16.100000 1 httplog.go:89] \"HTTP\" "
		  "verb=\"GET\" URI=\"/a\" latency=\"2s\" userAgent=\"x\" srcIP=\"1.2.3.4:5\" "
		  "resp=200\n"
		"2022-02-07T22:15:16.1Z I0207 22:15:16.100000 1 httplog.go:89] \"HTTP\" "
			  "verb=\"GET\" URI=\"/a\" latency=\"2ms\" userAgent=\"x\" "
			  "srcIP=\"1.2.3.4:5\" resp=200\n",
	    "kube-apiserver");
	assert_int_equal(mg_requests_count(r.out.http), 2);
	assert_int_equal(count(&r, MG_EV_APISERVER_HTTP), 1);
	done(&r);
}

static void test_sections(void **state)
{
	struct run r;

	run(&r, "==> kube-scheduler [3a4c0e36129b] <==\n"
		"E0304 10:18:10.095754       1 a.go:138] one\n"
		"==== START logs for container manager of pod ns-a/pod-a ====\n"
		"E0304 10:18:10.095754       1 a.go:138] two\n", "");
	EQ(r.out.events.ev[0].component, "kube-scheduler");
	EQ(r.out.events.ev[1].component, "manager");
	EQ(r.out.events.ev[1].pod, "pod-a");
	EQ(r.out.events.ev[1].ns, "ns-a");
	done(&r);
}

static void test_utf16(void **state)
{
	const char   *text = "E0304 10:18:10.095754       1 a.go:138] one\r\nplain "
		  "\xe2\x82\xac\r\n";
	struct mg_buf b = { 0 };
	struct run    r;

	mg_buf_add(&b, mg_str("\xff\xfe", 2));
	for (const char *p = text; *p; p++) {
		if ((unsigned char)*p >= 0x80) { /* the euro sign, U+20AC: its low half looks odd */
			mg_buf_add(&b, mg_str("\xac\x20", 2));
			p += 2;
			continue;
		}
		mg_buf_addc(&b, *p);
		mg_buf_addc(&b, '\0');
	}
	for (size_t size = 1; size < 200; size += 37) {
		run_blocks(&r, mg_buf_str(&b), "x", size);
		assert_int_equal(r.out.stats.lines, 2);
		assert_int_equal(count(&r, MG_EV_LOG_ERROR), 1);
		EQ(r.out.events.ev[0].message, "one");
		done(&r);
	}
	mg_buf_release(&b);
}

static void test_damaged(void **state)
{
	struct run r;

	run(&r, "{\"ts\":1644272116123.4567,\"caller\":\"a.go:1\",\"msg\":\"cut\n",
		  "kube-scheduler");
	assert_int_equal(r.out.stats.bad, 1);
	assert_int_equal(r.out.stats.diags[0].line, 1);
	done(&r);
}

/* --- real data ---------------------------------------------------------------------------- */

static bool real(const char *name, struct mg_buf *b)
{
	const char *root = getenv("MG_SHARED");
	char        path[512];

	snprintf(path, sizeof(path), "%s/data/%s", root ? root : "../shared", name);
	if (case_read(path, b))
		return true;
	print_message("SKIP: %s is not here\n", path);
	return false;
}

static void test_real_journal(void **state)
{
	struct mg_buf b = { 0 };
	struct run    r, tiny;

	if (!real("kube-apiserver/journal-1.23.log", &b)) {
		mg_buf_release(&b);
		skip();
	}
	run_blocks(&r, mg_buf_str(&b), "", 1 << 20);
	assert_int_equal(r.out.stats.lines, 19814);
	assert_int_equal(count(&r, MG_EV_APISERVER_TRACE), 416); /* grep -c '\] Trace\[' */
	assert_int_equal(mg_requests_count(r.out.http), 9158);   /* grep -c '"HTTP" '    */
	for (size_t i = 0; i < r.out.events.n; i++)
		assert_int_equal(mg_event_attr(&r.out.events.ev[i], "truncated").n, 0);
	run_blocks(&tiny, mg_buf_str(&b), "", 64);
	assert_int_equal(tiny.out.events.n, r.out.events.n);
	for (size_t i = 0; i < r.out.events.n; i++)
		assert_int_equal(mg_event_cmp(&r.out.events.ev[i], &tiny.out.events.ev[i]), 0);
	done(&tiny);
	done(&r);
	mg_buf_release(&b);
}

static void test_real_files(void **state)
{
	static const char *const names[] = {
		"kube-apiserver/ocp-4.8-kcm-with-NUL-bytes.log", "kubelet/utf16-crlf.log",
		"kubelet/ocp-4.8-aws-kubelet_service.log",
		"kube-apiserver/ocp-4.8-aws-master-a.log",
		"seed-incident/incident-apiserver.log",
	};
	static const uint64_t lines[] = { 1365, 1694, 13516, 5069, 29 };
	struct mg_buf         b = { 0 };
	struct run            r;

	for (size_t i = 0; i < 5; i++) {
		if (!real(names[i], &b)) {
			mg_buf_release(&b);
			skip();
		}
		run_blocks(&r, mg_buf_str(&b), "", 65536);
		assert_int_equal(r.out.stats.lines, lines[i]);
		assert_int_equal(r.out.stats.bad, 0);
		done(&r);
	}
	mg_buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_leader_lost_is_one),
		cmocka_unit_test(test_folding),
		cmocka_unit_test(test_years),
		cmocka_unit_test(test_starts),
		cmocka_unit_test(test_panic_stack),
		cmocka_unit_test(test_http),
		cmocka_unit_test(test_sections),
		cmocka_unit_test(test_utf16),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_real_journal),
		cmocka_unit_test(test_real_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
