/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever line is accepted must be written as a line that reads back as the same event. */
#include <stdint.h>
#include <stdlib.h>

#include "event/merge.h"

#include "mutate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void again(const struct mg_event *e, const struct mg_intern *paths)
{
	struct mg_str    path = e->artifact == MG_NONE ? mg_str("", 0) :
							 mg_intern_str(paths, e->artifact);
	struct mg_arena  arena = { 0 };
	struct mg_intern names = { 0 };
	struct mg_buf    one = { 0 }, two = { 0 };
	struct mg_event  r;

	mg_wire_tsv(&one, e, path);
	mg_buf_clear(&one);
	mg_wire_json(&one, e, path);
	if (mg_wire_parse(mg_str(one.p, one.n - 1), &arena, &names, &r, NULL) != MG_OK)
		abort();
	mg_wire_json(&two, &r, r.artifact == MG_NONE ? mg_str("", 0) :
						       mg_intern_str(&names, r.artifact));
	if (!mg_str_eq(mg_buf_str(&one), mg_buf_str(&two)))
		abort();
	mg_buf_release(&one);
	mg_buf_release(&two);
	mg_intern_release(&names);
	mg_arena_release(&arena);
}

static enum mg_status next_line(void *ctx, struct mg_str *line, uint64_t *number,
				struct mg_err *err)
{
	struct mg_str *rest = ctx;

	(void)err;
	if (rest->n == 0)
		return MG_EOF;
	mg_str_cut(*rest, '\n', line, rest);
	*number = 1;
	return MG_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mg_str          rest = mg_str((const char *)data, size);
	struct mg_intern       paths = { 0 };
	struct mg_merge       *m = mg_merge_new(&paths, 3, NULL, NULL);
	const struct mg_event *e;

	mg_merge_lines(m, next_line, &rest);
	while ((e = mg_merge_next(m)))
		again(e, &paths);
	mg_merge_free(m);
	mg_intern_release(&paths);
	return 0;
}
