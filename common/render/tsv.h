/* tsv.h - a table over time as tab-separated text, and back.
 *
 *   # requests: Requests by status code (audit log); unit requests/s; step 5 s; …
 *   time<TAB>2xx<TAB>5xx
 *   2026-11-21T03:11:35Z<TAB>41.2<TAB>
 *
 * Layer:   render
 * Format:  docs/formats/series.md
 */
#ifndef MG_RENDER_TSV_H
#define MG_RENDER_TSV_H

#include "analysis/series.h"
#include "base/buf.h"
#include "base/err.h"

/* Append a table: one comment, the names, one row a bucket; an empty cell is "not known". */
void mg_tsv_format(struct mg_buf *out, const struct mg_table *t);
/* Write every table to <dir>/series/<table>.tsv; the directories are made when missing. */
enum mg_status mg_tsv_write_dir(const char *dir, const struct mg_series *s, struct mg_err *err);

/* Read a table of the above form from `text`; it needs no comment line, times may be RFC
 * 3339 or seconds since the epoch and need not be equally far apart (they are sorted into
 * buckets as wide as the smallest distance, at most MG_TSV_ROWS).  What it makes belongs to
 * `a`.  MG_OK, or MG_FAIL with line and byte of the first fault that stops it; rows that
 * cannot be read are counted in *bad (may be NULL). */
#define MG_TSV_ROWS 100000
enum mg_status mg_tsv_parse(struct mg_str text, struct mg_arena *a, struct mg_table *t,
			    uint64_t *bad, struct mg_err *err);

#endif
