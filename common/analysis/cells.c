/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/cells.h"

#define SEED 0x51ed270b0a1f39c1u

static uint64_t hash(const struct mg_cells *c, const void *key)
{
	return mg_str_hash(mg_str(key, c->key), SEED);
}

static void rehash(struct mg_cells *c)
{
	uint32_t mask;

	c->nslots = c->nslots ? c->nslots * 2 : 64;
	mask = c->nslots - 1;
	free(c->slots);
	c->slots = mg_zalloc(sizeof(*c->slots) * c->nslots);
	for (uint32_t k = 0; k < c->n; k++) {
		uint64_t h = hash(c, mg_cells_at(c, k));
		uint32_t i = (uint32_t)h & mask;

		while (c->slots[i])
			i = (i + 1) & mask;
		c->slots[i] = (h >> 32 << 32) | (k + 1);
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

uint32_t mg_cells_find(struct mg_cells *c, const void *key, bool *added)
{
	uint64_t h;
	uint32_t i, mask;

	*added = false;
	if (c->n && memcmp(mg_cells_at(c, c->last), key, c->key) == 0)
		return c->last;
	if (c->n >= c->nslots / 4 * 3)
		rehash(c);
	h = hash(c, key);
	mask = c->nslots - 1;
	for (i = (uint32_t)h & mask; c->slots[i]; i = (i + 1) & mask) {
		uint32_t at = (uint32_t)c->slots[i] - 1;

		if (c->slots[i] >> 32 == h >> 32 &&
		    memcmp(mg_cells_at(c, at), key, c->key) == 0)
			return c->last = at;
	}
	c->last = add(c, key);
	c->slots[i] = (h >> 32 << 32) | (c->last + 1);
	*added = true;
	return c->last;
}

void mg_cells_release(struct mg_cells *c)
{
	free(c->v);
	free(c->slots);
	mg_cells_init(c, c->size, c->key);
}
