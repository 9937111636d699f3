/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <jansson.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/mem.h"
#include "parse/audit.h"
#include "parse/audit_fast.h"
#include "parse/audit_memo.h"

static const char full[] =
	"{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\",\"level\":\"Metadata\",\"auditID\":"
	"\"id-1\",\"stage\":\"ResponseComplete\",\"requestURI\":\"/apis/apps/v1/namespaces/x/"
	"deployments/d/status?a=1\\u0026b=2\",\"verb\":\"update\",\"user\":{\"username\":\"alice\","
	"\"uid\":\"u1\",\"groups\":[\"g1\",\"g2\"],\"extra\":{\"k\":[\"v\"]}},\"impersonatedUser\":"
	"{\"username\":\"bob\",\"groups\":[\"h\"]},\"sourceIPs\":[\"1.2.3.4\",\"10.0.0.1\"],"
	"\"userAgent\":\"kubectl\",\"objectRef\":{\"resource\":\"deployments\",\"namespace\":\"x\","
	"\"name\":\"d\",\"uid\":\"ou\",\"apiGroup\":\"apps\",\"apiVersion\":\"v1\","
	"\"resourceVersion\":\"17\",\"subresource\":\"status\"},\"responseStatus\":{\"metadata\":{},"
	"\"status\":\"Failure\",\"message\":\"no\\tgood\",\"reason\":\"Conflict\",\"details\":{},"
	"\"code\":409},\"requestObject\":[1],\"responseObject\":{\"a\":null},"
	"\"requestReceivedTimestamp\":\"2025-01-02T03:04:05.000001Z\",\"stageTimestamp\":"
	"\"2025-01-02T03:04:06.500001Z\",\"annotations\":{\"authorization.k8s.io/decision\":"
	"\"allow\",\"x\":\"y\\u0026z\"}}";

static bool text_is(struct mg_json_text t, const char *z)
{
	char buf[1024];

	return mg_str_eq(mg_json_plain(t, buf, sizeof(buf)), mg_strz(z));
}

static void test_every_field(void **state)
{
	struct mg_audit a;
	int64_t         start, end;
	char            buf[64];

	assert_int_equal(mg_audit_parse(mg_strz(full), &a, NULL), MG_OK);
	assert_true(text_is(a.level, "Metadata") && text_is(a.audit_id, "id-1"));
	assert_true(text_is(a.kind, "Event") && text_is(a.api_version, "audit.k8s.io/v1"));
	assert_int_equal(a.stage, MG_STAGE_COMPLETE);
	assert_true(text_is(a.uri, "/apis/apps/v1/namespaces/x/deployments/d/status?a=1&b=2"));
	assert_true(text_is(a.verb, "update") && text_is(a.user, "alice") && text_is(a.uid, "u1"));
	assert_true(text_is(a.impersonated, "bob"));
	assert_true(text_is(a.source_ip, "1.2.3.4") && text_is(a.last_ip, "10.0.0.1"));
	assert_true(text_is(a.user_agent, "kubectl"));
	assert_true(text_is(a.resource, "deployments") && text_is(a.ns, "x") &&
		    text_is(a.name, "d") && text_is(a.ref_uid, "ou") && text_is(a.group, "apps") &&
		    text_is(a.version, "v1") && text_is(a.resource_version, "17") &&
		    text_is(a.subresource, "status"));
	assert_true(text_is(a.status, "Failure") && text_is(a.reason, "Conflict") &&
		    text_is(a.message, "no\tgood"));
	assert_int_equal(a.code, 409);
	assert_true(mg_str_eq(a.groups, MG_STR("[\"g1\",\"g2\"]")));
	assert_true(text_is(mg_audit_annotation(&a, MG_STR("x")), "y&z"));
	assert_null(mg_audit_annotation(&a, MG_STR("nope")).p);
	mg_audit_times(&a, &start, &end);
	assert_int_equal(end - start, 1500 * MG_MS);
	assert_int_equal(start, INT64_C(1735787045) * MG_SEC + 1000);
	assert_true(mg_str_eq(mg_audit_resource(&a, buf, sizeof(buf)), MG_STR("deployments.apps")));
	assert_true(mg_audit_counts(&a));
	assert_false(mg_audit_long_running(&a));
}

