/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/envelope.h"

#include "base/num.h"
#include "parse/jsonline.h"

#define IDENT_MAX 64 /* a longer "ident" is a message that happens to hold ": " */

/* Differences of two times and a duration must fit in 64 bits: 1970 to 2200 do. */
#define LATEST (INT64_C(7258118400) * MG_SEC)

static bool plausible(int64_t ns)
{
	return ns >= 0 && ns < LATEST;
}

static bool digit_at(struct mg_str s, size_t i)
{
	return i < s.n && mg_is_digit(s.p[i]);
}

/* --- journald header behind the time ---------------------------------------------- */

/* "ident[pid]: text", "ident: text" */
static bool ident(struct mg_str s, struct mg_envelope *e)
{
	size_t i = 0, end;

	while (i < s.n && i < IDENT_MAX && s.p[i] != ':' && s.p[i] != '[')
		i++;
	if (i == 0 || i >= s.n || i == IDENT_MAX)
		return false;
	end = i;
	if (s.p[i] == '[') {
		uint64_t pid = 0;

		for (i++; digit_at(s, i); i++)
			if (pid < UINT32_MAX / 10)
				pid = pid * 10 + (uint64_t)(s.p[i] - '0');
		if (i == end + 1 || i >= s.n || s.p[i] != ']')
			return false;
		e->pid = (uint32_t)pid;
		i++;
	}
	if (i >= s.n || s.p[i] != ':' || (i + 1 < s.n && s.p[i + 1] != ' '))
		return false;
	e->ident = mg_str_head(s, end);
	e->text = mg_str_from(s, i + 2);
	return true;
}

static bool host_char(char c)
{
	return mg_is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
	       c == '.' || c == '_';
}

/* "host ident[pid]: text", or without the host (journalctl --no-hostname) */
static bool journal_rest(struct mg_str s, struct mg_envelope *e)
{
	size_t i = 0;

	while (i < s.n && host_char(s.p[i]))
		i++;
	if (i > 0 && i < s.n && s.p[i] == ' ' && ident(mg_str_from(s, i + 1), e)) {
		e->host = mg_str_head(s, i);
	} else if (!ident(s, e)) {
		return false;
	}
	e->kind = MG_ENVELOPE_JOURNAL;
	return true;
}

/* "Feb 07 22:15:16[.123456] " -> 1970-02-07T22:15:16 */
static bool short_time(struct mg_str s, struct mg_envelope *e, size_t *used)
{
	struct mg_civil c = { .year = 1970 };
	int64_t         clock;
	size_t          n;

	if (s.n < 16 || s.p[3] != ' ' || s.p[6] != ' ' || !digit_at(s, 5) ||
	    !(digit_at(s, 4) || s.p[4] == ' '))
		return false;
	c.month = mg_time_month(mg_str_head(s, 3));
	c.day = (s.p[4] == ' ' ? 0 : s.p[4] - '0') * 10 + s.p[5] - '0';
	if (!c.month || c.day < 1 || c.day > 31 ||
	    !mg_time_parse_clock(mg_str_from(s, 7), &clock, &n))
		return false;
	e->time_ns = mg_time_from_civil(&c) + clock;
	e->yearless = true;
	e->coarse = n <= 8;
	*used = 7 + n;
	return *used < s.n && s.p[*used] == ' ';
}

/* "Mon 2022-02-07 22:15:16 UTC": a day's name, a time, a zone's name */
static bool full_time(struct mg_str s, struct mg_envelope *e, size_t *used)
{
	size_t n, i;
	bool   zoned;

	if (s.n < 24 || s.p[3] != ' ' ||
	    !mg_time_parse(mg_str_from(s, 4), &e->time_ns, &n, &zoned) || !plausible(e->time_ns))
		return false;
	i = 4 + n;
	if (i >= s.n || s.p[i] != ' ')
		return false;
	for (n = i + 1; n < s.n && host_char(s.p[n]); n++)
		;
	e->zoned = mg_str_eq(mg_str(s.p + i + 1, n - i - 1), MG_STR("UTC"));
	e->coarse = true;
	*used = n;
	return n > i + 1;
}

