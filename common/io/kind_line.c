/* SPDX-License-Identifier: Apache-2.0 */
#include "io/kind_line.h"

#include "base/num.h"
#include "base/time.h"
#include "io/kind_json.h"

/* `pattern`: '0' a digit, 'A' a letter, '_' a digit or a space, anything else itself. */
static bool looks_like(struct mg_str s, const char *pattern)
{
	size_t i = 0;

	for (; pattern[i]; i++) {
		char c, p = pattern[i];

		if (i >= s.n)
			return false;
		c = s.p[i];
		if (p == '0' ? !mg_is_digit(c) :
		    p == '_' ? !mg_is_digit(c) && c != ' ' :
		    p == 'A' ? !((c | 32) >= 'a' && (c | 32) <= 'z') : c != p)
			return false;
	}
	return true;
}

static struct mg_str first_word(struct mg_str s, struct mg_str *rest)
{
	struct mg_str word;

	mg_str_cut(s, ' ', &word, rest);
	return word;
}

/* "ident[12]:", "ident:" or "(systemd)[1]:" */
static bool is_ident(struct mg_str w)
{
	return w.n >= 2 && w.p[w.n - 1] == ':' && w.p[0] != '"' && w.p[0] != '{';
}

/* "host ident[12]: msg" or "ident[12]: msg"; *rest is the message. */
static bool journal_origin(struct mg_str s, struct mg_kind_line *k, struct mg_str *rest)
{
	struct mg_str tail, word = first_word(s, &tail);

	for (int i = 0; i < 4 && word.n; i++) { /* an identifier may hold spaces */
		if (is_ident(word)) {
			k->journal = true;
			k->kernel = mg_str_starts(word, MG_STR("kernel"));
			*rest = tail;
			return true;
		}
		word = first_word(tail, &tail);
	}
	return false;
}

static bool is_klog(struct mg_str s)
{
	return s.n > 20 && strchr("IWEFD", s.p[0]) && looks_like(s, "A0000 00:00:00.");
}

/* short, short-precise and short-full of journalctl, and syslog */
static bool journal_prefix(struct mg_str s, struct mg_kind_line *k, struct mg_str *rest)
{
	struct mg_str t;

	if (mg_str_starts(s, MG_STR("-- "))) {
		k->journal = mg_str_starts(s, MG_STR("-- Logs begin at ")) ||
			     mg_str_starts(s, MG_STR("-- Journal begins at ")) ||
			     mg_str_starts(s, MG_STR("-- Reboot --")) ||
			     mg_str_starts(s, MG_STR("-- Boot ")) ||
			     mg_str_starts(s, MG_STR("-- No entries --"));
		*rest = mg_str_from(s, s.n);
		return k->journal;
	}
	if (looks_like(s, "AAA _0 00:00:00") && mg_time_month(mg_str_head(s, 3))) {
		first_word(mg_str_from(s, 7), &t);
	} else if (looks_like(s, "AAA 0000-00-00 00:00:00 ")) {
		first_word(mg_str_from(s, 24), &t); /* behind the zone */
	} else {
		return false;
	}
	if (!journal_origin(t, k, rest))
		*rest = t;
	k->journal = true;
	return true;
}

/* RFC 3339 and a space: container log (CRI or kubectl), or journalctl -o short-iso. */
static bool stamp_prefix(struct mg_str s, struct mg_kind_line *k, struct mg_str *rest)
{
	size_t        used;
	int64_t       ns;
	bool          zoned;
	struct mg_str t, tail;

	if (!looks_like(s, "0000-00-00T00:00:00") || !mg_time_parse(s, &ns, &used, &zoned))
		return false;
	if (!zoned || used >= s.n || s.p[used] != ' ')
		return false;
	if (s.n > 19 && s.p[19] == ',') { /* dmesg --time-format iso */
		k->kind = MG_KIND_KERNEL;
		*rest = mg_str_from(s, s.n);
		return true;
	}
	t = mg_str_from(s, used + 1);
	if (mg_str_starts(t, MG_STR("stdout ")) || mg_str_starts(t, MG_STR("stderr "))) {
		struct mg_str tag = first_word(mg_str_from(t, 7), &tail);

		if (tag.n && (tag.p[0] == 'F' || tag.p[0] == 'P') &&
		    (tag.n == 1 || tag.p[1] == ':'))
			t = tail;
	} else if (!is_klog(t)) {
		struct mg_str host = first_word(t, &tail), word = first_word(tail, &tail);

		/* "host ident[12]: " with the number is journald for sure. */
		if (host.n && !is_ident(host) && mg_str_ends(word, MG_STR("]:")) &&
		    journal_origin(t, k, rest))
			return true;
	}
	k->stamped = true;
	*rest = t;
	return true;
}

