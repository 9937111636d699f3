/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/openmetrics.h"

#include "base/num.h"

static bool name_char(char c)
{
	return ((c | 32) >= 'a' && (c | 32) <= 'z') || mg_is_digit(c) || c == '_' || c == ':';
}

static size_t blanks(struct mg_str s, size_t at)
{
	while (at < s.n && (s.p[at] == ' ' || s.p[at] == '\t' || s.p[at] == '\r'))
		at++;
	return at;
}

/* Behind the quote that closes the string whose text starts at `at`; 0: it does not end. */
static size_t string_end(struct mg_str s, size_t at)
{
	for (; at < s.n; at++) {
		if (s.p[at] == '\\')
			at++;
		else if (s.p[at] == '"')
			return at + 1;
	}
	return 0;
}

/* Offset of the '}' that closes the braces whose inside starts at `at`; 0: none. */
static size_t brace_end(struct mg_str s, size_t at)
{
	while (at < s.n && s.p[at] != '}') {
		if (s.p[at] == '"') {
			at = string_end(s, at + 1);
			if (!at)
				return 0;
		} else {
			at++;
		}
	}
	return at < s.n ? at : 0;
}

bool mg_om_next_label(struct mg_str l, size_t *at, struct mg_str *key, struct mg_str *value)
{
	size_t i = *at, end;

	while (i < l.n && (l.p[i] == ' ' || l.p[i] == ',' || l.p[i] == '\t'))
		i++;
	*at = i;
	if (i == l.n)
		return false;
	if (l.p[i] == '"') { /* a quoted label name, or the metric's own name: key "" */
		end = string_end(l, i + 1);
		if (!end)
			return false;
		*key = mg_str(l.p + i + 1, end - i - 2);
	} else {
		for (end = i; end < l.n && name_char(l.p[end]);)
			end++;
		if (end == i)
			return false;
		*key = mg_str(l.p + i, end - i);
	}
	i = blanks(l, end);
	if (i == l.n || l.p[i] == ',') { /* no value: only the metric's name may do that */
		*value = *key;
		*key = mg_str("", 0);
		*at = i;
		return l.p[end - 1] == '"';
	}
	if (l.p[i] != '=')
		return false;
	i = blanks(l, i + 1);
	if (i == l.n || l.p[i] != '"' || !(end = string_end(l, i + 1)))
		return false;
	*value = mg_str(l.p + i + 1, end - i - 2);
	*at = end;
	return true;
}

struct mg_str mg_om_label(struct mg_str labels, struct mg_str key)
{
	struct mg_str k, v;
	size_t        at = 0;

	while (mg_om_next_label(labels, &at, &k, &v))
		if (mg_str_eq(k, key))
			return v;
	return mg_str("", 0);
}

/* "{__name__="x", …}" or "{"x", …}" */
static struct mg_str inner_name(struct mg_str labels)
{
	struct mg_str k, v;
	size_t        at = 0;

	while (mg_om_next_label(labels, &at, &k, &v))
		if (k.n == 0 || mg_str_eq(k, MG_STR("__name__")))
			return v;
	return mg_str("", 0);
}

struct mg_str mg_om_name(struct mg_str line)
{
	size_t at = blanks(line, 0), n = 0, end;

	if (at < line.n && line.p[at] == '{') {
		end = brace_end(line, at + 1);
		return end ? inner_name(mg_str(line.p + at + 1, end - at - 1)) : mg_str("", 0);
	}
	line = mg_str_from(line, at);
	while (n < line.n && name_char(line.p[n]))
		n++;
	return mg_str_head(line, n);
}

bool mg_om_time(struct mg_str s, int64_t *ns)
{
	struct mg_str whole, frac;
	uint64_t      v;
	int64_t       unit, f = 0, step;
	double        d;

	if (s.n && (mg_str_chr(s, 'e') >= 0 || mg_str_chr(s, 'E') >= 0)) { /* 1.6e+09 */
		if (!mg_is_digit(s.p[0]) || !mg_num_f64(s, &d) || !(d >= 0) || d > 9e12)
			return false;
		*ns = (int64_t)(d >= 1e11 ? d * 1e6 : d > 9.2e9 ? -1 : d * 1e9);
		return *ns >= 0;
	}
	mg_str_cut(s, '.', &whole, &frac);
	if (!mg_num_u64(whole, &v))
		return false;
	unit = step = v >= UINT64_C(100000000000) ? MG_MS : MG_SEC;
	for (size_t i = 0; i < frac.n; i++) {
		if (!mg_is_digit(frac.p[i]))
			return false;
		step /= 10;
		f += (frac.p[i] - '0') * step;
	}
	if (v > (uint64_t)(INT64_MAX / unit - 1))
		return false;
	*ns = (int64_t)v * unit + f;
	return true;
}

static enum mg_status fail(struct mg_err *err, size_t at, const char *what)
{
	if (err)
		err->byte = at;
	return mg_err_set(err, MG_FAIL, "%s", what);
}

static struct mg_str word(struct mg_str s, size_t at)
{
	size_t n = at;

	while (n < s.n && s.p[n] != ' ' && s.p[n] != '\t' && s.p[n] != '\r')
		n++;
	return mg_str(s.p + at, n - at);
}

static bool number(struct mg_str s, double *v)
{
	/* a lone sign would be looked behind */
	return (s.n > 1 || (s.n == 1 && mg_is_digit(s.p[0]))) && mg_num_f64(s, v);
}

enum mg_status mg_om_parse(struct mg_str line, struct mg_om_sample *out, struct mg_err *err)
{
	size_t        at = blanks(line, 0), end;
	struct mg_str w;

	if (at == line.n || line.p[at] == '#')
		return mg_err_set(err, MG_SKIP, "no sample");
	*out = (struct mg_om_sample){ .name = mg_om_name(line), .labels = { "", 0 },
				      .time_ns = MG_TIME_NONE };
	if (!out->name.n)
		return fail(err, at, "expected a metric name");
	if (line.p[at] != '{')
		at = blanks(line, at + out->name.n);
	if (at < line.n && line.p[at] == '{') {
		end = brace_end(line, at + 1);
		if (!end)
			return fail(err, at, "labels do not end");
		out->labels = mg_str(line.p + at + 1, end - at - 1);
		at = blanks(line, end + 1);
	}
	w = word(line, at);
	if (!number(w, &out->value))
		return fail(err, at, "expected a value");
	at = blanks(line, at + w.n);
	if (at == line.n || line.p[at] == '#') /* an exemplar may follow */
		return MG_OK;
	w = word(line, at);
	if (!mg_om_time(w, &out->time_ns))
		return fail(err, at, "bad timestamp");
	return MG_OK;
}
