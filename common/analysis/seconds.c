/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/seconds.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"

#define ROOM_FIRST 20   /* bytes: with the header and malloc's own, a block of 48 */
#define ROOM_SORT  1024 /* from here on seconds are put in order before more room is taken */
#define ENTRY_MAX  11   /* bytes: 34 bits of distance, 32 of count, 7 a byte */

/* Entries: the distance from the second before, zigzag, times two plus "a count follows";
 * then the count.  All as varints. */
struct mg_seconds_run {
	uint32_t n, room;
	uint32_t before; /* second of the last entry */
	uint8_t  p[];
};

struct entry {
	uint32_t second, count;
};

/* --- packing --------------------------------------------------------------------- */

static void put(struct mg_seconds_run *r, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		r->p[r->n++] = (uint8_t)(v | 0x80);
	r->p[r->n++] = (uint8_t)v;
}

static uint64_t get(const struct mg_seconds_run *r, uint32_t *at)
{
	uint64_t v = 0;

	for (unsigned shift = 0; *at < r->n; shift += 7) {
		uint8_t c = r->p[(*at)++];

		v |= (uint64_t)(c & 0x7f) << shift;
		if (c < 0x80)
			break;
	}
	return v;
}

/* There is room for it. */
static void append(struct mg_seconds_run *r, struct entry e)
{
	int32_t  d = (int32_t)(e.second - r->before);
	uint64_t zigzag = d < 0 ? ~((uint64_t)(int64_t)d << 1) : (uint64_t)d << 1;

	put(r, zigzag << 1 | (e.count > 1));
	if (e.count > 1)
		put(r, e.count);
	r->before = e.second;
}

/* The next entry; false at the end.  *second is that of the one before, at first 0. */
static bool next(const struct mg_seconds_run *r, uint32_t *at, struct entry *e)
{
	uint64_t v;

	if (*at == r->n)
		return false;
	v = get(r, at);
	e->count = v & 1 ? (uint32_t)get(r, at) : 1;
	v >>= 1;
	e->second += (uint32_t)(v & 1 ? ~(v >> 1) : v >> 1);
	return true;
}

/* --- summing up ------------------------------------------------------------------- */

static int by_second(const void *va, const void *vb)
{
	const struct entry *a = va, *b = vb;

	return a->second < b->second ? -1 : a->second > b->second;
}

/* All entries in order of their distance from `first`, each second once; the caller frees
 * them. */
static struct entry *sorted(const struct mg_seconds *s, uint32_t first, size_t *n)
{
	struct entry *v = mg_alloc(sizeof(*v) * ((s->run ? s->run->n : 0) + (size_t)1)), e = { 0, 0 };
	uint32_t      at = 0;
	size_t        k = 0;
	bool          in_order = true;

	*n = 0;
	while (s->run && next(s->run, &at, &e))
		v[(*n)++] = (struct entry){ e.second - first, e.count };
	if (s->count)
		v[(*n)++] = (struct entry){ s->last - first, s->count };
	for (size_t i = 1; i < *n && in_order; i++)
		in_order = v[i - 1].second <= v[i].second;
	if (!in_order)
		qsort(v, *n, sizeof(*v), by_second);
	for (size_t i = 1; i < *n; i++) {
		if (v[i].second == v[k].second)
			v[k].count += v[i].count;
		else
			v[++k] = v[i];
	}
	*n = *n ? k + 1 : 0;
	return v;
}

static struct mg_seconds_run *resize(struct mg_seconds_run *old, uint32_t room)
{
	struct mg_seconds_run *r = mg_realloc(old, 1, sizeof(*r) + room);

	if (!old)
		r->n = r->before = 0;
	r->room = room;
	return r;
}

/* The same entries in order and summed up, with twice the room: that is enough, for no entry
 * gets longer by more than a byte. */
static struct mg_seconds_run *tidy(struct mg_seconds_run *old)
{
	struct mg_seconds      all = { old, 0, 0 };
	struct mg_seconds_run *r = resize(NULL, old->room * 2);
	size_t                 n;
	struct entry          *v = sorted(&all, 0, &n);

	for (size_t i = 0; i < n; i++)
		append(r, v[i]);
	free(v);
	if (r->n <= old->room / 2)
		r = resize(r, old->room);
	free(old);
	return r;
}

/* Make room for one entry. */
static void make_room(struct mg_seconds *s)
{
	struct mg_seconds_run *r = s->run;

	if (!r)
		s->run = resize(NULL, ROOM_FIRST);
	else if (r->n + ENTRY_MAX > r->room)
		s->run = r->room < ROOM_SORT ? resize(r, r->room * 2) : tidy(r);
	if (s->run->n + ENTRY_MAX > s->run->room) /* tidy, and yet full */
		s->run = resize(s->run, s->run->room * 2);
}

/* --- interface ---------------------------------------------------------------------- */

void mg_seconds_add(struct mg_seconds *s, uint32_t second, uint32_t count)
{
	if (s->count && second != s->last) {
		make_room(s);
		append(s->run, (struct entry){ s->last, s->count });
		s->count = 0;
	}
	s->last = second;
	s->count += count;
}

void mg_seconds_merge(struct mg_seconds *s, const struct mg_seconds *from)
{
	struct entry e = { 0, 0 };
	uint32_t     at = 0;

	while (from->run && next(from->run, &at, &e))
		mg_seconds_add(s, e.second, e.count);
	if (from->count)
		mg_seconds_add(s, from->last, from->count);
}

void mg_seconds_move(struct mg_seconds *s, uint32_t (*move)(void *ctx, uint32_t second),
		     void *ctx)
{
	struct mg_seconds moved = { 0 };
	struct entry      e = { 0, 0 };
	uint32_t          at = 0;

	while (s->run && next(s->run, &at, &e))
		mg_seconds_add(&moved, move(ctx, e.second), e.count);
	if (s->count)
		mg_seconds_add(&moved, move(ctx, s->last), s->count);
	mg_seconds_release(s);
	*s = moved;
}

uint32_t mg_seconds_busiest(const struct mg_seconds *s, uint32_t first, uint32_t *second)
{
	size_t        n;
	struct entry *v, best = { 0, 0 };

	if (!s->run) { /* most groups */
		*second = s->last;
		return s->count;
	}
	v = sorted(s, first, &n);
	for (size_t i = 0; i < n; i++)
		if (v[i].count > best.count)
			best = v[i];
	free(v);
	*second = best.second + first;
	return best.count;
}

void mg_seconds_release(struct mg_seconds *s)
{
	free(s->run);
	*s = (struct mg_seconds){ 0 };
}