static bool journal(struct mg_str s, struct mg_envelope *e)
{
	size_t used;

	if (!short_time(s, e, &used) && !(full_time(s, e, &used) && used < s.n && s.p[used] == ' '))
		return false;
	return journal_rest(mg_str_from(s, used + 1), e);
}

/* "1644272116.123456 host ident[pid]: text" */
static bool unix_time(struct mg_str s, struct mg_envelope *e)
{
	uint64_t sec, us;

	if (s.n < 19 || s.p[10] != '.' || s.p[17] != ' ' ||
	    !mg_num_u64(mg_str_head(s, 10), &sec) || !mg_num_u64(mg_str(s.p + 11, 6), &us))
		return false;
	if (sec >= (uint64_t)(LATEST / MG_SEC))
		return false;
	e->time_ns = (int64_t)sec * MG_SEC + (int64_t)us * MG_US;
	e->zoned = true;
	return journal_rest(mg_str_from(s, 18), e);
}

/* "-- Logs begin at Mon 2022-02-07 22:15:16 UTC, end at ... --" and the other marks */
static bool mark(struct mg_str s, struct mg_envelope *e)
{
	struct mg_envelope t = { .time_ns = MG_TIME_NONE };
	ptrdiff_t          at;
	size_t             used;

	if (!mg_str_starts(s, MG_STR("-- ")) || !mg_str_ends(s, MG_STR("--")))
		return false;
	e->kind = MG_ENVELOPE_MARK;
	at = mg_str_find(s, MG_STR(" begin at "));
	if (at < 0)
		at = mg_str_find(s, MG_STR(" begins at "));
	if (at < 0)
		return true;
	at = at + (s.p[at + 6] == 's' ? 11 : 10);
	if (full_time(mg_str_from(s, (size_t)at), &t, &used)) {
		e->time_ns = t.time_ns;
		e->zoned = t.zoned;
	}
	at = mg_str_find(s, MG_STR(" end at "));
	if (at < 0)
		at = mg_str_find(s, MG_STR(" ends at "));
	if (at < 0)
		return true;
	at = at + (s.p[at + 4] == 's' ? 9 : 8);
	if (full_time(mg_str_from(s, (size_t)at), &t, &used))
		e->end_ns = t.time_ns;
	return true;
}

/* --- stamps ----------------------------------------------------------------------- */

/* "stderr F text" behind the stamp; tags are separated by ':' and the first one counts */
static bool cri(struct mg_str s, struct mg_envelope *e)
{
	size_t i;

	if (!mg_str_starts(s, MG_STR("stdout ")) && !mg_str_starts(s, MG_STR("stderr ")))
		return false;
	if (s.n < 8 || (s.p[7] != 'F' && s.p[7] != 'P'))
		return false;
	for (i = 8; i < s.n && s.p[i] != ' '; i++)
		if (s.p[7] && i == 8 && s.p[i] != ':')
			return false;
	e->kind = MG_ENVELOPE_CRI;
	e->stream = s.p[3] == 'o' ? 'o' : 'e';
	e->partial = s.p[7] == 'P';
	e->text = mg_str_from(s, i + 1);
	return true;
}

/* journald writes +hhmm or +hh:mm and no or six fraction digits; collectors write Z, or nine */
static bool journal_zone(struct mg_str stamp)
{
	ptrdiff_t dot = mg_str_chr(stamp, '.');
	size_t    frac = 0;

	if (stamp.p[stamp.n - 1] == 'Z')
		return false;
	while (dot >= 0 && digit_at(stamp, (size_t)dot + 1 + frac))
		frac++;
	return frac == 0 || frac == 6;
}

static bool stamped(struct mg_str s, struct mg_envelope *e)
{
	size_t used;

	/* a comma before the fraction is dmesg's --time-format iso, the kernel parser's own */
	if (s.n < 20 || s.p[10] != 'T' || s.p[19] == ',' ||
	    !mg_time_parse(s, &e->time_ns, &used, &e->zoned) || !e->zoned ||
	    !plausible(e->time_ns) || (used < s.n && s.p[used] != ' '))
		return false;
	e->coarse = s.p[19] != '.';
	e->text = mg_str_from(s, used + 1);
	if (cri(e->text, e))
		return true;
	if (journal_zone(mg_str_head(s, used)) && journal_rest(e->text, e))
		return true;
	e->kind = MG_ENVELOPE_STAMP;
	return true;
}

