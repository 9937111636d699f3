/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/time.h"
#include "objects_feed.h"
#include "parse/jsonitems.h"
#include "parse/kubeobj.h"

static void assert_text(struct mg_str s, const char *want)
{
	assert_int_equal(s.n, strlen(want));
	assert_memory_equal(s.n ? s.p : "", want, s.n);
}

/* --- trees ------------------------------------------------------------------------------ */

static void yaml_tree(void **state)
{
	static const char text[] = "kind: Pod\nmetadata:\n  name: \"a: b\"\n  time: null\n"
				   "status:\n  n: 7\n  list:\n  - x: 1\n  - x: 2\n  at: "
				   "\"2026-11-21T03:12:36Z\"\n"
				   "  t: |-\n    two\n    lines\n  none: ~\n  said: \"null\"\n";
	struct mg_arena  a = { 0 };
	struct mg_knode *n;
	const struct mg_knode *k;

	assert_int_equal(mg_kobj_yaml(MG_STR(text), &a, &n, NULL), MG_OK);
	assert_text(mg_knode_text(n, "kind"), "Pod");
	assert_text(mg_knode_text(n, "metadata.name"), "a: b");
	assert_text(mg_knode_text(n, "metadata.time"), "");
	assert_int_equal(mg_knode_at(n, "metadata.time")->type, MG_KNULL);
	assert_text(mg_knode_text(n, "metadata.nope.deeper"), "");
	assert_int_equal(mg_knode_i64(n, "status.n", -1), 7);
	assert_int_equal(mg_knode_i64(n, "status.list", -1), -1);
	assert_int_equal(mg_knode_time(n, "status.at"), INT64_C(1795230756) * MG_SEC);
	assert_int_equal(mg_knode_time(n, "status.n"), MG_TIME_NONE);
	assert_text(mg_knode_text(n, "status.t"), "two\nlines");
	assert_text(mg_knode_text(n, "status.none"), "");
	assert_text(mg_knode_text(n, "status.said"), "null");
	k = mg_knode_first(n, "status.list");
	assert_text(mg_knode_text(k, "x"), "1");
	assert_int_equal(k->line, 8);
	assert_text(mg_knode_text(k->next, "x"), "2");
	assert_null(k->next->next);
	mg_arena_release(&a);
}

/* Aliases are not expanded, depth and damage are refused. */
static void yaml_hostile(void **state)
{
	struct mg_arena  a = { 0 };
	struct mg_knode *n;
	struct mg_err    err = { 0 };
	char             deep[1200];

	assert_int_equal(mg_kobj_yaml(MG_STR("a: &x [1, 1]\nb: [*x, *x]\nc: *x\n"), &a, &n, NULL), MG_OK);
	assert_int_equal(mg_knode_at(n, "c")->type, MG_KNULL);
	memset(deep, '[', sizeof(deep));
	assert_int_equal(mg_kobj_yaml(mg_str(deep, sizeof(deep)), &a, &n, &err), MG_FAIL);
	assert_int_equal(mg_kobj_yaml(MG_STR("a: 1\nb: \"open\n"), &a, &n, &err), MG_FAIL);
	assert_true(err.line >= 2);
	assert_null(n);
	assert_int_equal(mg_kobj_yaml(MG_STR("? [a]\n: b\n"), &a, &n, &err), MG_FAIL);
	assert_int_equal(mg_kobj_yaml(MG_STR(""), &a, &n, &err), MG_OK);
	assert_null(n);
	mg_arena_release(&a);
}

/* Equal to what jansson makes of the same text. */
static void same(const struct mg_knode *n, json_t *j)
{
	size_t i;
	json_t *v;
	const char *key;
	const struct mg_knode *k = n->child;

	if (json_is_object(j)) {
		assert_int_equal(n->type, MG_KMAP);
		json_object_foreach(j, key, v) {
			assert_text(k->key, key);
			same(k, v);
			k = k->next;
		}
		assert_null(k);
	} else if (json_is_array(j)) {
		assert_int_equal(n->type, MG_KSEQ);
		json_array_foreach(j, i, v) {
			same(k, v);
			k = k->next;
		}
		assert_null(k);
	} else if (json_is_string(j)) {
		assert_int_equal(n->value.n, json_string_length(j));
		assert_memory_equal(n->value.p, json_string_value(j), n->value.n);
	} else if (json_is_integer(j)) {
		assert_int_equal(mg_knode_i64(n, "", 0), json_integer_value(j));
	} else if (json_is_boolean(j)) {
		assert_text(n->value, json_is_true(j) ? "true" : "false");
	} else if (json_is_null(j)) {
		assert_int_equal(n->type, MG_KNULL);
	}
}

