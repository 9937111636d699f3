/* literals.h - where does the first of a few literals stand?
 *
 * Layer:   base
 * Memory:  borrows the literals; never reads outside [p, end)
 * Threads: a set is read-only once made
 * Cost:    two bytes of each literal, those that are rarest in text, are looked for in 16
 *          places at a time (64 with AVX2); the rest is compared only where both stand
 */
#ifndef MG_BASE_LITERALS_H
#define MG_BASE_LITERALS_H

#include "base/str.h"

#define MG_LITERALS 8

struct mg_literals {
	unsigned n; /* 0: nothing is known, everything may hold one */
	struct {
		struct mg_str text;       /* one byte or more      */
		size_t        one, other; /* offsets of the rarest */
	} v[MG_LITERALS];
};

/* False when there is no room for another or it is empty. */
bool mg_literals_add(struct mg_literals *l, struct mg_str text);
/* The first place in [p, end) where any of them stands whole, or NULL. */
const char *mg_literals_find(const struct mg_literals *l, const char *p, const char *end);
const char *mg_literals_find_scalar(const struct mg_literals *l, const char *p, const char *end);

#endif
