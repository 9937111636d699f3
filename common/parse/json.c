/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/json.h"

#include "base/scan.h"

bool mg_json_fail(struct mg_json *j, const char *p, const char *msg)
{
	j->p = p;
	j->msg = msg;
	return false;
}

static inline const char *blanks(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
		p++;
	return p;
}

void mg_json_blank(struct mg_json *j)
{
	j->p = blanks(j->p, j->end);
}

/* --- strings --------------------------------------------------------------- */

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Length of the UTF-8 sequence at `p` (first byte >= 0x80), 0 when it is none. */
static size_t utf8(const char *p, const char *end)
{
	unsigned char b = (unsigned char)*p, lo = 0x80, hi = 0xbf;
	size_t        n = b >= 0xf0 ? 4 : b >= 0xe0 ? 3 : 2;

	if (b < 0xc2 || b > 0xf4 || (size_t)(end - p) < n)
		return 0;
	if (b == 0xe0)
		lo = 0xa0; /* overlong   */
	else if (b == 0xed)
		hi = 0x9f; /* surrogates */
	else if (b == 0xf0)
		lo = 0x90;
	else if (b == 0xf4)
		hi = 0x8f; /* above U+10FFFF */
	if ((unsigned char)p[1] < lo || (unsigned char)p[1] > hi)
		return 0;
	for (size_t i = 2; i < n; i++)
		if (((unsigned char)p[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

/* Behind the escape whose backslash is at `p`, or NULL with the fault noted. */
static const char *escape(struct mg_json *j, const char *p)
{
	const char *q = p + 1;

	if (q == j->end)
		return mg_json_fail(j, q, "string is not closed"), NULL;
	switch (*q) {
	case '"': case '\\': case '/': case 'b': case 'f': case 'n': case 'r': case 't':
		return q + 1;
	case 'u':
		for (int i = 1; i <= 4; i++) {
			if (q + i == j->end)
				return mg_json_fail(j, q + i, "string is not closed"), NULL;
			if (hex_digit(q[i]) < 0)
				return mg_json_fail(j, q + i, "bad \\u escape"), NULL;
		}
		return q + 5;
	default:
		return mg_json_fail(j, q, "bad escape"), NULL;
	}
}

/* One byte that is special: go behind it, or NULL with the fault noted. */
static const char *special(struct mg_json *j, const char *p)
{
	size_t n;

	if (*p == '\\')
		return escape(j, p);
	if ((unsigned char)*p < 0x20)
		return mg_json_fail(j, p, "control character in a string"), NULL;
	n = utf8(p, j->end);
	if (n == 0)
		return mg_json_fail(j, p, "bytes that are not UTF-8"), NULL;
	return p + n;
}

/* `p` behind the opening quote; the closing quote, or NULL. */
static inline __attribute__((always_inline)) const char *
string_end(struct mg_json *j, const char *p, bool *escaped)
{
	uint32_t hit = j->end - p >= 32 ? mg_scan_mask32(p) : 0;

	*escaped = false;
	if (hit && p[__builtin_ctz(hit)] == '"') /* most are short and plain */
		return p + __builtin_ctz(hit);
	for (;;) {
		p = mg_scan_string(p, j->end);
		if (p == j->end)
			return mg_json_fail(j, p, "string is not closed"), NULL;
		if (*p == '"')
			return p;
		*escaped |= *p == '\\';
		p = special(j, p);
		if (!p)
			return NULL;
	}
}

bool mg_json_string(struct mg_json *j, struct mg_json_text *t)
{
	bool        escaped;
	const char *from = j->p, *q = string_end(j, from, &escaped);

	if (!q)
		return false;
	*t = (struct mg_json_text){ from, (uint32_t)(q - from), escaped };
	j->p = q + 1;
	return true;
}

/* --- numbers and words ------------------------------------------------------ */

static const char *digits(struct mg_json *j, const char *p)
{
	if (p == j->end || !mg_is_digit(*p))
		return mg_json_fail(j, p, "bad number"), NULL;
	while (p < j->end && mg_is_digit(*p))
		p++;
	return p;
}

static const char *number(struct mg_json *j, const char *p)
{
	if (*p == '-')
		p++;
	if (p < j->end && *p == '0')
		p++;
	else if (!(p = digits(j, p)))
		return NULL;
	if (p < j->end && *p == '.' && !(p = digits(j, p + 1)))
		return NULL;
	if (p < j->end && (*p == 'e' || *p == 'E')) {
		p++;
		if (p < j->end && (*p == '+' || *p == '-'))
			p++;
		p = digits(j, p);
	}
	return p;
}

static const char *word(struct mg_json *j, const char *p, struct mg_str w)
{
	for (size_t i = 0; i < w.n; i++) {
		if (p + i == j->end)
			return mg_json_fail(j, p + i, "value is cut"), NULL;
		if (p[i] != w.p[i])
			return mg_json_fail(j, p, "value expected"), NULL;
	}
	return p + w.n;
}

/* Behind the scalar at `p` (p < end), or NULL. */
static inline const char *scalar(struct mg_json *j, const char *p, struct mg_json_value *v)
{
	const char *q;

	v->escaped = false;
	switch (*p) {
	case '"':
		v->type = MG_JSON_STRING;
		q = string_end(j, p + 1, &v->escaped);
		v->raw = mg_str(p + 1, q ? (size_t)(q - p - 1) : 0);
		return q ? q + 1 : NULL;
	case 't':
		v->type = MG_JSON_TRUE;
		q = word(j, p, MG_STR("true"));
		break;
	case 'f':
		v->type = MG_JSON_FALSE;
		q = word(j, p, MG_STR("false"));
		break;
	case 'n':
		v->type = MG_JSON_NULL;
		q = word(j, p, MG_STR("null"));
		break;
	default:
		v->type = MG_JSON_NUMBER;
		if (*p != '-' && !mg_is_digit(*p))
			return mg_json_fail(j, p, "value expected"), NULL;
		q = number(j, p);
	}
	v->raw = mg_str(p, q ? (size_t)(q - p) : 0);
	return q;
}

/* --- arrays and objects ------------------------------------------------------ */

/* "key": and blanks around; `p` where the key should start. */
static inline const char *key_colon(struct mg_json *j, const char *p)
{
	bool escaped;

	if (p == j->end || *p != '"')
		return mg_json_fail(j, p, "member name expected"), NULL;
	p = string_end(j, p + 1, &escaped);
	if (!p)
		return NULL;
	p++;
	if (p < j->end && *p != ':')
		p = blanks(p, j->end);
	if (p == j->end || *p != ':')
		return mg_json_fail(j, p, "':' expected"), NULL;
	return p + 1;
}

/* Skip the array or object at `p`: the one state machine of this file.  A stack of bits
 * remembers which bracket is open at each depth, so nesting costs no recursion. */
static const char *container(struct mg_json *j, const char *p)
{
	uint64_t             stack[MG_JSON_DEPTH / 64 + 1]; /* 1: object */
	unsigned             depth = 0;
	bool                 object;
	struct mg_json_value v;

	stack[0] = 0;
open:
	if (depth == MG_JSON_DEPTH)
		return mg_json_fail(j, p, "nested too deep"), NULL;
	object = *p == '{';
	if (++depth % 64 == 0)
		stack[depth / 64] = 0;
	stack[depth / 64] &= ~(UINT64_C(1) << depth % 64);
	stack[depth / 64] |= (uint64_t)object << depth % 64;
	p = blanks(p + 1, j->end);
	if (p < j->end && *p == (object ? '}' : ']'))
		goto close;
member:
	if (object && !(p = key_colon(j, p)))
		return NULL;
	if (p < j->end && (unsigned char)*p <= ' ')
		p = blanks(p, j->end);
	if (p == j->end)
		return mg_json_fail(j, p, "value expected"), NULL;
	if (*p == '{' || *p == '[')
		goto open;
	p = scalar(j, p, &v);
	if (!p)
		return NULL;
next:
	if (p < j->end && (unsigned char)*p <= ' ')
		p = blanks(p, j->end);
	if (p == j->end)
		return mg_json_fail(j, p, "bracket is not closed"), NULL;
	if (*p == ',') {
		p++;
		if (p < j->end && (unsigned char)*p <= ' ')
			p = blanks(p, j->end);
		goto member;
	}
	if (*p != (object ? '}' : ']'))
		return mg_json_fail(j, p, "',' or closing bracket expected"), NULL;
close:
	p++;
	if (--depth == 0)
		return p;
	object = stack[depth / 64] >> depth % 64 & 1;
	goto next;
}

bool mg_json_value(struct mg_json *j, struct mg_json_value *v)
{
	const char *p = blanks(j->p, j->end), *q;

	if (p == j->end)
		return mg_json_fail(j, p, "value expected");
	if (*p == '{' || *p == '[') {
		v->type = *p == '{' ? MG_JSON_OBJECT : MG_JSON_ARRAY;
		v->escaped = false;
		q = container(j, p);
		v->raw = mg_str(p, q ? (size_t)(q - p) : 0);
	} else {
		q = scalar(j, p, v);
	}
	if (!q)
		return false;
	j->p = q;
	return true;
}

enum mg_status mg_json_check(struct mg_str text, struct mg_err *err)
{
	struct mg_json       j;
	struct mg_json_value v;

	mg_json_init(&j, text);
	if (mg_json_value(&j, &v)) {
		mg_json_blank(&j);
		if (j.p == j.end)
			return MG_OK;
		mg_json_fail(&j, j.p, "text behind the value");
	}
	if (err)
		err->byte = (uint64_t)(j.p - j.base);
	return mg_err_set(err, MG_FAIL, "%s", j.msg);
}

/* --- iteration ---------------------------------------------------------------- */

void mg_json_iter_init(struct mg_json_iter *it, struct mg_str text)
{
	mg_json_init(&it->j, text);
	it->begun = false;
}

/* Before the next entry: MG_OK with j.p at it, MG_EOF behind the closing bracket. */
static enum mg_status advance(struct mg_json_iter *it, char open, char close)
{
	struct mg_json *j = &it->j;

	if (j->msg)
		return MG_FAIL;
	mg_json_blank(j);
	if (!it->begun) {
		if (j->p == j->end || *j->p != open)
			return mg_json_fail(j, j->p, open == '{' ? "'{' expected" :
								   "'[' expected"), MG_FAIL;
		j->p = blanks(j->p + 1, j->end);
		it->begun = true;
		if (j->p < j->end && *j->p == close)
			return j->p++, MG_EOF;
		return MG_OK;
	}
	if (j->p == j->end)
		return mg_json_fail(j, j->p, "bracket is not closed"), MG_FAIL;
	if (*j->p == close)
		return j->p++, MG_EOF;
	if (*j->p != ',')
		return mg_json_fail(j, j->p, "',' or closing bracket expected"), MG_FAIL;
	j->p = blanks(j->p + 1, j->end);
	return MG_OK;
}

enum mg_status mg_json_member(struct mg_json_iter *it, struct mg_json_value *key,
			      struct mg_json_value *v)
{
	struct mg_json *j = &it->j;
	enum mg_status  st = advance(it, '{', '}');

	if (st != MG_OK)
		return st;
	if (j->p == j->end || *j->p != '"')
		return mg_json_fail(j, j->p, "member name expected"), MG_FAIL;
	if (!mg_json_value(j, key))
		return MG_FAIL;
	mg_json_blank(j);
	if (j->p == j->end || *j->p != ':')
		return mg_json_fail(j, j->p, "':' expected"), MG_FAIL;
	j->p++;
	return mg_json_value(j, v) ? MG_OK : MG_FAIL;
}

enum mg_status mg_json_element(struct mg_json_iter *it, struct mg_json_value *v)
{
	enum mg_status st = advance(it, '[', ']');

	if (st != MG_OK)
		return st;
	return mg_json_value(&it->j, v) ? MG_OK : MG_FAIL;
}

bool mg_json_is(const struct mg_json_value *v, struct mg_str want)
{
	char buf[128];

	if (v->type != MG_JSON_STRING)
		return false;
	if (!v->escaped)
		return mg_str_eq(v->raw, want);
	if (want.n >= sizeof(buf))
		return false;
	return mg_str_eq(mg_json_plain(mg_json_text(v), buf, sizeof(buf)), want);
}

struct mg_json_value mg_json_get(struct mg_str object, struct mg_str key)
{
	struct mg_json_iter  it;
	struct mg_json_value k, v, found = { .type = MG_JSON_NONE };

	mg_json_iter_init(&it, object);
	while (mg_json_member(&it, &k, &v) == MG_OK)
		if (mg_json_is(&k, key))
			found = v;
	return found;
}

/* --- unescaping ------------------------------------------------------------------ */

static size_t put_utf8(char *d, uint32_t c)
{
	if (c < 0x80)
		return d[0] = (char)c, 1;
	if (c < 0x800) {
		d[0] = (char)(0xc0 | c >> 6);
		d[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		d[0] = (char)(0xe0 | c >> 12);
		d[1] = (char)(0x80 | (c >> 6 & 0x3f));
		d[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	d[0] = (char)(0xf0 | c >> 18);
	d[1] = (char)(0x80 | (c >> 12 & 0x3f));
	d[2] = (char)(0x80 | (c >> 6 & 0x3f));
	d[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

/* The four hex digits at `p`. */
static uint32_t hex4(const char *p)
{
	uint32_t c = 0;

	for (int i = 0; i < 4; i++)
		c = c << 4 | (uint32_t)hex_digit(p[i]);
	return c;
}

/* The character of the \u escape at *p; *p moves behind it (and behind its second half). */
static uint32_t unescape_u(const char **p, const char *end)
{
	uint32_t c = hex4(*p + 2), low;

	*p += 6;
	if (c < 0xd800 || c > 0xdfff)
		return c;
	if (c > 0xdbff || end - *p < 6 || (*p)[0] != '\\' || (*p)[1] != 'u')
		return 0xfffd;
	low = hex4(*p + 2);
	if (low < 0xdc00 || low > 0xdfff)
		return 0xfffd;
	*p += 6;
	return 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
}

static uint32_t unescape_one(const char **p, const char *end)
{
	char c = (*p)[1];

	if (c == 'u')
		return unescape_u(p, end);
	*p += 2;
	switch (c) {
	case 'b': return '\b';
	case 'f': return '\f';
	case 'n': return '\n';
	case 'r': return '\r';
	case 't': return '\t';
	default: return (uint32_t)(unsigned char)c;
	}
}

/* The longest prefix of s[0..n) that does not cut a UTF-8 sequence of `t`. */
static size_t whole_chars(const char *p, size_t n)
{
	while (n > 0 && ((unsigned char)p[n] & 0xc0) == 0x80)
		n--;
	return n;
}

size_t mg_json_unescape(struct mg_json_text t, char *buf, size_t n)
{
	const char *p = t.p, *end = t.p + t.n;
	size_t      at = 0;
	char        one[4];

	while (p < end && at < n) {
		const char *bs = memchr(p, '\\', (size_t)(end - p));
		size_t      run = (size_t)((bs ? bs : end) - p), k;

		if (run > n - at)
			run = whole_chars(p, n - at), bs = NULL;
		memcpy(buf + at, p, run);
		at += run;
		if (!bs)
			break;
		p = bs;
		k = put_utf8(one, unescape_one(&p, end));
		if (k > n - at)
			break;
		memcpy(buf + at, one, k);
		at += k;
	}
	return at;
}