/* An escaped newline at the end, and not an escaped backslash before an n. */
static bool ends_in_newline(struct mg_str raw)
{
	size_t slashes = 0;

	if (raw.n < 2 || raw.p[raw.n - 1] != 'n')
		return false;
	while (slashes + 1 < raw.n && raw.p[raw.n - 2 - slashes] == '\\')
		slashes++;
	return slashes % 2 == 1;
}

static bool docker(struct mg_str s, struct mg_envelope *e)
{
	struct mg_jsonline   it;
	struct mg_jsonmember m;
	bool                 log = false, time = false;

	if (!mg_str_starts(s, MG_STR("{\"log\":")) || !mg_jsonline_init(&it, s))
		return false;
	while (mg_jsonline_next(&it, &m)) {
		if (m.type != '"')
			continue;
		if (mg_str_eq(m.key, MG_STR("log"))) {
			e->text = m.value;
			log = true;
		} else if (mg_str_eq(m.key, MG_STR("time"))) {
			time = mg_time_parse(m.value, &e->time_ns, NULL, &e->zoned) &&
			       plausible(e->time_ns);
		} else if (mg_str_eq(m.key, MG_STR("stream")) && m.value.n == 6) {
			e->stream = m.value.p[3] == 'o' ? 'o' : 'e';
		}
	}
	if (it.bad || !log || !time)
		return false;
	e->kind = MG_ENVELOPE_DOCKER;
	e->partial = !ends_in_newline(e->text);
	if (!e->partial)
		e->text.n -= 2;
	return true;
}

static bool recognise(struct mg_str s, struct mg_envelope *e)
{
	if (s.n < 5)
		return false;
	if (mg_is_digit(s.p[0]))
		return s.n > 10 && (s.p[10] == '.' ? unix_time(s, e) : stamped(s, e));
	switch (s.p[0]) {
	case '{':
		return docker(s, e);
	case '-':
		return mark(s, e);
	default:
		return s.p[0] >= 'A' && s.p[0] <= 'W' && s.p[3] == ' ' && journal(s, e);
	}
}

void mg_envelope_parse(struct mg_str line, struct mg_envelope *out)
{
	static const struct mg_envelope none = { .time_ns = MG_TIME_NONE, .end_ns = MG_TIME_NONE };

	*out = none;
	out->text = line;
	if (recognise(line, out))
		return;
	*out = none;
	out->text = line;
}

const char *mg_envelope_kind_name(enum mg_envelope_kind k)
{
	static const char *const names[] = { "none", "cri", "stamp", "docker", "journal", "mark" };

	return (unsigned)k < sizeof(names) / sizeof(names[0]) ? names[k] : "unknown";
}

/* A stamp at text[at]: nine fraction digits, a zone, then a blank or the end. */
static bool stamp_at(struct mg_str text, size_t at, int64_t *ns, size_t *used)
{
	struct mg_str s = mg_str_from(text, at);
	bool          zoned;

	if (s.n < 30 || s.p[4] != '-' || s.p[10] != 'T' || s.p[19] != '.' || !digit_at(s, 28) ||
	    digit_at(s, 29) || !mg_time_parse(s, ns, used, &zoned) || !zoned || !plausible(*ns))
		return false;
	return *used == s.n || s.p[*used] == ' ';
}

ptrdiff_t mg_envelope_find_stamp(struct mg_str text, size_t from, int64_t *ns, size_t *used)
{
	/* 'T' is the rarest byte of a stamp in log text, so look for that one */
	for (size_t i = from + 10; i < text.n; i++) {
		const char *t = memchr(text.p + i, 'T', text.n - i);

		if (!t)
			return -1;
		i = (size_t)(t - text.p);
		if (mg_is_digit(text.p[i - 1]) && stamp_at(text, i - 10, ns, used))
			return (ptrdiff_t)(i - 10);
	}
	return -1;
}
