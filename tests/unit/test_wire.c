/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "event/wire.h"

#define WIRE_BOM "\xef\xbb\xbf"

/* A small generator: the same numbers on every machine. */
static uint64_t next(uint64_t *s)
{
	*s = *s * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *s >> 33;
}

static struct mg_event *full_event(struct mg_batch *b)
{
	struct mg_event *e = mg_batch_add(b, MG_EV_AUDIT_SLOW, MG_SEV_WARNING);

	e->time_ns = INT64_C(1795230763044000001);
	e->time_source = MG_TIME_EXACT;
	e->duration_ns = 40 * MG_SEC;
	e->component = MG_STR("kube-apiserver"), e->node = MG_STR("master-0");
	e->pod = MG_STR("p"), e->ns = MG_STR("shop"), e->resource = MG_STR("pods");
	e->name = MG_STR("cart"), e->verb = MG_STR("get"), e->user = MG_STR("u:\"x\"");
	e->code = 504, e->message = MG_STR("tab\there"), e->count = 3;
	e->audit_id = MG_STR("a-1"), e->artifact = 0, e->line = 71;
	mg_batch_attr(b, e, "uri", MG_STR("/api?x=1"));
	mg_batch_attr_i64(b, e, "etcd_ns", -12);
	return e;
}

static void keys_in_order(void **state)
{
	struct mg_batch  b = { 0 };
	struct mg_buf    out = { 0 };
	struct mg_event *e = full_event(&b);

	(void)state;
	mg_wire_json(&out, e, MG_STR("a/audit.log"));
	assert_string_equal(
		out.p,
		"{\"time\":\"2026-11-21T03:12:43.044000001Z\",\"duration_ns\":40000000000,"
		"\"kind\":\"audit.slow\",\"severity\":\"warning\",\"component\":\"kube-apiserver\","
		"\"node\":\"master-0\",\"pod\":\"p\",\"namespace\":\"shop\",\"resource\":\"pods\","
		"\"name\":\"cart\",\"verb\":\"get\",\"user\":\"u:\\\"x\\\"\",\"code\":504,"
		"\"message\":\"tab\\there\",\"count\":3,\"audit_id\":\"a-1\","
		"\"artifact\":\"a/audit.log\",\"line\":71,"
		"\"attrs\":{\"uri\":\"/api?x=1\",\"etcd_ns\":-12}}\n");
	mg_buf_release(&out);
	mg_batch_release(&b);
}

static void absent_keys_left_out(void **state)
{
	struct mg_batch  b = { 0 };
	struct mg_buf    out = { 0 };
	struct mg_event *e = mg_batch_add(&b, MG_EV_GAP, MG_SEV_INFO);

	(void)state;
	mg_wire_json(&out, e, mg_str("", 0));
	assert_string_equal(out.p, "{\"kind\":\"gap\",\"severity\":\"info\","
				   "\"time_source\":\"unknown\"}\n");
	mg_buf_clear(&out);
	e->time_ns = 0;
	e->time_source = MG_TIME_ASSUMED_YEAR;
	mg_batch_attr(&b, e, "n", MG_STR("NaN"));
	e->attrs[0].number = true; /* claims to be a number, is none for JSON */
	mg_wire_json(&out, e, mg_str("", 0));
	assert_string_equal(out.p, "{\"time\":\"1970-01-01T00:00:00.000000000Z\",\"kind\":\"gap\","
				   "\"severity\":\"info\",\"time_source\":\"assumed_year\","
				   "\"attrs\":{\"n\":\"NaN\"}}\n");
	mg_buf_release(&out);
	mg_batch_release(&b);
}