static bool same_text(struct mg_json_text a, struct mg_json_text b)
{
	char x[65536], y[65536];

	return (a.p == NULL) == (b.p == NULL) &&
	       mg_str_eq(mg_json_plain(a, x, sizeof(x)), mg_json_plain(b, y, sizeof(y)));
}

/* Raw members are compared as JSON: a shuffle changes their bytes. */
static bool same_raw(struct mg_str a, struct mg_str b)
{
	json_t *x = json_loadb(a.p ? a.p : "0", a.p ? a.n : 1, JSON_DECODE_ANY, NULL);
	json_t *y = json_loadb(b.p ? b.p : "0", b.p ? b.n : 1, JSON_DECODE_ANY, NULL);
	bool    same = json_equal(x, y);

	json_decref(x);
	json_decref(y);
	return same;
}

static bool same(const struct mg_audit *a, const struct mg_audit *b)
{
#define SAME(f) same_text(a->f, b->f)
	return SAME(kind) && SAME(api_version) && SAME(level) && SAME(audit_id) &&
	       SAME(stage_text) && SAME(uri) && SAME(verb) && SAME(user) && SAME(uid) &&
	       SAME(impersonated) && SAME(source_ip) && SAME(last_ip) && SAME(user_agent) &&
	       SAME(resource) && SAME(ns) && SAME(name) && SAME(ref_uid) && SAME(group) &&
	       SAME(version) && SAME(resource_version) && SAME(subresource) && SAME(status) &&
	       SAME(reason) && SAME(message) && same_raw(a->groups, b->groups) &&
	       same_raw(a->annotations, b->annotations) && a->stage == b->stage &&
	       a->code == b->code && a->received_ns == b->received_ns &&
	       a->stage_ns == b->stage_ns && a->timestamp_ns == b->timestamp_ns;
#undef SAME
}

static uint32_t rnd(uint32_t *x)
{
	*x = *x * 1664525 + 1013904223;
	return *x >> 8;
}

/* The same document with the members of every object in another order. */
static json_t *shuffled(json_t *v, uint32_t *x)
{
	const char *key[256], *k;
	size_t      n = 0, i;
	json_t     *out, *m;

	if (json_is_array(v)) {
		out = json_array();
		json_array_foreach(v, i, m)
			json_array_append_new(out, shuffled(m, x));
		return out;
	}
	if (!json_is_object(v))
		return json_incref(v);
	out = json_object();
	json_object_foreach(v, k, m) {
		key[n] = k;
		if (++n == 256)
			return json_incref(v);
	}
	for (i = n; i > 1; i--) {
		size_t at = rnd(x) % i;

		k = key[at];
		key[at] = key[i - 1];
		key[i - 1] = k;
	}
	for (i = 0; i < n; i++)
		json_object_set_new(out, key[i], shuffled(json_object_get(v, key[i]), x));
	return out;
}

static void check_shuffled(struct mg_str line, uint32_t *x)
{
	struct mg_audit a, b;
	json_t         *doc = json_loadb(line.p, line.n, 0, NULL), *mixed;
	char           *text;

	assert_non_null(doc);
	assert_int_equal(mg_audit_parse(line, &a, NULL), MG_OK);
	mixed = shuffled(doc, x);
	text = json_dumps(mixed, JSON_INDENT(rnd(x) % 3));
	assert_int_equal(mg_audit_parse(mg_strz(text), &b, NULL), MG_OK);
	if (!same(&a, &b))
		fail_msg("fields differ:\n%.*s\n%s", MG_FMT(line), text);
	free(text);
	json_decref(mixed);
	json_decref(doc);
}

/* With a memo, twice: what it kept of the first time, and of all events before, must not
 * change anything. */
