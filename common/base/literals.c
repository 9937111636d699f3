/* SPDX-License-Identifier: Apache-2.0 */
#include "base/literals.h"

#if defined(__SSE2__)
#include <immintrin.h>
#endif

/* How common a byte is in logs, roughly: what is not listed is rare. */
static unsigned common(char c)
{
	static const char order[] = "\"etaoinsr/0123456789lcdpu:.-=hm bgvfykw,";
	const char       *at = c ? strchr(order, c) : NULL;

	/* blanks stand between all words, so they count as the first */
	return c == ' ' ? 100 : at ? (unsigned)(60 - (at - order)) : 10;
}

bool mg_literals_add(struct mg_literals *l, struct mg_str text)
{
	size_t one = 0, other = 0;

	if (l->n == MG_LITERALS || !text.n)
		return false;
	for (size_t i = 1; i < text.n; i++)
		if (common(text.p[i]) < common(text.p[one]))
			one = i;
	other = one == 0 && text.n > 1;
	for (size_t i = 0; i < text.n; i++)
		if (i != one && common(text.p[i]) < common(text.p[other]))
			other = i;
	l->v[l->n].text = text;
	l->v[l->n].one = one;
	l->v[l->n++].other = other;
	return true;
}

static bool stands(const struct mg_literals *l, const char *p, const char *end)
{
	for (unsigned i = 0; i < l->n; i++)
		if ((size_t)(end - p) >= l->v[i].text.n &&
		    memcmp(p, l->v[i].text.p, l->v[i].text.n) == 0)
			return true;
	return false;
}

const char *mg_literals_find_scalar(const struct mg_literals *l, const char *p, const char *end)
{
	for (; p < end; p++)
		if (stands(l, p, end))
			return p;
	return NULL;
}

#if defined(__SSE2__)

static size_t longest_of(const struct mg_literals *l)
{
	size_t n = 0;

	for (unsigned i = 0; i < l->n; i++)
		n = l->v[i].text.n > n ? l->v[i].text.n : n;
	return n;
}

/* The first place in 64 bytes at a time; *from is where the bytes begin that are too few. */
__attribute__((target("avx2"))) static const char *find_avx2(const struct mg_literals *l,
							       const char **from, const char *end)
{
	__m256i     one[MG_LITERALS], other[MG_LITERALS];
	size_t      longest = longest_of(l);
	const char *p = *from;

	for (unsigned i = 0; i < l->n; i++) {
		one[i] = _mm256_set1_epi8(l->v[i].text.p[l->v[i].one]);
		other[i] = _mm256_set1_epi8(l->v[i].text.p[l->v[i].other]);
	}
	for (; (size_t)(end - p) >= longest + 64; p += 64) {
		__m256i  low = _mm256_setzero_si256(), high = low;
		uint64_t mask;

		for (unsigned i = 0; i < l->n; i++) {
			const __m256i *a = (const void *)(p + l->v[i].one);
			const __m256i *b = (const void *)(p + l->v[i].other);

			low = _mm256_or_si256(low, _mm256_and_si256(
				_mm256_cmpeq_epi8(_mm256_loadu_si256(a), one[i]),
				_mm256_cmpeq_epi8(_mm256_loadu_si256(b), other[i])));
			high = _mm256_or_si256(high, _mm256_and_si256(
				_mm256_cmpeq_epi8(_mm256_loadu_si256(a + 1), one[i]),
				_mm256_cmpeq_epi8(_mm256_loadu_si256(b + 1), other[i])));
		}
		mask = (uint32_t)_mm256_movemask_epi8(low);
		mask |= (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
		for (; mask; mask &= mask - 1)
			if (stands(l, p + __builtin_ctzll(mask), end))
				return p + __builtin_ctzll(mask);
	}
	*from = p;
	return NULL;
}

const char *mg_literals_find(const struct mg_literals *l, const char *p, const char *end)
{
	__m128i one[MG_LITERALS], other[MG_LITERALS];
	size_t  longest = longest_of(l);

	if (end - p >= 512 && __builtin_cpu_supports("avx2")) {
		const char *found = find_avx2(l, &p, end);

		if (found)
			return found;
	}
	for (unsigned i = 0; i < l->n; i++) {
		one[i] = _mm_set1_epi8(l->v[i].text.p[l->v[i].one]);
		other[i] = _mm_set1_epi8(l->v[i].text.p[l->v[i].other]);
	}
	for (; (size_t)(end - p) >= longest + 16; p += 16) {
		__m128i  hits = _mm_setzero_si128();
		uint32_t mask;

		for (unsigned i = 0; i < l->n; i++) {
			const void *a = p + l->v[i].one, *b = p + l->v[i].other;

			hits = _mm_or_si128(hits, _mm_and_si128(
				_mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)a), one[i]),
				_mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)b), other[i])));
		}
		for (mask = (uint32_t)_mm_movemask_epi8(hits); mask; mask &= mask - 1)
			if (stands(l, p + __builtin_ctz(mask), end))
				return p + __builtin_ctz(mask);
	}
	return mg_literals_find_scalar(l, p, end);
}

#else

const char *mg_literals_find(const struct mg_literals *l, const char *p, const char *end)
{
	return mg_literals_find_scalar(l, p, end);
}

#endif
