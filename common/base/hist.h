/* hist.h - log-linear histogram of non-negative integers (latencies in ns).
 *
 * Layer:   base
 * Each power of two is cut into 2^bits equal bins: relative error of a quantile at most
 * 2^-bits (7 bits: 0.8 %, 4 bits: 6 %).  Exact count, sum, min and max are kept beside.
 * Memory:  one array with the powers of two from the smallest to the largest value seen
 * Merging: bin-wise addition, so the order of merging cannot change a result
 */
#ifndef MG_BASE_HIST_H
#define MG_BASE_HIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MG_HIST_BITS 7

struct mg_hist {
	uint64_t  count;
	int64_t   sum, min, max; /* sum saturates at INT64_MAX */
	uint32_t *bins;                  /* of the powers from `low`, `powers` of them */
	uint8_t   low, powers, bits;
};

void mg_hist_init(struct mg_hist *h, unsigned bits); /* 1..10 */
void mg_hist_add(struct mg_hist *h, int64_t v);      /* v < 0 counts as 0 */
/* `v` will be added soon: let its bin be fetched meanwhile. */
void mg_hist_ask(const struct mg_hist *h, int64_t v);
void mg_hist_merge(struct mg_hist *h, const struct mg_hist *from); /* same bits */
/* Value at quantile q in 0..1 (nearest rank, upper edge of the bin, clamped to min/max);
 * 0 when empty. */
int64_t mg_hist_quantile(const struct mg_hist *h, double q);
/* Step through the bins that are not empty, from low to high: *i is 0 at first; the bin holds
 * *n values of at most *upper.  False: no more. */
bool    mg_hist_next(const struct mg_hist *h, size_t *i, int64_t *upper, uint32_t *n);
void    mg_hist_release(struct mg_hist *h);

#endif
