/* seconds.h - how many of something in each second, packed: two or three bytes a second.
 *
 * Layer:   analysis
 * Memory:  16 bytes while all are in one second; then a byte string that holds the seconds as
 *          they came, and is put in order and summed up whenever it would have to grow
 * Merging: the result depends on what was added alone, not on the order
 */
#ifndef MG_ANALYSIS_SECONDS_H
#define MG_ANALYSIS_SECONDS_H

#include <stdint.h>

struct mg_seconds_run;

/* A zeroed struct is empty.  Seconds are the low 32 bits of seconds since 1970. */
struct mg_seconds {
	struct mg_seconds_run *run; /* what came before `last`, or NULL */
	uint32_t               last, count;
};

void mg_seconds_add(struct mg_seconds *s, uint32_t second, uint32_t count);
/* Add all of `from`; release it afterwards. */
void mg_seconds_merge(struct mg_seconds *s, const struct mg_seconds *from);
/* Put what was counted in each second into the one that `move` says. */
void mg_seconds_move(struct mg_seconds *s, uint32_t (*move)(void *ctx, uint32_t second),
		     void *ctx);
/* The second with the highest count, which is returned (0: empty).  Seconds are counted on
 * from `first`, so that they may pass 2^32; of equal counts the earliest wins. */
uint32_t mg_seconds_busiest(const struct mg_seconds *s, uint32_t first, uint32_t *second);
void     mg_seconds_release(struct mg_seconds *s);

#endif
