/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include "analysis/coverage.h"
#include "render/findings_json.h"
#include "case_report.c"

static json_t *rendered(const struct mg_case *c, const struct mg_findings *fs)
{
	struct mg_out o;
	json_error_t  err;
	json_t       *doc;

	mg_out_fd(&o, STDOUT_FILENO);
	mg_render_findings_json(&o, c, fs);
	if (getenv("MG_SHOW"))
		fprintf(stderr, "%.*s", MG_FMT(mg_buf_str(&o.buf)));
	doc = json_loadb(o.buf.p, o.buf.n, JSON_REJECT_DUPLICATES, &err);
	if (!doc)
		fail_msg("%s at line %d of %s", err.text, err.line, o.buf.p);
	mg_out_abort(&o);
	return doc;
}

static void assert_keys(const json_t *o, const char *want)
{
	struct mg_buf keys = { 0 };
	const char   *k;
	json_t       *v, *all = json_deep_copy(o);

	json_object_foreach(all, k, v)
		mg_buf_printf(&keys, "%s ", k);
	assert_string_equal(keys.p, want);
	mg_buf_release(&keys);
	json_decref(all);
}

static json_t *nth(json_t *doc, const char *array, size_t i)
{
	return json_array_get(json_object_get(doc, array), i);
}

static const char *text_at(json_t *o, const char *array, size_t i)
{
	return json_string_value(nth(o, array, i));
}

static void document(void **state)
{
	struct mg_case     c;
	struct mg_findings fs;
	json_t            *doc, *f;

	(void)state;
	sample_case(&c);
	sample_findings(&fs);
	fs.f[0].numbers[fs.f[0].nnumbers++] = (struct mg_number){ .name = "none", .value = NAN };
	doc = rendered(&c, &fs);
	assert_keys(doc, "schema inputs span coverage findings not_assessed blind_spots faults ");
	assert_string_equal(json_string_value(json_object_get(nth(doc, "inputs", 0), "name")),
			    "incident.tar.gz");
	assert_int_equal(json_array_size(json_object_get(doc, "coverage")), MG_COV_COUNT);
	f = nth(doc, "findings", 0);
	assert_keys(f, "id severity confidence start end claim evidence numbers alternatives "
		       "next_steps caused_by effects ");
	assert_keys(nth(f, "evidence", 0), "artifact line time text ");
	assert_true(json_is_integer(json_object_get(json_object_get(f, "numbers"), "intervals")));
	assert_true(json_is_null(json_object_get(json_object_get(f, "numbers"), "none")));
	assert_true(json_real_value(json_object_get(json_object_get(f, "numbers"),
						    "longest_seconds")) == 40.002);
	assert_string_equal(text_at(f, "effects", 0), "dc-distributor-leak");
	assert_string_equal(text_at(f, "effects", 1), "lease-lost#1");
	assert_string_equal(text_at(nth(doc, "findings", 2), "caused_by", 0), "etcd-unresponsive");
	json_decref(doc);
	mg_findings_release(&fs);
	mg_case_release(&c);
}

static void an_empty_case(void **state)
{
	struct mg_case     c;
	struct mg_findings fs = { 0 };
	json_t            *doc;

	(void)state;
	mg_case_init(&c);
	doc = rendered(&c, &fs);
	assert_true(json_is_null(json_object_get(json_object_get(doc, "span"), "start")));
	assert_int_equal(json_array_size(json_object_get(doc, "findings")), 0);
	json_decref(doc);
	mg_case_release(&c);
}

/* Where the data was read from may show in "inputs" only. */
static void inputs_do_not_leak(void **state)
{
	struct mg_case     c;
	struct mg_findings fs;
	json_t            *a, *b;

	(void)state;
	sample_case(&c);
	sample_findings(&fs);
	a = rendered(&c, &fs);
	c.inputs[0].operand = MG_STR("some/where/else///");
	c.inputs[0].size = -1;
	b = rendered(&c, &fs);
	assert_string_equal(json_string_value(json_object_get(nth(b, "inputs", 0), "name")), "else");
	json_object_del(a, "inputs");
	json_object_del(b, "inputs");
	assert_true(json_equal(a, b));
	json_decref(a);
	json_decref(b);
	mg_findings_release(&fs);
	mg_case_release(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(document),
		cmocka_unit_test(an_empty_case),
		cmocka_unit_test(inputs_do_not_leak),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
