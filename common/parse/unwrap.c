/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/unwrap.h"

#include "parse/jsonline.h"

#define JOIN_MAX ((size_t)64 << 20) /* fragments that never end must not eat the memory */
#define NEAR (10 * MG_SEC)          /* an injected stamp is this close to the line's own */

void mg_unwrap_init(struct mg_unwrap *u)
{
	*u = (struct mg_unwrap){ .begin_ns = MG_TIME_NONE, .end_ns = MG_TIME_NONE };
	u->last.time_ns = MG_TIME_NONE;
}

void mg_unwrap_release(struct mg_unwrap *u)
{
	mg_buf_release(&u->clean);
	mg_buf_release(&u->repaired);
	mg_buf_release(&u->host);
	mg_buf_release(&u->ident);
	for (int i = 0; i < 3; i++)
		mg_buf_release(&u->joined[i]);
}

/* --- bytes that are no text ------------------------------------------------------- */

/* The length of an escape sequence at s[i] (ESC [ ... letter, ESC letter); at least 1. */
static size_t escape_length(struct mg_str s, size_t i)
{
	size_t n = i + 1;

	if (n < s.n && s.p[n] == '[') {
		for (n++; n < s.n && !(s.p[n] >= '@' && s.p[n] <= '~'); n++)
			;
		return n < s.n ? n + 1 - i : s.n - i;
	}
	return 1;
}

/* NUL bytes at the start (a hole in the file) vanish, others become a blank. */
static struct mg_str clean(struct mg_unwrap *u, struct mg_str s)
{
	mg_buf_clear(&u->clean);
	for (size_t i = 0; i < s.n;) {
		if (s.p[i] == '\033') {
			i += escape_length(s, i);
			continue;
		}
		if (s.p[i] != '\0')
			mg_buf_addc(&u->clean, s.p[i]);
		else if (u->clean.n)
			mg_buf_addc(&u->clean, ' ');
		i++;
	}
	return mg_buf_str(&u->clean);
}

static struct mg_str strip(struct mg_unwrap *u, struct mg_str s)
{
	while (s.n && s.p[s.n - 1] == '\r')
		s.n--;
	if (s.n && !u->plain && (memchr(s.p, '\0', s.n) || memchr(s.p, '\033', s.n)))
		return clean(u, s);
	return s;
}

/* --- years ------------------------------------------------------------------------ */

static int64_t with_year(int64_t yearless_ns, int year)
{
	struct mg_civil c = mg_time_civil(yearless_ns);

	c.year = year;
	return mg_time_from_civil(&c);
}

static int64_t distance(int64_t a, int64_t b)
{
	return a > b ? a - b : b - a;
}

int64_t mg_unwrap_year_near(int64_t yearless_ns, int64_t near_ns)
{
	int     year = mg_time_civil(near_ns).year;
	int64_t best = with_year(yearless_ns, year), t;

	for (int d = -1; d <= 1; d += 2) {
		if (year + d < 1700 || year + d > 2200) /* int64 ns must not overflow */
			continue;
		t = with_year(yearless_ns, year + d);
		if (distance(t, near_ns) < distance(best, near_ns))
			best = t;
	}
	return best;
}

/* The marks of several nodes may stand in one file: keep the widest span. */
static void learn(struct mg_unwrap *u, const struct mg_envelope *e)
{
	if (e->time_ns != MG_TIME_NONE && (u->begin_ns == MG_TIME_NONE || e->time_ns < u->begin_ns))
		u->begin_ns = e->time_ns;
	if (e->end_ns != MG_TIME_NONE && (u->end_ns == MG_TIME_NONE || e->end_ns > u->end_ns))
		u->end_ns = e->end_ns;
}

static void resolve_year(const struct mg_unwrap *u, struct mg_unwrapped *t)
{
	int64_t near = u->end_ns != MG_TIME_NONE ? u->end_ns : u->begin_ns;

	if (near == MG_TIME_NONE)
		return;
	t->time_ns = mg_unwrap_year_near(t->time_ns, near);
	t->stamp = MG_STAMP_YEAR;
	/* nearest to the end may lie behind it: then it was the year before */
	if (u->end_ns != MG_TIME_NONE && t->time_ns > u->end_ns + MG_DAY)
		t->time_ns = with_year(t->time_ns, mg_time_civil(t->time_ns).year - 1);
}

/* --- one line --------------------------------------------------------------------- */

static struct mg_str keep(struct mg_buf *b, struct mg_str s)
{
	if (!mg_str_eq(mg_buf_str(b), s)) {
		mg_buf_clear(b);
		mg_buf_add(b, s);
	}
	return mg_buf_str(b);
}

static void take(struct mg_unwrap *u, const struct mg_envelope *e, struct mg_unwrapped *t)
{
	*t = (struct mg_unwrapped){ .kind = e->kind, .text = e->text, .time_ns = e->time_ns,
				    .coarse = e->coarse, .pid = e->pid };
	t->stamp = e->yearless ? MG_STAMP_YEARLESS : e->zoned ? MG_STAMP_EXACT : MG_STAMP_ZONE;
	if (e->yearless)
		resolve_year(u, t);
	t->host = keep(&u->host, e->host);
	t->ident = keep(&u->ident, e->ident);
}

