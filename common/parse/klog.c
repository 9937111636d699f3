/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/klog.h"

#include "base/num.h"
#include "parse/jsonline.h"

#define FILE_MAX 128
/* Hostile lines must not cost more than their length many times over. */
#define PAIRS_MAX 256
#define VALUE_SCAN ((size_t)64 * 1024)

/* --- text header ------------------------------------------------------------------ */

static int two(const char *p)
{
	return mg_is_digit(p[0]) && mg_is_digit(p[1]) ? (p[0] - '0') * 10 + p[1] - '0' : -1;
}

static bool is_severity(char c)
{
	return c == 'I' || c == 'W' || c == 'E' || c == 'F';
}

bool mg_klog_is_header(struct mg_str s)
{
	return s.n > 22 && is_severity(s.p[0]) && two(s.p + 1) >= 0 && two(s.p + 3) >= 0 &&
	       s.p[5] == ' ' && s.p[8] == ':' && s.p[11] == ':' && s.p[14] == '.';
}

static enum mg_status skip(struct mg_err *err, size_t byte, const char *expected)
{
	if (err)
		err->byte = byte;
	return mg_err_set(err, MG_SKIP, "expected %s", expected);
}

/* "hh:mm:ss.uuuuuu" at p as microseconds; -1: something else */
static int64_t clock_us(const char *p)
{
	int     h = two(p), m = two(p + 3), s = two(p + 6);
	int64_t us = 0;

	if (h < 0 || m < 0 || s < 0 || h > 23 || m > 59 || s > 60 || p[2] != ':' || p[5] != ':' ||
	    p[8] != '.')
		return -1;
	for (int i = 9; i < 15; i++) {
		if (!mg_is_digit(p[i]))
			return -1;
		us = us * 10 + (p[i] - '0');
	}
	return (h * INT64_C(3600) + m * 60 + s) * 1000000 + us;
}

/* "mmdd hh:mm:ss.uuuuuu" at s[1]; s has 22 bytes at least.  A clock of fewer digits than six
 * is none: the header would not be as long as it is. */
static bool stamp(struct mg_str s, int64_t *ns)
{
	static const short before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };
	int                month = two(s.p + 1), day = two(s.p + 3);
	int64_t            us = clock_us(s.p + 6);

	if (month < 1 || month > 12 || day < 1 || day > 31 || us < 0 || mg_is_digit(s.p[21]))
		return false;
	*ns = (before[month - 1] + day - 1) * MG_DAY + us * MG_US;
	return true;
}

/* "file.go:42] " at s[i]; --add_dir_header puts "dir/" before the name */
static size_t source_file(struct mg_str s, size_t i, struct mg_klog *k)
{
	size_t   start = i, end = s.n < i + FILE_MAX ? s.n : i + FILE_MAX;
	uint64_t line = 0;

	while (i < end && s.p[i] != ':' && s.p[i] != ' ' && s.p[i] != ']') {
		if (s.p[i] == '/')
			start = i + 1;
		i++;
	}
	if (i == start || i >= end || s.p[i] != ':')
		return 0;
	k->file = mg_str(s.p + start, i - start);
	for (i++; i < s.n && mg_is_digit(s.p[i]); i++)
		if (line < UINT32_MAX / 10)
			line = line * 10 + (uint64_t)(s.p[i] - '0');
	if (i >= s.n || s.p[i] != ']')
		return 0;
	k->line = (uint32_t)line;
	return i + 1;
}

static enum mg_status text(struct mg_str s, struct mg_klog *k, struct mg_err *err)
{
	uint64_t pid = 0;
	size_t   i = 21, end;

