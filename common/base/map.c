/* SPDX-License-Identifier: Apache-2.0 */
#include "base/map.h"

#include "base/mem.h"

#define SEED 0x2545f4914f6cdd1du

#define FEW 32 /* look-ups that wait together */

/* The slot that holds `key`, or the free slot where it would go. */
static uint32_t slot_of(const struct mg_intern *t, struct mg_str key, uint64_t hash)
{
	uint32_t mask = t->nslots - 1, i = (uint32_t)hash & mask;

	for (; t->slots[i]; i = (i + 1) & mask) {
		uint32_t id = (uint32_t)t->slots[i] - 1;

		if (t->slots[i] >> 32 == hash >> 32 && mg_str_eq(t->strs[id], key))
			break;
	}
	return i;
}

static void grow(struct mg_intern *t)
{
	uint32_t old = t->nslots, mask;

	t->nslots = old ? old * 2 : 64;
	mask = t->nslots - 1;
	free(t->slots);
	t->slots = mg_zalloc(sizeof(*t->slots) * t->nslots);
	for (uint32_t id = 0; id < t->n; id++) {
		uint64_t h = t->hashes[id];
		uint32_t i = (uint32_t)h & mask;

		while (t->slots[i]) /* all keys differ */
			i = (i + 1) & mask;
		t->slots[i] = (h >> 32 << 32) | (id + 1);
	}
}

static uint32_t find_or_add(struct mg_intern *t, struct mg_str key, uint64_t h)
{
	uint32_t i;

	if (t->nslots == 0 || t->n >= t->nslots / 4 * 3)
		grow(t);
	i = slot_of(t, key, h);
	if (t->slots[i])
		return (uint32_t)t->slots[i] - 1;
	if (t->n == t->cap) {
		t->cap = t->cap ? t->cap * 2 : 16;
		t->strs = mg_realloc(t->strs, t->cap, sizeof(*t->strs));
		t->hashes = mg_realloc(t->hashes, t->cap, sizeof(*t->hashes));
	}
	t->strs[t->n] = mg_arena_str(&t->arena, key);
	t->hashes[t->n] = h;
	t->slots[i] = (h >> 32 << 32) | (t->n + 1);
	return t->n++;
}

uint32_t mg_intern_id(struct mg_intern *t, struct mg_str key)
{
	return find_or_add(t, key, mg_str_hash(key, SEED));
}

static uint64_t slot_at(const struct mg_intern *t, uint64_t hash)
{
	return t->slots[hash & (t->nslots - 1)];
}

static void ids_of_few(struct mg_intern *t, const struct mg_str *key, size_t n, uint32_t *id)
{
	uint64_t hash[FEW], slot;

	for (size_t i = 0; i < n; i++) {
		hash[i] = mg_str_hash(key[i], SEED);
		if (t->nslots)
			__builtin_prefetch(&t->slots[hash[i] & (t->nslots - 1)]);
	}
	for (size_t i = 0; t->nslots && i < n; i++)
		if ((slot = slot_at(t, hash[i])))
			__builtin_prefetch(&t->strs[(uint32_t)slot - 1]);
	for (size_t i = 0; t->nslots && i < n; i++)
		if ((slot = slot_at(t, hash[i])))
			__builtin_prefetch(t->strs[(uint32_t)slot - 1].p);
	for (size_t i = 0; i < n; i++)
		id[i] = find_or_add(t, key[i], hash[i]);
}

void mg_intern_ids(struct mg_intern *t, const struct mg_str *key, size_t n, uint32_t *id)
{
	for (size_t few; n; key += few, id += few, n -= few) {
		few = n < FEW ? n : FEW;
		ids_of_few(t, key, few, id);
	}
}

/* How many keys ahead their slots are asked for; half as many ahead, what these point at. */
#define AHEAD 16

static void prefetch(const struct mg_intern *t, const struct mg_intern *from, uint32_t i)
{
	if (t->nslots == 0)
		return;
	if (i + AHEAD < from->n)
		__builtin_prefetch(&t->slots[from->hashes[i + AHEAD] & (t->nslots - 1)]);
	if (i + AHEAD / 2 < from->n) {
		uint64_t slot = t->slots[from->hashes[i + AHEAD / 2] & (t->nslots - 1)];

		if (slot)
			__builtin_prefetch(&t->strs[(uint32_t)slot - 1]);
	}
	if (i + AHEAD / 4 < from->n) {
		uint64_t slot = t->slots[from->hashes[i + AHEAD / 4] & (t->nslots - 1)];

		if (slot)
			__builtin_prefetch(t->strs[(uint32_t)slot - 1].p);
	}
}

void mg_intern_merge(struct mg_intern *t, const struct mg_intern *from, uint32_t *id)
{
	for (uint32_t i = 0; i < from->n; i++) {
		prefetch(t, from, i);
		id[i] = find_or_add(t, from->strs[i], from->hashes[i]);
	}
}

uint32_t mg_intern_find(const struct mg_intern *t, struct mg_str key)
{
	uint32_t i;

	if (t->nslots == 0)
		return MG_NONE;
	i = slot_of(t, key, mg_str_hash(key, SEED));
	return t->slots[i] ? (uint32_t)t->slots[i] - 1 : MG_NONE;
}

void mg_intern_release(struct mg_intern *t)
{
	mg_arena_release(&t->arena);
	free(t->strs);
	free(t->hashes);
	free(t->slots);
	*t = (struct mg_intern){ 0 };
}
