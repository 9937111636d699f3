/* klog_head.h - klog's text header by many bytes at once: is this line one, where does its
 * message begin, when was it written?
 *
 * For lines that are passed over: what says yes here is MG_OK to mg_klog_parse with the same
 * message; what says no may still be a header and must be looked at by it.
 *
 * Layer:   parse (base only)
 * Memory:  reads MG_KLOG_HEAD_ROOM bytes from the start of the line, whatever its length
 * Threads: pure functions; a memo belongs to one thread
 * Cost:    some 50 instructions, nearly no branches
 * Format:  docs/formats/klog.md
 */
#ifndef MG_PARSE_KLOG_HEAD_H
#define MG_PARSE_KLOG_HEAD_H

#include "base/time.h"

#define MG_KLOG_HEAD_ROOM 80

/* The "mmdd hh:" that was found good last; a zeroed struct knows none. */
struct mg_klog_day {
	char hour[8];
};

/* Offset of the message behind "Lmmdd hh:mm:ss.uuuuuu pid file.go:42] ", or 0. */
size_t mg_klog_head(const char *p, struct mg_klog_day *day);
/* The stamp of a line for which mg_klog_head gave an offset; in 1970, as the header has no year. */
int64_t mg_klog_head_ns(const char *p);
/* Order of two such stamps, by their text: < 0, 0, > 0. */
static inline int mg_klog_head_cmp(const char *a, const char *b)
{
#if defined(__GNUC__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	for (int i = 1; i <= 13; i += i == 1 ? 8 : 4) { /* the last round overlaps */
		uint64_t x, y;

		memcpy(&x, a + i, 8);
		memcpy(&y, b + i, 8);
		if (x != y)
			return __builtin_bswap64(x) < __builtin_bswap64(y) ? -1 : 1;
	}
	return 0;
#else
	return memcmp(a + 1, b + 1, 20);
#endif
}

#endif
