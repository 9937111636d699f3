/* SPDX-License-Identifier: Apache-2.0 */
#include "event/batch.h"

#include <assert.h>
#include <stdio.h>

#include "base/mem.h"

struct mg_event *mg_batch_add(struct mg_batch *b, enum mg_event_kind k, enum mg_severity s)
{
	struct mg_event e = {
		.time_ns = MG_TIME_NONE,
		.duration_ns = -1,
		.kind = k,
		.severity = s,
		.time_source = MG_TIME_UNKNOWN,
		.count = 1,
	};

	MG_PUSH(b->ev, b->n, b->cap, e);
	return &b->ev[b->n - 1];
}

/* `n` moved back so that no UTF-8 sequence is cut in two. */
static size_t char_start(struct mg_str s, size_t n)
{
	size_t start = n;

	while (start > 0 && n - start < 3 && ((unsigned char)s.p[start] & 0xc0) == 0x80)
		start--;
	/* four continuation bytes in a row are no text: cut anywhere */
	return ((unsigned char)s.p[start] & 0xc0) == 0x80 ? n : start;
}

struct mg_str mg_batch_str(struct mg_batch *b, struct mg_str s)
{
	static const char ellipsis[] = "\xe2\x80\xa6";
	size_t            n;
	char             *d;

	if (s.n <= MG_BATCH_TEXT)
		return mg_arena_str(&b->arena, s);
	n = char_start(s, MG_BATCH_TEXT - 3);
	d = mg_arena_alloc(&b->arena, n + sizeof(ellipsis));
	memcpy(d, s.p, n);
	memcpy(d + n, ellipsis, sizeof(ellipsis));
	return mg_str(d, n + 3);
}

struct mg_str mg_batch_word(struct mg_batch *b, struct mg_str s)
{
	struct mg_str *w = &b->word[mg_str_hash(s, 0) % MG_BATCH_WORDS];

	if (s.n == 0)
		return mg_str("", 0);
	if (!mg_str_eq(*w, s))
		*w = mg_batch_str(b, s);
	return mg_str_eq(*w, s) ? *w : mg_batch_str(b, s); /* a long one was cut */
}

void mg_batch_attrs(struct mg_batch *b, struct mg_event *e, uint32_t n)
{
	struct mg_attr *more = mg_arena_alloc(&b->arena, sizeof(*more) * n);

	if (e->nattrs)
		memcpy(more, e->attrs, sizeof(*more) * e->nattrs);
	e->attrs = more;
	e->attrs_cap = n;
}

static void add_attr(struct mg_batch *b, struct mg_event *e, struct mg_attr a)
{
	assert(e->nattrs < MG_EVENT_ATTRS);
	if (e->nattrs >= e->attrs_cap) /* grown by fours: most events have few */
		mg_batch_attrs(b, e, e->nattrs + 4);
	e->attrs[e->nattrs++] = a;
}

void mg_batch_attr_word(struct mg_batch *b, struct mg_event *e, const char *key,
			struct mg_str value)
{
	add_attr(b, e, (struct mg_attr){ key, mg_batch_word(b, value), false });
}

void mg_batch_attr(struct mg_batch *b, struct mg_event *e, const char *key, struct mg_str value)
{
	add_attr(b, e, (struct mg_attr){ key, mg_batch_str(b, value), false });
}

void mg_batch_attr_i64(struct mg_batch *b, struct mg_event *e, const char *key, int64_t v)
{
	struct mg_str text = mg_arena_printf(&b->arena, "%lld", (long long)v);

	add_attr(b, e, (struct mg_attr){ key, text, true });
}

void mg_batch_append(struct mg_batch *b, struct mg_batch *from)
{
	if (from->n) {
		if (b->n + from->n > b->cap) {
			b->cap = (b->n + from->n) * 2;
			b->ev = mg_realloc(b->ev, b->cap, sizeof(*b->ev));
		}
		memcpy(b->ev + b->n, from->ev, from->n * sizeof(*b->ev));
		b->n += from->n;
	}
	mg_arena_adopt(&b->arena, &from->arena); /* words of `b` stay where they are */
	free(from->ev);
	*from = (struct mg_batch){ 0 };
}

#define ORDER(a, b)              \
	if ((a) != (b))          \
	return (a) < (b) ? -1 : 1

/* Events of one line differ in what they are about. */
static int cmp_texts(const struct mg_event *a, const struct mg_event *b)
{
	int c = mg_str_cmp(a->message, b->message);

	c = c ? c : mg_str_cmp(a->name, b->name);
	c = c ? c : mg_str_cmp(a->pod, b->pod);
	c = c ? c : mg_str_cmp(a->ns, b->ns);
	return c ? c : mg_str_cmp(a->component, b->component);
}

int mg_event_cmp(const struct mg_event *a, const struct mg_event *b)
{
	ORDER(a->time_ns, b->time_ns);
	ORDER(a->artifact, b->artifact);
	ORDER(a->line, b->line);
	ORDER(a->kind, b->kind);
	ORDER(a->duration_ns, b->duration_ns);
	ORDER(a->count, b->count);
	return cmp_texts(a, b);
}

static int cmp(const void *a, const void *b)
{
	return mg_event_cmp(a, b);
}

void mg_batch_sort(struct mg_batch *b)
{
	if (b->n > 1)
		qsort(b->ev, b->n, sizeof(*b->ev), cmp);
}

void mg_batch_release(struct mg_batch *b)
{
	mg_arena_release(&b->arena);
	free(b->ev);
	*b = (struct mg_batch){ 0 };
}
