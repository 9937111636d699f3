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

/* "5 s", "10 min": a step, exactly, into buf (at least 24 bytes). */
const char *mg_tsv_step(int64_t ns, char *buf, size_t n);
/* Append a table: one comment, the names, one row a bucket; an empty cell is "not known". */
void mg_tsv_format(struct mg_buf *out, const struct mg_table *t);
/* Write every table to <dir>/series/<table>.tsv; the directories are made when missing,
 * and tables of an earlier run are removed, so that old and new cannot be mixed up. */
enum mg_status mg_tsv_write_dir(const char *dir, const struct mg_series *s, struct mg_err *err);

/* Cut the first table off *text, which may hold several, each begun by its comment; *line, at
 * first 0, becomes the number of lines before `one`.  False at the end. */
bool mg_tsv_cut(struct mg_str *text, struct mg_str *one, uint64_t *line);
/* Read a table of the above form from `text`.  Name, title and unit come from the comment
 * and are empty without one.  Times may be RFC 3339 or seconds since the epoch, in any order
 * and unequally far apart: they go into buckets as wide as the smallest distance, at most
 * MG_TSV_ROWS of them, and of several values in one the highest stays.  What it makes
 * belongs to `a`.  MG_OK, or MG_FAIL with the line of the fault that stops it; rows that
 * cannot be read are counted in *bad (may be NULL). */
#define MG_TSV_ROWS 100000
enum mg_status mg_tsv_parse(struct mg_str text, struct mg_arena *a, struct mg_table *t,
			    uint64_t *bad, struct mg_err *err);

#endif
