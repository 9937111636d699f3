/* SPDX-License-Identifier: Apache-2.0 */
/* Audit events: both readers agree, and both consumers take any bytes in any blocks. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "ingest/consume_audit.h"
#include "parse/audit_fast.h"
#include "parse/audit_memo.h"

#include "mutate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every line as the reader of logs takes it, with what it kept of the lines before. */
static void with_memo(struct mg_str s)
{
	struct mg_audit_memo *memo = mg_audit_memo_new();
	struct mg_str         line, rest = s;

	for (bool more = true; more;) {
		struct mg_audit a, c;
		struct mg_json  j, k;

		more = mg_str_cut(rest, '\n', &line, &rest);
		mg_json_init(&j, line);
		mg_json_init(&k, line);
		if (!mg_audit_fast(&j, &a, memo))
			continue;
		if (mg_audit_next_any_order(&k, &c, NULL) != MG_OK || j.p != k.p ||
		    a.received_ns != c.received_ns || a.stage_ns != c.stage_ns ||
		    a.code != c.code || a.user.p != c.user.p || a.user.n != c.user.n ||
		    a.uid.p != c.uid.p || a.groups.p != c.groups.p || a.groups.n != c.groups.n ||
		    a.source_ip.p != c.source_ip.p || a.last_ip.p != c.last_ip.p ||
		    a.user_agent.p != c.user_agent.p || a.user_agent.n != c.user_agent.n ||
		    a.annotations.p != c.annotations.p || a.annotations.n != c.annotations.n)
			abort();
	}
	mg_audit_memo_free(memo);
}

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
	with_memo(s);
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
		mg_partial_release(&p);
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
