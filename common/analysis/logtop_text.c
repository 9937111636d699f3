/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/logtop.h"

#define READ_MAX ((size_t)2000) /* bytes of a message that are looked at */

/* What a byte is to the reader of words. */
enum { OTHER, LETTER, DIGIT, QUOTE, SLASH };

static const unsigned char class_of[256] = {
	['0'] = DIGIT, ['1'] = DIGIT, ['2'] = DIGIT, ['3'] = DIGIT, ['4'] = DIGIT,
	['5'] = DIGIT, ['6'] = DIGIT, ['7'] = DIGIT, ['8'] = DIGIT, ['9'] = DIGIT,
	['a'] = LETTER, ['b'] = LETTER, ['c'] = LETTER, ['d'] = LETTER, ['e'] = LETTER,
	['f'] = LETTER, ['g'] = LETTER, ['h'] = LETTER, ['i'] = LETTER, ['j'] = LETTER,
	['k'] = LETTER, ['l'] = LETTER, ['m'] = LETTER, ['n'] = LETTER, ['o'] = LETTER,
	['p'] = LETTER, ['q'] = LETTER, ['r'] = LETTER, ['s'] = LETTER, ['t'] = LETTER,
	['u'] = LETTER, ['v'] = LETTER, ['w'] = LETTER, ['x'] = LETTER, ['y'] = LETTER,
	['z'] = LETTER, ['A'] = LETTER, ['B'] = LETTER, ['C'] = LETTER, ['D'] = LETTER,
	['E'] = LETTER, ['F'] = LETTER, ['G'] = LETTER, ['H'] = LETTER, ['I'] = LETTER,
	['J'] = LETTER, ['K'] = LETTER, ['L'] = LETTER, ['M'] = LETTER, ['N'] = LETTER,
	['O'] = LETTER, ['P'] = LETTER, ['Q'] = LETTER, ['R'] = LETTER, ['S'] = LETTER,
	['T'] = LETTER, ['U'] = LETTER, ['V'] = LETTER, ['W'] = LETTER, ['X'] = LETTER,
	['Y'] = LETTER, ['Z'] = LETTER, ['"'] = QUOTE, ['\\'] = SLASH,
};

static unsigned class_at(const char *p)
{
	return class_of[(unsigned char)*p];
}

struct writer {
	char  *p, *end;
	size_t start; /* of the word that is being written, for chains of numbers */
	char  *base;
};

static void put(struct writer *w, const char *p, size_t n)
{
	if (n > (size_t)(w->end - w->p))
		n = (size_t)(w->end - w->p);
	memcpy(w->p, p, n);
	w->p += n;
}

static void put1(struct writer *w, char c)
{
	if (w->p < w->end)
		*w->p++ = c;
}

/* "#" once for "10.0.0.1:6443", "2021-11-20T03:12", "1.2s": a number behind a number. */
static void number(struct writer *w)
{
	size_t n = (size_t)(w->p - w->base);

	if (n >= 2 && w->p[-2] == '#' && strchr(".:-_,/", w->p[-1])) {
		w->p--;
		return;
	}
	if (n >= 1 && w->p[-1] == '#')
		return;
	put1(w, '#');
}

/* Words that hold a digit and still mean something: v1, v1beta1, x509, k8s, http2. */
static bool means_something(const char *p, size_t n)
{
	static const struct mg_str words[] = { { "x509", 4 }, { "k8s", 3 },  { "http2", 5 },
					       { "IPv4", 4 }, { "IPv6", 4 }, { "h2c", 3 },
					       { "i18n", 4 } };

	if (p[0] == 'v' && n <= 8 && n >= 2 && class_at(p + 1) == DIGIT &&
	    (n == 2 || class_at(p + 2) == LETTER))
		return true;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (words[i].n == n && memcmp(words[i].p, p, n) == 0)
			return true;
	return false;
}

