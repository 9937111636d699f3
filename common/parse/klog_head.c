/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/klog_head.h"

#include "parse/klog.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

static int64_t two(const char *p)
{
	return (p[0] - '0') * 10 + p[1] - '0';
}

int64_t mg_klog_head_ns(const char *p)
{
	static const short before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };
	int64_t            day = before[two(p + 1) - 1] + two(p + 3) - 1;
	int64_t            s = (two(p + 6) * 60 + two(p + 9)) * 60 + two(p + 12);

	return day * MG_DAY + s * MG_SEC +
	       ((two(p + 15) * 100 + two(p + 17)) * 100 + two(p + 19)) * MG_US;
}

#if defined(__SSE2__)

#define STAMP 21   /* bytes of "Lmmdd hh:mm:ss.uuuuuu" */
#define NEAR 32    /* bytes behind it that are looked at first ... */
#define BEHIND 48  /* ... and at most                              */

/* Bit i: byte i behind the stamp is one of these. */
struct behind {
	uint64_t blank, colon, bracket, slash, digit;
};

static bool good_hour(const char *p, struct mg_klog_day *day)
{
	static const char low[] = "0000 00:", high[] = "1939 29:";

	if (day->hour[0] && memcmp(p, day->hour, sizeof(day->hour)) == 0)
		return true;
	for (int i = 0; i < 8; i++)
		if (p[i] < low[i] || p[i] > high[i])
			return false;
	if (memcmp(p, "01", 2) < 0 || memcmp(p, "12", 2) > 0 || memcmp(p + 2, "01", 2) < 0 ||
	    memcmp(p + 2, "31", 2) > 0 || memcmp(p + 5, "23", 2) > 0)
		return false;
	memcpy(day->hour, p, sizeof(day->hour));
	return true;
}

/* "mm:ss.uuuuuu " */
static bool good_minute(const char *p)
{
	const __m128i low = _mm_setr_epi8('0', '0', ':', '0', '0', '.', '0', '0', '0', '0', '0', '0',
					  ' ', 0, 0, 0);
	const __m128i high = _mm_setr_epi8('5', '9', ':', '5', '9', '.', '9', '9', '9', '9', '9',
					   '9', ' ', -1, -1, -1);
	__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
	__m128i out = _mm_or_si128(_mm_subs_epu8(v, high), _mm_subs_epu8(low, v));

	return _mm_movemask_epi8(_mm_cmpeq_epi8(out, _mm_setzero_si128())) == 0xffff;
}

static uint64_t bits(__m128i hits, int at)
{
	return (uint64_t)(uint32_t)_mm_movemask_epi8(hits) << at;
}

static inline void look16(struct behind *b, const char *p, int i)
{
	__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
	__m128i d = _mm_sub_epi8(v, _mm_set1_epi8('0'));

	b->blank |= bits(_mm_cmpeq_epi8(v, _mm_set1_epi8(' ')), i);
	b->colon |= bits(_mm_cmpeq_epi8(v, _mm_set1_epi8(':')), i);
	b->bracket |= bits(_mm_cmpeq_epi8(v, _mm_set1_epi8(']')), i);
	b->slash |= bits(_mm_cmpeq_epi8(v, _mm_set1_epi8('/')), i);
	b->digit |= bits(_mm_cmpeq_epi8(_mm_min_epu8(d, _mm_set1_epi8(9)), d), i);
}

static inline struct behind look(const char *p)
{
	struct behind b = { 0 };

	look16(&b, p, 0);
	look16(&b, p, 16);
	if (!b.bracket)
		look16(&b, p, NEAR);
	return b;
}

/* The first position from `from` on whose bit is set; BEHIND when there is none.  No bit from
 * BEHIND on is ever set, so a run that leaves the window ends in "no". */
static unsigned next(uint64_t mask, unsigned from)
{
	mask >>= from;
	return mask ? from + (unsigned)__builtin_ctzll(mask) : BEHIND;
}

static bool at(uint64_t mask, unsigned i)
{
	return mask >> i & 1;
}

size_t mg_klog_head(const char *p, struct mg_klog_day *day)
{
	struct behind b;
	unsigned      pid, file, colon, end;

	if ((*p != 'I' && *p != 'W' && *p != 'E' && *p != 'F') || !good_hour(p + 1, day) ||
	    !good_minute(p + 9))
		return 0;
	b = look(p + STAMP);
	pid = next(~b.blank, 0);
	file = next(~b.digit, pid);
	if (file == pid || !at(b.blank, file))
		return 0;
	file++;
	colon = next(b.blank | b.colon | b.bracket, file);
	if (colon == file || !at(b.colon, colon) || at(b.slash, colon - 1))
		return 0;
	end = next(~b.digit, colon + 1);
	if (!at(b.bracket, end))
		return 0;
	return STAMP + end + 1 + (p[STAMP + end + 1] == ' ');
}

#else

size_t mg_klog_head(const char *p, struct mg_klog_day *day)
{
	struct mg_klog k;

	(void)day;
	if (mg_klog_parse(mg_str(p, MG_KLOG_HEAD_ROOM), &k, NULL) != MG_OK || k.form != MG_KLOG_TEXT)
		return 0;
	return (size_t)(k.msg.p - p);
}

#endif