static void tsv_has_the_headings_columns(void **state)
{
	struct mg_batch b = { 0 };
	struct mg_buf   out = { 0 };
	size_t          tabs[3] = { 0 }, line = 0;

	(void)state;
	mg_wire_tsv_heading(&out);
	mg_wire_tsv(&out, full_event(&b), MG_STR("a\\b\nc"));
	mg_wire_tsv(&out, mg_batch_add(&b, MG_EV_GAP, MG_SEV_INFO), mg_str("", 0));
	for (size_t i = 0; i < out.n; i++) {
		tabs[line] += out.p[i] == '\t';
		line += out.p[i] == '\n';
	}
	assert_int_equal(line, 3);
	assert_int_equal(tabs[0], 19);
	assert_int_equal(tabs[1], 19);
	assert_int_equal(tabs[2], 19);
	assert_true(mg_str_has(mg_buf_str(&out), MG_STR("\ttab\\there\t")));
	assert_true(mg_str_has(mg_buf_str(&out), MG_STR("\ta\\\\b\\nc\t")));
	mg_buf_release(&out);
	mg_batch_release(&b);
}

static struct mg_str random_text(struct mg_batch *b, uint64_t *s, bool may_be_empty)
{
	static const char *const pieces[] = { "a", "\"", "\\", "\n", "\t", "\x01", "\x7f", "/",
					      "gr\303\274n", "\xe2\x80\xae", " ", "\xf0\x9f\x94\xa5",
					      "{}", "null" };
	struct mg_buf t = { 0 };
	struct mg_str out;
	size_t        n = next(s) % 6 + !may_be_empty;

	while (n--)
		mg_buf_addz(&t, pieces[next(s) % 14]);
	if (t.n && next(s) % 5 == 0)
		mg_buf_addc(&t, '\0');
	out = mg_batch_str(b, mg_buf_str(&t));
	mg_buf_release(&t);
	return out;
}

static void random_event(struct mg_batch *b, uint64_t *s)
{
	static const char *const keys[] = { "a", "b", "c", "d", "e" };
	struct mg_event         *e = mg_batch_add(b, (enum mg_event_kind)(next(s) % MG_EV_COUNT),
						  (enum mg_severity)(next(s) % 5));
	struct mg_str           *text[] = { &e->component, &e->node, &e->pod,  &e->ns,
					    &e->resource,  &e->name, &e->verb, &e->user,
					    &e->message,   &e->audit_id };

	if (next(s) % 8) {
		e->time_ns = (int64_t)(next(s) * next(s));
		e->time_source = (enum mg_time_source)(next(s) % 4);
	}
	if (next(s) % 2)
		e->duration_ns = (int64_t)next(s);
	e->code = next(s) % 3 ? 0 : (uint32_t)next(s);
	e->count = (uint32_t)(next(s) % 4 + 1);
	e->line = next(s) % 3 ? next(s) : 0;
	e->artifact = (uint32_t)(next(s) % 3);
	for (size_t i = 0; i < 10; i++)
		*text[i] = random_text(b, s, true);
	for (size_t i = 0, n = next(s) % 6; i < n; i++) {
		if (next(s) % 2)
			mg_batch_attr(b, e, keys[i], random_text(b, s, true));
		else
			mg_batch_attr_i64(b, e, keys[i], (int64_t)next(s) - (1 << 30));
	}
}

/* What is written, read and written again is the same bytes. */
static void round_trip(void **state)
{
	struct mg_str    paths[] = { MG_STR("a/b.log"), MG_STR("c \"d\""), MG_STR("e") };
	struct mg_batch  b = { 0 }, again = { 0 };
	struct mg_intern names = { 0 };
	struct mg_buf    one = { 0 }, two = { 0 };
	uint64_t         seed = 42;

	(void)state;
	for (int i = 0; i < 3000; i++) {
		const struct mg_event *e, *r;
		struct mg_err          err = { 0 };

		mg_buf_clear(&one);
		mg_buf_clear(&two);
		random_event(&b, &seed);
		e = &b.ev[b.n - 1];
		mg_wire_json(&one, e, paths[e->artifact]);
		assert_int_equal(one.p[one.n - 1], '\n');
		if (mg_wire_read(mg_str(one.p, one.n - 1), &again, &names, &err) != MG_OK)
			fail_msg("%s at %llu in %s", err.msg, (unsigned long long)err.byte, one.p);
		r = &again.ev[again.n - 1];
		assert_int_equal(r->time_ns, e->time_ns);
		assert_int_equal(r->duration_ns, e->duration_ns);
		assert_int_equal(r->kind, e->kind);
		assert_int_equal(r->nattrs, e->nattrs);
		assert_true(mg_str_eq(r->message, e->message));
		mg_wire_json(&two, r, mg_intern_str(&names, r->artifact));
		assert_string_equal(one.p, two.p);
	}
	mg_buf_release(&one);
	mg_buf_release(&two);
	mg_intern_release(&names);
	mg_batch_release(&b);
	mg_batch_release(&again);
}

