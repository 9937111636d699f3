/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/clock.h"
#include "ingest/consume_log.h"

#define QUARTER (15 * MG_MIN) /* zones are whole quarters of an hour             */
#define TRUST (5 * MG_MIN)    /* stamps further apart are not of the same moment */

void mg_log_year(struct mg_log *s, int64_t known_ns)
{
	if (s->ref_ns == MG_TIME_NONE)
		s->ref_ns = known_ns;
}

/* The year of a klog stamp: that of the nearest known time, the same for a whole day. */
static int64_t klog_in_year(struct mg_log *s, int64_t ns)
{
	if (ns / MG_DAY != s->day) {
		s->day = ns / MG_DAY;
		s->to_year = mg_unwrap_year_near(ns, s->ref_ns) - ns;
	}
	return s->ref_ns = ns + s->to_year;
}

/* Split a difference of two clocks into whole quarters (a zone) and the rest. */
static int64_t zone_part(int64_t d)
{
	return (d + (d < 0 ? -QUARTER : QUARTER) / 2) / QUARTER * QUARTER;
}

/* The klog stamp in the year and zone of the envelope's time of the same line; false when the
 * two do not belong together. */
static bool in_zone_of(int64_t klog_ns, int64_t env_ns, int64_t *ns, int64_t *zone)
{
	int64_t t = mg_unwrap_year_near(klog_ns, env_ns), d = t - env_ns, rest;

	if (d > MG_DAY || d < -MG_DAY)
		return false;
	*zone = zone_part(d);
	rest = d - *zone;
	*ns = t - *zone;
	return rest < TRUST && rest > -TRUST;
}

static bool is_klog(const struct mg_klog *k)
{
	return k && k->form == MG_KLOG_TEXT;
}

/* A time whose year is known. */
static void know(struct mg_log *s, int64_t ns)
{
	s->ref_ns = ns;
	s->day = -1;
}

/* An envelope of whole seconds keeps the date, klog gives the microseconds. */
static int64_t finer(struct mg_log *s, const struct mg_unwrapped *u, const struct mg_klog *k)
{
	int64_t ns, zone, apart;

	if (!is_klog(k))
		return u->time_ns;
	/* nearly always the same distance as on the line before: then nothing is learnt */
	apart = k->ns - u->time_ns;
	if (!u->coarse && apart - s->apart_ns < MG_SEC && s->apart_ns - apart < MG_SEC)
		return u->time_ns;
	s->apart_ns = apart;
	if (!in_zone_of(k->ns, u->time_ns, &ns, &zone))
		return u->time_ns;
	s->zone_ns = zone;
	return u->coarse ? ns : u->time_ns;
}

static void from_envelope(struct mg_log *s, const struct mg_unwrapped *u, const struct mg_klog *k,
			  struct mg_line *l)
{
	struct mg_unwrapped dated = *u;

	switch (u->stamp) {
	case MG_STAMP_EXACT:
		l->time_source = MG_TIME_EXACT;
		know(s, u->time_ns);
		break;
	case MG_STAMP_ZONE:
		l->time_source = MG_TIME_ASSUMED_ZONE;
		know(s, u->time_ns);
		break;
	case MG_STAMP_YEAR:
		l->time_source = MG_TIME_ASSUMED_YEAR;
		know(s, u->time_ns);
		break;
	default:
		l->time_source = MG_TIME_YEARLESS;
		if (s->ref_ns != MG_TIME_NONE) {
			dated.time_ns = mg_unwrap_year_near(u->time_ns, s->ref_ns);
			know(s, dated.time_ns);
			l->time_source = MG_TIME_ASSUMED_YEAR;
		}
	}
	l->time_ns = finer(s, &dated, k);
}

static void from_klog(struct mg_log *s, const struct mg_klog *k, struct mg_line *l)
{
	if (k->form != MG_KLOG_TEXT) {
		l->time_ns = k->ns;
		l->time_source = MG_TIME_EXACT;
		know(s, k->ns);
	} else if (s->ref_ns != MG_TIME_NONE) {
		l->time_ns = klog_in_year(s, k->ns) - s->zone_ns;
		l->time_source = MG_TIME_ASSUMED_YEAR;
	} else {
		l->time_ns = k->ns;
		l->time_source = MG_TIME_YEARLESS;
	}
}

/* "Log file created at: 2022/02/07 22:15:16" begins a klog file */
static void created_at(struct mg_log *s, struct mg_str text)
{
	struct mg_str t = mg_str_between(text, MG_STR("Log file created at: "), MG_STR(""));
	char          buf[20];
	int64_t       ns;

	if (!t.p || t.n < 19)
		return;
	memcpy(buf, t.p, 19);
	buf[4] = buf[7] = '-';
	if (mg_time_parse(mg_str(buf, 19), &ns, NULL, NULL) && ns >= 0)
		mg_log_year(s, ns);
}

void mg_log_time(struct mg_log *s, const struct mg_unwrapped *u, const struct mg_klog *k,
		 struct mg_line *l)
{
	if (u->time_ns != MG_TIME_NONE && !u->inherited) {
		from_envelope(s, u, k, l);
	} else if (k && k->ns != MG_TIME_NONE) {
		from_klog(s, k, l);
	} else {
		l->time_ns = s->last_ns;
		l->time_source = s->last_how;
		if (mg_str_starts(l->text, MG_STR("Log file created at: ")))
			created_at(s, l->text);
		return;
	}
	s->last_ns = l->time_ns;
	s->last_how = l->time_source;
}

int64_t mg_log_dated(const struct mg_source *src, int64_t ns, enum mg_time_source how)
{
	int64_t reference = src->mtime_ns;

	if (ns == MG_TIME_NONE || how <= MG_TIME_DERIVED)
		return ns;
	if (how != MG_TIME_YEARLESS)
		return MG_TIME_NONE;
	if (reference == MG_TIME_NONE && src->windowed)
		reference = mg_clock_window_reference(src->since_ns, src->until_ns);
	return reference == MG_TIME_NONE ? MG_TIME_NONE : mg_clock_with_year(ns, reference);
}

/* The first root line of a Trace in the first block tells the year of the lines before it. */
void mg_log_year_ahead(struct mg_log *s, struct mg_str block)
{
	struct mg_str   line, rest;
	struct mg_trace root;
	ptrdiff_t       at = mg_str_find(block, MG_STR("] Trace["));

	if (at < 0 || !mg_klog_is_header(block)) /* no envelope on the first line */
		return;
	for (rest = mg_str_from(block, (size_t)at + 2);
	     (at = mg_str_find(rest, MG_STR("Trace["))) >= 0;) {
		mg_str_cut(mg_str_from(rest, (size_t)at), '\n', &line, &rest);
		if (!mg_trace_parse_root(line, &root) || root.start_ns == MG_TIME_NONE)
			continue;
		mg_log_year(s, root.start_ns);
		return;
	}
}