	*k = (struct mg_klog){ .form = MG_KLOG_TEXT, .severity = s.p[0] };
	if (!stamp(s, &k->ns))
		return skip(err, 1, "mmdd hh:mm:ss.uuuuuu");
	if (s.p[i] != ' ')
		return skip(err, i, "a blank");
	while (i < s.n && s.p[i] == ' ')
		i++;
	for (; i < s.n && mg_is_digit(s.p[i]); i++)
		if (pid < UINT32_MAX / 10)
			pid = pid * 10 + (uint64_t)(s.p[i] - '0');
	if (i >= s.n || s.p[i] != ' ' || s.p[i - 1] == ' ')
		return skip(err, i, "a process id");
	k->pid = (uint32_t)pid;
	end = source_file(s, i + 1, k);
	if (!end)
		return skip(err, i + 1, "file:line]");
	k->msg = mg_str_from(s, end + (end < s.n && s.p[end] == ' '));
	return MG_OK;
}

/* --- JSON ------------------------------------------------------------------------- */

/* Numbers: component-base prints milliseconds, other zap users seconds; told by size. */
static int64_t epoch(struct mg_str s)
{
	double v;

	if (!mg_num_f64(s, &v) || !(v > 0) || v > 9e18)
		return MG_TIME_NONE;
	if (v >= 1e17)
		return (int64_t)v;
	if (v >= 1e14)
		return v < 9e15 ? (int64_t)(v * 1e3) : MG_TIME_NONE;
	if (v >= 1e11)
		return v < 9e12 ? (int64_t)(v * 1e3) * MG_US : MG_TIME_NONE;
	return v > 9e9 ? MG_TIME_NONE : (int64_t)(v * 1e6) * MG_US;
}

/* Sums and differences with it must fit in 64 bits: 1970 to 2200 do. */
static int64_t plausible(int64_t ns)
{
	return ns >= 0 && ns < INT64_C(7258118400) * MG_SEC ? ns : MG_TIME_NONE;
}

static int64_t json_time(const struct mg_jsonmember *m)
{
	int64_t ns;

	if (m->type == '0')
		return plausible(epoch(m->value));
	return m->type == '"' && mg_time_parse(m->value, &ns, NULL, NULL) ? plausible(ns)
									   : MG_TIME_NONE;
}

static char level(struct mg_str s)
{
	switch (s.n ? s.p[0] | 0x20 : 0) {
	case 'w':
		return 'W';
	case 'e':
		return 'E';
	case 'f':
	case 'p':
		return 'F'; /* fatal, panic */
	default:
		return mg_str_eq_nocase(s, MG_STR("dpanic")) ? 'F' : 'I';
	}
}

static void caller(struct mg_str s, struct mg_klog *k)
{
	struct mg_str file, line;
	uint64_t      n;

	mg_str_cut(mg_str_basename(s), ':', &file, &line);
	k->file = file;
	if (mg_num_u64(line, &n) && n <= UINT32_MAX)
		k->line = (uint32_t)n;
}

static enum mg_status json(struct mg_str s, struct mg_klog *k, struct mg_err *err)
{
	struct mg_jsonline   it;
	struct mg_jsonmember m;
	bool                 ts = false, msg = false, v = false, failed = false;

	*k = (struct mg_klog){ .form = MG_KLOG_JSON, .ns = MG_TIME_NONE, .pairs = s };
	if (!mg_jsonline_init(&it, s))
		return skip(err, 0, "'{'");
	while (mg_jsonline_next(&it, &m)) {
		if (mg_str_eq(m.key, MG_STR("ts")) || mg_str_eq(m.key, MG_STR("time")) ||
		    mg_str_eq(m.key, MG_STR("timestamp"))) {
			k->ns = json_time(&m);
			ts = true;
		} else if (mg_str_eq(m.key, MG_STR("msg")) || mg_str_eq(m.key, MG_STR("message"))) {
			k->msg = m.value;
			msg = m.type == '"';
		} else if (mg_str_eq(m.key, MG_STR("caller"))) {
			caller(m.value, k);
		} else if (mg_str_eq(m.key, MG_STR("level")) && m.type == '"') {
			k->severity = level(m.value);
		} else if (mg_str_eq(m.key, MG_STR("v"))) {
			v = true;
		} else if (mg_str_eq(m.key, MG_STR("err"))) {
			failed = true;
		}
	}
	if (!ts || !(msg || k->severity || (it.bad && k->file.n)))
		return skip(err, it.at, "ts and msg");
	/* component-base has no level: "v" marks an Info, its absence an Error (since 1.24) */
	if (!k->severity)
		k->severity = failed || !v ? 'E' : 'I';
	if (it.bad) {
		if (err)
			err->byte = it.at;
		return mg_err_set(err, MG_FAIL, "JSON log line is cut or damaged");
	}
	if (mg_str_ends(k->msg, MG_STR("\\n")))
		k->msg.n -= 2; /* printf-style messages keep theirs */
	return MG_OK;
}

