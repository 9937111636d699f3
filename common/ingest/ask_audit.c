/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/ask_audit.h"

#include "ingest/audit_reader.h"

#define HEAD 65536 /* bytes that say how a leaf is written */

struct asking {
	struct mg_audit_reader       in;
	const struct mg_source      *src;
	const struct mg_audit_query *query;
	struct mg_audit_tally       *tally;
};

static void on_event(void *ctx, const struct mg_audit *a, struct mg_str text, uint64_t line)
{
	struct asking    *r = ctx;
	struct mg_request q;

	if (!mg_audit_query_match(r->query, a, &q, &r->in.arena) ||
	    !mg_source_wants(r->src, q.end_ns >= q.start_ns ? q.end_ns : q.start_ns))
		return;
	mg_audit_tally_add(r->tally, r->query, a, &q, text, r->src, line);
}

/* The tally of this partial, made when there is none. */
static struct mg_audit_tally *tally_of(struct mg_partial *p)
{
	if (!p->extra) {
		p->extra = mg_alloc(sizeof(struct mg_audit_tally));
		mg_audit_tally_init(p->extra);
	}
	return p->extra;
}

static void begin(struct asking *r, const struct mg_source *src, struct mg_partial *out)
{
	const struct mg_audit_ask *ask = src->ctx;

	*r = (struct asking){ .src = src, .query = &ask->query, .tally = tally_of(out) };
	r->in = (struct mg_audit_reader){ .event = on_event, .ctx = r, .stats = &out->stats,
					  .memo = mg_partial_memo(out) };
}

/* An event at both ends of what was read: a relative --since needs to know when the data
 * ends, and nothing else is kept of it. */
static void note_span(struct mg_partial *out, const struct mg_source *src)
{
	int64_t ends[2] = { out->stats.first_ns, out->stats.last_ns };

	for (int i = 0; i < 2 && ends[i] != MG_TIME_NONE; i++) {
		struct mg_event *e = mg_batch_add(&out->events, MG_EV_AUDIT_REQUEST, MG_SEV_DEBUG);

		e->time_ns = ends[i];
		e->time_source = MG_TIME_EXACT;
		e->artifact = src->artifact;
	}
}

static void lines_block(void *state, const struct mg_source *src, const struct mg_block *b,
			struct mg_partial *out)
{
	struct asking r;

	begin(&r, src, out);
	mg_audit_read_lines(&r.in, b);
	mg_audit_reader_end(&r.in);
	note_span(out, src);
}

static void *docs_open(const struct mg_source *src)
{
	return mg_zalloc(sizeof(struct mg_audit_docs));
}

static void docs_block(void *state, const struct mg_source *src, const struct mg_block *b,
		       struct mg_partial *out)
{
	struct asking r;

	begin(&r, src, out);
	mg_audit_read_docs(state, &r.in, b);
	mg_audit_reader_end(&r.in);
	note_span(out, src);
}

static void docs_close(void *state, const struct mg_source *src, struct mg_partial *out)
{
	docs_block(state, src, NULL, out);
	free(state);
}

static const struct mg_consumer ask_lines = { .name = "audit-question", .block = lines_block };
static const struct mg_consumer ask_docs = { .name = "audit-question-documents",
					     .stateful = true, .open = docs_open,
					     .block = docs_block, .close = docs_close };

const struct mg_consumer *mg_audit_ask_pick(void *ctx, const struct mg_leaf *leaf)
{
	struct mg_str head = { 0 };

	if (leaf->kind != MG_KIND_AUDIT)
		return NULL;
	mg_src_peek(leaf->src, HEAD, &head, NULL);
	return mg_audit_is_docs(head) ? &ask_docs : &ask_lines;
}

void mg_audit_ask_fold(void *ctx, struct mg_partial *p)
{
	struct mg_audit_ask   *ask = ctx;
	struct mg_audit_tally *from = p->extra;

	/* the pass that looks for the last time counted without the window: begin again */
	if (ask->opts->windowed != ask->windowed)
		mg_audit_tally_release(&ask->tally);
	ask->windowed = ask->opts->windowed;
	if (from)
		mg_audit_tally_merge(&ask->tally, from);
	free(from);
	p->extra = NULL;
}
