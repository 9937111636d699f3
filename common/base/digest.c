/* SPDX-License-Identifier: Apache-2.0 */
#include "base/digest.h"

#include <string.h>

/* Odd constants with as many ones as zeros, so that no input bit is lost in the product. */
#define K0 UINT64_C(0x9e3779b97f4a7c15)
#define K1 UINT64_C(0xc2b2ae3d27d4eb4f)

__extension__ typedef unsigned __int128 u128;

/* The two halves of a 64x64 product: each bit of either factor reaches most bits of both. */
static inline void mix(struct mg_digest *d, const char *p)
{
	uint64_t w[2];
	u128     m, k;

	memcpy(w, p, sizeof(w));
	m = (u128)(d->a ^ w[0]) * K0;
	k = (u128)(d->b ^ w[1]) * K1;
	d->a = (uint64_t)m + (uint64_t)(k >> 64) + K1;
	d->b = (uint64_t)k + (uint64_t)(m >> 64) + K0;
}

void mg_digest_init(struct mg_digest *d)
{
	*d = (struct mg_digest){ .a = K1, .b = K0 };
}

void mg_digest_add(struct mg_digest *d, struct mg_str s)
{
	size_t have = d->n % sizeof(d->tail);

	d->n += s.n;
	if (have) {
		size_t k = sizeof(d->tail) - have;

		if (k > s.n)
			k = s.n;
		memcpy(d->tail + have, s.p, k);
		if (have + k < sizeof(d->tail))
			return;
		mix(d, d->tail);
		s = mg_str_from(s, k);
	}
	for (; s.n >= sizeof(d->tail); s = mg_str_from(s, sizeof(d->tail)))
		mix(d, s.p);
	if (s.n)
		memcpy(d->tail, s.p, s.n);
}

void mg_digest_end(struct mg_digest *d)
{
	size_t have = d->n % sizeof(d->tail);

	memset(d->tail + have, 0, sizeof(d->tail) - have);
	mix(d, d->tail);
	memcpy(d->tail, &d->n, sizeof(d->n)); /* "a" and "a\0" differ */
	memset(d->tail + sizeof(d->n), 0, sizeof(d->tail) - sizeof(d->n));
	mix(d, d->tail);
	mix(d, d->tail);
}
