/* SPDX-License-Identifier: Apache-2.0 */
#include "base/map.h"

#include "base/mem.h"

#define SEED 0x2545f4914f6cdd1du

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
	uint32_t old = t->nslots;

	t->nslots = old ? old * 2 : 64;
	free(t->slots);
	t->slots = mg_zalloc(sizeof(*t->slots) * t->nslots);
	for (uint32_t id = 0; id < t->n; id++) {
		uint64_t h = mg_str_hash(t->strs[id], SEED);

		t->slots[slot_of(t, t->strs[id], h)] = (h >> 32 << 32) | (id + 1);
	}
}

uint32_t mg_intern_id(struct mg_intern *t, struct mg_str key)
{
	uint64_t h = mg_str_hash(key, SEED);
	uint32_t i;

	if (t->nslots == 0 || t->n >= t->nslots / 4 * 3)
		grow(t);
	i = slot_of(t, key, h);
	if (t->slots[i])
		return (uint32_t)t->slots[i] - 1;
	t->slots[i] = (h >> 32 << 32) | (t->n + 1);
	MG_PUSH(t->strs, t->n, t->cap, mg_arena_str(&t->arena, key));
	return t->n - 1;
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
	free(t->slots);
	*t = (struct mg_intern){ 0 };
}
