/* SPDX-License-Identifier: Apache-2.0 */
#include "event/merge.h"

#include "base/mem.h"

/* Two levels of binary heaps: each line stream keeps its window in one, and one over the
 * streams picks the next.  `seq` makes equal events of a stream keep their order. */
struct slot {
	struct mg_event e;
	struct mg_arena arena; /* what the views of `e` point into */
	uint64_t        seq;
};

struct stream {
	const struct mg_event *ev; /* array stream */
	size_t                 n, at;
	mg_line_fn             next; /* line stream; NULL when it has ended */
	void                  *ctx;
	struct slot          **heap;
	size_t                 nheap, cap;
	uint64_t               seq;
};

struct mg_merge {
	struct stream    *s;
	size_t            ns, cap;
	size_t           *order; /* heap of indexes of streams that have an event */
	size_t            norder;
	bool              started;
	struct mg_intern *paths;
	size_t            window;
	struct slot      *out; /* the slot delivered last, reused by the next read */
	int64_t           last_ns;
	uint64_t          late;
	mg_merge_bad_fn   bad;
	void             *bad_ctx;
};

struct mg_merge *mg_merge_new(struct mg_intern *paths, size_t window, mg_merge_bad_fn bad,
			      void *bad_ctx)
{
	struct mg_merge *m = mg_zalloc(sizeof(*m));

	m->paths = paths;
	m->window = window ? window : 1;
	m->bad = bad;
	m->bad_ctx = bad_ctx;
	m->last_ns = MG_TIME_NONE;
	return m;
}

void mg_merge_array(struct mg_merge *m, const struct mg_event *ev, size_t n)
{
	struct stream s = { .ev = ev, .n = n };

	MG_PUSH(m->s, m->ns, m->cap, s);
}

void mg_merge_lines(struct mg_merge *m, mg_line_fn next, void *ctx)
{
	struct stream s = { .next = next, .ctx = ctx };

	MG_PUSH(m->s, m->ns, m->cap, s);
}

/* --- the window of one line stream --------------------------------------------- */

static bool slot_before(const struct slot *a, const struct slot *b)
{
	int c = mg_event_cmp(&a->e, &b->e);

	return c ? c < 0 : a->seq < b->seq;
}

static void window_push(struct stream *s, struct slot *x)
{
	size_t i = s->nheap;

	MG_PUSH(s->heap, s->nheap, s->cap, x);
	for (; i > 0 && slot_before(x, s->heap[(i - 1) / 2]); i = (i - 1) / 2)
		s->heap[i] = s->heap[(i - 1) / 2];
	s->heap[i] = x;
}

static struct slot *window_pop(struct stream *s)
{
	struct slot *top = s->heap[0], *x = s->heap[--s->nheap];
	size_t       i = 0, kid;

	while ((kid = 2 * i + 1) < s->nheap) {
		if (kid + 1 < s->nheap && slot_before(s->heap[kid + 1], s->heap[kid]))
			kid++;
		if (!slot_before(s->heap[kid], x))
			break;
		s->heap[i] = s->heap[kid];
		i = kid;
	}
	if (s->nheap)
		s->heap[i] = x;
	return top;
}

static void slot_free(struct slot *x)
{
	if (x)
		mg_arena_release(&x->arena);
	free(x);
}

/* Read on until one event was parsed into `x`; false at the end of the stream. */
static bool read_event(struct mg_merge *m, struct stream *s, struct slot *x)
{
	for (;;) {
		struct mg_err  err = { 0 };
		struct mg_str  line;
		enum mg_status st = s->next(s->ctx, &line, &err.line, &err);
		uint64_t       number = err.line;

		if (st == MG_OK) {
			st = mg_wire_parse(line, &x->arena, m->paths, &x->e, &err);
			if (st == MG_OK)
				return true;
			mg_arena_release(&x->arena);
			err.line = number;
			if (st == MG_FAIL && m->bad)
				m->bad(m->bad_ctx, (size_t)(s - m->s), &err);
			continue;
		}
		if (st != MG_EOF && m->bad)
			m->bad(m->bad_ctx, (size_t)(s - m->s), &err);
		s->next = NULL;
		return false;
	}
}

