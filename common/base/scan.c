/* SPDX-License-Identifier: Apache-2.0 */
#include "base/scan.h"

#if defined(__SSE2__) && defined(__GNUC__)
#include <immintrin.h>
#endif

size_t mg_scan_count_scalar(struct mg_str s, char c)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == c;
	return n;
}

#if defined(__SSE2__)
/* Up to 255 rounds of 16 lanes: a lane counts its own hits and cannot overflow. */
static size_t count_rounds(const char *p, size_t rounds, __m128i want)
{
	__m128i lanes = _mm_setzero_si128(), sum;

	for (size_t i = 0; i < rounds; i++) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + i * 16));

		lanes = _mm_sub_epi8(lanes, _mm_cmpeq_epi8(v, want));
	}
	sum = _mm_sad_epu8(lanes, _mm_setzero_si128());
	return (size_t)_mm_extract_epi16(sum, 0) + (size_t)_mm_extract_epi16(sum, 4);
}
#endif

#if defined(__SSE2__) && defined(__GNUC__)
/* The same with 32 lanes, four vectors a round: this one is bound by the cache alone. */
__attribute__((target("avx2"))) static size_t count_avx2(struct mg_str s, char c, size_t *done)
{
	const __m256i want = _mm256_set1_epi8(c), zero = _mm256_setzero_si256();
	__m256i       sum = zero;
	size_t        i = 0;

	while (s.n - i >= 128) {
		__m256i lanes = zero, more = zero;

		for (int k = 0; k < 127 && s.n - i >= 128; k++, i += 128) {
			const __m256i *v = (const __m256i *)(const void *)(s.p + i);
			__m256i a = _mm256_cmpeq_epi8(_mm256_loadu_si256(v), want);
			__m256i b = _mm256_cmpeq_epi8(_mm256_loadu_si256(v + 1), want);
			__m256i d = _mm256_cmpeq_epi8(_mm256_loadu_si256(v + 2), want);
			__m256i e = _mm256_cmpeq_epi8(_mm256_loadu_si256(v + 3), want);

			lanes = _mm256_sub_epi8(lanes, _mm256_add_epi8(a, b));
			more = _mm256_sub_epi8(more, _mm256_add_epi8(d, e));
		}
		sum = _mm256_add_epi64(sum, _mm256_sad_epu8(lanes, zero));
		sum = _mm256_add_epi64(sum, _mm256_sad_epu8(more, zero));
	}
	*done = i;
	return (size_t)(_mm256_extract_epi64(sum, 0) + _mm256_extract_epi64(sum, 1) +
			_mm256_extract_epi64(sum, 2) + _mm256_extract_epi64(sum, 3));
}
#endif

size_t mg_scan_count(struct mg_str s, char c)
{
	size_t n = 0, i = 0;

#if defined(__SSE2__) && defined(__GNUC__)
	if (s.n >= 128 && __builtin_cpu_supports("avx2"))
		n = count_avx2(s, c, &i);
#endif
#if defined(__SSE2__)
	__m128i want = _mm_set1_epi8(c);

	while (s.n - i >= 16) {
		size_t rounds = (s.n - i) / 16;

		if (rounds > 255)
			rounds = 255;
		n += count_rounds(s.p + i, rounds, want);
		i += rounds * 16;
	}
#endif
	return n + mg_scan_count_scalar(mg_str_from(s, i), c);
}
