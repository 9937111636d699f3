/* SPDX-License-Identifier: Apache-2.0 */
/* Audit events: both readers agree, and both consumers take any bytes in any blocks. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "ingest/consume_audit.h"
#include "parse/audit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void readers(struct mg_str s)
{
	struct mg_audit a, b;
	struct mg_json  i, j;
	enum mg_status  x, y;

	mg_json_init(&i, s);
	mg_json_init(&j, s);
	x = mg_audit_next(&i, &a, NULL);
	y = mg_audit_next_any_order(&j, &b, NULL);
	if (x != y || (x == MG_OK && (i.p != j.p || a.received_ns != b.received_ns ||
				      a.code != b.code || a.user.p != b.user.p ||
				      a.uri.n != b.uri.n || a.stage != b.stage)))
		abort();
}

static uint64_t consume(const struct mg_consumer *c, struct mg_str text, size_t size)
{
	struct mg_source source = { .artifact = 1, .since_ns = MG_TIME_NONE,
				   .until_ns = MG_TIME_NONE };
	void            *state = c->open ? c->open(&source) : NULL;
	uint64_t         line = 1, records = 0;

	for (bool end = false; !end;) {
		struct mg_partial p = { .stats = MG_LEAF_STATS_INIT };
		struct mg_block   b = { .first_line = line };
		const char       *nl;

		b.n = size < text.n ? size : text.n;
		nl = b.n < text.n ? memchr(text.p + b.n - 1, '\n', text.n - b.n + 1) : NULL;
		b.n = nl ? (size_t)(nl - text.p) + 1 : text.n;
		end = b.n == 0;
		if (!end) {
			b.p = mg_alloc(b.n);
			memcpy(b.p, text.p, b.n);
			c->block(state, &source, &b, &p);
			free(b.p);
		} else if (c->close) {
			c->close(state, &source, &p);
		}
		line += p.stats.lines;
		records += p.stats.records;
		mg_batch_release(&p.events);
		mg_requests_free(p.audit);
		text = mg_str_from(text, b.n);
	}
	return records;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mg_str text = mg_str((const char *)data, size);

	readers(text);
	mg_consumer_audit_for(text);
	if (consume(&mg_consumer_audit, text, 1 << 20) != consume(&mg_consumer_audit, text, 1))
		abort();
	if (consume(&mg_consumer_audit_docs, text, 1 << 20) !=
	    consume(&mg_consumer_audit_docs, text, 1))
		abort();
	return 0;
}
