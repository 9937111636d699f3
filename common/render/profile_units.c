/* SPDX-License-Identifier: Apache-2.0 */
#include "render/profile_units.h"

#include <math.h>
#include <stdio.h>

#include "render/profiles.h"

struct unit {
	const char *name, *alias[3];
	double      factor;
};

static const struct unit bytes[] = {
	{ "B", { "b", "byte", NULL }, 1 },
	{ "kB", { "kb", "kbyte", "kilobyte" }, 1024.0 },
	{ "MB", { "mb", "mbyte", "megabyte" }, 1024.0 * 1024 },
	{ "GB", { "gb", "gbyte", "gigabyte" }, 1024.0 * 1024 * 1024 },
	{ "TB", { "tb", "tbyte", "terabyte" }, 1024.0 * 1024 * 1024 * 1024 },
	{ "PB", { "pb", "pbyte", "petabyte" }, 1024.0 * 1024 * 1024 * 1024 * 1024 },
	{ NULL, { NULL, NULL, NULL }, 0 },
};

static const struct unit times[] = {
	{ "ns", { "ns", "nanosecond", NULL }, 1 },
	{ "us", { "\xce\xbcs", "us", "microsecond" }, 1e3 },
	{ "ms", { "ms", "millisecond", NULL }, 1e6 },
	{ "s", { "s", "sec", "second" }, 1e9 },
	{ "hrs", { "hour", "hr", NULL }, 3600e9 },
	{ NULL, { NULL, NULL, NULL }, 0 },
};

static const struct {
	const struct unit *units, *otherwise; /* for what is smaller than the smallest */
} families[] = { { bytes, &bytes[0] }, { times, &times[3] } };

static bool is(struct mg_str s, const char *alias)
{
	return alias && mg_str_eq_nocase(s, mg_strz(alias));
}

static const struct unit *find(const struct unit *u, struct mg_str name)
{
	struct mg_str one = name;

	if (name.n > 2 && (name.p[name.n - 1] == 's' || name.p[name.n - 1] == 'S'))
		one.n--;
	for (; u->name; u++)
		for (int i = 0; i < 3; i++)
			if (is(one, u->alias[i]))
				return u;
	return NULL;
}

/* The largest of which there is at least one. */
static const struct unit *fitting(const struct unit *u, double v)
{
	const struct unit *best = NULL;

	for (; u->name; u++)
		if (v / u->factor >= 1)
			best = u;
	return best;
}

static bool automatic(struct mg_str to)
{
	return mg_str_eq(to, MG_STR("auto")) || mg_str_eq(to, MG_STR("minimum"));
}

/* Units that go without saying. */
static bool silent(struct mg_str to)
{
	return automatic(to) || mg_str_eq(to, MG_STR("count")) || mg_str_eq(to, MG_STR("sample")) ||
	       mg_str_eq(to, MG_STR("unit"));
}

double mg_profile_scale(int64_t value, struct mg_str from, struct mg_str to, struct mg_str *unit)
{
	for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++) {
		const struct unit *f = find(families[i].units, from), *t;
		double             v;

		if (!f)
			continue;
		v = (double)value * f->factor;
		t = automatic(to) ? fitting(families[i].units, fabs(v)) : find(families[i].units, to);
		if (!t)
			t = families[i].otherwise;
		*unit = mg_strz(t->name);
		return v / t->factor;
	}
	*unit = silent(to) ? mg_str("", 0) : to;
	return (double)value;
}

const char *mg_profile_value(int64_t value, struct mg_str unit, struct mg_str to, char *buf,
			     size_t n)
{
	struct mg_str u;
	double        v = mg_profile_scale(value, unit, to, &u);
	int           len = snprintf(buf, n, "%.2f", v);

	if (len > 3 && (size_t)len < n && strcmp(buf + len - 3, ".00") == 0)
		buf[len -= 3] = '\0';
	if (strcmp(buf, "0") == 0 || strcmp(buf, "-0") == 0)
		return snprintf(buf, n, "0"), buf;
	if ((size_t)len < n)
		snprintf(buf + len, n - (size_t)len, "%.*s", (int)(u.n < 24 ? u.n : 24), u.p);
	return buf;
}

const char *mg_profile_percent(int64_t value, int64_t total, char *buf, size_t n)
{
	double ratio = total ? fabs((double)value / (double)total) * 100 : 0;

	if (ratio >= 99.95 && ratio <= 100.05)
		snprintf(buf, n, "  100%%");
	else if (ratio >= 1)
		snprintf(buf, n, "%5.2f%%", ratio);
	else
		snprintf(buf, n, "%5.2g%%", ratio);
	return buf;
}
