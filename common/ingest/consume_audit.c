/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/consume_audit.h"

#include "analysis/request_audit.h"
#include "base/mem.h"
#include "event/from_audit.h"
#include "ingest/audit_reader.h"

/* --- one block ------------------------------------------------------------------ */

/* An event that may be kept: its JSON lives as long as the block or its arena. */
struct pick {
	int64_t       duration;
	struct mg_str text;
	uint64_t      line;
};

struct picks {
	struct pick *v;
	uint32_t     n, cap;
};

/* Answers that are alike and told as one event. */
struct fold {
	struct pick        first; /* the earliest: duration is its end */
	enum mg_event_kind kind;
	uint32_t           count;
};

/* A request that was received, and one that ended. */
struct received {
	uint64_t    id;
	struct pick at;
};

struct reader {
	struct mg_audit_reader  in;
	uint64_t                stream; /* for the ids of the two below */
	struct received        *received;
	struct mg_audit_end    *ended;
	size_t                  nreceived, received_cap, nended, ended_cap;
	const struct mg_source *src;
	struct mg_partial      *out;
	struct picks            slow, list;
	struct mg_intern        fold_keys;
	struct fold            *folds;
	uint32_t                nfolds, folds_cap;
};

static void pick(struct picks *p, int64_t duration, struct mg_str text, uint64_t line)
{
	struct pick k = { duration, text, line };

	MG_PUSH(p->v, p->n, p->cap, k);
}

static void fold(struct reader *r, enum mg_event_kind kind, const struct mg_buf *key,
		 const struct pick *p)
{
	uint32_t id = mg_intern_id(&r->fold_keys, mg_buf_str(key));

	if (id == r->nfolds) /* ids are dense: a new one is the next */
		MG_PUSH(r->folds, r->nfolds, r->folds_cap, ((struct fold){ *p, kind, 0 }));
	if (p->duration < r->folds[id].first.duration)
		r->folds[id].first = *p;
	r->folds[id].count++;
}

/* Count a 5xx under its second and group. */
static void fold_error(struct reader *r, const struct mg_request *q, struct mg_str text,
		       int64_t end)
{
	struct mg_buf key = { 0 };
	struct pick   p = { end, text, q->line };

	mg_buf_printf(&key, "%lld %u %.*s %.*s %.*s %.*s ", (long long)(end / MG_SEC), q->code,
		      MG_FMT(q->verb), MG_FMT(q->resource), MG_FMT(q->subresource),
		      MG_FMT(q->user));
	if (!q->user.n)
		mg_buf_add(&key, q->source_ip);
	fold(r, MG_EV_AUDIT_ERROR, &key, &p);
	mg_buf_release(&key);
}

/* Count a change of the configuration under its minute, object and author. */
static void fold_change(struct reader *r, const struct mg_request *q, struct mg_str text,
			int64_t end)
{
	struct mg_buf key = { 0 };
	struct pick   p = { end, text, q->line };

	mg_buf_printf(&key, "change %lld %.*s %.*s %.*s %.*s", (long long)(end / MG_MIN),
		      MG_FMT(q->verb), MG_FMT(q->resource), MG_FMT(q->name), MG_FMT(q->user));
	fold(r, MG_EV_AUDIT_CHANGE, &key, &p);
	mg_buf_release(&key);
}

/* What is worth an event of its own, beside being counted. */
static void choose(struct reader *r, const struct mg_audit *a, const struct mg_request *q,
		   struct mg_str text)
{
	int64_t took = 0, end = q->end_ns >= q->start_ns ? q->end_ns : q->start_ns;

	if (q->end_ns >= q->start_ns && !q->long_running &&
	    __builtin_sub_overflow(q->end_ns, q->start_ns, &took))
		took = 0;
	if (mg_str_eq(q->verb, MG_STR("deletecollection")))
		mg_event_from_audit(&r->out->events, MG_EV_AUDIT_DELETECOLLECTION, a, r->src,
				    q->line);
	if (end != MG_TIME_NONE && mg_request_is_change(q))
		fold_change(r, q, text, end);
	if (q->code >= 500 && end != MG_TIME_NONE)
		fold_error(r, q, text, end);
	if (took >= MG_AUDIT_SLOW_NS)
		pick(&r->slow, took, text, q->line);
	if (took >= MG_AUDIT_LIST_NS && mg_str_eq(q->verb, MG_STR("list")) &&
	    mg_audit_unpaginated(q->uri))
		pick(&r->list, took, text, q->line);
}

/* Which requests were open when a server died is told by those that were received and did not
 * end, where the policy logs that stage.  Watches are open all the time: they do not count. */
static void note_stage(struct reader *r, const struct mg_audit *a, struct mg_str text, uint64_t line)
{
	bool     counts = mg_audit_counts(a);
	uint64_t id;

	if (!a->audit_id.n || (!counts && a->stage != MG_STAGE_RECEIVED) || mg_audit_long_running(a))
		return;
	id = mg_audit_open_id(r->stream, a->audit_id);
	if (counts)
		MG_PUSH(r->ended, r->nended, r->ended_cap, ((struct mg_audit_end){ id, a->received_ns }));
	else
		MG_PUSH(r->received, r->nreceived, r->received_cap,
			((struct received){ id, { 0, text, line } }));
}

static void on_event(void *ctx, const struct mg_audit *a, struct mg_str text, uint64_t line)
{
	struct reader    *r = ctx;
	struct mg_request q;

	note_stage(r, a, text, line);
	if (!mg_audit_counts(a))
		return;
	mg_request_from_audit(&q, a, &r->in.arena, MG_REQUEST_ALL);
	q.artifact = r->src->artifact;
	q.line = line;
	mg_source_right(r->src, &q.start_ns);
	mg_source_right(r->src, &q.end_ns);
	if (!mg_source_wants(r->src, q.end_ns >= q.start_ns ? q.end_ns : q.start_ns))
		return;
	if (!r->out->audit)
		r->out->audit = mg_requests_new();
	mg_requests_add(r->out->audit, &q);
	choose(r, a, &q, text);
}

