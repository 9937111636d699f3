/* series.h - the numbers over time that plots and TSV files show, one table a subject.
 *
 * Layer:   analysis
 * A table has equal buckets; a value that is not known is NAN (no data is not zero).
 */
#ifndef MG_ANALYSIS_SERIES_H
#define MG_ANALYSIS_SERIES_H

#include "analysis/case.h"

struct mg_column {
	struct mg_str name; /* "5xx", "p99 write", "kube-apiserver master-0" */
	double       *v;    /* one a bucket */
	bool          any;  /* at least one value that is not NAN and not 0 */
};

struct mg_table {
	const char       *name; /* "requests", "memory" …: docs/formats/series.md */
	const char       *title, *unit; /* "Requests by status code", "requests/s" */
	int64_t           start_ns, step_ns;
	size_t            n;
	struct mg_column *col;
	uint32_t          ncol;
};

struct mg_series {
	struct mg_arena  arena;
	struct mg_table *t;
	uint32_t         n;
};

/* Build all tables that have data, over [first, last] with at most `max_buckets` buckets
 * (at least 3).  The step is 1, 2, 5, 10, 15, 30 s, 1, 2, 5, 10, 15, 30 min, 1, 2, 6, 12 h or
 * whole days; a table whose source is coarser, or whose values need more data, has a wider
 * one.  `c` is changed only in that its requests get sorted. */
void mg_series_build(struct mg_series *s, struct mg_case *c, int64_t first_ns, int64_t last_ns,
		     size_t max_buckets);
const struct mg_table *mg_series_table(const struct mg_series *s, const char *name);
void                   mg_series_release(struct mg_series *s);

#endif
