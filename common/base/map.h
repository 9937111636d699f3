/* map.h - interning: bytes -> small dense id.  A map is an interner plus an array that is
 * indexed by the id.
 *
 * Layer:   base
 * Memory:  keys are copied once into the interner's arena; ids count from 0 in order of
 *          first appearance, so walking ids is deterministic
 * Cost:    open addressing, one hash and usually one compare per look-up
 */
#ifndef MG_BASE_MAP_H
#define MG_BASE_MAP_H

#include "base/arena.h"

#define MG_NONE UINT32_MAX

struct mg_intern {
	struct mg_arena arena;
	struct mg_str  *strs;   /* id -> key */
	uint64_t       *hashes; /* id -> its hash: growing and merging need not read the keys */
	uint32_t        n, cap;
	uint64_t       *slots; /* hash high 32 bits | id + 1, 0 = free */
	uint32_t        nslots;
};

/* A zeroed struct is an empty interner. */
uint32_t mg_intern_id(struct mg_intern *t, struct mg_str key);   /* adds when new   */
uint32_t mg_intern_find(const struct mg_intern *t, struct mg_str key); /* MG_NONE: absent */
/* The same of `n` keys at once.  One by one, look-ups in a table of very many keys wait for
 * memory one after the other; here they wait together. */
void mg_intern_ids(struct mg_intern *t, const struct mg_str *key, size_t n, uint32_t *id);
/* Add all keys of `from`; id[i] becomes the id in `t` of its key i. */
void mg_intern_merge(struct mg_intern *t, const struct mg_intern *from, uint32_t *id);
static inline struct mg_str mg_intern_str(const struct mg_intern *t, uint32_t id)
{
	return t->strs[id];
}
void mg_intern_release(struct mg_intern *t);

#endif
