/* audit_series.h - requests over time: rate, codes, latency, in flight, also by one key.
 *
 * A request is counted in the bucket in which it ended; in flight is the mean number of
 * requests that were open in the bucket (watches and their like left out).
 *
 * Layer:   analysis
 * Memory:  distinct keys times occupied buckets
 * Merging: sums only, so order cannot matter
 */
#ifndef MG_ANALYSIS_AUDIT_SERIES_H
#define MG_ANALYSIS_AUDIT_SERIES_H

#include "analysis/audit_group.h"
#include "analysis/series.h"
#include "analysis/spread.h"

enum mg_series_class {
	MG_SERIES_2XX, MG_SERIES_3XX, MG_SERIES_4XX, MG_SERIES_429, MG_SERIES_5XX,
	MG_SERIES_NO_CODE, MG_SERIES_CLASSES
};

struct mg_audit_bucket {
	int64_t          index; /* floor(time / step)          */
	uint64_t         key;   /* index of a key, later of a label; MG_NONE: everything */
	uint64_t         ended, by_class[MG_SERIES_CLASSES];
	struct mg_spread took;
	int64_t          opened, closed;       /* requests that began, that ended    */
	int64_t          open_us, shut_us;     /* and how much of the bucket was left then */
};

struct mg_audit_series {
	struct mg_intern texts;   /* values of keys; when it is labelled, labels */
	struct mg_cells  keys;    /* up to MG_AUDIT_MAX_KEYS texts each          */
	struct mg_cells  buckets; /* struct mg_audit_bucket                      */
};

void mg_audit_series_init(struct mg_audit_series *s);
/* Count one request as a whole and, when there are keys, under them: once for each of its
 * user's groups when that is one of them. */
void mg_audit_series_add(struct mg_audit_series *s, int64_t step_ns,
			 const struct mg_audit_by *by, const struct mg_audit *a,
			 const struct mg_request *q);
/* Add all of `from`; release it afterwards. */
void mg_audit_series_merge(struct mg_audit_series *s, struct mg_audit_series *from);
/* When all is counted, before the table: give keys one text each ("alice, get"), users the
 * name of their product where that is a key. */
void mg_audit_series_label(struct mg_audit_series *s, const struct mg_audit_by *by);
/* The table, with columns for the `top` most frequent keys and "other" when it is split; at
 * most `rows` buckets, those with most requests: *left_out counts requests outside them.
 * Texts and numbers belong to `arena`. */
void mg_audit_series_table(struct mg_audit_series *s, int64_t step_ns, size_t top, size_t rows,
			   struct mg_arena *arena, struct mg_table *t, uint64_t *left_out);
/* The same, a subject each, as pictures show it: rate, codes, refused and failed requests of
 * each key, latency, in flight.  Columns that are all zero are left out, and so are tables
 * without columns.  Numbers are the table's own. */
void mg_audit_series_panels(const struct mg_table *t, struct mg_series *out);
void mg_audit_series_release(struct mg_audit_series *s);

#endif
