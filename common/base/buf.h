/* buf.h - a growing byte buffer for output and for lines that must be joined.
 *
 * Layer:   base
 * Memory:  a zeroed struct is an empty buffer; p[n] is always NUL once anything was added
 */
#ifndef MG_BASE_BUF_H
#define MG_BASE_BUF_H

#include <stdarg.h>

#include "base/str.h"

struct mg_buf {
	char  *p;
	size_t n, cap;
};

void mg_buf_reserve(struct mg_buf *b, size_t extra);
void mg_buf_add(struct mg_buf *b, struct mg_str s);
void mg_buf_addz(struct mg_buf *b, const char *z);
void mg_buf_addc(struct mg_buf *b, char c);
void mg_buf_printf(struct mg_buf *b, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void mg_buf_vprintf(struct mg_buf *b, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));
/* Append `s` as a quoted JSON string; bytes that are not UTF-8 become U+FFFD. */
void mg_buf_json(struct mg_buf *b, struct mg_str s);
/* Append `s` as UTF-8: NUL and bytes that are not UTF-8 become U+FFFD, all else stays. */
void mg_buf_utf8(struct mg_buf *b, struct mg_str s);
void mg_buf_clear(struct mg_buf *b);   /* keep the memory */
void mg_buf_release(struct mg_buf *b); /* free it         */

static inline struct mg_str mg_buf_str(const struct mg_buf *b)
{
	return mg_str(b->p ? b->p : "", b->n);
}

#endif