static void tolerant_reading(void **state)
{
	struct mg_batch  b = { 0 };
	struct mg_intern names = { 0 };
	struct mg_err    err;
	struct mg_event *e;

	(void)state;
	assert_int_equal(mg_wire_read(MG_STR(" {\"new\":[1,{}],\"kind\":\"gap\",\"pod\":null,"
					     "\"time\":\"2026-11-21T04:00:00+01:00\","
					     "\"attrs\":{\"x\":1.50,\"y\":true,\"z\":[1, 2],"
					     "\"w\":null}}\r"),
				      &b, &names, &err), MG_OK);
	e = &b.ev[0];
	assert_int_equal(e->time_ns, INT64_C(1795230000000000000));
	assert_int_equal(e->severity, MG_SEV_INFO);
	assert_int_equal(e->artifact, MG_NONE);
	assert_int_equal(e->nattrs, 3);
	assert_true(mg_str_eq(mg_event_attr(e, "x"), MG_STR("1.5")));
	assert_true(e->attrs[0].number);
	assert_true(mg_str_eq(mg_event_attr(e, "y"), MG_STR("true")));
	assert_true(mg_str_eq(mg_event_attr(e, "z"), MG_STR("[1,2]")));
	assert_int_equal(mg_wire_read(MG_STR("  \r"), &b, &names, &err), MG_SKIP);
	mg_intern_release(&names);
	mg_batch_release(&b);
}

static void bad_lines_are_located(void **state)
{
	static const struct {
		const char *line, *msg;
		uint64_t    byte;
	} t[] = {
		{ "{\"kind\":\"gap\"", "bad JSON", 13 },
		{ "[]", "not a JSON object", 0 },
		{ "{}", "no 'kind'", 0 },
		{ "{\"kind\":\"no.such\"}", "'kind' is not a known event kind", 1 },
		{ "{\"kind\":\"gap\",\"time\":\"03:12\"}", "'time' is not a time", 14 },
		{ "{\"kind\":\"gap\",\"line\":-1}", "'line' is not a number", 14 },
		{ "{\"kind\":\"gap\",\"code\":4294967296}", "'code' is not a number", 14 },
		{ "{\"kind\":\"gap\",\"pod\":7}", "'pod' is not a string", 14 },
		{ "{\"kind\":\"gap\",\"severity\":\"bad\"}", "'severity'", 14 },
		{ "{\"kind\":\"gap\",\"attrs\":[]}", "'attrs' is not an object", 14 },
		{ "{\"kind\":\"gap\",\"time_source\":\"x\"}", "'time_source'", 14 },
		{ WIRE_BOM "{\"kind\":\"gap\"}", "bad JSON", 3 },
		{ "{\"kind\":\"gap\",\"pod\":\"\xff\"}", "bad JSON", 20 },
	};
	struct mg_batch  b = { 0 };
	struct mg_intern names = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct mg_err err = { .line = 12 };

		assert_int_equal(mg_wire_read(mg_strz(t[i].line), &b, &names, &err), MG_FAIL);
		if (!mg_str_starts(mg_strz(err.msg), mg_strz(t[i].msg)))
			fail_msg("case %zu: %s", i, err.msg);
		if (err.byte + 1 < t[i].byte || err.byte > t[i].byte + 1)
			fail_msg("case %zu: byte %llu", i, (unsigned long long)err.byte);
		assert_int_equal(err.line, 12);
	}
	assert_int_equal(b.n, 0);
	assert_int_equal(names.n, 0);
	mg_intern_release(&names);
	mg_batch_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_in_order),
		cmocka_unit_test(absent_keys_left_out),
		cmocka_unit_test(tsv_has_the_headings_columns),
		cmocka_unit_test(round_trip),
		cmocka_unit_test(tolerant_reading),
		cmocka_unit_test(bad_lines_are_located),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
