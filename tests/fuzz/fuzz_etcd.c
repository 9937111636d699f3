/* SPDX-License-Identifier: Apache-2.0 */
#include "event/from_etcd.h"
#include "parse/etcd.h"

#include "mutate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Lines of an etcd log: whatever they hold, no event may carry more than it can. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mg_str        rest = mg_str((const char *)data, size), text;
	struct mg_source     src = { .component = MG_STR("etcd") };
	struct mg_batch      out = { 0 };
	struct mg_leaf_stats stats = MG_LEAF_STATS_INIT;
	struct mg_line       line = { .time_ns = 1795231050 * MG_SEC, .time_source = MG_TIME_EXACT };

	while (rest.n) {
		mg_str_cut(rest, '\n', &text, &rest);
		line.text = text;
		line.lineno++;
		mg_etcd_line(&src, &line, &out, &stats);
	}
	mg_batch_release(&out);
	return 0;
}
