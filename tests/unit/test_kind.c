/* SPDX-License-Identifier: Apache-2.0 */
#include "io/kind.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "io/bundle.h"

#define RFC "2021-08-03T09:37:46.109279592Z "
#define KLOG "I0803 09:37:46.125939       1 loader.go:372] Config loaded\n"
#define EVENT "{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\",\"level\":\"Metadata\",\"auditID\":\"1\"," \
	      "\"stage\":\"ResponseComplete\",\"verb\":\"get\"}\n"
#define ZAP "{\"level\":\"warn\",\"ts\":\"2021-08-03T09:37:46.1Z\",\"caller\":\"etcdserver/util.go:166\"," \
	    "\"msg\":\"apply request took too long\"}\n"

static const struct {
	enum mg_kind want;
	const char  *path, *text;
} cases[] = {
	{ MG_KIND_EMPTY, "a", "" },
	{ MG_KIND_EMPTY, "previous.log", " \r\n\n" },
	/* audit */
	{ MG_KIND_AUDIT, "x", EVENT },
	{ MG_KIND_AUDIT, "x", "\n\n" EVENT EVENT },
	{ MG_KIND_AUDIT, "x", "\xef\xbb\xbf" EVENT },
	{ MG_KIND_AUDIT, "logs/current.log", RFC EVENT RFC EVENT RFC KLOG },
	{ MG_KIND_AUDIT, "0.log", RFC "stdout F " EVENT },
	{ MG_KIND_AUDIT, "0.log",
	  "{\"log\":\"{\\\"kind\\\":\\\"Event\\\",\\\"apiVersion\\\":\\\"audit.k8s.io/"
	  "v1\\\"}\\n\","
	  "\"stream\":\"stdout\",\"time\":\"2021-08-03T09:37:46Z\"}\n" },
	{ MG_KIND_AUDIT, "j", "Aug 03 09:10:29 host apiserver[12]: " EVENT },
	{ MG_KIND_AUDIT, "x", "master-0 " EVENT },
	{ MG_KIND_AUDIT, "x",
	  "{\"auditID\":\"1\",\"kind\":\"Event\",\"stage\":\"Panic\",\"verb\":\"get\"}\n" },
	{ MG_KIND_AUDIT, "x",
	  "{\n  \"kind\": \"EventList\",\n  \"apiVersion\": \"audit.k8s.io/v1\",\n  "
	  "\"items\": [" },
	{ MG_KIND_AUDIT, "x",
	  "{\"kind\":\"EventList\",\"items\":[{\"level\":\"Request\",\"auditID\":\"1\","
	  "\"stage\":\"Panic\"}]}" },
	{ MG_KIND_AUDIT, "x",
	  "{\n  \"level\": \"Metadata\",\n  \"auditID\": \"1\",\n  \"stage\": \"Panic\",\n  "
	  "\"verb\": \"get\"\n}\n" },
	{ MG_KIND_AUDIT, "x",
	  "{\"@timestamp\":\"2023\",\"level\":\"default\",\"k8s_audit_level\":\"Metadata\"}"
	  "\n" },
	{ MG_KIND_AUDIT, "x",
	  "{\"@timestamp\":\"2023\",\"openshift_audit_level\":\"Metadata\"}\n" },
	{ MG_KIND_AUDIT, "x",
	  "{\"category\":\"kube-audit-admin\",\"properties\":{\"log\":\"{}\"},\"time\":"
	  "\"2021\"}\n" },
	{ MG_KIND_AUDIT, "x",
	  "{\"timestamp\":1,\"message\":\"{\\\"apiVersion\\\":\\\"audit.k8s.io/"
	  "v1\\\",\\\"auditID\\\":\\\"1\\\"}\"}\n" },
	{ MG_KIND_AUDIT, "x",
	  "2017-03-21T03:57:09.1Z AUDIT: id=\"1\" stage=\"RequestReceived\" ip=\"::1\"\n" },
	{ MG_KIND_AUDIT, "x", "tpl\":1},\"responseStatus\":{}}\n" EVENT EVENT },
	/* core events are objects */
	{ MG_KIND_KUBE_JSON, "events.json",
	  "{\"kind\":\"Event\",\"apiVersion\":\"v1\",\"metadata\":{}}\n" },
	{ MG_KIND_KUBE_JSON, "events.json",
	  "{\n \"kind\": \"EventList\",\n \"apiVersion\": \"v1\",\n \"items\": [ "
	  "{\"metadata\":{}} ]\n}" },
	{ MG_KIND_KUBE_JSON, "pods.json",
	  "[{\"metadata\":{\"name\":\"a\",\"uid\":\"1\"},\"spec\":{}}]" },
	{ MG_KIND_KUBE_YAML, "x", "---\napiVersion: v1\nitems:\n- kind: Pod\n" },
	{ MG_KIND_KUBE_YAML, "x", "# note\nkind: Pod\n" },
	{ MG_KIND_TEXT, "x", "name: x\nvalue: 1\n" },
	/* logs */
	{ MG_KIND_LOG, "x", KLOG },
	{ MG_KIND_LOG, "x", RFC "Copying system trust bundle\n" },
	{ MG_KIND_LOG, "x", "2021-08-03T09:37:46.1+02:00 stderr F " KLOG },
	{ MG_KIND_LOG, "x",
	  "{\"ts\":1644272116123.4567,\"caller\":\"a/b.go:58\",\"msg\":\"m\",\"v\":0}\n" },
	{ MG_KIND_LOG, "x",
	  "Trace[1]: ---\"About to write a response\" 3420ms (03:12:00.062)\n" },
	{ MG_KIND_LOG, "x", "time=\"2026-04-28T03:57:45+08:00\" level=info msg=\"x\"\n" },
	{ MG_KIND_LOG, "logs.txt",
	  "==== START logs for container a of pod b/c ====\nhello\n" },
	{ MG_KIND_LOG, "a/logs/previous.log", "just words\n" },
	{ MG_KIND_LOG, "x", RFC "goroutine 1 [running]:\n" RFC "main.main()\n" },
	{ MG_KIND_LOG, "x",
	  "E0118 06:00:49.720658       1 runtime.go:78] Observed a panic\ngoroutine 111 "
	  "[running]:\n" },
	{ MG_KIND_LOG, "x",
	  RFC "{\"level\":\"warn\",\"ts\":\"2021\",\"caller\":\"clientv3/"
	      "retry.go:62\",\"msg\":\"m\"}\n" RFC KLOG },
	/* etcd */
	{ MG_KIND_ETCD_LOG, "x", ZAP },
	{ MG_KIND_ETCD_LOG, "x", RFC ZAP RFC "plain words\n" },
	{ MG_KIND_ETCD_LOG, "x", "2022-02-07 22:15:16.123456 W | etcdserver: message\n" },
	{ MG_KIND_ETCD_LOG, "x", "39.826 " ZAP },
	{ MG_KIND_ETCD_LOG, "x",
	  "2022-02-07T22:15:16.123456Z\tWARN\tetcdserver/a.go:1\tmsg\t{}\n" },
	{ MG_KIND_ETCD_LOG, "pods/etcd-a/etcd/etcd/logs/current.log",
	  RFC "30c29f1b390a6a04, started, a\n" },
	{ MG_KIND_ETCD_INFO, "x",
	  "[{\"Endpoint\":\"https://1\",\"Status\":{\"header\":{}}}]\n" },
	{ MG_KIND_ETCD_INFO, "x",
	  "[{\"endpoint\":\"https://1\",\"health\":true,\"took\":\"9ms\"}]" },
	{ MG_KIND_ETCD_INFO, "x", "{\"header\":{},\"members\":[{\"ID\":1}]}" },
	{ MG_KIND_ETCD_INFO, "x",
	  "{\"header\":{\"cluster_id\":1,\"member_id\":2,\"raft_term\":3}}" },
	{ MG_KIND_ETCD_INFO, "x",
	  "$ etcdctl endpoint status\nhttps://a:2379, 8e9e05c52164694d, 3.5.9, 1.2 GB, true, "
	  "false, 7, 9, 9, \n" },
	{ MG_KIND_ETCD_INFO, "x",
	  "https://a:2379 is healthy: successfully committed proposal: took = 2.7ms\n" },
	{ MG_KIND_ETCD_INFO, "x",
	  "8e9e05c52164694d, started, n0, https://a:2380, https://a:2379, false\n" },
	{ MG_KIND_ETCD_INFO, "x", "memberID:10276657743932975437 alarm:NOSPACE \n" },
	{ MG_KIND_ETCD_INFO, "x", "\"ClusterID\" : 14841639068965178418\n\"MemberID\" : 1\n" },
	{ MG_KIND_TEXT, "x", "deadbeef, started, it said\n" },
	{ MG_KIND_ETCD_INFO, "x", "{\"etcd_resources\":[{\"object_count\":\"1\"}]}" },
	/* hosts */
	{ MG_KIND_JOURNAL, "x",
	  "-- Logs begin at Tue 2021-08-03 09:10:29 UTC, end at Tue 2021-08-03 10:13:48 UTC. "
	  "--\n" },
	{ MG_KIND_JOURNAL, "x", "Aug 03 09:10:29.123456 host kubelet[12]: " KLOG },
	{ MG_KIND_JOURNAL, "x", "Aug  3 09:10:29 cron[14500]: (root) CMD\n" },
	{ MG_KIND_JOURNAL, "x", "2022-02-07T22:15:16+0000 host kubelet[12]: hello\n" },
	{ MG_KIND_JOURNAL, "x", "2022-02-07T22:15:16.123456+00:00 host kubelet[12]: hello\n" },
	{ MG_KIND_JOURNAL, "x", "Mon 2022-02-07 22:15:16 UTC host kubelet[12]: hello\n" },
	{ MG_KIND_JOURNAL, "x", "{\"__REALTIME_TIMESTAMP\":\"1\",\"MESSAGE\":\"m\"}\n" },
	{ MG_KIND_KERNEL, "x", "Aug 03 09:10:29 host kernel: oom\n" },
	{ MG_KIND_KERNEL, "x", "[    7.063247] Memory cgroup\n" },
	{ MG_KIND_KERNEL, "x", "[Thu Dec  7 00:05:15 2017] [ pid ]   uid\n" },
	{ MG_KIND_KERNEL, "x", "[Di Aug 12 03:54:03 2025] php-fpm\n" },
	{ MG_KIND_KERNEL, "x", "2022-02-07T22:15:16,123456+00:00 Linux\n" },
	{ MG_KIND_KERNEL, "x", "sed invoked oom-killer: gfp_mask=0x201da, order=0\n" },
	/* dumps */
	{ MG_KIND_GOROUTINE, "x", "goroutine 1 [running]:\nmain.main()\n" },
	{ MG_KIND_GOROUTINE, "x",
	  "panic: boom\n\ngoroutine 7 gp=0x1 m=nil [chan send, 3 minutes]:\r\n" },
	{ MG_KIND_GOROUTINE, "x", "goroutine profile: total 7\n3 @ 0x1 0x2\n" },
	{ MG_KIND_GOROUTINE, "x", "563 @ 0x430abc 0x430bae\n#\t0x1\tf\n" },
	{ MG_KIND_HEAP, "x",
	  "heap profile: 13: 1595680 [47130736: 2584596557304] @ heap/1048576\n" },
	/* metrics */
	{ MG_KIND_METRICS, "x", "# HELP a b\n# TYPE a counter\na 1\n" },
	{ MG_KIND_METRICS, "x", "{__name__=\"up\", job=\"a\"} 1 1644272116123\n" },
	{ MG_KIND_METRICS, "x", "up 1\nup{a=\"b c\"} 2 1644272116\n" },
	{ MG_KIND_METRICS, "x", "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[]}}\n" },
	{ MG_KIND_METRICS, "x", "{\n \"status\": \"success\",\n \"data\": {\n  \"resultType\": \"vector\"" },
	{ MG_KIND_TEXT, "x", "{\"status\":\"success\",\"data\":{\"headStats\":{}}}\n" },
	{ MG_KIND_METRICS_CSV, "x", "time,a,b\n2026-11-21T03:00:00Z,1,\n" },
	{ MG_KIND_METRICS_CSV, "x", "\"timestamp\",x\n1644272116,1.5\n" },
	{ MG_KIND_TEXT, "x", "time,name\nnow,joe\n" },
	{ MG_KIND_TEXT, "x", "name,time\n1,2\n" },
	/* the rest */
	{ MG_KIND_APF, "x", "PriorityLevelName, ActiveQueues, IsIdle\nworkload, 0, true\n" },
	{ MG_KIND_STAMP, "a/timestamp", "2021-08-03 10:12:00.1 +0000 UTC m=+0.34\n" },
	{ MG_KIND_STAMP, "a/version", "openshift/must-gather\n4.8\n" },
	{ MG_KIND_STAMP, "gather.logs", RFC "hello\n" },
	{ MG_KIND_MG_EVENTS, "x",
	  "{\"time\":\"2026-11-21T03:00:00.000000000Z\",\"kind\":\"etcd.slow_apply\","
	  "\"severity\":\"warning\"}\n" },
	{ MG_KIND_TEXT, "x", "words\n" },
	{ MG_KIND_TEXT, "x.json", "{\n  \"plugin\": \"journald\"\n}\n" },
	{ MG_KIND_TEXT, "rules.json", "{\"status\":\"success\",\"data\":{\"groups\":[]}}" },
};

