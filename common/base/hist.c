/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hist.h"

#include "base/mem.h"

void mg_hist_init(struct mg_hist *h, unsigned bits)
{
	*h = (struct mg_hist){ .bits = bits };
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

static uint32_t *block(struct mg_hist *h, unsigned e)
{
	if (!h->bins[e])
		h->bins[e] = mg_zalloc(sizeof(uint32_t) << h->bits);
	return h->bins[e];
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
	block(h, e)[bin]++;
	totals(h, 1, v, v, v);
}

void mg_hist_merge(struct mg_hist *h, const struct mg_hist *from)
{
	if (from->count == 0)
		return;
	for (unsigned e = 0; e < 64; e++) {
		if (!from->bins[e])
			continue;
		uint32_t *to = block(h, e);

		for (uint32_t i = 0; i < 1u << h->bits; i++)
			to[i] += from->bins[e][i];
	}
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
	for (unsigned e = 0; e < 64; e++) {
		for (uint32_t i = 0; h->bins[e] && i < 1u << h->bits; i++) {
			int64_t v;

			seen += h->bins[e][i];
			if (seen < rank)
				continue;
			v = upper_edge(h, e, i);
			return v < h->min ? h->min : v > h->max ? h->max : v;
		}
	}
	return h->max;
}

void mg_hist_release(struct mg_hist *h)
{
	for (unsigned e = 0; e < 64; e++)
		free(h->bins[e]);
	mg_hist_init(h, h->bits);
}
