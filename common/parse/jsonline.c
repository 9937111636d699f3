/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/jsonline.h"

#include "base/num.h"
#include "base/scan.h"

static char peek(const struct mg_jsonline *it)
{
	return it->at < it->line.n ? it->line.p[it->at] : '\0';
}

static void blanks(struct mg_jsonline *it)
{
	while (it->at < it->line.n && (peek(it) == ' ' || peek(it) == '\t'))
		it->at++;
}

static bool fault(struct mg_jsonline *it)
{
	it->bad = true;
	return false;
}

bool mg_jsonline_init(struct mg_jsonline *it, struct mg_str line)
{
	*it = (struct mg_jsonline){ .line = line };
	blanks(it);
	if (peek(it) != '{')
		return false;
	it->at++;
	return true;
}

/* A quoted string at the position; *out is what stands between the quotes. */
static bool string(struct mg_jsonline *it, struct mg_str *out)
{
	const char *from = it->line.p + it->at + 1, *end = it->line.p + it->line.n, *p;

	if (peek(it) != '"')
		return fault(it);
	for (p = mg_scan_string(from, end); p < end && *p != '"'; p = mg_scan_string(p, end))
		p += *p == '\\' && end - p > 1 ? 2 : 1;
	if (p >= end)
		return fault(it);
	*out = mg_str(from, (size_t)(p - from));
	it->at = (size_t)(p + 1 - it->line.p);
	return true;
}

/* An object or array: to the bracket that closes it. */
static bool nested(struct mg_jsonline *it, struct mg_str *out)
{
	size_t        start = it->at, depth = 0;
	struct mg_str skipped;

	while (it->at < it->line.n) {
		char c = peek(it);

		if (c == '"') {
			if (!string(it, &skipped))
				return false;
			continue;
		}
		it->at++;
		if (c == '{' || c == '[')
			depth++;
		else if ((c == '}' || c == ']') && --depth == 0) {
			*out = mg_str(it->line.p + start, it->at - start);
			return true;
		}
	}
	return fault(it);
}

static bool scalar(struct mg_jsonline *it, struct mg_jsonmember *m)
{
	size_t start = it->at;

	while (it->at < it->line.n && !strchr(",} \t", peek(it)))
		it->at++;
	m->value = mg_str(it->line.p + start, it->at - start);
	if (m->value.n == 0)
		return fault(it);
	m->type = m->value.p[0];
	if (m->type == 't' || m->type == 'f')
		m->type = 'b';
	else if (m->type == '-' || mg_is_digit(m->type))
		m->type = '0';
	else if (m->type != 'n')
		return fault(it);
	return true;
}

static bool value(struct mg_jsonline *it, struct mg_jsonmember *m)
{
	m->type = peek(it);
	if (m->type == '"')
		return string(it, &m->value);
	if (m->type == '{' || m->type == '[')
		return nested(it, &m->value);
	return scalar(it, m);
}

bool mg_jsonline_next(struct mg_jsonline *it, struct mg_jsonmember *m)
{
	blanks(it);
	if (peek(it) == ',') {
		it->at++;
		blanks(it);
	}
	if (peek(it) == '}')
		return false;
	if (!string(it, &m->key))
		return false;
	blanks(it);
	if (peek(it) != ':')
		return fault(it);
	it->at++;
	blanks(it);
	return value(it, m);
}

static void utf8(struct mg_buf *out, uint32_t c)
{
	if (c < 0x80) {
		mg_buf_addc(out, (char)c);
	} else if (c < 0x800) {
		mg_buf_addc(out, (char)(0xc0 | c >> 6));
		mg_buf_addc(out, (char)(0x80 | (c & 0x3f)));
	} else if (c < 0x10000) {
		mg_buf_addc(out, (char)(0xe0 | c >> 12));
		mg_buf_addc(out, (char)(0x80 | (c >> 6 & 0x3f)));
		mg_buf_addc(out, (char)(0x80 | (c & 0x3f)));
	} else {
		mg_buf_addc(out, (char)(0xf0 | c >> 18));
		mg_buf_addc(out, (char)(0x80 | (c >> 12 & 0x3f)));
		mg_buf_addc(out, (char)(0x80 | (c >> 6 & 0x3f)));
		mg_buf_addc(out, (char)(0x80 | (c & 0x3f)));
	}
}

/* \uXXXX at raw[at] (behind the backslash and u), with a following low surrogate; the
 * length consumed, 0 when it is broken. */
static size_t unicode(struct mg_str raw, size_t at, struct mg_buf *out)
{
	uint64_t hi, lo;

	if (raw.n - at < 4 || !mg_num_hex(mg_str(raw.p + at, 4), &hi))
		return 0;
	if (hi >= 0xd800 && hi < 0xdc00 && raw.n - at >= 10 && raw.p[at + 4] == '\\' &&
	    raw.p[at + 5] == 'u' && mg_num_hex(mg_str(raw.p + at + 6, 4), &lo) &&
	    lo >= 0xdc00 && lo < 0xe000) {
		utf8(out, (uint32_t)(0x10000 + ((hi - 0xd800) << 10) + (lo - 0xdc00)));
		return 10;
	}
	utf8(out, hi >= 0xd800 && hi < 0xe000 ? 0xfffd : (uint32_t)hi);
	return 4;
}

void mg_jsonline_unescape(struct mg_str raw, struct mg_buf *out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";

	for (size_t i = 0; i < raw.n;) {
		const char *slash = memchr(raw.p + i, '\\', raw.n - i), *known;
		size_t      run = slash ? (size_t)(slash - raw.p) - i : raw.n - i, used;

		mg_buf_add(out, mg_str(raw.p + i, run));
		i += run;
		if (i + 1 >= raw.n) {
			mg_buf_add(out, mg_str_from(raw, i));
			return;
		}
		known = raw.p[i + 1] ? strchr(from, raw.p[i + 1]) : NULL;
		if (known) {
			mg_buf_addc(out, to[known - from]);
			i += 2;
		} else if (raw.p[i + 1] == 'u' && (used = unicode(raw, i + 2, out))) {
			i += 2 + used;
		} else {
			mg_buf_addc(out, '\\');
			i++;
		}
	}
}
