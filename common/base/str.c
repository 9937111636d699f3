/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* memmem */
#include "base/str.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#define SHORT 64 /* a longer needle is left to an algorithm that cannot be slowed down */

#include <ctype.h>

int mg_str_cmp(struct mg_str a, struct mg_str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int    c = n ? memcmp(a.p, b.p, n) : 0;

	if (c)
		return c < 0 ? -1 : 1;
	return a.n < b.n ? -1 : a.n > b.n;
}

bool mg_str_eq_nocase(struct mg_str a, struct mg_str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (tolower((unsigned char)a.p[i]) != tolower((unsigned char)b.p[i]))
			return false;
	return true;
}

#if defined(__SSE2__)
/* Where do the first and the last byte of the needle stand at their distance?  Several times
 * faster than the library's search for the short needles that parsers look for; what is left
 * at the end of `s` is *from. */
static ptrdiff_t find_short(struct mg_str s, struct mg_str needle, size_t *from)
{
	const __m128i first = _mm_set1_epi8(needle.p[0]);
	const __m128i last = _mm_set1_epi8(needle.p[needle.n - 1]);
	size_t        i = 0;

	for (; i + needle.n + 15 <= s.n; i += 16) {
		const void *a = s.p + i, *b = s.p + i + needle.n - 1;
		__m128i     hits = _mm_and_si128(
			_mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)a), first),
			_mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)b), last));
		uint32_t mask = (uint32_t)_mm_movemask_epi8(hits);

		for (; mask; mask &= mask - 1) {
			size_t at = i + (size_t)__builtin_ctz(mask);

			if (memcmp(s.p + at, needle.p, needle.n) == 0)
				return (ptrdiff_t)at;
		}
	}
	*from = i;
	return -1;
}
#endif

ptrdiff_t mg_str_find(struct mg_str s, struct mg_str needle)
{
	const char *q;
	size_t      from = 0;

	if (needle.n == 0)
		return 0;
	if (s.n < needle.n)
		return -1;
#if defined(__SSE2__)
	if (needle.n <= SHORT) {
		ptrdiff_t at = find_short(s, needle, &from);

		if (at >= 0)
			return at;
	}
#endif
	q = memmem(s.p + from, s.n - from, needle.p, needle.n);
	return q ? q - s.p : -1;
}

ptrdiff_t mg_str_rfind(struct mg_str s, struct mg_str needle)
{
	if (needle.n == 0)
		return (ptrdiff_t)s.n;
	if (s.n < needle.n)
		return -1;
	for (size_t i = s.n - needle.n + 1; i-- > 0;)
		if (memcmp(s.p + i, needle.p, needle.n) == 0)
			return (ptrdiff_t)i;
	return -1;
}

ptrdiff_t mg_str_rchr(struct mg_str s, char c)
{
	for (size_t i = s.n; i-- > 0;) /* memrchr is not everywhere */
		if (s.p[i] == c)
			return (ptrdiff_t)i;
	return -1;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct mg_str mg_str_trim(struct mg_str s)
{
	while (s.n && is_blank(s.p[0]))
		s.p++, s.n--;
	while (s.n && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

bool mg_str_cut(struct mg_str s, char sep, struct mg_str *head, struct mg_str *tail)
{
	ptrdiff_t i = mg_str_chr(s, sep);

	*head = i < 0 ? s : mg_str(s.p, (size_t)i);
	*tail = i < 0 ? mg_str("", 0) : mg_str_from(s, (size_t)i + 1);
	return i >= 0;
}

struct mg_str mg_str_between(struct mg_str s, struct mg_str before, struct mg_str after)
{
	ptrdiff_t i = mg_str_find(s, before), j;

	if (i < 0)
		return mg_str(NULL, 0);
	s = mg_str_from(s, (size_t)i + before.n);
	if (after.n == 0)
		return s;
	j = mg_str_find(s, after);
	return j < 0 ? mg_str(NULL, 0) : mg_str(s.p, (size_t)j);
}

struct mg_str mg_str_basename(struct mg_str path)
{
	ptrdiff_t i = mg_str_rchr(path, '/');

	return i < 0 ? path : mg_str_from(path, (size_t)i + 1);
}

static uint64_t mix(uint64_t a, uint64_t b)
{
	__uint128_t m = (__uint128_t)a * b;

	return (uint64_t)m ^ (uint64_t)(m >> 64);
}

static inline uint64_t load(const char *p, size_t n)
{
	uint64_t v = 0;

	memcpy(&v, p, n); /* `n` is a constant: one instruction */
	return v;
}

/* The last round reads the last bytes again rather than a number of bytes that the compiler
 * does not know: that would be a call. */
uint64_t mg_str_hash(struct mg_str s, uint64_t seed)
{
	const uint64_t k0 = 0x9e3779b97f4a7c15u, k1 = 0xd6e8feb86659fd93u;
	uint64_t       h = (seed ^ k0) + s.n * k1, x = 0, y = 0;

	for (size_t i = 0; i + 16 < s.n; i += 16)
		h = mix(load(s.p + i, 8) ^ k1, load(s.p + i + 8, 8) ^ h);
	if (s.n >= 8) {
		x = load(s.p + (s.n < 16 ? 0 : s.n - 16), 8);
		y = load(s.p + s.n - 8, 8);
	} else if (s.n >= 4) {
		x = load(s.p, 4);
		y = load(s.p + s.n - 4, 4);
	} else if (s.n) {
		x = (unsigned char)s.p[0];
		y = (uint64_t)(unsigned char)s.p[s.n / 2] << 8 | (unsigned char)s.p[s.n - 1];
	}
	return mix(h ^ x ^ k0, y ^ k1);
}
