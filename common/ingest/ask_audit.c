/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/ask_audit.h"

#include <pthread.h>

#include "base/mem.h"
#include "ingest/audit_far.h"
#include "ingest/audit_reader.h"
#include "ingest/audit_seen.h"

#define HEAD 65536 /* bytes that say how a leaf is written */

/* A log is written in the order of its stages.  When it goes back by more than this, it may
 * have been put together from pieces, of which some may be there twice. */
#define BACK (5 * MG_SEC)

#define AHEAD 8 /* events: their places among those seen are asked for so early */

/* A leaf while it is read.  Groups wait in it for the next block: sums do not depend on the
 * order, so a thread that begins a block goes on with what any of them has counted so far.
 * There are never more than threads, and nothing is merged before the leaf ends. */
struct mg_audit_leaf {
	pthread_mutex_t         lock; /* of the groups */
	struct mg_audit_groups *idle;
	size_t                  n, cap;
	struct mg_audit_docs    docs;
	struct mg_audit_far    *seen; /* NULL when its blocks come in any order */
};

/* What one block yields. */
struct answer {
	struct mg_audit_leaf *leaf;  /* the same for all blocks: freed when all are folded */
	struct mg_audit_tally tally; /* without the groups, which are the leaf's */
	struct mg_audit_opens opens;
	uint64_t             *id; /* of the events counted, unless repeats are known already */
	size_t                n, cap;
	uint64_t              events, sum; /* of all events of the block */
	uint32_t              artifact;
	bool                  forgot; /* events that were counted, being too many */
};

struct asking {
	struct mg_audit_reader       in;
	const struct mg_source      *src;
	const struct mg_audit_query *query;
	struct answer               *out;
	struct mg_audit_far         *seen; /* when blocks come in order */
	uint64_t                     stream;
	bool                         opens;
};

/* What was counted before becomes what `g`, which is empty, begins with. */
static void borrow_groups(struct mg_audit_leaf *l, struct mg_audit_groups *g)
{
	pthread_mutex_lock(&l->lock);
	if (l->n)
		*g = l->idle[--l->n];
	pthread_mutex_unlock(&l->lock);
}

static void return_groups(struct mg_audit_leaf *l, struct mg_audit_groups *g)
{
	pthread_mutex_lock(&l->lock);
	MG_PUSH(l->idle, l->n, l->cap, *g);
	pthread_mutex_unlock(&l->lock);
	mg_audit_groups_init(g);
}

/* No block of the leaf is being read any more: add up what its threads counted. */
static void free_leaf(struct mg_audit_leaf *l, struct mg_audit_groups *sum)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->n; i++) {
		mg_audit_groups_merge(sum, &l->idle[i]);
		mg_audit_groups_release(&l->idle[i]);
	}
	pthread_mutex_destroy(&l->lock);
	mg_audit_far_free(l->seen);
	free(l->idle);
	free(l);
}

/* --- on a worker: one block ---------------------------------------------------------- */

static void note_open(struct asking *r, const struct mg_audit *a, uint64_t line)
{
	struct mg_request q;
	uint64_t          id;

	if (!a->audit_id.n)
		return;
	id = mg_audit_open_id(r->stream, a->audit_id);
	if (mg_audit_counts(a)) {
		mg_audit_opens_end(&r->out->opens, id, a->received_ns);
		return;
	}
	if (a->stage != MG_STAGE_RECEIVED && a->stage != MG_STAGE_STARTED)
		return;
	r->out->opens.received += a->stage == MG_STAGE_RECEIVED;
	if (!mg_audit_filter_match(&r->query->filter, a, &q, &r->in.arena, true) ||
	    !mg_source_wants(r->src, q.start_ns))
		return;
	q.artifact = r->src->artifact;
	q.line = line;
	mg_audit_opens_begin(&r->out->opens, id, mg_audit_item_new(a, &q));
}

/* Count the event as one of this file; false when it was here before. */
static bool is_new(struct asking *r, uint64_t id)
{
	if (id == 0)
		return true;
	if (!r->seen) {
		MG_PUSH(r->out->id, r->out->n, r->out->cap, id);
		return true;
	}
	if (!mg_audit_far_add(r->seen, id))
		return true;
	r->in.stats->duplicates++;
	return false;
}

static void on_event(void *ctx, const struct mg_audit *a, struct mg_str text, uint64_t line)
{
	struct asking    *r = ctx;
	struct mg_request q;
	uint64_t          id = mg_audit_event_id(a);

	r->out->events++;
	r->out->sum += id;
	if (r->opens)
		note_open(r, a, line);
	if (r->query->want == MG_AUDIT_OPEN || r->query->want == MG_AUDIT_SPAN ||
	    !mg_audit_filter_match(&r->query->filter, a, &q, &r->in.arena, false) ||
	    !mg_source_wants(r->src, q.end_ns >= q.start_ns ? q.end_ns : q.start_ns) ||
	    !is_new(r, id))
		return;
	q.artifact = r->src->artifact;
	q.line = line;
	mg_audit_tally_add(&r->out->tally, r->query, a, &q, text, r->src);
}

