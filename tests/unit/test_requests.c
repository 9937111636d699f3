/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "analysis/requests.h"
#include "base/time.h"

static void test_pattern(void **state)
{
	static const struct { const char *uri, *want; } t[] = {
		{ "/api/v1/nodes/worker-1/proxy/metrics?x=/y", "/api/v1/nodes/{node}/proxy/metrics" },
		{ "/api/v1/nodes/w/proxy/containerLogs/ns/pod/c",
		  "/api/v1/nodes/{node}/proxy/containerLogs/ns/..." },
		{ "/api/v1/namespaces/shop/pods", "/api/v1/namespaces/shop/pods" },
		{ "/api/v1/namespaces/shop/pods/p-1", "/api/v1/namespaces/shop/pods/{name}" },
		{ "/api/v1/namespaces/shop/pods/p-1/log?follow=true",
		  "/api/v1/namespaces/shop/pods/{name}/log" },
		{ "/api/v1/namespaces/shop", "/api/v1/namespaces/shop" },
		{ "/api/v1/namespaces", "/api/v1/namespaces" },
		{ "/api/v1/watch/namespaces/x/pods/p", "/api/v1/watch/namespaces/x/pods/{name}" },
		{ "/apis/apps/v1/namespaces/x/deployments/d/status",
		  "/apis/apps/v1/namespaces/x/deployments/{name}/status" },
		{ "/apis/rbac.authorization.k8s.io/v1/clusterroles/admin",
		  "/apis/rbac.authorization.k8s.io/v1/clusterroles/{name}" },
		{ "/apis/apps/v1?timeout=32s", "/apis/apps/v1" },
		{ "/apis", "/apis" },
		{ "/healthz", "/healthz" },
		{ "/", "/" },
		{ "", "" },
		{ "*", "*" },
		{ "/x/3d51dff6-d28e-4b22-804e-e69e67eda051/0123456789abcdef/12/abc",
		  "/x/{id}/{id}/{id}/abc" },
		{ "/a/b/c/d/e/f/g/h/i/j", "/a/b/c/d/e/f/g/h/..." },
	};
	char buf[256];

	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct mg_str s = mg_uri_pattern(mg_strz(t[i].uri), buf, sizeof(buf));

		if (!mg_str_eq(s, mg_strz(t[i].want)))
			fail_msg("%s: %.*s", t[i].uri, MG_FMT(s));
		for (size_t n = 0; n < 40; n++)
			assert_true(mg_uri_pattern(mg_strz(t[i].uri), buf, n).n <= n);
	}
}

static struct mg_request request(const char *user, const char *verb, uint32_t code,
				 int64_t start, int64_t took)
{
	return (struct mg_request){ .start_ns = start, .end_ns = start + took, .code = code,
				    .verb = mg_strz(verb), .user = mg_strz(user),
				    .user_agent = MG_STR("ua"), .source_ip = MG_STR("10.0.0.1"),
				    .resource = MG_STR("pods"), .ns = MG_STR("x"),
				    .name = MG_STR("p"), .uri = MG_STR("/api/v1/namespaces/x/pods/p"),
				    .artifact = 1, .line = 1 };
}

static void test_counts(void **state)
{
	struct mg_requests             *r = mg_requests_new();
	struct mg_request               q;
	const struct mg_request_group  *g;
	const struct mg_second         *s;
	const struct mg_latency_bucket *b;
	const struct mg_error_cell     *e;
	const struct mg_object_hits    *o;
	const struct mg_minute         *m;
	int64_t                         width, first, last;
	size_t                          n;

	for (int i = 0; i < 3; i++) {
		q = request("u", "update", 200, 1000 * MG_SEC + i * MG_MS, 2 * MG_SEC);
		mg_requests_add(r, &q);
	}
	q = request("", "get", 401, 1000 * MG_SEC, 0);
	mg_requests_add(r, &q);
	q.source_ip = MG_STR("10.0.0.2");
	mg_requests_add(r, &q);
	q = request("u", "watch", 200, 900 * MG_SEC, 100 * MG_SEC);
	q.long_running = true;
	q.name = MG_STR("");
	mg_requests_add(r, &q);

	assert_int_equal(mg_requests_count(r), 6);
	mg_requests_span(r, &first, &last);
	assert_int_equal(first, 1000 * MG_SEC);
	assert_int_equal(last, 1002 * MG_SEC + 2 * MG_MS);

	g = mg_requests_groups(r, &n);
	assert_int_equal(n, 4);
	assert_int_equal(g[0].count, 3);
	assert_int_equal(g[0].slow, 3);
	assert_int_equal(g[0].latency_sum, 6 * MG_SEC);
	assert_true(mg_str_eq(mg_requests_text(r, g[1].source_ip), MG_STR("10.0.0.1")));
	assert_true(mg_str_eq(mg_requests_text(r, g[2].source_ip), MG_STR("10.0.0.2")));
	assert_int_equal(g[3].latency_max, 0);

	s = mg_requests_seconds(r, &n);
	assert_int_equal(n, 2);
	assert_int_equal(s[0].second, 1000);
	assert_int_equal(s[0].ended, 3);
	assert_int_equal(s[0].started, 5);
	assert_int_equal(s[0].by_code[MG_CODE_401], 2);
	assert_int_equal(s[1].finished, 3);
	assert_int_equal(s[1].last_write_ns, 1002 * MG_SEC + 2 * MG_MS);

	b = mg_requests_latency(r, &n, &width);
	assert_int_equal(n, 2);
	assert_int_equal(width, MG_SEC);
	assert_int_equal(b[0].read.count, 2);
	assert_int_equal(b[0].by_verb[MG_VERB_WATCH], 1);
	assert_int_equal(b[1].write.count, 3);

	e = mg_requests_errors(r, &n);
	assert_int_equal(n, 2);
	assert_int_equal(e[0].group, 1);
	assert_int_equal(e[0].count, 1);
	o = mg_requests_objects(r, &n);
	assert_int_equal(n, 2);
	assert_int_equal(o[0].count, 3);
	m = mg_requests_user_minutes(r, &n);
	assert_int_equal(n, 2);
	assert_int_equal(m[0].count + m[1].count, 6);
	mg_requests_free(r);
}