static void check_memo(struct mg_audit_memo *memo, struct mg_str s, enum mg_status want,
		       const struct mg_audit *b)
{
	for (int i = 0; i < 2; i++) {
		struct mg_audit a;
		struct mg_json  j;

		mg_json_init(&j, s);
		if (!mg_audit_fast(&j, &a, memo)) {
			assert_true(j.p == s.p && !j.msg);
			return;
		}
		if (want == MG_OK) /* else there is text behind the event */
			assert_int_equal(j.p - s.p, s.n);
		if (want > MG_FAIL || (want == MG_OK && !same(&a, b)))
			fail_msg("the memo changes an event: %.*s", MG_FMT(s));
		assert_true(want == MG_OK || j.p < j.end);
		assert_true(mg_str_chr(mg_str(s.p, (size_t)(j.p - s.p)), '\n') < 0);
	}
}

/* Both readers on the same bytes, whole and damaged, each in a block of its own size. */
static void check_readers(struct mg_str s, struct mg_audit_memo *memo)
{
	char           *p = mg_alloc(s.n);
	struct mg_audit a, b;
	struct mg_json  j;
	struct mg_err   err = { 0 };
	enum mg_status  st, any;

	memcpy(p, s.p, s.n);
	mg_json_init(&j, mg_str(p, s.n));
	any = mg_audit_next_any_order(&j, &b, &err);
	mg_json_blank(&j);
	if (any < MG_FAIL && j.p != j.end)
		any = MG_FAIL;
	st = mg_audit_parse(mg_str(p, s.n), &a, NULL);
	if (st != any || (st == MG_OK && !same(&a, &b)))
		fail_msg("readers differ (%d, %d): %.*s", st, any, MG_FMT(s));
	check_memo(memo, mg_str(p, s.n), st, &b);
	free(p);
}

static void mutate(char *p, size_t *n, uint32_t *x)
{
	static const char odd[] = "\"\\{}[]:,0e-.u \x01\xc3\xff";
	size_t            at = rnd(x) % *n;

	switch (rnd(x) % 4) {
	case 0:
		*n = at ? at : 1;
		break;
	case 1:
		p[at] = odd[rnd(x) % (sizeof(odd) - 1)];
		break;
	case 2:
		memmove(p + at, p + at + 1, *n - at - 1);
		*n -= *n > 1;
		break;
	default:
		p[at] = (char)(p[at] ^ 1 << rnd(x) % 8);
	}
}

static void check_line(struct mg_str line, uint32_t *x, unsigned rounds)
{
	struct mg_audit_memo *memo = mg_audit_memo_new();

	check_shuffled(line, x);
	check_readers(line, memo);
	for (unsigned i = 0; i < rounds; i++) {
		char  *p = mg_strndup(line.p, line.n);
		size_t n = line.n;

		mutate(p, &n, x);
		check_readers(mg_str(p, n), memo);
		free(p);
	}
	mg_audit_memo_free(memo);
}

static void test_readers_agree(void **state)
{
	uint32_t x = 3;

	check_line(mg_strz(full), &x, 20000);
}

static void test_readers_agree_on_real_events(void **state)
{
	static const char *const files[] = { "v1beta1-demo.log", "ocp-4.12-requestresponse.log" };
	const char              *dir = getenv("MG_SHARED");
	uint32_t                 x = 5;

	for (size_t i = 0; i < 2; i++) {
		char    path[1024], *line = NULL;
		size_t  cap = 0;
		ssize_t n;
		FILE   *f;

		snprintf(path, sizeof(path), "%s/data/audit/%s", dir ? dir : "../shared", files[i]);
		f = fopen(path, "r");
		if (!f) {
			print_message("SKIP: no %s\n", path);
			skip();
		}
		while ((n = getline(&line, &cap, f)) > 0)
			check_line(mg_str(line, (size_t)n - (line[n - 1] == '\n')), &x,
				   n > 20000 ? 5 : 20);
		free(line);
		fclose(f);
	}
}