static void json_tree(void **state)
{
	static const char *const good[] = {
		"{}", "[]", " {\"a\":1, \"b\":[true,false,null,-2,\"x\"]}\n", "[[[]],{\"a\":{}}]",
		"{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\u20ac\\ud83d\\ude00\"}",
		"{\"e\":\"\",\"n\":0}",
		"[\"\\u003c\\u0026\\u003e\", \"\xc3\xa9\"]",
	};
	static const char *const bad[] = {
		"{", "[1,]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "[1 2]", "\"a", "{\"a\":1}}", "[\"\\x\"]",
		"{a:1}", "[tru]", "[\"\\u12\"]", "[\"a\nb\"]", "[\"\\", "[1,", "[--1]", "nul",
	};
	struct mg_arena  a = { 0 };
	struct mg_knode *n;
	struct mg_err    err;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		json_t *j = json_loads(good[i], 0, NULL);

		assert_non_null(j);
		assert_int_equal(mg_kobj_json(mg_strz(good[i]), &a, &n, NULL), MG_OK);
		same(n, j);
		json_decref(j);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_null(json_loads(bad[i], JSON_DECODE_ANY, NULL));
		assert_int_equal(mg_kobj_json(mg_strz(bad[i]), &a, &n, &err), MG_FAIL);
		assert_true(err.byte <= strlen(bad[i]));
	}
	/* An id above 2^63, which jansson cannot hold. */
	assert_int_equal(mg_kobj_json(MG_STR("{\"memberID\":15985099378392235387}"), &a, &n, NULL), MG_OK);
	assert_text(mg_knode_text(n, "memberID"), "15985099378392235387");
	/* A half of a pair. */
	assert_int_equal(mg_kobj_json(MG_STR("[\"\\ud800\"]"), &a, &n, NULL), MG_OK);
	assert_text(n->child->value, "\xef\xbf\xbd");
	mg_arena_release(&a);
}

static void json_document(void **state)
{
	char             path[512];
	struct mg_arena  a = { 0 };
	struct mg_knode *n;
	struct mg_str    text;
	json_t          *j;

	if (!shared("data/objects/troubleshoot-message-oomkill-pod.json", path, sizeof(path))) {
		print_message("no objects below $MG_SHARED: skipped\n");
		skip();
	}
	text = read_file(path);
	j = json_loadb(text.p, text.n, 0, NULL);
	assert_int_equal(mg_kobj_json(text, &a, &n, NULL), MG_OK);
	same(n, j);
	json_decref(j);
	mg_arena_release(&a);
	free((char *)text.p);
}

static void json_depth(void **state)
{
	struct mg_arena  a = { 0 };
	struct mg_knode *n;
	struct mg_err    err;
	char             deep[600];

	memset(deep, '[', sizeof(deep));
	assert_int_equal(mg_kobj_json(mg_str(deep, sizeof(deep)), &a, &n, &err), MG_FAIL);
	assert_int_equal(err.byte, MG_KDEPTH_MAX);
	mg_arena_release(&a);
}

/* --- cutting ------------------------------------------------------------------------------ */

struct got {
	struct mg_buf all; /* "line kind list_kind fault [first value]\n" per item */
};

static void note(struct got *g, const struct mg_item *it, struct mg_knode *root)
{
	mg_buf_printf(&g->all, "%llu %.*s/%.*s %s [%.*s]\n", (unsigned long long)it->line,
		      MG_FMT(it->kind), MG_FMT(it->list_kind), it->fault ? it->fault : root ? "ok" : "bad",
		      MG_FMT(mg_knode_text(root, "metadata.name")));
}