static struct answer *answer_of(struct mg_partial *p, const struct mg_source *src,
				struct mg_audit_leaf *leaf)
{
	struct answer *a = p->extra;

	if (!a) {
		p->extra = a = mg_zalloc(sizeof(*a));
		a->artifact = src->artifact;
		a->leaf = leaf;
		mg_audit_tally_init(&a->tally);
	}
	return a;
}

static void begin(struct asking *r, struct mg_audit_leaf *leaf, const struct mg_source *src,
		  struct mg_partial *out)
{
	const struct mg_audit_ask *ask = src->ctx;

	*r = (struct asking){ .src = src, .query = &ask->query, .seen = leaf->seen,
			      .out = answer_of(out, src, leaf) };
	r->opens = mg_audit_wants_opens(r->query);
	r->stream = r->opens ? mg_audit_stream(src->path) : 0;
	r->in = (struct mg_audit_reader){ .event = on_event, .ctx = r, .stats = &out->stats,
					  .memo = mg_partial_memo(out) };
	borrow_groups(leaf, &r->out->tally.groups);
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

static void end(struct asking *r, struct mg_partial *out)
{
	mg_audit_groups_settle(&r->out->tally.groups);
	return_groups(r->out->leaf, &r->out->tally.groups);
	mg_audit_reader_end(&r->in);
	note_span(out, r->src);
}

/* --- consumers ------------------------------------------------------------------------- */

static void lines_block(void *leaf, const struct mg_source *src, const struct mg_block *b,
			struct mg_partial *out)
{
	struct asking r;

	begin(&r, leaf, src, out);
	mg_audit_read_lines(&r.in, b);
	end(&r, out);
}

static void docs_block(void *state, const struct mg_source *src, const struct mg_block *b,
		       struct mg_partial *out)
{
	struct mg_audit_leaf *leaf = state;
	struct asking         r;

