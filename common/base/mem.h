/* mem.h - allocation that cannot return NULL, and growable arrays.
 *
 * Layer:   base
 * An offline tool that has run out of memory can only say so and stop; checking every
 * call would hide the real code.  On failure the handler is called with the size; the
 * default one writes one line to stderr and ends the process with status 5.
 */
#ifndef MG_BASE_MEM_H
#define MG_BASE_MEM_H

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

typedef void (*mg_oom_fn)(size_t size);
/* `fn` must not return.  NULL restores the default. */
void mg_oom_handler(mg_oom_fn fn);

/* Uninitialised, zeroed, resized, copied.  Never NULL (size 0 gives a valid pointer). */
void *mg_alloc(size_t size);
void *mg_zalloc(size_t size);
void *mg_realloc(void *old, size_t count, size_t size); /* checks count * size */
char *mg_strndup(const char *p, size_t n);              /* NUL-terminated copy */

/* Append `v` to the array `a` with length `n` and capacity `cap` (all lvalues). */
#define MG_PUSH(a, n, cap, v)                                            \
	do {                                                             \
		if ((n) == (cap)) {                                      \
			(cap) = (cap) ? (cap) * 2 : 16;                  \
			(a) = mg_realloc((a), (cap), sizeof(*(a)));      \
		}                                                        \
		(a)[(n)++] = (v);                                        \
	} while (0)

#endif
