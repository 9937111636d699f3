/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "event/from_httplog.h"

struct form {
	const char *line, *verb, *uri, *agent, *ip;
	int64_t     latency_ns;
	uint32_t    code;
	bool        hijacked, stack;
};

static const struct form forms[] = {
	{ "GET /api/v1/pods?limit=5: (1.5ms) 200 [[kubectl/v1.8 (linux/amd64)] 10.0.0.1:5555]",
		  "GET",
	  "/api/v1/pods?limit=5", "kubectl/v1.8 (linux/amd64)", "10.0.0.1", 1500000, 200, false,
		  false },
	{ "POST /apis/x: (12.5µs) 500 [kubectl/v1.16 (linux/amd64) 10.0.0.1:5555]", "POST",
		  "/apis/x",
	  "kubectl/v1.16 (linux/amd64)", "10.0.0.1", 12500, 500, false, true },
	{ "GET /exec: (1s) hijacked [[x] [::1]:5555]", "GET", "/exec", "x", "::1", MG_SEC, 0,
		  true, false },
	{ "verb=\"GET\" URI=\"/api/v1/pods\" latency=1.2ms resp=200 UserAgent=\"a b\" "
		  "srcIP=\"10.0.0.1:55555\": ",
	  "GET", "/api/v1/pods", "a b", "10.0.0.1", 1200000, 200, false, false },
	{ "\"HTTP\" verb=\"GET\" URI=\"/readyz\" latency=\"394.076µs\" "
		  "userAgent=\"kube-probe/1.20\" srcIP=\"[fd00::1]:41632\" resp=0",
	  "GET", "/readyz", "kube-probe/1.20", "fd00::1", 394076, 0, false, false },
	{ "\"HTTP\" verb=\"LIST\" URI=\"/a\" latency=\"1m2s\" userAgent=\"x\" audit-ID=\"1\" "
		  "srcIP=\"1.2.3.4:5\" apf_pl=\"exempt\" resp=503 statusStack=\"\\ngoroutine 1 "
		  "[running]:\\n resp=200",
	  "LIST", "/a", "x", "1.2.3.4", 62 * MG_SEC, 503, false, true },
	{ "\"HTTP\" verb=\"CONNECT\" URI=\"/a\" latency=\"1s\" userAgent=\"x\" "
		  "srcIP=\"1.2.3.4:5\" hijacked=true",
	  "CONNECT", "/a", "x", "1.2.3.4", MG_SEC, 0, true, false },
};

#define EQ(view, text) assert_true(mg_str_eq((view), mg_strz(text)))

static void test_forms(void **state)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct mg_httplog h;

		assert_true(mg_httplog_parse(mg_strz(forms[i].line), &h));
		EQ(h.verb, forms[i].verb);
		EQ(h.uri, forms[i].uri);
		EQ(h.user_agent, forms[i].agent);
		EQ(h.source_ip, forms[i].ip);
		assert_int_equal(h.latency_ns, forms[i].latency_ns);
		assert_int_equal(h.code, forms[i].code);
		assert_int_equal(h.hijacked, forms[i].hijacked);
		assert_int_equal(h.stack, forms[i].stack);
	}
}

static void test_no_httplog(void **state)
{
	static const char *const lines[] = { "", "GET", "GET /x", "Get /x: (1s) 200 [x 1:2]",
		  "\"HTTP\" ",
					     "\"HTTP\" verb=\"GET\"", "GET /x: (soon) 200 [a b]",
					     "POST https://x: (1s) 200", "verb=\"" };

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct mg_httplog h;

		assert_false(mg_httplog_parse(mg_strz(lines[i]), &h));
	}
}

struct uri {
	const char *method, *uri, *verb, *resource, *ns, *name, *sub;
	bool        long_running;
};

static const struct uri uris[] = {
	{ "GET", "/api/v1/namespaces/shop/pods?limit=5", "list", "pods", "shop", "", "", false },
	{ "GET", "/api/v1/namespaces/shop/pods?watch=true", "watch", "pods", "shop", "", "",
		  true },
	{ "GET", "/api/v1/watch/pods", "watch", "pods", "", "", "", true },
	{ "GET", "/api/v1/namespaces/shop", "get", "namespaces", "shop", "shop", "", false },
	{ "GET", "/api/v1/namespaces", "list", "namespaces", "", "", "", false },
	{ "PUT", "/api/v1/namespaces/shop/finalize", "update", "namespaces", "shop", "shop",
		  "finalize", false },
	{ "DELETE", "/apis/apps/v1/namespaces/shop/deployments", "deletecollection",
		  "deployments.apps", "shop", "", "", false },
	{ "DELETE", "/apis/apps/v1/namespaces/shop/deployments/a", "delete", "deployments.apps",
		  "shop", "a", "", false },
	{ "PATCH", "/apis/apps/v1/namespaces/shop/deployments/a/scale", "patch",
		  "deployments.apps", "shop", "a", "scale", false },
	{ "GET", "/api/v1/nodes/n/proxy/metrics", "get", "nodes", "", "n", "proxy", true },
	{ "GET", "/api/v1/namespaces/a/pods/p/log?follow=true", "get", "pods", "a", "p", "log",
		  true },
	{ "GET", "/api/v1/namespaces/a/pods/p/log", "get", "pods", "a", "p", "log", false },
	{ "GET", "/healthz", "get", "", "", "", "", false },
	{ "GET", "/apis/apps/v1", "get", "", "", "", "", false },
};

static void test_uris(void **state)
{
	for (size_t i = 0; i < sizeof(uris) / sizeof(uris[0]); i++) {
		struct mg_apiuri u;
		char             buf[256], res[256];
		struct mg_str    verb;

		mg_apiuri_parse(mg_strz(uris[i].uri), &u);
		verb = mg_apiuri_verb(&u, mg_strz(uris[i].method), buf, sizeof(buf));
		EQ(verb, uris[i].verb);
		EQ(mg_apiuri_resource(&u, res, sizeof(res)), uris[i].resource);
		EQ(u.ns, uris[i].ns);
		EQ(u.name, uris[i].name);
		EQ(u.subresource, uris[i].sub);
		assert_int_equal(mg_apiuri_long_running(&u, verb), uris[i].long_running);
	}
}

static void test_events(void **state)
{
	struct mg_source       src = { .component = MG_STR("kube-apiserver") };
	struct mg_line         l = { .time_ns = 100 * MG_SEC, .lineno = 7 };
	struct mg_batch        b = { 0 };
	struct mg_httplog      h;
	struct mg_httplog_call c;
	struct mg_event       *e;

	mg_httplog_parse(mg_strz(forms[5].line), &h);
	mg_httplog_resolve(&h, &c);
	e = mg_httplog_event(&src, &l, &h, &c, &b);
	assert_non_null(e);
	assert_int_equal(e->time_ns, 38 * MG_SEC);
	assert_int_equal(e->code, 503);
	mg_httplog_parse(mg_strz(forms[0].line), &h); /* fast and fine */
	mg_httplog_resolve(&h, &c);
	assert_null(mg_httplog_event(&src, &l, &h, &c, &b));
	mg_httplog_parse(MG_STR("GET /api/v1/pods?watch=1: (5m) 200 [x 1.2.3.4:5]"), &h);
	mg_httplog_resolve(&h, &c);
	assert_null(mg_httplog_event(&src, &l, &h, &c, &b));
	mg_batch_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_no_httplog),
		cmocka_unit_test(test_uris),
		cmocka_unit_test(test_events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
