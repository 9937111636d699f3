/* SPDX-License-Identifier: Apache-2.0 */
#include "event/from_etcdtable.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Tables of etcdctl: rows may have any cells under any heading. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mg_str       rest = mg_str((const char *)data, size), line, cell[MG_ETCDT_CELLS];
	struct mg_source    src = { .mtime_ns = MG_TIME_NONE };
	struct mg_etcdtable t = { 0 };
	struct mg_batch     out = { 0 };

	while (rest.n) {
		mg_str_cut(rest, '\n', &line, &rest);
		if (mg_etcdtable_line(&t, line, cell) == MG_OK)
			mg_event_from_etcdtable(&src, 1, cell, &out);
	}
	mg_batch_release(&out);
	return 0;
}
