/* SPDX-License-Identifier: Apache-2.0 */
#include "event/from_kubetext.h"

#include "mutate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Tables and descriptions: rows may have any cells under any heading. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mg_str        rest = mg_str((const char *)data, size), line;
	struct mg_source     src = { .mtime_ns = MG_TIME_NONE };
	struct mg_leaf_stats stats = MG_LEAF_STATS_INIT;
	struct mg_kubetext  *k = mg_kubetext_new();
	struct mg_batch      out = { 0 };

	while (rest.n) {
		mg_str_cut(rest, '\n', &line, &rest);
		mg_kubetext_line(k, &src, line, 1, &stats, &out);
	}
	mg_kubetext_end(k, &src, &out);
	mg_kubetext_free(k);
	mg_batch_release(&out);
	return 0;
}
