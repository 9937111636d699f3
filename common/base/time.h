/* time.h - points in time as int64 nanoseconds since 1970-01-01 UTC, and durations.
 *
 * Layer:   base.  No function reads the clock or the TZ variable.
 */
#ifndef MG_BASE_TIME_H
#define MG_BASE_TIME_H

#include "base/str.h"

#define MG_NS  INT64_C(1)
#define MG_US  (1000 * MG_NS)
#define MG_MS  (1000 * MG_US)
#define MG_SEC (1000 * MG_MS)
#define MG_MIN (60 * MG_SEC)
#define MG_HOUR (60 * MG_MIN)
#define MG_DAY (24 * MG_HOUR)
#define MG_TIME_NONE INT64_MIN /* "no time known" */

struct mg_civil {
	int year, month, day; /* month and day from 1 */
	int hour, minute, second;
	int ns;
};

/* Proleptic Gregorian, UTC.  Out-of-range fields are the caller's fault. */
int64_t         mg_time_from_civil(const struct mg_civil *c);
struct mg_civil mg_time_civil(int64_t ns);

/* Parse a date and time at the start of `s`:
 *   2006-01-02T15:04:05[.,fraction 1-9+][Z|+hh:mm|+hhmm|-..]   ('T', 't' or one space)
 * *used is the length consumed, *zoned whether a zone was there (UTC assumed if not);
 * both may be NULL.  Digits after the ninth are dropped.  False: not a time. */
bool mg_time_parse(struct mg_str s, int64_t *ns, size_t *used, bool *zoned);

/* "hh:mm:ss[.fraction]" at the start of `s` as ns since midnight. */
bool mg_time_parse_clock(struct mg_str s, int64_t *ns, size_t *used);

/* Month 1..12 from "Jan", any case; 0: no month. */
int mg_time_month(struct mg_str name);

/* A Go duration: [-](number unit)+ with ns us µs μs ms s m h, fractions allowed, "0". */
bool mg_duration_parse(struct mg_str s, int64_t *ns);

/* RFC 3339 UTC with `digits` (0..9) fraction digits and 'Z'; buf of 40 bytes. */
const char *mg_time_format(int64_t ns, int digits, char *buf, size_t n);
/* Only "15:04:05[.fraction]"; buf of 24 bytes. */
const char *mg_time_clock(int64_t ns, int digits, char *buf, size_t n);
/* For people: "823 µs", "9.3 ms", "40.0 s", "5m45s", "2h03m", "3d04h"; buf of 24. */
const char *mg_duration_text(int64_t ns, char *buf, size_t n);

/* What a person gives to --since/--until/--around: RFC 3339, "2026-11-20 03:12[:04]",
 * "2026-11-20", "03:12[:04]" (on the day of `last`), or "-2h30m" (before `last`).
 * `last` is the last event's time, MG_TIME_NONE if unknown (relative forms fail). */
bool mg_time_parse_when(struct mg_str s, int64_t last, int64_t *ns);

#endif