/* A word: copied, or '#' when it holds a digit.  Returns its end. */
static const char *word(struct writer *w, const char *p, const char *end)
{
	const char *q = p;
	char       *to = w->p;
	bool        digit = false;
	unsigned    c;

	/* nearly always it is copied: the bytes that do not fit are passed over */
	for (; q < end && ((c = class_at(q)) == LETTER || c == DIGIT); q++) {
		digit |= c == DIGIT;
		if (to < w->end)
			*to++ = *q;
	}
	if (digit && !means_something(p, (size_t)(q - p)))
		number(w);
	else
		w->p = to;
	return q;
}

/* A quoted text of several plain words is said; a name or a path is "…".  The quote may be
 * escaped itself.  Returns the end, or NULL when it never ends. */
static const char *quoted(struct writer *w, const char *p, const char *end)
{
	bool        escaped = *p == '\\', blank = false, digit = false;
	const char *from = p + 1 + escaped, *q = from;

	for (; q < end; q++) {
		if (*q == '"' && (!escaped || q[-1] == '\\'))
			break;
		if (*q == '\\' && !escaped && q + 1 < end) {
			q++;
			continue;
		}
		blank |= *q == ' ';
		digit |= class_at(q) == DIGIT || *q == '/';
	}
	if (q >= end)
		return NULL;
	if (blank && !digit) {
		put(w, "\"", 1);
		put(w, from, (size_t)(q - escaped - from));
		put(w, "\"", 1);
	} else {
		put(w, "\"\xe2\x80\xa6\"", 5);
	}
	return q + 1;
}

static void fold(struct writer *w, struct mg_str s)
{
	const char *p = s.p, *end = s.p + s.n, *q;

	while (p < end && w->p < w->end) {
		switch (class_at(p)) {
		case LETTER:
		case DIGIT:
			p = word(w, p, end);
			break;
		case SLASH:
			if (p + 1 < end && p[1] == '"' && (q = quoted(w, p, end))) {
				p = q;
				break;
			}
			put1(w, *p++);
			break;
		case QUOTE:
			q = quoted(w, p, end);
			if (q) {
				p = q;
				break;
			}
			/* fall through */
		default:
			put1(w, *p++);
		}
	}
}

/* The end of the Go-quoted text that begins at s[0], or 0. */
static size_t quoted_length(struct mg_str s)
{
	for (size_t i = 1; i < s.n; i++) {
		if (s.p[i] == '\\')
			i++;
		else if (s.p[i] == '"')
			return i + 1;
	}
	return 0;
}

/* `"message" key=value err="why" …`: message and why. */
static bool structured(struct writer *w, struct mg_str s)
{
	size_t    n = s.n && s.p[0] == '"' ? quoted_length(s) : 0;
	ptrdiff_t at;

	if (!n || (n < s.n && s.p[n] != ' ') || (n < s.n && !memchr(s.p + n, '=', s.n - n)))
		return false;
	fold(w, mg_str(s.p + 1, n - 2));
	s = mg_str_from(s, n);
	at = mg_str_find(s, MG_STR(" err="));
	if (at < 0)
		return true;
	s = mg_str_from(s, (size_t)at + 5);
	put(w, ": ", 2);
	n = s.n && s.p[0] == '"' ? quoted_length(s) : 0;
	fold(w, n ? mg_str(s.p + 1, n - 2) : s);
	return true;
}

/* `Trace[123]: "List" url:/api/v1/pods …`: only its name. */
static bool trace(struct writer *w, struct mg_str s)
{
	struct mg_str name;

	if (!mg_str_starts(s, MG_STR("Trace[")))
		return false;
	name = mg_str_between(s, MG_STR("]: \""), MG_STR("\""));
	if (!name.p)
		return false;
	put(w, "Trace[#]: \"", 11);
	fold(w, name);
	put(w, "\"", 1);
	return true;
}

struct mg_str mg_logtop_normalise(struct mg_str message, char *buf, size_t n)
{
	struct writer w = { .p = buf, .base = buf, .end = buf + n };

	message = mg_str_trim(mg_str_head(message, READ_MAX));
	if (!structured(&w, message) && !trace(&w, message)) {
		w.p = buf;
		fold(&w, message);
	}
	/* a character that was cut in two is no character */
	if (w.p == w.end)
		while (w.p > buf && ((unsigned char)w.p[-1] & 0x80))
			w.p--;
	return mg_str(buf, (size_t)(w.p - buf));
}
