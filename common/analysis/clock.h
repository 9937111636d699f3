/* clock.h - turn provisional times into points on one axis, and find the robust axis.
 *
 * Layer:   analysis
 * Provisional are: klog and journald lines without a year (MG_TIME_YEARLESS) and kernel
 * lines since boot (MG_TIME_BOOT).  What cannot be placed stays MG_TIME_UNKNOWN: it is kept
 * and listed, but never moves an axis.
 */
#ifndef MG_ANALYSIS_CLOCK_H
#define MG_ANALYSIS_CLOCK_H

#include "analysis/case.h"

/* The year that puts `ns` (in year 1970) closest to `reference`, at most a day behind it
 * in the future; the reference is the file's own exact time, its mtime, or the archive's. */
int64_t mg_clock_with_year(int64_t ns_in_1970, int64_t reference);

/* What tells the year of an artifact's times that have none: its own last certain time, the
 * last one of the case, its mtime, any mtime, the window that was asked for; MG_TIME_NONE:
 * nothing does. */
int64_t mg_clock_reference(const struct mg_case *c, uint32_t artifact);
/* The reference that puts times next to a window; MG_TIME_NONE when both bounds are. */
int64_t mg_clock_window_reference(int64_t since_ns, int64_t until_ns);
void mg_clock_resolve_years(struct mg_case *c);
/* Offsets between "since boot" and the wall clock from kills that both a plain and a
 * wall-clock kernel log of the same node name (same pid and comm). */
void mg_clock_resolve_boot(struct mg_case *c);
/* Is it of the time that was recorded?  Objects tell of the past of the cluster (pods started
 * weeks ago); the span is that of the logs, requests and samples. */
bool mg_clock_spans(const struct mg_event *e);
/* Set c->first_ns, c->last_ns, c->outliers from the sorted events and request seconds. */
void mg_clock_span(struct mg_case *c);

#endif
