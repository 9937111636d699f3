/* SPDX-License-Identifier: Apache-2.0 */
#include "base/scan.h"

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

size_t mg_scan_count(struct mg_str s, char c)
{
	size_t n = 0, i = 0;

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
