/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include <stdio.h>

#include "base/mem.h"

void mg_buf_reserve(struct mg_buf *b, size_t extra)
{
	size_t need, cap = b->cap ? b->cap : 128;

	if (__builtin_add_overflow(b->n, extra, &need) || need + 1 == 0)
		need = (size_t)-2; /* the allocator reports it */
	if (need + 1 <= b->cap)
		return;
	while (cap < need + 1 && cap < (size_t)-1 / 2)
		cap *= 2;
	if (cap < need + 1)
		cap = need + 1;
	b->p = mg_realloc(b->p, cap, 1);
	b->cap = cap;
}

void mg_buf_add(struct mg_buf *b, struct mg_str s)
{
	mg_buf_reserve(b, s.n);
	if (s.n)
		memcpy(b->p + b->n, s.p, s.n);
	b->n += s.n;
	b->p[b->n] = '\0';
}

void mg_buf_addz(struct mg_buf *b, const char *z)
{
	mg_buf_add(b, mg_strz(z));
}

void mg_buf_addc(struct mg_buf *b, char c)
{
	mg_buf_add(b, mg_str(&c, 1));
}

void mg_buf_vprintf(struct mg_buf *b, const char *fmt, va_list ap)
{
	va_list again;
	int     n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	if (n >= 0) {
		mg_buf_reserve(b, (size_t)n);
		vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
		b->n += (size_t)n;
	}
	va_end(again);
}

void mg_buf_printf(struct mg_buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	mg_buf_vprintf(b, fmt, ap);
	va_end(ap);
}

/* Length of the UTF-8 sequence at s[0..n), or 0 when it is not one (Unicode 15, 3.9). */
static size_t utf8_len(const unsigned char *s, size_t n)
{
	unsigned c = s[0], len = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
	uint32_t cp;

	if (c < 0xc2 || c > 0xf4 || n < len)
		return 0;
	cp = c & (0xffu >> (len + 1));
	for (unsigned i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		cp = cp << 6 | (s[i] & 0x3f);
	}
	if (len == 3 && (cp < 0x800 || (cp >= 0xd800 && cp < 0xe000)))
		return 0;
	if (len == 4 && (cp < 0x10000 || cp > 0x10ffff))
		return 0;
	return len;
}

/* One byte or UTF-8 sequence that is not plain ASCII text; its length. */
static size_t json_special(struct mg_buf *b, const unsigned char *u, size_t n)
{
	size_t k;

	if (u[0] == '"' || u[0] == '\\')
		mg_buf_printf(b, "\\%c", u[0]);
	else if (u[0] == '\n')
		mg_buf_addz(b, "\\n");
	else if (u[0] == '\t')
		mg_buf_addz(b, "\\t");
	else if (u[0] < 0x20 || u[0] == 0x7f)
		mg_buf_printf(b, "\\u%04x", u[0]);
	else if (!(k = utf8_len(u, n)))
		mg_buf_addz(b, "\\ufffd");
	else if (u[0] == 0xc2 && u[1] < 0xa0) { /* C1: a terminal may obey it */
		mg_buf_printf(b, "\\u%04x", u[1]);
		return k;
	} else {
		mg_buf_add(b, mg_str((const char *)u, k));
		return k;
	}
	return 1;
}

void mg_buf_json(struct mg_buf *b, struct mg_str s)
{
	const unsigned char *u = (const unsigned char *)s.p;

	mg_buf_addc(b, '"');
	for (size_t i = 0, k; i < s.n; i += k) {
		size_t run = i;

		while (run < s.n && u[run] >= 0x20 && u[run] < 0x7f && u[run] != '"' &&
		       u[run] != '\\')
			run++;
		k = run - i;
		if (k) {
			mg_buf_add(b, mg_str(s.p + i, k));
			continue;
		}
		k = json_special(b, u + i, s.n - i);
	}
	mg_buf_addc(b, '"');
}

void mg_buf_utf8(struct mg_buf *b, struct mg_str s)
{
	const unsigned char *u = (const unsigned char *)s.p;

	for (size_t i = 0, k; i < s.n; i += k) {
		size_t run = i;

		while (run < s.n && u[run] && u[run] < 0x80)
			run++;
		k = run - i;
		if (k == 0)
			k = u[i] ? utf8_len(u + i, s.n - i) : 0;
		if (k)
			mg_buf_add(b, mg_str(s.p + i, k));
		else
			mg_buf_addz(b, "\xef\xbf\xbd");
		k = k ? k : 1;
	}
}

void mg_buf_clear(struct mg_buf *b)
{
	b->n = 0;
	if (b->p)
		b->p[0] = '\0';
}

void mg_buf_release(struct mg_buf *b)
{
	free(b->p);
	*b = (struct mg_buf){ 0 };
}