/* "[  123.456789] text", "[Mon Feb  7 22:15:16 2022] text" (the day's name in any language),
 * "<6>[..." and /dev/kmsg records. */
static bool is_kernel(struct mg_str s)
{
	struct mg_str in;
	size_t        i = 0;
	ptrdiff_t     at;

	if (looks_like(s, "<0>"))
		s = mg_str_from(s, 3);
	if (s.n && s.p[0] == '[') {
		in = mg_str_between(s, MG_STR("["), MG_STR("] "));
		while (i < in.n && in.p[i] == ' ')
			i++;
		in = mg_str_from(in, i);
		at = mg_str_chr(in, '.');
		if (at > 0 && in.n - (size_t)at == 7 && mg_is_digit(in.p[0]))
			return looks_like(mg_str_from(in, (size_t)at), ".000000");
		at = mg_str_chr(in, ':');
		return at >= 9 && in.n - (size_t)at == 11 &&
		       looks_like(mg_str_from(in, (size_t)at), ":00:00 0000");
	}
	return mg_str_has(s, MG_STR(" invoked oom-killer: gfp_mask=")) ||
	       mg_str_starts(s, MG_STR("Out of memory: Kill")) ||
	       mg_str_starts(s, MG_STR("Memory cgroup out of memory: Kill"));
}

/* "2022-02-07 22:15:16.123456 W | etcdserver: text" */
static bool is_capnslog(struct mg_str s)
{
	return looks_like(s, "0000-00-00 00:00:00.000000 A | ");
}

/* "2022-02-07T22:15:16.123456Z\tWARN\tetcdserver/util.go:1\ttext" */
static enum mg_kind zap_console(struct mg_str s)
{
	struct mg_str t, level, caller;

	if (!looks_like(s, "0000-00-00T00:00:00") || !mg_str_cut(s, '\t', &t, &s) ||
	    !mg_str_cut(s, '\t', &level, &s))
		return MG_KIND_TEXT;
	mg_str_cut(s, '\t', &caller, &s);
	return mg_kind_etcd_caller(caller) ? MG_KIND_ETCD_LOG : MG_KIND_LOG;
}

/* Other beginnings of log lines: some date, logrus, marks between logs. */
static bool is_log_start(struct mg_str s)
{
	static const char *const starts[] = { "Trace[", "time=\"", "ts=20", "==== START logs ",
					      "==== END logs ", "Log file created at: ",
					      "level=", "FLAG: --", "Flag --" };

	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++)
		if (mg_str_starts(s, mg_strz(starts[i])))
			return true;
	if (s.n && s.p[0] == '[')
		s = mg_str_from(s, 1);
	return looks_like(s, "0000-00-00 00:00:00") || looks_like(s, "0000/00/00 00:00:00") ||
	       looks_like(s, "0000-00-00T00:00:00") || looks_like(s, "00/00/0000 00:00:00");
}

/* A record that some shipper put behind words of its own. */
static struct mg_str find_json(struct mg_str s)
{
	static const char *const starts[] = { "{\"kind\":\"Event", "{\"level\":\"", "{\"ts\":" };
	struct mg_str head = mg_str_head(s, 256);

	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++) {
		ptrdiff_t at = mg_str_find(head, mg_strz(starts[i]));

		if (at >= 0)
			return mg_str_from(s, (size_t)at);
	}
	return mg_str(NULL, 0);
}

static void payload(struct mg_str s, struct mg_kind_line *k, int nested);

