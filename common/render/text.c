/* SPDX-License-Identifier: Apache-2.0 */
#include "render/text.h"

#include <stdio.h>

#define ELLIPSIS MG_STR("\xe2\x80\xa6")

struct range {
	uint32_t from, to;
};

/* Invisible, or able to change how the text around it is read: C1 controls, soft hyphen,
 * Arabic letter mark, Mongolian vowel separator, zero-width and direction marks, line and
 * paragraph separators, embeddings and overrides, isolates, BOM, interlinear and tag
 * characters. */
static const struct range harmful[] = {
	{ 0x80, 0x9f },     { 0xad, 0xad },     { 0x61c, 0x61c },     { 0x180e, 0x180e },
	{ 0x200b, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f },   { 0xfeff, 0xfeff },
	{ 0xfff9, 0xfffb }, { 0xe0000, 0xe007f },
};

/* Combining marks and variation selectors: no column of their own. */
static const struct range zero[] = {
	{ 0x300, 0x36f },   { 0x483, 0x489 },   { 0x591, 0x5bd },   { 0x64b, 0x65f },
	{ 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff }, { 0x20d0, 0x20ff }, { 0xfe00, 0xfe0f },
	{ 0xfe20, 0xfe2f }, { 0xe0100, 0xe01ef },
};

/* East Asian wide and full-width, and the emoji blocks. */
static const struct range wide[] = {
	{ 0x1100, 0x115f }, { 0x2e80, 0x303e },   { 0x3041, 0xa4cf },   { 0xac00, 0xd7a3 },
	{ 0xf900, 0xfaff }, { 0xfe30, 0xfe6f },   { 0xff00, 0xff60 },   { 0xffe0, 0xffe6 },
	{ 0x1f300, 0x1f64f }, { 0x1f680, 0x1f6ff }, { 0x1f900, 0x1f9ff }, { 0x20000, 0x3fffd },
};

static bool in(uint32_t c, const struct range *r, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (c >= r[i].from && c <= r[i].to)
			return true;
	return false;
}
#define IN(c, table) in(c, table, sizeof(table) / sizeof((table)[0]))

static size_t columns_of(uint32_t c)
{
	if (c < 0x300)
		return 1;
	return IN(c, zero) ? 0 : IN(c, wide) ? 2 : 1;
}

