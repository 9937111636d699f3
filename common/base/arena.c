/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/mem.h"

/* Chunks double from FIRST to CHUNK: thousands of small arenas are alive at once. */
#define FIRST ((size_t)1024)
#define CHUNK ((size_t)64 * 1024)
#define ALIGN ((size_t)16)

struct mg_arena_chunk {
	struct mg_arena_chunk *next;
	_Alignas(16) char      data[];
};

void *mg_arena_alloc(struct mg_arena *a, size_t size)
{
	size_t need = (size + ALIGN - 1) & ~(ALIGN - 1);
	void  *p;

	if (need < size || need > SIZE_MAX / 2)
		return mg_alloc(SIZE_MAX); /* absurd size: the allocator reports it */
	if (!a->head || a->cap - a->used < need) {
		size_t                 next = a->cap * 2;
		size_t                 cap = next < FIRST ? FIRST : next > CHUNK ? CHUNK : next;
		struct mg_arena_chunk *c;

		if (need > cap / 2)
			cap = need;
		c = mg_alloc(sizeof(*c) + cap);
		/* A large block goes behind the head, so the head's free tail is kept. */
		if (cap == need && a->head) {
			c->next = a->head->next;
			a->head->next = c;
			return c->data;
		}
		c->next = a->head;
		a->head = c;
		a->used = 0;
		a->cap = cap;
	}
	p = a->head->data + a->used;
	a->used += need;
	return p;
}

void *mg_arena_zalloc(struct mg_arena *a, size_t size)
{
	return memset(mg_arena_alloc(a, size), 0, size);
}

struct mg_str mg_arena_str(struct mg_arena *a, struct mg_str s)
{
	char *d = mg_arena_alloc(a, s.n + 1);

	if (s.n)
		memcpy(d, s.p, s.n);
	d[s.n] = '\0';
	return mg_str(d, s.n);
}

struct mg_str mg_arena_printf(struct mg_arena *a, const char *fmt, ...)
{
	va_list ap;
	int     n;
	char   *d;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		return mg_str("", 0);
	d = mg_arena_alloc(a, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(d, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return mg_str(d, (size_t)n);
}

void mg_arena_adopt(struct mg_arena *a, struct mg_arena *from)
{
	struct mg_arena_chunk *last = from->head;

	if (!last)
		return;
	if (!a->head) {
		*a = *from;
	} else {
		while (last->next)
			last = last->next;
		last->next = a->head->next;
		a->head->next = from->head;
	}
	*from = (struct mg_arena){ 0 };
}

void mg_arena_release(struct mg_arena *a)
{
	struct mg_arena_chunk *c = a->head, *next;

	for (; c; c = next) {
		next = c->next;
		free(c);
	}
	*a = (struct mg_arena){ 0 };
}
