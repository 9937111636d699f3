/* SPDX-License-Identifier: Apache-2.0 */
#include "base/literals.h"

#if defined(__SSE2__)
#include <emmintrin.h>
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

const char *mg_literals_find(const struct mg_literals *l, const char *p, const char *end)
{
	__m128i one[MG_LITERALS], other[MG_LITERALS];
	size_t  longest = 0;

	for (unsigned i = 0; i < l->n; i++) {
		one[i] = _mm_set1_epi8(l->v[i].text.p[l->v[i].one]);
		other[i] = _mm_set1_epi8(l->v[i].text.p[l->v[i].other]);
		longest = l->v[i].text.n > longest ? l->v[i].text.n : longest;
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
