/* SPDX-License-Identifier: Apache-2.0 */
/* Kubernetes objects, YAML and JSON: the first byte picks the size of the blocks; events and
 * faults must not depend on it. */
#include <stdlib.h>

#include "base/mem.h"
#include "ingest/consumer.h"

#define FIRST 4096 /* bytes that a first block has at least, if there are so many */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void feed(struct mg_str text, size_t piece, struct mg_partial *out)
{
	static const struct mg_source src = { .path = MG_STR("fuzz"), .mtime_ns = 1 };
	const struct mg_consumer     *c = &mg_consumer_kubeobj;
	void                         *state = c->open(&src);
	struct mg_block               b = { .first_line = 1 };

	while (text.n) {
		size_t least = b.first_line == 1 ? FIRST : 1; /* the form is told from the first */
		size_t n = piece > least ? piece : least;

		n = n < text.n ? n : text.n;

		while (n < text.n && text.p[n - 1] != '\n')
			n++;
		b.p = mg_zalloc(n + 64);
		memcpy(b.p, text.p, n);
		b.n = n;
		b.last = n == text.n;
		c->block(state, &src, &b, out);
		for (size_t i = 0; i < n; i++)
			b.first_line += b.p[i] == '\n';
		free(b.p);
		text = mg_str_from(text, n);
	}
	c->close(state, &src, out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mg_str     text = mg_str((const char *)data, size);
	struct mg_partial whole = { .stats = MG_LEAF_STATS_INIT }, parts = whole;

	if (size == 0)
		return 0;
	feed(mg_str_from(text, 1), size, &whole);
	feed(mg_str_from(text, 1), (size_t)data[0] + 1, &parts);
	if (whole.events.n != parts.events.n || whole.stats.records != parts.stats.records ||
	    whole.stats.bad != parts.stats.bad || whole.stats.lines != parts.stats.lines)
		abort();
	mg_batch_release(&whole.events);
	mg_batch_release(&parts.events);
	return 0;
}
