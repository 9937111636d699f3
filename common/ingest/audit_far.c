/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/audit_far.h"

#include "base/mem.h"

#define WAYS  16            /* of a set: two cache lines */
#define FIRST ((size_t)256) /* sets */

#define TRIES 32            /* sets */

/* An event is in the set that its id names, or, when that one is full, in one of the next. */
struct mg_audit_far {
	size_t    sets, most; /* now, at most */
	size_t    n;          /* remembered   */
	bool      forgot;
	uint64_t (*id)[WAYS]; /* youngest first; 0: none */
};

static uint64_t (*new_sets(size_t sets))[WAYS]
{
	return mg_zalloc(sets * WAYS * sizeof(uint64_t));
}

struct mg_audit_far *mg_audit_far_new(size_t n)
{
	struct mg_audit_far *s = mg_zalloc(sizeof(*s));

	s->most = n / WAYS;
	s->sets = s->most < FIRST ? s->most : FIRST;
	s->id = new_sets(s->sets);
	return s;
}

static bool holds(const uint64_t *set, uint64_t id)
{
	for (int i = 0; i < WAYS; i++)
		if (set[i] == id)
			return true;
	return false;
}

static uint64_t *set_at(const struct mg_audit_far *s, uint64_t id, size_t try)
{
	return s->id[(id + try) & (s->sets - 1)];
}

/* Into the first set that has room; when none has, the oldest of its own gives way. */
static void insert(struct mg_audit_far *s, uint64_t id)
{
	uint64_t *set = set_at(s, id, 0);

	for (size_t i = 0; i < TRIES && set[WAYS - 1]; i++)
		set = set_at(s, id, i);
	if (set[WAYS - 1]) {
		set = set_at(s, id, 0);
		s->forgot = true;
		s->n--;
	}
	s->n++;
	memmove(set + 1, set, (WAYS - 1) * sizeof(*set));
	set[0] = id;
}

static void grow(struct mg_audit_far *s)
{
	uint64_t (*old)[WAYS] = s->id;
	size_t   sets = s->sets;

	s->sets *= 2;
	s->n = 0;
	s->id = new_sets(s->sets);
	for (size_t i = 0; i < sets; i++)
		for (int w = WAYS - 1; w >= 0; w--)
			if (old[i][w])
				insert(s, old[i][w]);
	free(old);
}

bool mg_audit_far_add(struct mg_audit_far *s, uint64_t id)
{
	for (size_t i = 0; i < TRIES; i++) {
		const uint64_t *set = set_at(s, id, i);

		if (holds(set, id))
			return true;
		if (!set[WAYS - 1]) /* it has always had room */
			break;
	}
	if (s->n >= s->sets * WAYS / 2 && s->sets < s->most)
		grow(s);
	insert(s, id);
	return false;
}

bool mg_audit_far_forgot(const struct mg_audit_far *s)
{
	return s->forgot;
}

void mg_audit_far_free(struct mg_audit_far *s)
{
	if (s)
		free(s->id);
	free(s);
}