/* --- logfmt ----------------------------------------------------------------------- */

static enum mg_status logfmt(struct mg_str s, struct mg_klog *k, struct mg_err *err)
{
	struct mg_str time;

	*k = (struct mg_klog){ .form = MG_KLOG_LOGFMT, .ns = MG_TIME_NONE, .pairs = s };
	time = mg_klog_pair(k, "time");
	if (!time.p)
		time = mg_klog_pair(k, "ts");
	if (!mg_time_parse(time, &k->ns, NULL, NULL))
		return skip(err, 5, "a time");
	k->ns = plausible(k->ns);
	k->severity = level(mg_klog_pair(k, "level"));
	k->msg = mg_klog_pair(k, "msg");
	if (!k->msg.p)
		k->msg = s;
	return MG_OK;
}

enum mg_status mg_klog_parse(struct mg_str line, struct mg_klog *out, struct mg_err *err)
{
	if (mg_klog_is_header(line))
		return text(line, out, err);
	if (line.n && line.p[0] == '{')
		return json(line, out, err);
	if (mg_str_starts(line, MG_STR("time=")) || mg_str_starts(line, MG_STR("ts=")) ||
	    mg_str_starts(line, MG_STR("level=")))
		return logfmt(line, out, err);
	return skip(err, 0, "a log header");
}

/* --- structured payload ----------------------------------------------------------- */

/* Length of the Go-quoted string at s[0] == '"', quotes included; 0 when it never ends. */
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

struct mg_str mg_klog_text(const struct mg_klog *k)
{
	size_t n;

	if (k->form != MG_KLOG_TEXT || !k->msg.n || k->msg.p[0] != '"')
		return k->msg;
	n = quoted_length(k->msg);
	return n ? mg_str(k->msg.p + 1, n - 2) : k->msg;
}

void mg_klog_pairs_init(struct mg_klog_pairs *it, const struct mg_klog *k)
{
	size_t n = 0;

	it->rest = mg_str(k->msg.p, 0);
	it->count = 0;
	if (k->form == MG_KLOG_LOGFMT)
		it->rest = k->pairs;
	else if (k->form == MG_KLOG_TEXT && k->msg.n && k->msg.p[0] == '"')
		n = quoted_length(k->msg);
	if (n)
		it->rest = mg_str_from(k->msg, n);
}

static bool key_char(char c)
{
	return mg_is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       c == '.' || c == '-' || c == '/';
}

/* " key=" begins at s[i] */
static bool key_at(struct mg_str s, size_t i)
{
	size_t start = ++i;

	while (i < s.n && key_char(s.p[i]))
		i++;
	return i > start && i < s.n && s.p[i] == '=';
}

/* A bare value: numbers, true, Go's %+v of structs (blanks and '=' inside brackets), JSON.
 * It ends before " key=" outside all brackets. */
static size_t raw_length(struct mg_str s)
{
	size_t depth = 0, i = 0, q = 1;

	while (i < s.n && i < VALUE_SCAN) {
		char c = s.p[i];

		if (c == '"' && q && (q = quoted_length(mg_str_from(s, i)))) {
			i += q;
			continue;
		}
		if (c == '{' || c == '[' || c == '(')
			depth++;
		else if ((c == '}' || c == ']' || c == ')') && depth)
			depth--;
		else if (c == ' ' && !depth && key_at(s, i))
			break;
		i++;
	}
	/* a bracket that never closes must not swallow the rest of the line */
	if (depth || (i >= VALUE_SCAN && i < s.n))
		for (i = 0; i < s.n && !(s.p[i] == ' ' && key_at(s, i)); i++)
			;
	return i;
}