static int bare(struct mg_unwrap *u, struct mg_str line, struct mg_unwrapped *t)
{
	size_t i = 0;

	*t = u->last;
	t->kind = MG_ENVELOPE_NONE;
	t->inherited = true;
	/* journald indents the further lines of a message to its column */
	if (u->last.kind == MG_ENVELOPE_JOURNAL)
		while (i < line.n && i < u->column && line.p[i] == ' ')
			i++;
	t->text = i == u->column ? mg_str_from(line, i) : line;
	return 1;
}

/* --- fragments -------------------------------------------------------------------- */

static int slot_of(char stream)
{
	return stream == 'o' ? 0 : stream == 'e' ? 1 : 2;
}

static int close_slot(struct mg_unwrap *u, int i, struct mg_unwrapped *t)
{
	*t = u->first[i];
	t->text = mg_buf_str(&u->joined[i]);
	u->first[i].kind = MG_ENVELOPE_NONE;
	return 1;
}

/* CRI P ... F and docker texts without a newline: one text, the time of its first part. */
static int fragment(struct mg_unwrap *u, const struct mg_envelope *e, struct mg_unwrapped *t)
{
	int            i = slot_of(e->stream);
	struct mg_buf *b = &u->joined[i];
	bool           docker = e->kind == MG_ENVELOPE_DOCKER;

	take(u, e, t);
	u->last = *t;
	if (!e->partial && !docker && u->first[i].kind == MG_ENVELOPE_NONE)
		return 1;
	if (u->first[i].kind == MG_ENVELOPE_NONE) {
		mg_buf_clear(b);
		u->first[i] = *t;
	}
	if (docker)
		mg_jsonline_unescape(e->text, b);
	else
		mg_buf_add(b, e->text);
	if (e->partial && b->n < JOIN_MAX)
		return 0;
	return close_slot(u, i, t);
}

/* --- stamps inside the text ------------------------------------------------------- */

static bool near(int64_t a, int64_t b)
{
	return distance(a, b) <= NEAR;
}

/* A stamp that a program wrote itself stands behind a blank, a quote or a bracket; an injected
 * one may, too, but then the fragments were read at the same moment. */
static bool injected(struct mg_str text, size_t at, int64_t ns, int64_t line_ns)
{
	int64_t later = ns - line_ns;

	if (later >= 0 && later <= MG_MS)
		return true;
	return near(ns, line_ns) && (at == 0 || !strchr(" \"'=([{,:/\t", text.p[at - 1]));
}

/* What follows the stamp is a record of its own, and not the rest of the one before. */
static bool begins_record(struct mg_str before, struct mg_str after)
{
	if (after.n > 22 && strchr("IWEF", after.p[0]) && mg_is_digit(after.p[1]) &&
	    mg_is_digit(after.p[4]) && after.p[5] == ' ' && after.p[8] == ':')
		return true;
	return after.n > 2 && after.p[0] == '{' && after.p[1] == '"' && before.p[0] != '{';
}

/* A kubelet before 1.26 stamps every fragment of a line: the runtime's buffer was full, or the
 * program wrote the line in pieces.  The stamps are dropped; where a new record follows (the
 * end of the first one is lost) the line is split. */
static int repair(struct mg_unwrap *u, struct mg_unwrapped out[2])
{
	struct mg_str text = out[0].text;
	size_t        from = 0, look = 0, used;
	int64_t       ns;
	ptrdiff_t     at;

	mg_buf_clear(&u->repaired);
	while ((at = mg_envelope_find_stamp(text, look, &ns, &used)) >= 0) {
		struct mg_str after = mg_str_from(text, (size_t)at + used + 1);

		look = (size_t)at + used;
		if (!injected(text, (size_t)at, ns, out[0].time_ns))
			continue;
		mg_buf_add(&u->repaired, mg_str(text.p + from, (size_t)at - from));
		from = look + (look < text.n);
		if (at > 0 && begins_record(text, after)) {
			out[1] = out[0];
			out[0].text = mg_buf_str(&u->repaired);
			out[1].text = after;
			out[1].time_ns = ns;
			return 2;
		}
	}
	if (from == 0)
		return 1; /* nothing was found, nearly always */
	mg_buf_add(&u->repaired, mg_str_from(text, from));
	out[0].text = mg_buf_str(&u->repaired);
	return 1;
}

int mg_unwrap_line(struct mg_unwrap *u, struct mg_str line, struct mg_unwrapped out[2])
{
	struct mg_envelope e;
	struct mg_str      s = strip(u, line);

	mg_envelope_parse(s, &e);
	switch (e.kind) {
	case MG_ENVELOPE_CRI:
	case MG_ENVELOPE_DOCKER:
		return fragment(u, &e, out);
	case MG_ENVELOPE_STAMP:
		take(u, &e, out);
		u->last = *out;
		return repair(u, out);
	case MG_ENVELOPE_JOURNAL:
		take(u, &e, out);
		u->last = *out;
		u->column = (size_t)(e.text.p - s.p);
		return 1;
	case MG_ENVELOPE_MARK:
		learn(u, &e);
		bare(u, s, out);
		out->kind = MG_ENVELOPE_MARK;
		return 1;
	default:
		return bare(u, s, out);
	}
}

int mg_unwrap_flush(struct mg_unwrap *u, struct mg_unwrapped out[2])
{
	for (int i = 0; i < 3; i++)
		if (u->first[i].kind != MG_ENVELOPE_NONE)
			return close_slot(u, i, out);
	return 0;
}