static void on_yaml(void *ctx, const struct mg_item *it)
{
	struct mg_arena  a = { 0 };
	struct mg_knode *n = NULL;

	if (!it->fault)
		mg_kobj_yaml(it->text, &a, &n, NULL);
	note(ctx, it, n);
	mg_arena_release(&a);
}

static void on_json(void *ctx, const struct mg_item *it)
{
	struct mg_arena  a = { 0 };
	struct mg_knode *n = NULL;

	if (!it->fault)
		mg_kobj_json(it->text, &a, &n, NULL);
	note(ctx, it, n);
	mg_arena_release(&a);
}

/* The cut must not depend on the pieces. */
static void check_yaml(const char *text, const char *want)
{
	size_t len = strlen(text);

	for (size_t piece = 1; piece < len + 1; piece += 1 + piece / 4) {
		struct got          g = { { 0 } };
		struct mg_yamlitems y = { .fn = on_yaml, .ctx = &g };
		uint64_t            line = 1;

		for (size_t at = 0; at < len;) {
			size_t n = piece < len - at ? piece : len - at;
			char  *copy;

			while (at + n < len && text[at + n - 1] != '\n')
				n++;
			copy = mg_strndup(text + at, n);
			mg_yamlitems_text(&y, mg_str(copy, n), line);
			for (size_t i = 0; i < n; i++)
				line += copy[i] == '\n';
			free(copy);
			at += n;
		}
		mg_yamlitems_end(&y);
		assert_string_equal(g.all.p ? g.all.p : "", want);
		mg_yamlitems_release(&y);
		mg_buf_release(&g.all);
	}
}

/* JSON may be cut anywhere, even inside a line. */
static void check_json(const char *text, const char *want)
{
	size_t len = strlen(text);

	for (size_t piece = 1; piece < len + 1; piece += 1 + piece / 4) {
		struct got          g = { { 0 } };
		struct mg_jsonitems j = { .fn = on_json, .ctx = &g };
		uint64_t            line = 1;

		for (size_t at = 0; at < len; at += piece) {
			size_t n = piece < len - at ? piece : len - at;
			char  *copy = mg_strndup(text + at, n);

			mg_jsonitems_text(&j, mg_str(copy, n), line);
			for (size_t i = 0; i < n; i++)
				line += copy[i] == '\n';
			free(copy);
		}
		mg_jsonitems_end(&j);
		assert_string_equal(g.all.p ? g.all.p : "", want);
		mg_jsonitems_release(&j);
		mg_buf_release(&g.all);
	}
}

static void yaml_items(void **state)
{
	/* Unindented and indented items, CRLF, block scalars that look like items. */
	check_yaml("---\napiVersion: v1\nitems:\n- kind: Pod\n  metadata:\n    name: a\n- apiVersion: v1\n"
		   "  kind: \"Event\"\n  metadata:\n    name: b\nkind: List\nmetadata:\n"
		   "  resourceVersion: \"\"\n",
		   "4 Pod/ ok [a]\n7 Event/ ok [b]\n");
	check_yaml("kind: PodList\nitems:\r\n  - metadata:\r\n      name: a\r\n  -\r\n"
		   "    metadata:\r\n      name: b\r\n",
		   "3 /PodList ok [a]\n5 /PodList ok [b]\n");
	check_yaml("items:\n- kind: X\n  data: |\n    - kind: Pod\n\n    items:\n    --- \n"
		   "  metadata:\n    name: a\n",
		   "2 X/ ok [a]\n");
	check_yaml("kind: Node\nmetadata:\n  name: n1\n---\n# c\nkind: Pod\nmetadata: {name: p}\n"
		   "...\n---\n",
		   "1 Node/ ok [n1]\n6 Pod/ ok [p]\n");
	check_yaml("items: []\nkind: List\n", "1 List/ ok []\n");
	check_yaml("items:\n- {kind: Pod, metadata: {name: f}}\n-   kind: Pod\n    metadata:\n"
		   "      name: g\n",
		   "2 / ok [f]\n3 Pod/ ok [g]\n");
	check_yaml("--- {kind: Pod, metadata: {name: i}}\n", "1 / ok [i]\n");
	check_yaml("\xef\xbb\xbfitems:\n- kind: Pod\n", "2 Pod/ ok []\n");
}

