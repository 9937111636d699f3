/* SPDX-License-Identifier: Apache-2.0 */
/* Every byte of the input comes by here, so it must cost next to nothing: 64 bytes a round in
 * eight lanes that do not wait for each other; products of 64 bits only at the end. */
#include "base/digest.h"

#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define STRIPE sizeof(((struct mg_digest *)0)->tail)
#define LANES  8

/* Odd constants with about as many ones as zeros. */
#define K0 UINT64_C(0x9e3779b97f4a7c15)
#define K1 UINT64_C(0xc2b2ae3d27d4eb4f)
static const uint64_t keys[LANES] = {
	K0, K1, UINT64_C(0x165667b19e3779f9), UINT64_C(0x85ebca77c2b2ae63),
	UINT64_C(0x27d4eb2f165667c5), UINT64_C(0xd6e8feb86659fd93),
	UINT64_C(0xa0761d6478bd642f), UINT64_C(0xe7037ed1a0b428db),
};

/* lane = rotate(lane) + word + product of the halves of (word ^ key): the rotation makes the
 * order of words count, the word itself that none is lost where the product is zero. */
#ifdef __SSE2__
static void mix(uint64_t *lanes, const char *p, const char *end)
{
	__m128i lane[LANES / 2], key[LANES / 2];

	memcpy(lane, lanes, sizeof(lane));
	memcpy(key, keys, sizeof(key));
	for (; p < end; p += STRIPE)
#pragma GCC unroll 4
		for (int i = 0; i < LANES / 2; i++) {
			__m128i w = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i));
			__m128i x = _mm_xor_si128(w, key[i]);
			__m128i r = _mm_or_si128(_mm_slli_epi64(lane[i], 23),
						 _mm_srli_epi64(lane[i], 41));

			x = _mm_mul_epu32(x, _mm_srli_epi64(x, 32));
			lane[i] = _mm_add_epi64(_mm_add_epi64(r, w), x);
		}
	memcpy(lanes, lane, sizeof(lane));
}
#else
static void mix(uint64_t *lanes, const char *p, const char *end)
{
	for (; p < end; p += STRIPE)
		for (int i = 0; i < LANES; i++) {
			uint64_t w, x;

			memcpy(&w, p + 8 * i, sizeof(w));
			x = w ^ keys[i];
			x = (x & UINT32_MAX) * (x >> 32);
			lanes[i] = (lanes[i] << 23 | lanes[i] >> 41) + w + x;
		}
}
#endif

void mg_digest_init(struct mg_digest *d)
{
	memset(d, 0, sizeof(*d));
	memcpy(d->lane, keys, sizeof(d->lane));
}

void mg_digest_add(struct mg_digest *d, struct mg_str s)
{
	size_t have = d->n % STRIPE, k;

	d->n += s.n;
	if (have) {
		k = s.n < STRIPE - have ? s.n : STRIPE - have;
		memcpy(d->tail + have, s.p, k);
		if (have + k < STRIPE)
			return;
		mix(d->lane, d->tail, d->tail + STRIPE);
		s = mg_str_from(s, k);
	}
	k = s.n - s.n % STRIPE;
	mix(d->lane, s.p, s.p + k);
	memcpy(d->tail, s.p + k, s.n - k);
}

__extension__ typedef unsigned __int128 u128;

/* The two halves of a 64x64 product: each bit of either factor reaches most bits of both. */
static void fold(struct mg_fingerprint *f, uint64_t v, uint64_t w)
{
	u128 m = (u128)(f->a ^ v) * K0, k = (u128)(f->b ^ w) * K1;

	f->a = (uint64_t)m + (uint64_t)(k >> 64) + K1;
	f->b = (uint64_t)k + (uint64_t)(m >> 64) + K0;
}

struct mg_fingerprint mg_digest_end(struct mg_digest *d)
{
	struct mg_fingerprint f = { 0, 0, d->n };
	size_t                have = d->n % STRIPE;

	memset(d->tail + have, 0, STRIPE - have);
	mix(d->lane, d->tail, d->tail + STRIPE);
	fold(&f, d->n, d->n); /* "a" and "a\0" differ */
	for (int i = 0; i < LANES; i += 2)
		fold(&f, d->lane[i], d->lane[i + 1]);
	fold(&f, 0, 0);
	fold(&f, 0, 0);
	return f;
}