static void test_cases(void **state)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct mg_str s = mg_strz(cases[i].text);
		enum mg_kind  got;

		got = mg_kind_sniff(mg_strz(cases[i].path), s, true);
		if (got != cases[i].want)
			print_error("case %zu: %s, want %s:\n%.100s\n", i, mg_kind_name(got),
				    mg_kind_name(cases[i].want), cases[i].text);
		assert_int_equal(got, cases[i].want);
	}
}

/* Every cut of every text, from a buffer of exactly that size. */
static void test_cut_anywhere(void **state)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		size_t n = strlen(cases[i].text);

		for (size_t cut = 0; cut <= n; cut++) {
			char *p = mg_alloc(cut);

			memcpy(p, cases[i].text, cut);
			mg_kind_sniff(MG_STR("x"), mg_str(p, cut), cut % 2);
			free(p);
		}
	}
}

static void test_bytes(void **state)
{
	static const char utf16[] =
		"\xff\xfeI\0000\0008\0000\0003\0 \0000\0009\0:\0003\0007\0:\0004\0006\0.\0001\0"
		"2\0003\0004\0005\0006\0 \0001\0 \0a\0.\0g\0o\0:\0001\0]\0";
	static const char pprof[] = "\x0a\x04\x08\x01\x10\x02\x12\x02\x0a\x00\x32\x00\x32\x01" "a";
	static const char elf[] = "\x7f" "ELF\2\1\1\0\0\0\0\0\0\0\0\0\3";
	static const char nuls[] = "a log line\n\0\0\0\0\0\0more words\nand even more words of a line\n";
	char              zeros[600] = { 0 };

	assert_int_equal(mg_kind_sniff(MG_STR("x"), mg_str(utf16, sizeof(utf16) - 1), true), MG_KIND_LOG);
	assert_int_equal(mg_kind_sniff(MG_STR("x"), mg_str("\xff\xfe" "a\0", 4), true), MG_KIND_TEXT);
	assert_int_equal(mg_kind_sniff(MG_STR("x"), mg_str("\xff\xfe", 2), true), MG_KIND_TEXT);
	assert_int_equal(mg_kind_sniff(MG_STR("x"), mg_str(pprof, sizeof(pprof) - 1), true), MG_KIND_PPROF);
	assert_int_equal(mg_kind_sniff(MG_STR("x.log"), mg_str(nuls, sizeof(nuls) - 1), true), MG_KIND_LOG);
	assert_int_equal(mg_kind_sniff(MG_STR("x"), mg_str(zeros, sizeof(zeros)), true), MG_KIND_EMPTY);
	assert_int_equal(mg_kind_sniff(MG_STR("x"), mg_str(elf, sizeof(elf) - 1), true),
			 MG_KIND_BINARY);
}

