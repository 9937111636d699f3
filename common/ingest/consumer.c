/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/consumer.h"

#include "base/mem.h"
#include "parse/audit_memo.h"

void mg_partial_init(struct mg_partial *p)
{
	*p = (struct mg_partial){ .stats = MG_LEAF_STATS_INIT };
}

void mg_partial_release(struct mg_partial *p)
{
	mg_batch_release(&p->events);
	mg_requests_free(p->audit);
	mg_requests_free(p->http);
	mg_audit_memo_free(p->memo);
	mg_samples_release(&p->samples);
	mg_audit_opens_release(&p->opens);
	free(p->paths);
	mg_partial_init(p);
}

struct mg_audit_memo *mg_partial_memo(struct mg_partial *p)
{
	if (!p->memo)
		p->memo = mg_audit_memo_new();
	return p->memo;
}

void mg_partial_path(struct mg_partial *p, struct mg_str path)
{
	MG_PUSH(p->paths, p->npaths, p->paths_cap, mg_arena_str(&p->events.arena, path));
}