	begin(&r, leaf, src, out);
	mg_audit_read_docs(&leaf->docs, &r.in, b);
	end(&r, out);
}

static void *open_leaf(const struct mg_source *src)
{
	struct mg_audit_leaf *l = mg_zalloc(sizeof(*l));

	pthread_mutex_init(&l->lock, NULL);
	return l;
}

static void *open_in_order(const struct mg_source *src)
{
	struct mg_audit_leaf *l = open_leaf(src);

	l->seen = mg_audit_far_new(MG_AUDIT_FAR);
	return l;
}

/* Other blocks may be in the works: only see to it that the leaf is in an answer. */
static void close_leaf(void *leaf, const struct mg_source *src, struct mg_partial *out)
{
	answer_of(out, src, leaf);
}

static void docs_close(void *leaf, const struct mg_source *src, struct mg_partial *out)
{
	docs_block(leaf, src, NULL, out);
}

static const struct mg_consumer ask_lines = { .name = "audit-question", .open = open_leaf,
					      .block = lines_block, .close = close_leaf };
static const struct mg_consumer ask_in_order = { .name = "audit-question-in-order",
						 .stateful = true, .open = open_in_order,
						 .block = lines_block, .close = close_leaf };
static const struct mg_consumer ask_docs = { .name = "audit-question-documents",
					     .stateful = true, .open = open_in_order,
					     .block = docs_block, .close = docs_close };

/* Another pass has begun: a relative window is found by one that knows no window. */
static void sync_pass(struct mg_audit_ask *ask)
{
	if (ask->opts->windowed == ask->windowed)
		return;
	mg_audit_ask_reset(ask);
	ask->windowed = ask->opts->windowed;
}

const struct mg_consumer *mg_audit_ask_pick(void *ctx, const struct mg_leaf *leaf)
{
	struct mg_audit_ask *ask = ctx;
	struct mg_str        head = { 0 };
	uint32_t             artifact;

	sync_pass(ask);
	if (ask->picked == 0) /* nothing is being read yet */
		ask->query.filter.parts = mg_audit_query_parts(&ask->query);
	artifact = ask->picked++; /* artifacts are numbered as they are picked */
	if (leaf->kind != MG_KIND_AUDIT)
		return NULL;
	mg_src_peek(leaf->src, HEAD, &head, NULL);
	if (mg_audit_is_docs(head))
		return &ask_docs;
	return ask->in_order || (artifact < ask->nrepeats && ask->repeats[artifact]) ?
		       &ask_in_order : &ask_lines;
}

/* --- folding ------------------------------------------------------------------------------ */

static void mark_repeats(struct mg_audit_ask *ask, uint32_t artifact)
{
	while (ask->nrepeats <= artifact)
		MG_PUSH(ask->repeats, ask->nrepeats, ask->repeats_cap, false);
	ask->repeats[artifact] = ask->again = true;
}

/* Was any event counted before in this file, or may it have been? */
static void look_for_repeats(struct mg_audit_ask *ask, const struct answer *a,
			     const struct mg_leaf_stats *stats)
{
	uint64_t salt = (a->artifact + UINT64_C(1)) * 0x9e3779b97f4a7c15u;

	if (a->n && !ask->seen)
		ask->seen = mg_audit_seen_new(MG_AUDIT_SEEN_NEAR);
	for (size_t i = 0; i < a->n; i++) {
		if (i + AHEAD < a->n)
			mg_audit_seen_ask(ask->seen, (a->id[i + AHEAD] ^ salt) | 1);
		if (mg_audit_seen_add(ask->seen, (a->id[i] ^ salt) | 1))
			mark_repeats(ask, a->artifact);
	}
	if (stats->first_ns != MG_TIME_NONE && stats->first_ns < ask->leaf_last_ns - BACK) {
		ask->went_back = true;
		if (a->n)
			mark_repeats(ask, a->artifact);
	}
	if (stats->last_ns > ask->leaf_last_ns)
		ask->leaf_last_ns = stats->last_ns;
}

/* The file is complete: count it, unless it is a copy. */
static void end_leaf(struct mg_audit_ask *ask)
{
	struct mg_audit_copy *now = &ask->now;

	if (!ask->any)
		return;
	ask->any = false;
	if (ask->went_back && ask->file && ask->file->seen && mg_audit_far_forgot(ask->file->seen))
		ask->forgot = true;
	free_leaf(ask->file, &ask->leaf.groups);
	ask->file = NULL;
	for (size_t i = 0; now->n && i < ask->nknown; i++) {
		if (ask->known[i].n != now->n || ask->known[i].sum != now->sum)
			continue;
		now->of = ask->known[i].artifact;
		MG_PUSH(ask->copy, ask->ncopies, ask->copies_cap, *now);
		mg_audit_opens_drop(&ask->opens, now->artifact);
		mg_audit_tally_release(&ask->leaf);
		return;
	}
	MG_PUSH(ask->known, ask->nknown, ask->known_cap, *now);
	mg_audit_tally_merge(&ask->tally, &ask->query, &ask->leaf);
}

void mg_audit_ask_fold(void *ctx, struct mg_partial *p)
{
	struct mg_audit_ask *ask = ctx;
	struct answer       *a = p->extra;

	sync_pass(ask);
	if (!a)
		return;
	p->extra = NULL;
	if (!ask->any || ask->now.artifact != a->artifact) {
		end_leaf(ask);
		ask->any = true;
		ask->file = a->leaf;
		ask->now = (struct mg_audit_copy){ .artifact = a->artifact };
		ask->leaf_first_ns = p->stats.first_ns;
		ask->leaf_last_ns = INT64_MIN + BACK; /* before all times */
		ask->went_back = false;
	}
	ask->now.n += a->events;
	ask->now.sum += a->sum;
	look_for_repeats(ask, a, &p->stats);
	a->tally.end_ns = p->stats.last_ns;
	mg_audit_tally_merge(&ask->leaf, &ask->query, &a->tally);
	mg_audit_opens_merge(&ask->opens, &a->opens, ask->leaf_first_ns);
	free(a->id);
	free(a);
}

bool mg_audit_ask_end(struct mg_audit_ask *ask)
{
	end_leaf(ask);
	if (ask->again) {
		ask->again = false;
		return true;
	}
	ask->received = ask->opens.received;
	mg_audit_tally_finish(&ask->tally, &ask->query, &ask->opens);
	return false;
}

/* --- life --------------------------------------------------------------------------------- */

void mg_audit_ask_init(struct mg_audit_ask *ask, const struct mg_ingest_opts *opts)
{
	*ask = (struct mg_audit_ask){ .opts = opts };
	mg_audit_filter_init(&ask->query.filter);
	mg_audit_tally_init(&ask->tally);
	mg_audit_tally_init(&ask->leaf);
}

void mg_audit_ask_reset(struct mg_audit_ask *ask)
{
	mg_audit_tally_release(&ask->tally);
	free_leaf(ask->file, &ask->leaf.groups);
	ask->file = NULL;
	mg_audit_tally_release(&ask->leaf);
	mg_audit_opens_release(&ask->opens);
	mg_audit_seen_free(ask->seen);
	ask->seen = NULL;
	ask->any = ask->again = ask->forgot = false;
	ask->nknown = ask->ncopies = 0;
	ask->picked = 0;
}

void mg_audit_ask_release(struct mg_audit_ask *ask)
{
	mg_audit_ask_reset(ask);
	mg_audit_filter_release(&ask->query.filter);
	free(ask->repeats);
	free(ask->known);
	free(ask->copy);
	ask->repeats = NULL;
	ask->known = ask->copy = NULL;
}