static void test_names(void **state)
{
	for (int k = 0; k < MG_KIND_COUNT; k++)
		assert_int_equal(mg_kind_parse(mg_strz(mg_kind_name((enum mg_kind)k))), k);
	assert_int_equal(mg_kind_parse(MG_STR("nonsense")), MG_KIND_COUNT);
	assert_string_equal(mg_kind_name(MG_KIND_COUNT), "?");
}

/* Real files, by folder: the folder says what they are. */
struct folder {
	const char *path;
	enum mg_kind allowed[5];
	unsigned     seen, wrong;
};

static bool check_leaf(void *ctx, struct mg_leaf *l)
{
	struct folder *f = ctx;
	bool           ok = false;

	for (int i = 0; i < 5; i++)
		ok |= f->allowed[i] == l->kind;
	if (!ok)
		print_error("%s/%.*s: %s\n", f->path, MG_FMT(l->path), mg_kind_name(l->kind));
	f->seen++;
	f->wrong += !ok;
	return true;
}

static void test_real_files(void **state)
{
	struct folder folders[] = {
		{ "audit/falco", { MG_KIND_AUDIT, MG_KIND_TEXT }, 0, 0 }, /* one is broken */
		{ "audit/ocp-4.12-requestresponse.log", { MG_KIND_AUDIT }, 0, 0 },
		{ "audit/v1beta1-demo.log", { MG_KIND_AUDIT }, 0, 0 },
		{ "etcd", { MG_KIND_ETCD_LOG, MG_KIND_LOG }, 0, 0 }, /* k3s logs for etcd */
		{ "kube-apiserver", { MG_KIND_LOG, MG_KIND_JOURNAL }, 0, 0 },
		{ "kubelet", { MG_KIND_LOG, MG_KIND_JOURNAL }, 0, 0 },
		{ "oom", { MG_KIND_KERNEL, MG_KIND_JOURNAL, MG_KIND_TEXT }, 0, 0 },
		{ "goroutine", { MG_KIND_GOROUTINE, MG_KIND_TEXT, MG_KIND_LOG, MG_KIND_JOURNAL }, 0, 0 },
		{ "heap", { MG_KIND_HEAP, MG_KIND_PPROF, MG_KIND_TEXT }, 0, 0 },
		{ "objects", { MG_KIND_KUBE_YAML, MG_KIND_KUBE_JSON, MG_KIND_TEXT }, 0, 0 },
	};
	const char           *shared = getenv("MG_SHARED");
	struct mg_bundle_opts o = { mg_limits_default, NULL, NULL, NULL };
	char                  path[512];

	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		snprintf(path, sizeof(path), "%s/data/%s", shared ? shared : "../shared", folders[i].path);
		if (mg_bundle_walk(path, &o, check_leaf, &folders[i], NULL) != MG_OK) {
			print_message("no ../shared/data: skipped\n");
			skip();
		}
		assert_true(folders[i].seen > 0);
		assert_int_equal(folders[i].wrong, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_real_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