static int slowest_first(const void *va, const void *vb)
{
	const struct pick *a = va, *b = vb;

	if (a->duration != b->duration)
		return a->duration > b->duration ? -1 : 1;
	return a->line < b->line ? -1 : a->line > b->line;
}

static struct mg_event *add_pick(struct reader *r, enum mg_event_kind kind, const struct pick *p)
{
	struct mg_audit a;

	/* it was parsed before: this cannot fail */
	if (mg_audit_parse(p->text, &a, NULL) != MG_OK)
		return NULL;
	return mg_event_from_audit(&r->out->events, kind, &a, r->src, p->line);
}

/* The slowest MG_AUDIT_KEEP become events. */
static void keep_slowest(struct reader *r, enum mg_event_kind kind, struct picks *p)
{
	struct mg_event *e = NULL;

	if (p->n > 1)
		qsort(p->v, p->n, sizeof(*p->v), slowest_first);
	for (uint32_t i = 0; i < p->n && i < MG_AUDIT_KEEP; i++)
		e = add_pick(r, kind, &p->v[i]);
	if (e && p->n > MG_AUDIT_KEEP)
		mg_batch_attr_i64(&r->out->events, e, "more", p->n - MG_AUDIT_KEEP);
	free(p->v);
}

static int ids(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int by_received_id(const void *a, const void *b)
{
	return ids(((const struct received *)a)->id, ((const struct received *)b)->id);
}

static int by_ended_id(const void *a, const void *b)
{
	return ids(((const struct mg_audit_end *)a)->id, ((const struct mg_audit_end *)b)->id);
}

static void open_one(struct reader *r, const struct received *k)
{
	struct mg_audit   a;
	struct mg_request q;

	if (mg_audit_parse(k->at.text, &a, NULL) != MG_OK)
		return;
	mg_request_from_audit(&q, &a, &r->in.arena, MG_REQUEST_ALL);
	q.artifact = r->src->artifact;
	q.line = k->at.line;
	mg_source_right(r->src, &q.start_ns);
	if (mg_source_wants(r->src, q.start_ns))
		mg_audit_opens_begin(&r->out->opens, k->id, mg_audit_item_new(&a, &q));
}

/* Most requests begin and end in one block: only the others are handed on. */
static void match_stages(struct reader *r)
{
	size_t k = 0;

	r->out->opens.received = r->nreceived;
	if (r->nreceived) {
		qsort(r->received, r->nreceived, sizeof(*r->received), by_received_id);
		if (r->nended)
			qsort(r->ended, r->nended, sizeof(*r->ended), by_ended_id);
	}
	for (size_t i = 0; i < r->nreceived; i++) {
		while (k < r->nended && r->ended[k].id < r->received[i].id) {
			mg_audit_opens_end(&r->out->opens, r->ended[k].id, r->ended[k].start_ns);
			k++;
		}
		if (k < r->nended && r->ended[k].id == r->received[i].id)
			k++;
		else
			open_one(r, &r->received[i]);
	}
	for (; k < r->nended; k++)
		mg_audit_opens_end(&r->out->opens, r->ended[k].id, r->ended[k].start_ns);
	free(r->received);
	free(r->ended);
}

static void begin(struct reader *r, const struct mg_source *src, struct mg_partial *out)
{
	*r = (struct reader){ .src = src, .out = out, .stream = mg_audit_stream(src->path) };
	r->in = (struct mg_audit_reader){ .event = on_event, .ctx = r, .stats = &out->stats,
					  .memo = mg_partial_memo(out) };
}

static void finish(struct reader *r)
{
	keep_slowest(r, MG_EV_AUDIT_SLOW, &r->slow);
	keep_slowest(r, MG_EV_AUDIT_LIST, &r->list);
	for (uint32_t i = 0; i < r->nfolds; i++) {
		struct mg_event *e = add_pick(r, r->folds[i].kind, &r->folds[i].first);

		if (e)
			e->count = r->folds[i].count;
	}
	match_stages(r);
	free(r->folds);
	mg_intern_release(&r->fold_keys);
	mg_audit_reader_end(&r->in);
}

static void lines_block(void *state, const struct mg_source *src, const struct mg_block *b,
			struct mg_partial *out)
{
	struct reader r;

	begin(&r, src, out);
	mg_audit_read_lines(&r.in, b);
	finish(&r);
}

const struct mg_consumer mg_consumer_audit = { .name = "audit", .block = lines_block };

static void *docs_open(const struct mg_source *src)
{
	return mg_zalloc(sizeof(struct mg_audit_docs));
}

static void docs_block(void *state, const struct mg_source *src, const struct mg_block *b,
		       struct mg_partial *out)
{
	struct reader r;

	begin(&r, src, out);
	mg_audit_read_docs(state, &r.in, b);
	finish(&r);
}

static void docs_close(void *state, const struct mg_source *src, struct mg_partial *out)
{
	docs_block(state, src, NULL, out);
	free(state);
}

const struct mg_consumer mg_consumer_audit_docs = {
	.name = "audit-documents",
	.stateful = true,
	.open = docs_open,
	.block = docs_block,
	.close = docs_close,
};

const struct mg_consumer *mg_consumer_audit_for(struct mg_str head)
{
	return mg_audit_is_docs(head) ? &mg_consumer_audit_docs : &mg_consumer_audit;
}
