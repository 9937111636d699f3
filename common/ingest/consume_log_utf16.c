/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/consume_log.h"

/* Windows shells redirect into UTF-16LE with a byte order mark.  Blocks are cut at byte 0x0A,
 * which may be half of any character, so characters and lines are carried over and counted
 * here. */

bool mg_log_utf16_detect(struct mg_log *s, const struct mg_block *b)
{
	if (b->offset != 0 || b->n < 2 || (unsigned char)b->p[0] != 0xff ||
	    (unsigned char)b->p[1] != 0xfe)
		return false;
	s->utf16.on = true;
	return true;
}

static void add(struct mg_buf *b, uint32_t c)
{
	if (c < 0x80) {
		mg_buf_addc(b, (char)c);
		return;
	}
	if (c >= 0x10000) {
		mg_buf_addc(b, (char)(0xf0 | c >> 18));
		mg_buf_addc(b, (char)(0x80 | (c >> 12 & 0x3f)));
	} else if (c >= 0x800) {
		mg_buf_addc(b, (char)(0xe0 | c >> 12));
	} else {
		mg_buf_addc(b, (char)(0xc0 | c >> 6));
		mg_buf_addc(b, (char)(0x80 | (c & 0x3f)));
		return;
	}
	mg_buf_addc(b, (char)(0x80 | (c >> 6 & 0x3f)));
	mg_buf_addc(b, (char)(0x80 | (c & 0x3f)));
}

static void end_line(struct mg_log *s)
{
	mg_log_physical(s, mg_buf_str(&s->utf16.line));
	mg_buf_clear(&s->utf16.line);
}

static void unit(struct mg_log *s, uint32_t c)
{
	struct mg_log_utf16 *u = &s->utf16;

	if (c >= 0xd800 && c < 0xdc00) {
		if (u->high)
			add(&u->line, 0xfffd);
		u->high = c;
		return;
	}
	if (c >= 0xdc00 && c < 0xe000) {
		add(&u->line, u->high ? 0x10000 + ((u->high - 0xd800) << 10) + (c - 0xdc00) : 0xfffd);
		u->high = 0;
		return;
	}
	if (u->high)
		add(&u->line, 0xfffd);
	u->high = 0;
	if (c == '\n')
		end_line(s);
	else if (c != 0xfeff)
		add(&u->line, c);
}

void mg_log_utf16_block(struct mg_log *s, const struct mg_block *b)
{
	struct mg_log_utf16 *u = &s->utf16;

	for (size_t i = 0; i < b->n; i++) {
		int c = (unsigned char)b->p[i];

		if (u->carry < 0) {
			u->carry = c;
			continue;
		}
		c = u->carry | c << 8;
		u->carry = -1;
		unit(s, (uint32_t)c);
	}
}

void mg_log_utf16_end(struct mg_log *s)
{
	if (s->utf16.line.n)
		end_line(s);
	if (!s->utf16.on || s->utf16.carry < 0)
		return;
	s->out->stats.lines++; /* half a character is all there is of it */
	mg_stats_bad(&s->out->stats, s->lineno, 0, "odd number of bytes in UTF-16");
}
