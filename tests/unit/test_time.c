/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/time.h"

#define AT(y, mo, d, h, mi, s) \
	mg_time_from_civil(&(struct mg_civil){ y, mo, d, h, mi, s, 0 })

static void civil_round_trip(void **state)
{
	/* every day int64 reaches, and the two ends */
	for (int64_t day = -106751; day <= 106750; day++) {
		int64_t         ns = day * MG_DAY + (day & 0xffff) * MG_SEC + 123456789;
		struct mg_civil c = mg_time_civil(ns);

		assert_int_equal(mg_time_from_civil(&c), ns);
		assert_in_range(c.month, 1, 12);
		assert_in_range(c.day, 1, 31);
	}
	assert_int_equal(AT(1970, 1, 1, 0, 0, 0), 0);
	assert_int_equal(AT(2026, 11, 21, 3, 11, 35), INT64_C(1795230695) * MG_SEC);
	assert_int_equal(mg_time_civil(-1).year, 1969);
	assert_int_equal(mg_time_civil(-1).ns, 999999999);
	assert_int_equal(mg_time_civil(INT64_MAX).year, 2262);
	assert_int_equal(mg_time_civil(MG_TIME_NONE).year, 1677);
}

static void parses(void **state)
{
	static const struct {
		const char *in, *out; /* RFC 3339 with nine digits */
		size_t      used;     /* 0: all of it */
		bool        zoned;
	} t[] = {
		{ "2026-11-21T03:11:35Z", "2026-11-21T03:11:35.000000000Z", 0, true },
		{ "2026-11-21T03:11:35.5Z", "2026-11-21T03:11:35.500000000Z", 0, true },
		{ "2026-11-21t03:11:35.123456789z", "2026-11-21T03:11:35.123456789Z", 0, true },
		{ "2026-11-21 03:11:35,1234567891Z", "2026-11-21T03:11:35.123456789Z", 0, true },
		{ "2026-11-21T03:11:35+02:00", "2026-11-21T01:11:35.000000000Z", 0, true },
		{ "2026-11-21T03:11:35-0530", "2026-11-21T08:41:35.000000000Z", 0, true },
		{ "2026-11-21T23:30:00-05:00", "2026-11-22T04:30:00.000000000Z", 0, true },
		{ "2026-11-21T03:11:35", "2026-11-21T03:11:35.000000000Z", 0, false },
		{ "2026-11-21T03:11:35 rest", "2026-11-21T03:11:35.000000000Z", 19, false },
		{ "2026-11-21T03:11:35.Z", "2026-11-21T03:11:35.000000000Z", 19, false },
		{ "2026-11-21T03:11:35+2", "2026-11-21T03:11:35.000000000Z", 19, false },
		{ "2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000000000Z", 0, true },
		{ "2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000000000Z", 0, true },
		{ "2261-12-31T23:59:60.999999999-23:59", "2262-01-01T23:59:00.999999999Z", 0, true },
		{ "1678-01-01T00:00:00+23:59", "1677-12-31T00:01:00.000000000Z", 0, true },
	};
	static const char *const bad[] = {
		"", "2026", "2026-11-21", "2026-11-21T03:11", "2026-13-01T00:00:00Z",
		"2026-00-01T00:00:00Z", "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z",
		"2026-04-31T00:00:00Z", "2026-11-21T24:00:00Z", "2026-11-21T00:60:00Z",
		"2026-11-21T00:00:61Z", "2026/11/21T00:00:00Z", "2026-11-21X00:00:00Z",
		"0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-11-21T-1:00:00Z",
	};
	char    buf[40];
	int64_t ns;
	size_t  used;
	bool    zoned;

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct mg_str in = mg_strz(t[i].in);

		assert_true(mg_time_parse(in, &ns, &used, &zoned));
		assert_string_equal(mg_time_format(ns, 9, buf, sizeof(buf)), t[i].out);
		assert_int_equal(used, t[i].used ? t[i].used : in.n);
		assert_int_equal(zoned, t[i].zoned);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (mg_time_parse(mg_strz(bad[i]), &ns, NULL, NULL))
			fail_msg("'%s' was taken for a time", bad[i]);
}

/* Every cut of a time stamp, in a block of exactly its size, reads nothing behind it. */
static void cut_short(void **state)
{
	static const char full[] = "2026-11-21T03:11:35.123+02:00";

	for (size_t n = 0; n < sizeof(full); n++) {
		char   *p = malloc(n ? n : 1);
		int64_t ns;
		size_t  used;

		memcpy(p, full, n);
		assert_int_equal(mg_time_parse(mg_str(p, n), &ns, &used, NULL), n >= 19);
		mg_time_parse_clock(mg_str(p, n), &ns, &used);
		mg_time_parse_when(mg_str(p, n), MG_TIME_NONE, &ns);
		mg_time_parse_when(mg_str(p, n), 0, &ns);
		mg_duration_parse(mg_str(p, n), &ns);
		free(p);
	}
}