/* "<\n\tline\n\tline\n >": up to the closing line */
static size_t block_length(struct mg_str s)
{
	ptrdiff_t end = mg_str_find(s, MG_STR("\n >"));

	return end < 0 ? s.n : (size_t)end + 3;
}

static void take_value(struct mg_str s, struct mg_klog_pair *out, size_t *used)
{
	size_t n = s.n && s.p[0] == '"' ? quoted_length(s) : 0;

	out->quoted = n > 0;
	out->block = s.n && s.p[0] == '<' && (s.n == 1 || s.p[1] == '\n');
	if (out->quoted) {
		out->value = mg_str(s.p + 1, n - 2);
		*used = n;
	} else if (out->block) {
		*used = block_length(s);
		out->value = mg_str_trim(mg_str(s.p + 1, *used - 1));
		if (mg_str_ends(out->value, MG_STR("\n >")))
			out->value.n -= 3;
	} else {
		*used = raw_length(s);
		out->value = mg_str_head(s, *used);
	}
}

bool mg_klog_pairs_next(struct mg_klog_pairs *it, struct mg_klog_pair *out)
{
	struct mg_str s = it->rest;
	size_t        i = 0, start, used;

	if (it->count++ == PAIRS_MAX)
		return false;
	for (;;) { /* to the next key; what is no pair is passed over */
		while (i < s.n && s.p[i] == ' ')
			i++;
		start = i;
		while (i < s.n && key_char(s.p[i]))
			i++;
		if (i < s.n && i > start && s.p[i] == '=')
			break;
		while (i < s.n && s.p[i] != ' ')
			i++;
		if (i >= s.n)
			return false;
	}
	out->key = mg_str(s.p + start, i - start);
	take_value(mg_str_from(s, i + 1), out, &used);
	it->rest = mg_str_from(s, i + 1 + used);
	return true;
}

static struct mg_str json_pair(struct mg_str line, struct mg_str key)
{
	struct mg_jsonline   it;
	struct mg_jsonmember m;

	if (mg_jsonline_init(&it, line))
		while (mg_jsonline_next(&it, &m))
			if (mg_str_eq(m.key, key))
				return m.value;
	return mg_str(NULL, 0);
}

struct mg_str mg_klog_pair(const struct mg_klog *k, const char *key)
{
	struct mg_klog_pairs it;
	struct mg_klog_pair  p;

	if (k->form == MG_KLOG_JSON)
		return json_pair(k->pairs, mg_strz(key));
	mg_klog_pairs_init(&it, k);
	while (mg_klog_pairs_next(&it, &p))
		if (mg_str_eq(p.key, mg_strz(key)))
			return p.value;
	return mg_str(NULL, 0);
}

/* One escape at s[*i] (the backslash); advances *i behind it.  What is not simple (\u, \x)
 * stays as it is written: it is for people to read. */
static char unescape(struct mg_str s, size_t *i)
{
	static const char from[] = "\"\\'nrt/", to[] = "\"\\'\n\r\t/";
	const char       *known;

	if (*i + 1 < s.n && s.p[*i + 1] && (known = strchr(from, s.p[*i + 1]))) {
		*i += 2;
		return to[known - from];
	}
	return s.p[(*i)++];
}

struct mg_str mg_klog_unquote(struct mg_str quoted, char *buf, size_t n)
{
	size_t used = 0, i = 0;

	while (i < quoted.n && used < n) {
		if (quoted.p[i] == '\\')
			buf[used++] = unescape(quoted, &i);
		else
			buf[used++] = quoted.p[i++];
	}
	return mg_str(buf, used);
}
