/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/cells.h"

#define SEED 0x51ed270b0a1f39c1u

/* Keys are a few words: no call pays for them.  They are read as they were written, four
 * bytes at a time: a wider load of what was stored just now would have to wait for it. */
static inline uint32_t word(const void *key, size_t i)
{
	uint32_t w;

	memcpy(&w, (const char *)key + i, 4);
	return w;
}

static inline uint64_t hash(const struct mg_cells *c, const void *key)
{
	uint64_t h = SEED;
	size_t   i = 0;

	for (; i + 8 <= c->key; i += 8) {
		h ^= word(key, i) | (uint64_t)word(key, i + 4) << 32;
		h *= 0x9e3779b97f4a7c15u;
		h ^= h >> 32;
	}
	if (i < c->key) {
		h = (h ^ word(key, i)) * 0x9e3779b97f4a7c15u;
		h ^= h >> 32;
	}
	return h * 0xd6e8feb86659fd93u;
}

static inline bool same(const void *a, const void *b, size_t n)
{
	for (size_t i = 0; i < n; i += 4)
		if (word(a, i) != word(b, i))
			return false;
	return true;
}

#define AHEAD 16

static void rehash(struct mg_cells *c)
{
	uint64_t next[AHEAD] = { 0 }; /* hashes of elements to come, whose slots were asked for */
	uint32_t mask;

	c->nslots = c->nslots ? c->nslots * 2 : 64;
	mask = c->nslots - 1;
	free(c->slots);
	c->slots = mg_zalloc(sizeof(*c->slots) * c->nslots);
	for (uint32_t k = 0; k < c->n + AHEAD; k++) {
		uint64_t h = next[k % AHEAD];
		uint32_t i = (uint32_t)h & mask;

		if (k < c->n) {
			next[k % AHEAD] = hash(c, mg_cells_at(c, k));
			__builtin_prefetch(&c->slots[(uint32_t)next[k % AHEAD] & mask], 1);
		}
		if (k < AHEAD)
			continue;
		while (c->slots[i])
			i = (i + 1) & mask;
		c->slots[i] = (h >> 32 << 32) | (k - AHEAD + 1);
	}
}

static uint32_t add(struct mg_cells *c, const void *key)
{
	char *e;

	if (c->n == c->cap) {
		c->cap = c->cap ? c->cap * 2 : 16;
		c->v = mg_realloc(c->v, c->cap, c->size);
	}
	e = mg_cells_at(c, c->n);
	memset(e, 0, c->size);
	memcpy(e, key, c->key);
	return c->n++;
}

uint64_t mg_cells_hash(const struct mg_cells *c, const void *key)
{
	return hash(c, key);
}

uint32_t mg_cells_find_hashed(struct mg_cells *c, const void *key, uint64_t h, bool *added)
{
	uint32_t i, mask;

	*added = false;
	if (c->n >= c->nslots / 4 * 3)
		rehash(c);
	mask = c->nslots - 1;
	for (i = (uint32_t)h & mask; c->slots[i]; i = (i + 1) & mask) {
		uint32_t at = (uint32_t)c->slots[i] - 1;

		if (c->slots[i] >> 32 == h >> 32 &&
		    same(mg_cells_at(c, at), key, c->key))
			return c->last = at;
	}
	c->last = add(c, key);
	c->slots[i] = (h >> 32 << 32) | (c->last + 1);
	*added = true;
	return c->last;
}

uint32_t mg_cells_find(struct mg_cells *c, const void *key, bool *added)
{
	*added = false;
	if (c->n && same(mg_cells_at(c, c->last), key, c->key))
		return c->last;
	return mg_cells_find_hashed(c, key, hash(c, key), added);
}

void mg_cells_release(struct mg_cells *c)
{
	free(c->v);
	free(c->slots);
	mg_cells_init(c, c->size, c->key);
}