/* Fill the window; `spare` (may be NULL) is used first and always consumed. */
static void fill(struct mg_merge *m, struct stream *s, struct slot *spare)
{
	while (s->next && s->nheap < m->window) {
		struct slot *x = spare ? spare : mg_zalloc(sizeof(*x));

		spare = NULL;
		mg_arena_release(&x->arena);
		if (!read_event(m, s, x)) {
			slot_free(x);
			break;
		}
		x->seq = s->seq++;
		window_push(s, x);
	}
	slot_free(spare);
}

/* --- over the streams ----------------------------------------------------------- */

static const struct mg_event *head(const struct stream *s)
{
	if (s->ev)
		return s->at < s->n ? &s->ev[s->at] : NULL;
	return s->nheap ? &s->heap[0]->e : NULL;
}

static bool stream_before(const struct mg_merge *m, size_t a, size_t b)
{
	int c = mg_event_cmp(head(&m->s[a]), head(&m->s[b]));

	return c ? c < 0 : a < b;
}

static void sink(struct mg_merge *m, size_t i)
{
	size_t x = m->order[i], kid;

	while ((kid = 2 * i + 1) < m->norder) {
		if (kid + 1 < m->norder && stream_before(m, m->order[kid + 1], m->order[kid]))
			kid++;
		if (!stream_before(m, m->order[kid], x))
			break;
		m->order[i] = m->order[kid];
		i = kid;
	}
	m->order[i] = x;
}

static void start(struct mg_merge *m)
{
	m->started = true;
	m->order = mg_alloc(m->ns * sizeof(*m->order));
	for (size_t i = 0; i < m->ns; i++) {
		fill(m, &m->s[i], NULL);
		if (head(&m->s[i]))
			m->order[m->norder++] = i;
	}
	for (size_t i = m->norder / 2; i-- > 0;)
		sink(m, i);
}

/* Take the head of a stream; the event stays valid until the next call of mg_merge_next. */
static const struct mg_event *take(struct mg_merge *m, struct stream *s)
{
	struct slot *spare = m->out;

	if (s->ev)
		return &s->ev[s->at++];
	m->out = window_pop(s);
	fill(m, s, spare);
	return &m->out->e;
}

const struct mg_event *mg_merge_next(struct mg_merge *m)
{
	const struct mg_event *e;

	if (!m->started)
		start(m);
	if (m->norder == 0)
		return NULL;
	e = take(m, &m->s[m->order[0]]);
	if (!head(&m->s[m->order[0]]))
		m->order[0] = m->order[--m->norder];
	if (m->norder)
		sink(m, 0);
	if (e->time_ns < m->last_ns)
		m->late++;
	else
		m->last_ns = e->time_ns;
	return e;
}

int64_t mg_merge_last(struct mg_merge *m)
{
	int64_t last = MG_TIME_NONE;

	if (!m->started)
		start(m);
	for (size_t i = 0; i < m->ns; i++) {
		const struct stream *s = &m->s[i];

		if (s->ev && s->at < s->n && s->ev[s->n - 1].time_ns > last)
			last = s->ev[s->n - 1].time_ns;
		for (size_t k = 0; k < s->nheap; k++)
			if (s->heap[k]->e.time_ns > last)
				last = s->heap[k]->e.time_ns;
	}
	return last;
}

uint64_t mg_merge_late(const struct mg_merge *m)
{
	return m->late;
}

void mg_merge_free(struct mg_merge *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->ns; i++) {
		while (m->s[i].nheap)
			slot_free(window_pop(&m->s[i]));
		free(m->s[i].heap);
	}
	slot_free(m->out);
	free(m->s);
	free(m->order);
	free(m);
}
