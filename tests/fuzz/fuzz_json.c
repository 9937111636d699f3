/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON scanner: no crash, and its parts agree on what is valid. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "parse/json.h"

#include "mutate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(struct mg_str text, unsigned depth)
{
	struct mg_json_iter  it;
	struct mg_json_value k, v;
	enum mg_status       st;
	bool                 object = text.n && text.p[0] == '{';

	mg_json_iter_init(&it, text);
	while ((st = object ? mg_json_member(&it, &k, &v) : mg_json_element(&it, &v)) == MG_OK) {
		if (v.type == MG_JSON_STRING) {
			char *buf = mg_alloc(v.raw.n);

			if (mg_json_unescape(mg_json_text(&v), buf, v.raw.n) > v.raw.n)
				abort();
			mg_json_unescape(mg_json_text(&v), buf, v.raw.n / 2);
			free(buf);
		}
		if (depth < 8 && (v.type == MG_JSON_OBJECT || v.type == MG_JSON_ARRAY))
			walk(v.raw, depth + 1);
	}
	if (st != MG_EOF) /* the whole was valid, so its parts are */
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mg_str        text = mg_str((const char *)data, size);
	struct mg_json       j;
	struct mg_json_value v;
	struct mg_err        err = { 0 };

	if (mg_json_check(text, &err) != MG_OK && (err.byte > size || !err.msg[0]))
		abort();
	mg_json_init(&j, text);
	if (mg_json_value(&j, &v) && (v.type == MG_JSON_OBJECT || v.type == MG_JSON_ARRAY))
		walk(v.raw, 0);
	return 0;
}
