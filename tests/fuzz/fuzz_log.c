/* SPDX-License-Identifier: Apache-2.0 */
/* The whole consumer.  The first byte chooses the component and the size of the blocks. */

#include <stdlib.h>

#include "base/mem.h"
#include "ingest/consumer.h"

#include "mutate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void blocks(void *state, const struct mg_source *src, struct mg_str in, size_t size,
		   struct mg_partial *out)
{
	uint64_t line = 1;

	for (size_t at = 0; at < in.n;) {
		size_t          end = at + size < in.n ? at + size : in.n;
		struct mg_block b = { .first_line = line, .offset = at };

		while (end < in.n && in.p[end - 1] != '\n')
			end++;
		b.n = end - at;
		b.p = mg_zalloc(b.n + 64);
		memcpy(b.p, in.p + at, b.n);
		for (size_t i = at; i < end; i++)
			line += in.p[i] == '\n';
		b.last = end == in.n;
		mg_consumer_log.block(state, src, &b, out);
		free(b.p);
		at = end;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const components[] = { "", "kube-apiserver", "kubelet", "etcd" };
	struct mg_partial        out = { .stats = MG_LEAF_STATS_INIT };
	struct mg_source         src = { .mtime_ns = MG_TIME_NONE, .since_ns = MG_TIME_NONE,
					 .until_ns = MG_TIME_NONE };
	void                    *state;

	if (!size)
		return 0;
	src.component = mg_strz(components[data[0] & 3]);
	state = mg_consumer_log.open(&src);
	blocks(state, &src, mg_str((const char *)data + 1, size - 1), data[0] & 4 ? 64 : 1 << 20, &out);
	mg_consumer_log.close(state, &src, &out);
	if (out.stats.lines != out.stats.records + out.stats.other + out.stats.bad)
		abort();
	mg_requests_free(out.http);
	mg_batch_release(&out.events);
	return 0;
}
