/* arena.h - many small allocations, one release.
 *
 * Layer:   base
 * Memory:  chunks of 1 to 64 KiB (larger for a larger request); pointers stay valid until
 *          reset or release
 * Threads: one arena belongs to one thread at a time
 */
#ifndef MG_BASE_ARENA_H
#define MG_BASE_ARENA_H

#include "base/str.h"

struct mg_arena {
	struct mg_arena_chunk *head;
	size_t                 used, cap; /* of the head chunk */
};

/* A zeroed struct is an empty arena.  Aligned to 16 bytes, not zeroed. */
void *mg_arena_alloc(struct mg_arena *a, size_t size);
void *mg_arena_zalloc(struct mg_arena *a, size_t size);
/* A copy of `s` owned by the arena, followed by a NUL that is not counted. */
struct mg_str mg_arena_str(struct mg_arena *a, struct mg_str s);
struct mg_str mg_arena_printf(struct mg_arena *a, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Move all chunks of `from` to `a`; `from` becomes empty.  Pointers stay valid. */
void mg_arena_adopt(struct mg_arena *a, struct mg_arena *from);
void mg_arena_release(struct mg_arena *a);

#endif