static void same(struct mg_requests *a, struct mg_requests *b)
{
	int64_t wa, wb;
	size_t  n, m;

	const struct mg_latency_bucket *x = mg_requests_latency(a, &n, &wa);
	const struct mg_latency_bucket *y = mg_requests_latency(b, &m, &wb);
	assert_int_equal(wa, wb);
	assert_int_equal(n, m);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(x[i].index, y[i].index);
		assert_int_equal(x[i].all.count, y[i].all.count);
		assert_int_equal(x[i].all.sum, y[i].all.sum);
		assert_int_equal(mg_hist_quantile(&x[i].all, 0.9), mg_hist_quantile(&y[i].all, 0.9));
	}
	const struct mg_second *s = mg_requests_seconds(a, &n), *t = mg_requests_seconds(b, &m);
	assert_int_equal(n, m);
	assert_memory_equal(s, t, n * sizeof(*s));

	const struct mg_request_group *g = mg_requests_groups(a, &n);
	const struct mg_request_group *h = mg_requests_groups(b, &m);
	assert_int_equal(n, m);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(g[i].count, h[i].count);
		assert_int_equal(g[i].first_ns, h[i].first_ns);
		assert_int_equal(g[i].last_ns, h[i].last_ns);
		assert_int_equal(g[i].latency_sum, h[i].latency_sum);
		assert_true(mg_str_eq(mg_requests_text(a, g[i].user), mg_requests_text(b, h[i].user)));
	}
	const struct mg_error_cell *e = mg_requests_errors(a, &n), *f = mg_requests_errors(b, &m);
	assert_int_equal(n, m);
	for (size_t i = 0; i < n; i++)
		assert_true(e[i].group == f[i].group && e[i].second == f[i].second &&
			    e[i].count == f[i].count);
}

/* One pass, and parts merged in order, over a span that forces wider buckets. */
static void test_merge(void **state)
{
	static const char *const verbs[] = { "get", "list", "create", "delete" };
	struct mg_requests      *one = mg_requests_new(), *sum = mg_requests_new(), *part = NULL;
	uint32_t                 x = 1;
	int64_t                  width;
	size_t                   n;

	for (int i = 0; i < 20000; i++) {
		char              user[16] = { 'u', (char)('a' + i % 7), 0 };
		struct mg_request q;

		x = x * 1664525 + 1013904223;
		q = request(user, verbs[x >> 28 & 3], x >> 27 & 1 ? 200 : 500,
			    (int64_t)(x >> 12) * MG_SEC - 100000 * MG_SEC, (x >> 8 & 0xffff) * MG_US);
		q.line = (uint64_t)i;
		mg_requests_add(one, &q);
		if (!part)
			part = mg_requests_new();
		mg_requests_add(part, &q);
		if (i % 1777 == 0 || i == 19999) {
			mg_requests_merge(sum, part);
			mg_requests_free(part);
			part = NULL;
		}
	}
	same(one, sum);
	mg_requests_latency(one, &n, &width);
	assert_true(n <= 4096 && n > 2048 && width > MG_SEC);
	mg_requests_free(one);
	mg_requests_free(sum);
	mg_requests_free(NULL);
}

static void test_odd_times(void **state)
{
	struct mg_requests *r = mg_requests_new(), *t = mg_requests_new();
	struct mg_request   q = request("u", "get", 200, MG_TIME_NONE, 0);
	int64_t             first, last;

	q.end_ns = MG_TIME_NONE;
	mg_requests_add(r, &q);
	q.end_ns = 5;
	mg_requests_add(r, &q);
	q = request("u", "get", 200, -INT64_C(9000000000) * MG_SEC, 0);
	q.end_ns = INT64_C(9000000000) * MG_SEC;
	mg_requests_add(r, &q);
	q.end_ns = q.start_ns - 1;
	mg_requests_add(r, &q);
	mg_requests_merge(t, r);
	assert_int_equal(mg_requests_count(t), 4);
	mg_requests_span(t, &first, &last);
	assert_int_equal(last, INT64_C(9000000000) * MG_SEC);
	mg_requests_free(r);
	mg_requests_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pattern),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_merge),
		cmocka_unit_test(test_odd_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
