/* SPDX-License-Identifier: Apache-2.0 */
#include "event/from_etcdtable.h"

#include "mutate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Tables and lists of etcdctl: rows may have any cells under any heading. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mg_str       rest = mg_str((const char *)data, size), line, cell[MG_ETCDT_CELLS];
	struct mg_source    src = { .mtime_ns = MG_TIME_NONE };
	struct mg_etcdtable t = { 0 };
	struct mg_batch     out = { 0 };

	for (uint64_t n = 1; rest.n; n++) {
		mg_str_cut(rest, '\n', &line, &rest);
		mg_etcdtable_heading(line);
		if (mg_etcdtable_line(&t, line, n, cell) == MG_OK)
			mg_event_from_etcdtable(&src, t.line, cell, &out);
	}
	if (mg_etcdtable_end(&t, cell) == MG_OK)
		mg_event_from_etcdtable(&src, t.line, cell, &out);
	mg_batch_release(&out);
	return 0;
}