/* docker's json-file: look at the beginning of the text inside. */
static void docker(struct mg_str in, struct mg_kind_line *k)
{
	char   text[1024];
	size_t n = 0;

	for (size_t i = 0; i < in.n && n < sizeof(text); i++) {
		char c = in.p[i];

		if (c == '\\' && i + 1 < in.n) {
			c = in.p[++i];
			c = c == 'n' || c == 'r' ? ' ' : c == 't' ? '\t' : c;
		}
		text[n++] = c;
	}
	k->stamped = true;
	k->kind = MG_KIND_TEXT;
	payload(mg_str(text, n), k, 1);
}

static void json(struct mg_str s, struct mg_kind_line *k, int nested)
{
	struct mg_json_kind j = mg_json_kind(s);

	k->kind = j.kind;
	if (j.inner.p && !nested)
		docker(j.inner, k);
}

static void payload(struct mg_str s, struct mg_kind_line *k, int nested)
{
	struct mg_str at;

	if (s.n == 0 || k->kind != MG_KIND_TEXT)
		return;
	if (is_klog(s))
		k->kind = MG_KIND_LOG;
	else if (s.p[0] == '{')
		json(s, k, nested);
	else if (is_capnslog(s))
		k->kind = MG_KIND_ETCD_LOG;
	else if (is_kernel(s))
		k->kind = MG_KIND_KERNEL;
	else if (mg_str_has(mg_str_head(s, 128), MG_STR("AUDIT: id=\"")))
		k->kind = MG_KIND_AUDIT;
	else if ((k->kind = zap_console(s)) != MG_KIND_TEXT)
		return;
	else if ((at = find_json(s)).p)
		json(at, k, nested);
	if (k->kind == MG_KIND_TEXT && is_log_start(s))
		k->kind = MG_KIND_LOG;
}

struct mg_kind_line mg_kind_line(struct mg_str line)
{
	struct mg_kind_line k = { .kind = MG_KIND_TEXT };
	struct mg_str       rest = line;

	if (!journal_prefix(line, &k, &rest))
		stamp_prefix(line, &k, &rest);
	payload(rest, &k, 0);
	return k;
}

static size_t digits(struct mg_str s)
{
	size_t n = 0;

	while (n < s.n && mg_is_digit(s.p[n]))
		n++;
	return n;
}

bool mg_kind_line_goroutine(struct mg_str s)
{
	size_t n = digits(s);

	if (n)
		return mg_str_starts(mg_str_from(s, n), MG_STR(" @ 0x"));
	if (!mg_str_starts(s, MG_STR("goroutine ")))
		return false;
	s = mg_str_from(s, 10);
	if (mg_str_starts(s, MG_STR("profile: total ")))
		return true;
	n = digits(s);
	s = mg_str_trim(mg_str_from(s, n));
	return n && mg_str_has(mg_str_head(s, 80), MG_STR("[")) && mg_str_ends(s, MG_STR("]:"));
}

static bool is_name_char(char c, bool first)
{
	return ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '_' || c == ':' ||
	       (!first && mg_is_digit(c));
}

bool mg_kind_line_metric(struct mg_str s)
{
	size_t        n = 0;
	ptrdiff_t     close;
	struct mg_str value, rest;
	double        v;

	while (n < s.n && is_name_char(s.p[n], n == 0))
		n++;
	if (n == 0 && !mg_str_starts(s, MG_STR("{__name__=\"")) && !mg_str_starts(s, MG_STR("{\"")))
		return false;
	s = mg_str_from(s, n);
	if (s.n && s.p[0] == '{') {
		close = mg_str_rfind(s, MG_STR("} "));
		if (close < 0)
			return false;
		s = mg_str_from(s, (size_t)close + 1);
	}
	if (s.n < 2 || s.p[0] != ' ')
		return false;
	value = first_word(mg_str_trim(s), &rest);
	if (!mg_num_f64(value, &v))
		return false;
	rest = mg_str_trim(rest); /* nothing, a time, or an exemplar */
	return rest.n == 0 || rest.p[0] == '#' || mg_num_f64(first_word(rest, &s), &v);
}
