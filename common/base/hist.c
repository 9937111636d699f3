/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hist.h"

#include <string.h>

#include "base/mem.h"

void mg_hist_init(struct mg_hist *h, unsigned bits)
{
	*h = (struct mg_hist){ .bits = (uint8_t)bits };
}

/* Values below 2^bits are exact and live in block 0; above, block e covers
 * [2^(bits+e-1), 2^(bits+e)) in 2^bits bins. */
static unsigned block_of(const struct mg_hist *h, uint64_t v, uint32_t *bin)
{
	unsigned top = 63 - (unsigned)__builtin_clzll(v | 1), e;

	if (top < h->bits) {
		*bin = (uint32_t)v;
		return 0;
	}
	e = top - h->bits + 1;
	*bin = (uint32_t)(v >> (e - 1)) & ((1u << h->bits) - 1);
	return e;
}

static int64_t upper_edge(const struct mg_hist *h, unsigned e, uint32_t bin)
{
	uint64_t v;

	if (e == 0)
		return bin;
	v = ((uint64_t)bin + (1u << h->bits) + 1) << (e - 1);
	return v - 1 > INT64_MAX ? INT64_MAX : (int64_t)(v - 1);
}

/* Make the powers low..high part of the array. */
static void cover(struct mg_hist *h, unsigned low, unsigned high)
{
	size_t    width = (size_t)1 << h->bits;
	uint32_t *bins;

	if (h->powers && low >= h->low && high < (unsigned)h->low + h->powers)
		return;
	if (h->powers && low > h->low)
		low = h->low;
	if (h->powers && high < (unsigned)h->low + h->powers)
		high = (unsigned)h->low + h->powers - 1;
	bins = mg_zalloc(sizeof(*bins) * width * (high - low + 1));
	if (h->powers)
		memcpy(bins + (h->low - low) * width, h->bins,
		       sizeof(*bins) * width * h->powers);
	free(h->bins);
	h->bins = bins;
	h->low = (uint8_t)low;
	h->powers = (uint8_t)(high - low + 1);
}

/* The bins of a power that is covered. */
static uint32_t *block(const struct mg_hist *h, unsigned e)
{
	return h->bins + ((size_t)(e - h->low) << h->bits);
}

static void totals(struct mg_hist *h, uint64_t n, int64_t sum, int64_t min, int64_t max)
{
	if (h->count == 0 || min < h->min)
		h->min = min;
	if (h->count == 0 || max > h->max)
		h->max = max;
	if (__builtin_add_overflow(h->sum, sum, &h->sum))
		h->sum = INT64_MAX;
	h->count += n;
}

void mg_hist_add(struct mg_hist *h, int64_t v)
{
	uint32_t bin;
	unsigned e;

	if (v < 0)
		v = 0;
	e = block_of(h, (uint64_t)v, &bin);
	cover(h, e, e);
	block(h, e)[bin]++;
	totals(h, 1, v, v, v);
}

void mg_hist_ask(const struct mg_hist *h, int64_t v)
{
	uint32_t bin;
	unsigned e = block_of(h, v < 0 ? 0 : (uint64_t)v, &bin);

	if (h->powers && e >= h->low && e < (unsigned)h->low + h->powers)
		__builtin_prefetch(&block(h, e)[bin], 1);
}

void mg_hist_merge(struct mg_hist *h, const struct mg_hist *from)
{
	uint32_t *to;

	if (from->count == 0)
		return;
	cover(h, from->low, (unsigned)from->low + from->powers - 1);
	to = block(h, from->low);
	for (size_t i = 0; i < (size_t)from->powers << h->bits; i++)
		to[i] += from->bins[i];
	totals(h, from->count, from->sum, from->min, from->max);
}

int64_t mg_hist_quantile(const struct mg_hist *h, double q)
{
	uint64_t rank, seen = 0;

	if (h->count == 0)
		return 0;
	q = q > 0 ? q < 1 ? q : 1 : 0; /* NaN is 0 */
	rank = (uint64_t)(q * (double)h->count + 0.999999999);
	rank = rank < 1 ? 1 : rank > h->count ? h->count : rank;
	for (unsigned e = h->low; e < (unsigned)h->low + h->powers; e++) {
		for (uint32_t i = 0; i < 1u << h->bits; i++) {
			int64_t v;

			seen += block(h, e)[i];
			if (seen < rank)
				continue;
			v = upper_edge(h, e, i);
			return v < h->min ? h->min : v > h->max ? h->max : v;
		}
	}
	return h->max;
}

bool mg_hist_next(const struct mg_hist *h, size_t *i, int64_t *upper, uint32_t *n)
{
	for (; *i < (size_t)h->powers << h->bits; ++*i) {
		if (h->bins[*i] == 0)
			continue;
		*n = h->bins[*i];
		*upper = upper_edge(h, h->low + (unsigned)(*i >> h->bits),
				    (uint32_t)*i & ((1u << h->bits) - 1));
		++*i;
		return true;
	}
	return false;
}

void mg_hist_release(struct mg_hist *h)
{
	free(h->bins);
	mg_hist_init(h, h->bits);
}