static void yaml_damage(void **state)
{
	check_yaml("items:\n- kind: Pod\n  metadata:\n    name: a\n- kind: Pod\n  x: \"open\n- kind: Pod\n"
		   "  metadata:\n    name: c\n",
		   "2 Pod/ ok [a]\n5 Pod/ bad []\n7 Pod/ ok [c]\n");
	check_yaml("items:\n- kind: Pod\n  metadata:\n    name: a\n@@@ torn @@@\n- kind: Pod\n"
		   "  metadata:\n    name: c\n",
		   "2 Pod/ ok [a]\n5 / expected \"- \" or a key []\n6 Pod/ ok [c]\n");
}

static void managed_fields(void **state)
{
	/* Left out of the text, lines kept. */
	static const char text[] = "items:\n- kind: Pod\n  metadata:\n    managedFields:\n"
				   "    - apiVersion: v1\n"
				   "      fieldsV1:\n        f:a: {}\n    - b\n    name: a\n"
				   "  spec:\n    managedFields: keep\n";
	struct got          g = { { 0 } };
	struct mg_yamlitems y = { .fn = on_yaml, .ctx = &g };

	mg_yamlitems_text(&y, MG_STR(text), 1);
	assert_false(mg_str_has(mg_buf_str(&y.text), MG_STR("fieldsV1")));
	assert_true(mg_str_has(mg_buf_str(&y.text), MG_STR("managedFields: keep")));
	mg_yamlitems_end(&y);
	assert_string_equal(g.all.p, "2 Pod/ ok [a]\n");
	mg_yamlitems_release(&y);
	mg_buf_release(&g.all);
}

static void json_items(void **state)
{
	check_json("{\"kind\":\"PodList\",\"items\":[{\"metadata\":{\"name\":\"a\"}},\n"
		   "{\"metadata\":{\"name\":\"b]}\"}}],"
		   "\"metadata\":{\"name\":\"l\"}}",
		   "1 /PodList ok [a]\n2 /PodList ok [b]}]\n");
	check_json("{\"kind\":\"Pod\",\"metadata\":{\"name\":\"a\"},\"spec\":{\"items\":[{}]}}\n"
		   "{\"metadata\":{\"name\":\"b\"}}",
		   "1 /Pod ok [a]\n2 / ok [b]\n");
	check_json("[{\"metadata\":{\"name\":\"a\"}},7,{\"metadata\":{\"name\":\"b\"}}]",
		   "1 / ok [a]\n1 / ok [b]\n");
	check_json("{\"a\":\"\\\\\\\"{\",\"items\":{\"x\":[]},\"metadata\":{\"name\":\"c\"}}", "1 "
		   "/ ok [c]\n");
	check_json("{\"items\":[]}", "");
}

static void json_damage(void **state)
{
	/* The second object lacks a bracket: it is lost, the third is not. */
	check_json("{\n  \"items\": [\n    {\n      \"metadata\": {\"name\": \"a\"}\n    },\n    {\n"
		   "      \"metadata\": {\"name\": \"b\"\n    },\n    {\n      \"metadata\": "
		   "{\"name\": \"c\"}\n    }\n  ]\n}\n",
		   "3 / ok [a]\n6 / brackets do not match []\n9 / ok [c]\n");
	check_json("{\"items\":[{\"metadata\":{\"name\":\"a\"}},{\"metadata\":{\"na",
		   "1 / ok [a]\n1 / the file ends inside an object []\n");
	check_json("]}}", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(yaml_tree),  cmocka_unit_test(yaml_hostile),   cmocka_unit_test(json_tree),
		cmocka_unit_test(json_document),  cmocka_unit_test(json_depth),     cmocka_unit_test(yaml_items),
		cmocka_unit_test(yaml_damage), cmocka_unit_test(managed_fields), cmocka_unit_test(json_items),
		cmocka_unit_test(json_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