/* Decode the UTF-8 sequence at the start of `s` (not empty); 0 bytes when it is none. */
static size_t decode(struct mg_str s, uint32_t *c)
{
	const unsigned char *u = (const unsigned char *)s.p;
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t                n = u[0] < 0x80 ? 1 : u[0] < 0xc0 ? 0 : u[0] < 0xe0 ? 2 :
				  u[0] < 0xf0 ? 3 : u[0] < 0xf8 ? 4 : 0;

	*c = u[0];
	if (n <= 1)
		return n;
	if (n > s.n)
		return 0;
	*c = u[0] & (0xffu >> (n + 1));
	for (size_t i = 1; i < n; i++) {
		if ((u[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (u[i] & 0x3f);
	}
	if (*c < least[n] || *c > 0x10ffff || (*c >= 0xd800 && *c < 0xe000))
		return 0;
	return n;
}

/* One character of `s` as it may be shown, in `out` (16 bytes); returns the input bytes. */
static size_t show(struct mg_str s, char *out, size_t *nout, size_t *cols)
{
	uint32_t c;
	size_t   n = decode(s, &c);

	if (n == 0)
		snprintf(out, 16, "\\x%02x", (unsigned char)s.p[0]);
	else if (c == '\t')
		snprintf(out, 16, " ");
	else if (c == '\n' || c == '\r')
		snprintf(out, 16, c == '\n' ? "\\n" : "\\r");
	else if (c < 0x20 || c == 0x7f)
		snprintf(out, 16, "\\x%02x", (unsigned)c);
	else if (IN(c, harmful))
		snprintf(out, 16, "\\u%04x", (unsigned)c);
	else {
		memcpy(out, s.p, n);
		*nout = n;
		*cols = columns_of(c);
		return n;
	}
	*nout = *cols = strlen(out);
	return n ? n : 1;
}

size_t mg_text_escape(struct mg_buf *b, struct mg_str s, size_t cols)
{
	size_t start = b->n, fit = start, used = 0, fit_used = 0;

	for (size_t i = 0; i < s.n;) {
		char   out[16];
		size_t nout, w;

		i += show(mg_str_from(s, i), out, &nout, &w);
		if (w > cols - used) { /* too long: back to where the ellipsis fits */
			b->n = fit;
			if (cols == 0)
				return 0;
			mg_buf_add(b, ELLIPSIS);
			return fit_used + 1;
		}
		mg_buf_add(b, mg_str(out, nout));
		used += w;
		if (used < cols)
			fit = b->n, fit_used = used;
	}
	return used;
}

size_t mg_text_columns(struct mg_str s)
{
	size_t cols = 0, n;

	for (size_t i = 0; i < s.n; i += n ? n : 1) {
		uint32_t c;

		n = decode(mg_str_from(s, i), &c);
		cols += n ? columns_of(c) : 1;
	}
	return cols;
}

void mg_text_pad(struct mg_buf *b, size_t n)
{
	mg_buf_reserve(b, n);
	for (; n; n--)
		mg_buf_addc(b, ' ');
}

/* Offset in `path` of the longest run of last components that takes at most `cols`
 * columns; the last component is always in it. */
static size_t tail_of(struct mg_str path, size_t cols)
{
	size_t from = path.n - mg_str_basename(path).n;

	while (from > 0) {
		ptrdiff_t slash = mg_str_rchr(mg_str_head(path, from - 1), '/');
		size_t    up = slash < 0 ? 0 : (size_t)slash + 1;

		if (mg_text_columns(mg_str_from(path, up)) > cols)
			break;
		from = up;
	}
	return from;
}

static void place(struct mg_buf *b, struct mg_str path, size_t cols)
{
	struct mg_str head = mg_str_head(path, (size_t)(mg_str_chr(path, '/') + 1));
	size_t        from, room, first;

	if (mg_text_columns(path) <= cols) {
		mg_buf_add(b, path);
		return;
	}
	from = tail_of(path, cols > 2 ? cols - 2 : 0);
	room = 2 + mg_text_columns(mg_str_from(path, from));
	first = mg_text_columns(head);
	if (head.n < from && first + room <= cols)
		mg_buf_add(b, head);
	if (from > 0) {
		mg_buf_add(b, ELLIPSIS);
		mg_buf_addc(b, '/');
	}
	mg_buf_add(b, mg_str_from(path, from));
}

void mg_text_place(struct mg_buf *b, struct mg_str path, uint64_t line, size_t cols)
{
	struct mg_buf clean = { 0 };
	char          number[24] = "";
	size_t        n;

	if (line)
		snprintf(number, sizeof(number), ":%llu", (unsigned long long)line);
	n = strlen(number);
	mg_text_escape(&clean, path, MG_TEXT_ALL);
	place(b, mg_buf_str(&clean), cols > n ? cols - n : 0);
	mg_buf_addz(b, number);
	mg_buf_release(&clean);
}

bool mg_text_wrap(struct mg_str *rest, size_t cols, struct mg_str *line)
{
	size_t i = 0, used = 0, space = 0;

	while (rest->n && rest->p[0] == ' ')
		*rest = mg_str_from(*rest, 1);
	if (rest->n == 0)
		return false;
	while (i < rest->n) {
		uint32_t c;
		size_t   n = decode(mg_str_from(*rest, i), &c), w = n ? columns_of(c) : 1;

		if (rest->p[i] == ' ')
			space = i;
		if (used + w > cols && i > 0)
			break;
		used += w;
		i += n ? n : 1;
	}
	if (i < rest->n && space > 0)
		i = space;
	*line = mg_str_head(*rest, i);
	*rest = mg_str_from(*rest, i);
	while (line->n && line->p[line->n - 1] == ' ')
		line->n--;
	return true;
}

void mg_text_block(struct mg_buf *b, struct mg_str s, size_t at, size_t width)
{
	struct mg_buf clean = { 0 };
	struct mg_str rest, line;
	bool          first = true;

	mg_text_escape(&clean, s, MG_TEXT_ALL);
	rest = mg_buf_str(&clean);
	while (mg_text_wrap(&rest, width > at + 20 ? width - at : 20, &line)) {
		if (!first)
			mg_text_pad(b, at);
		mg_buf_add(b, line);
		mg_buf_addc(b, '\n');
		first = false;
	}
	if (first)
		mg_buf_addc(b, '\n');
	mg_buf_release(&clean);
}