static void durations(void **state)
{
	static const struct {
		const char *in;
		int64_t     ns;
	} good[] = {
		{ "0", 0 }, { "-0", 0 }, { "1ns", 1 }, { "1.5s", 1500000000 }, { "1h2m3s", 3723 * MG_SEC },
		{ "100ms", 100 * MG_MS }, { "2\xc2\xb5s", 2000 }, { "2\xce\xbcs", 2000 }, { "2us", 2000 },
		{ "-1m", -MG_MIN }, { "+1m", MG_MIN }, { ".5s", MG_SEC / 2 }, { "1.s", MG_SEC },
		{ "40.002312345s", 40002312345 }, { "2562047h47m16.854775807s", INT64_MAX },
		{ "0.1234567890123456789s", 123456789 },
	};
	static const char *const bad[] = { "", "-", "1", "s", ".s", "1x", "1s2", "1 s", "3000000h",
					   "99999999999999999999s", "1e3s", "--1s" };
	int64_t                  ns;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		if (!mg_duration_parse(mg_strz(good[i].in), &ns))
			fail_msg("'%s' is a duration", good[i].in);
		assert_int_equal(ns, good[i].ns);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (mg_duration_parse(mg_strz(bad[i]), &ns))
			fail_msg("'%s' was taken for a duration", bad[i]);
}

static void duration_texts(void **state)
{
	static const struct {
		int64_t     ns;
		const char *text;
	} t[] = {
		{ 0, "0 ns" }, { 999, "999 ns" }, { 823 * MG_US, "823 \xc2\xb5s" },
		{ 9300 * MG_US, "9.3 ms" }, { 999600 * MG_US, "1.00 s" }, { 1500 * MG_MS, "1.50 s" },
		{ 40 * MG_SEC, "40.0 s" }, { 99960 * MG_MS, "1m40s" }, { 345 * MG_SEC, "5m45s" },
		{ 2 * MG_HOUR + 3 * MG_MIN, "2h03m" }, { 76 * MG_HOUR, "3d04h" },
		{ -1500 * MG_MS, "-1.50 s" }, { 3599600 * MG_MS, "1h00m" },
		{ INT64_MAX, "106751d23h" }, { INT64_MIN, "-106751d23h" },
	};
	char buf[24];

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		assert_string_equal(mg_duration_text(t[i].ns, buf, sizeof(buf)), t[i].text);
}

static void formats(void **state)
{
	int64_t ns = AT(2026, 1, 2, 3, 4, 5) + 67890123;
	char    buf[40];

	assert_string_equal(mg_time_format(ns, 0, buf, 40), "2026-01-02T03:04:05Z");
	assert_string_equal(mg_time_format(ns, 3, buf, 40), "2026-01-02T03:04:05.067Z");
	assert_string_equal(mg_time_format(ns, 9, buf, 40), "2026-01-02T03:04:05.067890123Z");
	assert_string_equal(mg_time_format(-1, 9, buf, 40), "1969-12-31T23:59:59.999999999Z");
	assert_string_equal(mg_time_clock(ns, 6, buf, 24), "03:04:05.067890");
	assert_string_equal(mg_time_format(MG_TIME_NONE, 0, buf, 40), "1677-09-21T00:12:43Z");
}

static void months(void **state)
{
	assert_int_equal(mg_time_month(MG_STR("Jan")), 1);
	assert_int_equal(mg_time_month(MG_STR("DEC")), 12);
	assert_int_equal(mg_time_month(MG_STR("anf")), 0);
	assert_int_equal(mg_time_month(MG_STR("Janu")), 0);
	assert_int_equal(mg_time_month(MG_STR("")), 0);
}

/* What people give to --since. */
static void whens(void **state)
{
	int64_t last = AT(2026, 11, 21, 3, 17, 20), ns;

	static const struct {
		const char *in, *out;
	} t[] = {
		{ "2026-11-20T03:12:00Z", "2026-11-20T03:12:00Z" },
		{ "2026-11-20T03:12:00+01:00", "2026-11-20T02:12:00Z" },
		{ "2026-11-20 03:12", "2026-11-20T03:12:00Z" },
		{ "2026-11-20T03:12", "2026-11-20T03:12:00Z" },
		{ "2026-11-20 03:12:04", "2026-11-20T03:12:04Z" },
		{ "2026-11-20", "2026-11-20T00:00:00Z" },
		{ "03:12", "2026-11-21T03:12:00Z" },
		{ "03:12:04", "2026-11-21T03:12:04Z" },
		{ "-2h30m", "2026-11-21T00:47:20Z" },
	};
	static const char *const bad[] = { "", "-", "2h", "3:12", "24:00", "2026-11", "2026-11-20 ",
					   "2026-11-20 3", "yesterday", "2026-02-30", "-2562047h",
					   "03:12x" };
	char                     buf[40];

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		if (!mg_time_parse_when(mg_strz(t[i].in), last, &ns))
			fail_msg("'%s' is a time", t[i].in);
		assert_string_equal(mg_time_format(ns, 0, buf, sizeof(buf)), t[i].out);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (mg_time_parse_when(mg_strz(bad[i]), -last, &ns))
			fail_msg("'%s' was taken for a time", bad[i]);
	assert_false(mg_time_parse_when(MG_STR("-2h"), MG_TIME_NONE, &ns));
	assert_false(mg_time_parse_when(MG_STR("03:12"), MG_TIME_NONE, &ns));
	assert_true(mg_time_parse_when(MG_STR("2026-11-20"), MG_TIME_NONE, &ns));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(civil_round_trip), cmocka_unit_test(parses),
		cmocka_unit_test(cut_short),        cmocka_unit_test(durations),
		cmocka_unit_test(duration_texts),   cmocka_unit_test(formats),
		cmocka_unit_test(months),           cmocka_unit_test(whens),
	};

	return cmocka_run_group_tests_name("time", tests, NULL, NULL);
}
