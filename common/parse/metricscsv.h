/* metricscsv.h - fields of one CSV row.
 *
 *   time,process_resident_memory_bytes,go_goroutines
 *   2026-11-21T03:17:30.619542Z,343883776,1685
 *
 * Layer:   parse (base)
 * Memory:  allocates nothing; views point into the row, a quoted field keeps doubled quotes
 * Threads: pure functions
 * Format:  docs/formats/metrics.md; RFC 4180, also with ';' or tabs
 */
#ifndef MG_PARSE_METRICSCSV_H
#define MG_PARSE_METRICSCSV_H

#include "base/time.h"

/* The separator that occurs most in a header row: ',' ';' or tab; 0 when none does. */
char mg_csv_separator(struct mg_str header);
/* The field at *at, which moves behind its separator; false behind the last one. */
bool mg_csv_next(struct mg_str row, char sep, size_t *at, struct mg_str *field);
/* Does a column of this name hold the time of the row? */
bool mg_csv_time_column(struct mg_str name);
/* RFC 3339, "2006-01-02 15:04:05", or seconds or milliseconds since the epoch. */
bool mg_csv_time(struct mg_str field, int64_t *ns);

#endif