static void test_variants(void **state)
{
	static const struct {
		const char *text;
		int         status;
		uint64_t    byte;
		const char *msg;
	} t[] = {
		{ "{\"auditID\":\"x\"}", MG_OK, 0, NULL },
		{ "{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1alpha1\"}", MG_OK, 0, NULL },
		{ "{\"kind\":\"Event\",\"apiVersion\":\"v1\"}", MG_SKIP, 0,
		  "JSON object that is no audit event" },
		{ "[]", MG_SKIP, 0, "JSON, but no object" },
		{ "{\"auditID\":\"x\"} x", MG_FAIL, 16, "text behind the event" },
		{ "{\"auditID\":\"x\",\"stageTimestamp\":\"nine\"}", MG_FAIL, 33, "bad timestamp" },
		{ "{\"auditID\":\"x\",\"stageTimestamp\":null,\"verb\":null}", MG_OK, 0, NULL },
		{ "{\"auditID\":\"x\",\"responseStatus\":{\"code\":\"200\"}}", MG_FAIL, 41,
		  "value of another type than the format has" },
		{ "{\"auditID\":\"x\",\"responseStatus\":{\"code\":-1}}", MG_FAIL, 40,
		  "value of another type than the format has" },
		{ "{\"auditID\":\"x\",\"verb\":7}", MG_FAIL, 22,
		  "value of another type than the format has" },
		{ "{\"auditID\":\"x\",\"sourceIPs\":[1]}", MG_FAIL, 28, "source address is no string" },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct mg_err   err = { 0 };
		struct mg_audit a;

		assert_int_equal(mg_audit_parse(mg_strz(t[i].text), &a, &err), t[i].status);
		if (t[i].status == MG_OK)
			continue;
		assert_string_equal(err.msg, t[i].msg);
		assert_int_equal(err.byte, t[i].byte);
	}
}

/* 2017: no stage times at all; the level of a ViaQ record is elsewhere. */
static void test_old_and_forwarded(void **state)
{
	struct mg_audit a;
	int64_t         start, end;
	char            buf[64];

	assert_int_equal(mg_audit_parse(MG_STR("{\"auditID\":\"x\",\"timestamp\":"
		"\"2017-09-11T19:55:05Z\",\"objectRef\":{\"resource\":\"deployments\","
		"\"apiVersion\":\"apps/v1\"}}"), &a, NULL), MG_OK);
	mg_audit_times(&a, &start, &end);
	assert_int_equal(start, INT64_C(1505159705) * MG_SEC);
	assert_true(end < start);
	assert_true(mg_audit_counts(&a));
	assert_true(mg_str_eq(mg_audit_resource(&a, buf, sizeof(buf)), MG_STR("deployments.apps")));

	assert_int_equal(mg_audit_parse(MG_STR("{\"auditID\":\"x\",\"k8s_audit_level\":\"Request\","
					       "\"level\":\"default\"}"), &a, NULL), MG_OK);
	assert_true(text_is(a.level, "Request"));
}

static void test_long_running(void **state)
{
	static const struct { const char *text; bool is; } t[] = {
		{ "{\"auditID\":\"x\",\"verb\":\"watch\"}", true },
		{ "{\"auditID\":\"x\",\"verb\":\"proxy\"}", true },
		{ "{\"auditID\":\"x\",\"verb\":\"get\",\"objectRef\":{\"subresource\":\"log\"}}", true },
		{ "{\"auditID\":\"x\",\"verb\":\"get\",\"responseStatus\":{\"code\":101}}", true },
		{ "{\"auditID\":\"x\",\"verb\":\"get\",\"objectRef\":{\"subresource\":\"scale\"}}", false },
		{ "{\"auditID\":\"x\",\"verb\":\"list\"}", false },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct mg_audit a;

		assert_int_equal(mg_audit_parse(mg_strz(t[i].text), &a, NULL), MG_OK);
		assert_int_equal(mg_audit_long_running(&a), t[i].is);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_field),
		cmocka_unit_test(test_readers_agree),
		cmocka_unit_test(test_readers_agree_on_real_events),
		cmocka_unit_test(test_variants),
		cmocka_unit_test(test_old_and_forwarded),
		cmocka_unit_test(test_long_running),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
