/* cells.h - an array of equal elements that are found by the key they begin with.
 *
 * Layer:   analysis
 * Memory:  one array and one table of slots; an index stays valid, a pointer until the next
 *          new element
 * Cost:    one hash and usually one compare; walking the array is in order of appearance
 */
#ifndef MG_ANALYSIS_CELLS_H
#define MG_ANALYSIS_CELLS_H

#include "base/mem.h"
#include "base/str.h"

struct mg_cells {
	void     *v;
	size_t    size, key; /* bytes of an element and of the key at its start: no padding,
				a multiple of 4 */
	uint32_t  n, cap;
	uint64_t *slots; /* hash high 32 bits | index + 1, 0 = free */
	uint32_t  nslots;
	uint32_t  last; /* found last: the clock moves slowly */
};

static inline void mg_cells_init(struct mg_cells *c, size_t size, size_t key)
{
	*c = (struct mg_cells){ .size = size, .key = key };
}

static inline void *mg_cells_at(const struct mg_cells *c, uint32_t i)
{
	return (char *)c->v + i * c->size;
}

/* Index of the element with this key; a new one is zeroed but for its key, *added says so. */
uint32_t mg_cells_find(struct mg_cells *c, const void *key, bool *added);

/* The same in three steps, for many keys at once: look-ups in a large table wait for memory,
 * and those of several keys can wait together.  First ask for all slots, then for the
 * elements that these point at, then find. */
uint64_t mg_cells_hash(const struct mg_cells *c, const void *key);
static inline void mg_cells_ask_slot(const struct mg_cells *c, uint64_t hash)
{
	if (c->nslots)
		__builtin_prefetch(&c->slots[(uint32_t)hash & (c->nslots - 1)]);
}
static inline void mg_cells_ask_element(const struct mg_cells *c, uint64_t hash)
{
	uint64_t slot = c->nslots ? c->slots[(uint32_t)hash & (c->nslots - 1)] : 0;

	if (slot)
		for (size_t i = 0; i < c->size; i += 64) /* lines of the cache */
			__builtin_prefetch((char *)mg_cells_at(c, (uint32_t)slot - 1) + i, 1);
}
uint32_t mg_cells_find_hashed(struct mg_cells *c, const void *key, uint64_t hash, bool *added);
void     mg_cells_release(struct mg_cells *c);

#endif
