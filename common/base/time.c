/* SPDX-License-Identifier: Apache-2.0 */
#include "base/time.h"

#include <stdio.h>

/* Days since 1970-01-01; years start in March so that the leap day is last (the usual
 * era arithmetic: 400 years have 146097 days). */
static int64_t days_from_civil(int64_t y, int m, int d)
{
	int64_t era, yoe, doy;

	y -= m <= 2;
	era = (y >= 0 ? y : y - 399) / 400;
	yoe = y - era * 400;
	doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

int64_t mg_time_from_civil(const struct mg_civil *c)
{
	int64_t s = days_from_civil(c->year, c->month, c->day) * 86400 + c->hour * 3600 +
		    c->minute * 60 + c->second;

	return s * MG_SEC + c->ns;
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

struct mg_civil mg_time_civil(int64_t ns)
{
	int64_t         day = floor_div(ns, MG_DAY), rest = ns % MG_DAY;
	int64_t         z = day + 719468, era = floor_div(z, 146097), doe = z - era * 146097;
	int64_t         yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t         doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
	struct mg_civil c;

	if (rest < 0)
		rest += MG_DAY;
	c.day = (int)(doy - (153 * mp + 2) / 5 + 1);
	c.month = (int)(mp < 10 ? mp + 3 : mp - 9);
	c.year = (int)(yoe + era * 400 + (c.month <= 2));
	c.hour = (int)(rest / MG_HOUR);
	c.minute = (int)(rest / MG_MIN % 60);
	c.second = (int)(rest / MG_SEC % 60);
	c.ns = (int)(rest % MG_SEC);
	return c;
}

/* `n` digits at s[at]; -1 when they are not all digits. */
static int digits(struct mg_str s, size_t at, size_t n)
{
	int v = 0;

	if (at + n > s.n)
		return -1;
	for (size_t i = at; i < at + n; i++) {
		unsigned d = (unsigned char)s.p[i] - '0';

		if (d > 9)
			return -1;
		v = v * 10 + (int)d;
	}
	return v;
}

/* ".123" or ",123" at s[*at] -> ns; *at moves behind it.  No fraction is 0. */
static int fraction(struct mg_str s, size_t *at)
{
	size_t i = *at, start;
	int    ns = 0, n = 0;

	if (i >= s.n || (s.p[i] != '.' && s.p[i] != ','))
		return 0;
	for (start = ++i; i < s.n && mg_is_digit(s.p[i]); i++)
		if (n < 9)
			ns = ns * 10 + (s.p[i] - '0'), n++;
	if (i == start)
		return 0;
	for (; n < 9; n++)
		ns *= 10;
	*at = i;
	return ns;
}

bool mg_time_parse_clock(struct mg_str s, int64_t *ns, size_t *used)
{
	int    h = digits(s, 0, 2), m = digits(s, 3, 2), sec = digits(s, 6, 2);
	size_t at = 8;

	if (h < 0 || m < 0 || sec < 0 || h > 23 || m > 59 || sec > 60 || s.p[2] != ':' ||
	    s.p[5] != ':')
		return false;
	*ns = h * MG_HOUR + m * MG_MIN + sec * MG_SEC + fraction(s, &at);
	if (used)
		*used = at;
	return true;
}

/* A zone at s[*at]: offset east of UTC in ns; false when there is none. */
static bool zone(struct mg_str s, size_t *at, int64_t *offset)
{
	size_t i = *at;
	int    h, m;

	*offset = 0;
	if (i >= s.n)
		return false;
	if (s.p[i] == 'Z' || s.p[i] == 'z') {
		*at = i + 1;
		return true;
	}
	if (s.p[i] != '+' && s.p[i] != '-')
		return false;
	h = digits(s, i + 1, 2);
	m = i + 3 < s.n && s.p[i + 3] == ':' ? digits(s, i + 4, 2) : digits(s, i + 3, 2);
	if (h < 0 || h > 23 || m < 0 || m > 59)
		return false;
	*at = i + (s.p[i + 3] == ':' ? 6 : 5);
	*offset = (h * MG_HOUR + m * MG_MIN) * (s.p[i] == '-' ? -1 : 1);
	return true;
}

static bool leap_year(int y)
{
	return y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
}

/* "2006-01-02" at the start of `s`, which has at least 10 bytes. */
static bool date(struct mg_str s, struct mg_civil *c)
{
	static const unsigned char last[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	*c = (struct mg_civil){ .year = digits(s, 0, 4), .month = digits(s, 5, 2),
				.day = digits(s, 8, 2) };
	/* int64 ns reaches from 1678 to 2261 */
	return c->year >= 1678 && c->year <= 2261 && s.p[4] == '-' && s.p[7] == '-' &&
	       c->month >= 1 && c->month <= 12 && c->day >= 1 && c->day <= last[c->month - 1] &&
	       (c->month != 2 || c->day < 29 || leap_year(c->year));
}

bool mg_time_parse(struct mg_str s, int64_t *ns, size_t *used, bool *zoned)
{
	struct mg_civil c;
	int64_t         clock, offset;
	size_t          n, at;
	bool            z;

	if (s.n < 19 || !date(s, &c) || (s.p[10] != 'T' && s.p[10] != 't' && s.p[10] != ' ') ||
	    !mg_time_parse_clock(mg_str_from(s, 11), &clock, &n))
		return false;
	at = 11 + n;
	z = zone(s, &at, &offset);
	*ns = mg_time_from_civil(&c) + clock - offset;
	if (used)
		*used = at;
	if (zoned)
		*zoned = z;
	return true;
}

int mg_time_month(struct mg_str name)
{
	static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";

	if (name.n != 3)
		return 0;
	for (int i = 0; i < 12; i++)
		if (mg_str_eq_nocase(name, mg_str(months + i * 3, 3)))
			return i + 1;
	return 0;
}

/* The unit at the start of `s`: its length in ns, *len its bytes; 0 when unknown. */
static int64_t unit_at(struct mg_str s, size_t *len)
{
	static const struct {
		const char *name;
		int64_t     ns;
	} units[] = {
		{ "ns", MG_NS }, { "us", MG_US }, { "\xc2\xb5s", MG_US }, { "\xce\xbcs", MG_US },
		{ "ms", MG_MS }, { "s", MG_SEC }, { "m", MG_MIN }, { "h", MG_HOUR },
	};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		struct mg_str u = mg_strz(units[i].name);

		if (mg_str_starts(s, u)) {
			*len = u.n;
			return units[i].ns;
		}
	}
	return 0;
}

bool mg_duration_parse(struct mg_str s, int64_t *ns)
{
	bool       neg = s.n && s.p[0] == '-';
	__int128_t total = 0;

	if (neg || (s.n && s.p[0] == '+'))
		s = mg_str_from(s, 1);
	if (mg_str_eq(s, MG_STR("0"))) {
		*ns = 0;
		return true;
	}
	if (s.n == 0)
		return false;
	while (s.n) {
		uint64_t whole = 0, frac = 0, scale = 1;
		size_t   i = 0, len;
		int64_t  unit;
		bool     any = false;

		for (; i < s.n && mg_is_digit(s.p[i]); i++, any = true)
			if (__builtin_mul_overflow(whole, 10, &whole) ||
			    __builtin_add_overflow(whole, (uint64_t)(s.p[i] - '0'), &whole))
				return false;
		if (i < s.n && s.p[i] == '.')
			for (i++; i < s.n && mg_is_digit(s.p[i]); i++, any = true)
				if (scale < UINT64_C(1000000000000000))
					frac = frac * 10 + (uint64_t)(s.p[i] - '0'), scale *= 10;
		s = mg_str_from(s, i);
		unit = unit_at(s, &len);
		if (!any || !unit)
			return false;
		s = mg_str_from(s, len);
		total += (__int128_t)whole * unit + (__int128_t)frac * unit / (__int128_t)scale;
		if (total > INT64_MAX)
			return false;
	}
	*ns = neg ? (int64_t)-total : (int64_t)total;
	return true;
}

const char *mg_time_clock(int64_t ns, int digits_n, char *buf, size_t n)
{
	struct mg_civil c = mg_time_civil(ns);
	int             v = c.ns;

	for (int i = digits_n; i < 9; i++)
		v /= 10;
	if (digits_n > 0)
		snprintf(buf, n, "%02d:%02d:%02d.%0*d", c.hour, c.minute, c.second, digits_n, v);
	else
		snprintf(buf, n, "%02d:%02d:%02d", c.hour, c.minute, c.second);
	return buf;
}

const char *mg_time_format(int64_t ns, int digits_n, char *buf, size_t n)
{
	struct mg_civil c = mg_time_civil(ns);
	char            clock[24];

	mg_time_clock(ns, digits_n, clock, sizeof(clock));
	snprintf(buf, n, "%04d-%02d-%02dT%sZ", c.year, c.month, c.day, clock);
	return buf;
}

const char *mg_duration_text(int64_t ns, char *buf, size_t n)
{
	double      v = ns < 0 ? -(double)ns : (double)ns;
	const char *sign = ns < 0 ? "-" : "";
	int64_t     s = (int64_t)(v / 1e9 + 0.5);

	if (v < 1e3)
		snprintf(buf, n, "%s%.0f ns", sign, v);
	else if (v < 999.5e3)
		snprintf(buf, n, "%s%.3g \xc2\xb5s", sign, v / 1e3);
	else if (v < 999.5e6)
		snprintf(buf, n, "%s%.3g ms", sign, v / 1e6);
	else if (v < 99.95e9)
		snprintf(buf, n, "%s%.*f s", sign, v < 9.995e9 ? 2 : 1, v / 1e9);
	else if (s < 3600)
		snprintf(buf, n, "%s%lldm%02llds", sign, (long long)s / 60, (long long)s % 60);
	else if (s < 86400)
		snprintf(buf, n, "%s%lldh%02lldm", sign, (long long)s / 3600,
			 (long long)s / 60 % 60);
	else
		snprintf(buf, n, "%s%lldd%02lldh", sign, (long long)s / 86400,
			 (long long)s / 3600 % 24);
	return buf;
}

/* "hh:mm" or "hh:mm:ss[.f]", all of `s`. */
static bool clock_of(struct mg_str s, int64_t *ns)
{
	char   full[9] = "00:00:00";
	size_t used;

	if (s.n != 5)
		return mg_time_parse_clock(s, ns, &used) && used == s.n;
	memcpy(full, s.p, 5);
	return mg_time_parse_clock(mg_str(full, 8), ns, &used);
}

bool mg_time_parse_when(struct mg_str s, int64_t last, int64_t *ns)
{
	struct mg_civil c;
	int64_t         d;
	size_t          used;

	if (mg_time_parse(s, ns, &used, NULL) && used == s.n)
		return true;
	if (s.n >= 10 && date(s, &c)) {
		*ns = mg_time_from_civil(&c);
		if (s.n == 10)
			return true;
		if ((s.p[10] != ' ' && s.p[10] != 'T') || !clock_of(mg_str_from(s, 11), &d))
			return false;
		*ns += d;
		return true;
	}
	if (last == MG_TIME_NONE)
		return false;
	if (s.n && s.p[0] == '-' && mg_duration_parse(s, &d))
		return !__builtin_add_overflow(last, d, ns);
	if (!clock_of(s, &d))
		return false;
	*ns = floor_div(last, MG_DAY) * MG_DAY + d;
	return true;
}
