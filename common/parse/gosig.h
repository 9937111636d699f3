/* gosig.h - what a stack shape means when it is one that kube-apiserver is known for.
 *
 * Layer:   parse (base)
 * Memory:  a constant table
 * Format:  docs/formats/gostack.md lists the sources of each signature
 */
#ifndef MG_PARSE_GOSIG_H
#define MG_PARSE_GOSIG_H

#include "base/str.h"

#define MG_GOSIG_ALTERNATIVES 6

/* A stack matches when its state is one of `states` (none given: any), one frame contains
 * one of `frames`, the first frame outside the runtime contains one of `where`, and the
 * creator ends with `created`.  A `frames` or `where` that ends with '$' must be the end. */
struct mg_gosig {
	const char *name;
	const char *title;       /* a few words */
	const char *explanation; /* why, and what it means; one sentence */
	const char *states[MG_GOSIG_ALTERNATIVES];
	const char *where[MG_GOSIG_ALTERNATIVES];
	const char *frames[MG_GOSIG_ALTERNATIVES];
	const char *created;
	/* In healthy dumps a few such goroutines are seen at any instant: notable only from
	 * this many together, or when one has waited this long. */
	uint32_t    min_count, min_minutes;
	bool        certain;   /* one of them is already a fault              */
	bool        per_stack; /* counted per stack shape, not over all of them */
};

/* One goroutine's stack as far as signatures look at it. */
struct mg_gosig_stack {
	struct mg_str        state, where, created;
	const struct mg_str *frames; /* normalised function names, innermost first */
	size_t               nframes;
};

/* The first two of the table, and the last, which no stack by itself matches: many goroutines of
 * one creator in [chan send] for ten minutes. */
enum { MG_GOSIG_DISTRIBUTOR, MG_GOSIG_WORKER, MG_GOSIG_SENDERS = 9 };
#define MG_GOSIG_COUNT 10
extern const struct mg_gosig mg_gosigs[MG_GOSIG_COUNT];

/* Index into mg_gosigs of the first that matches, -1: none. */
int mg_gosig_match(const struct mg_gosig_stack *s);
/* Is the goroutine held up by a lock or a full channel (rather than idle)?  Idle waits such
 * as sync.Cond.Wait of a work queue or a WaitGroup are not. */
bool mg_gosig_blocked(const struct mg_gosig_stack *s);
/* Does it wait for a mutex? */
bool mg_gosig_lock(const struct mg_gosig_stack *s);

#endif
