/* scan.h - look at many bytes at once: count newlines, find the end of a JSON string.
 *
 * Layer:   base
 * Memory:  never reads outside [p, p + n), so any view may be scanned
 * Threads: pure functions
 * Cost:    SSE2 on x86-64 (always there), plain C elsewhere; the `_scalar` twins have the
 *          same results and are what the tests compare with.  Counting uses AVX2 where the
 *          processor has it; for strings a wider unit does not pay: those of an audit event
 *          are mostly shorter than 32 bytes.
 */
#ifndef MG_BASE_SCAN_H
#define MG_BASE_SCAN_H

#include "base/str.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* How many bytes equal `c`. */
size_t mg_scan_count(struct mg_str s, char c);
size_t mg_scan_count_scalar(struct mg_str s, char c);

/* A byte that ends the plain run of a JSON string: quote, backslash, control, non-ASCII. */
static inline bool mg_scan_is_special(char c)
{
	return c == '"' || c == '\\' || (signed char)c < 0x20;
}

static inline const char *mg_scan_string_scalar(const char *p, const char *end)
{
	while (p < end && !mg_scan_is_special(*p))
		p++;
	return p;
}

#if defined(__SSE2__)
/* Bit i: p[i] is special, of 16 bytes. */
static inline __attribute__((always_inline)) uint32_t mg_scan_mask16(const char *p)
{
	const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\');
	const __m128i space = _mm_set1_epi8(0x20);
	__m128i       v = _mm_loadu_si128((const __m128i *)(const void *)p);
	/* as signed bytes both controls and bytes from 0x80 are below a space */
	__m128i hit = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, quote),
						_mm_cmpeq_epi8(v, slash)),
				   _mm_cmplt_epi8(v, space));

	return (uint32_t)_mm_movemask_epi8(hit);
}
#endif

/* The same of 32 bytes; 0 where there is no SSE2, which is no answer but never wrong: look
 * again with mg_scan_string. */
static inline __attribute__((always_inline)) uint32_t mg_scan_mask32(const char *p)
{
#if defined(__SSE2__)
	return mg_scan_mask16(p) | mg_scan_mask16(p + 16) << 16;
#else
	return 0;
#endif
}

/* The first such byte in [p, end), or `end`.  Inline: it is the inner loop of the JSON
 * scanner. */
static inline const char *mg_scan_string(const char *p, const char *end)
{
#if defined(__SSE2__)
	for (; end - p >= 16; p += 16) {
		uint32_t mask = mg_scan_mask16(p);

		if (mask)
			return p + __builtin_ctz(mask);
	}
#endif
	return mg_scan_string_scalar(p, end);
}

#endif
