/* series_internal.h - the frame that the builders of single tables share.
 *
 * Layer: analysis
 */
#ifndef MG_ANALYSIS_SERIES_INTERNAL_H
#define MG_ANALYSIS_SERIES_INTERNAL_H

#include "analysis/series.h"

struct mg_frame {
	struct mg_series *s;
	struct mg_case   *c;
	int64_t           first_ns, last_ns; /* first <= last */
	int64_t           step_ns;           /* at least one second */
};


/* Append an empty table that spans the frame; `step_ns` > 0.  Valid until the series is
 * released (the tables never move). */
struct mg_table *mg_frame_table(struct mg_frame *f, const char *name, const char *title,
				const char *unit, int64_t step_ns);
/* Append a column of NANs; the name is copied. */
double *mg_frame_column(struct mg_frame *f, struct mg_table *t, struct mg_str name);
/* The smallest allowed step that is at least `ns` (days above one day). */
int64_t mg_series_step(int64_t ns);
/* The bucket of a time; false: outside of the table. */
bool mg_table_index(const struct mg_table *t, int64_t ns, size_t *i);
/* Buckets that [from, to] touches, clipped to the table; false: none. */
bool mg_table_range(const struct mg_table *t, int64_t from, int64_t to, size_t *lo, size_t *hi);

/* The requests the tables are about: the audit log, else httplog lines. */
struct mg_traffic {
	struct mg_requests *r;
	const char         *source;
	int64_t             first_s, last_s; /* seconds known to be covered, inclusive */
};
/* "Requests by verb (audit log)" */
const char *mg_traffic_title(struct mg_frame *f, const char *what, const struct mg_traffic *r);
/* 0 in every step that the source covers: nothing seen, not nothing known. */
void mg_traffic_zero(const struct mg_table *t, const struct mg_traffic *r, double *v);
/* Counts of a step become rates per covered second. */
void mg_traffic_rates(const struct mg_table *t, const struct mg_traffic *r);

/* series_talkers.c */
void mg_series_talkers(struct mg_frame *f, const struct mg_traffic *r);

/* series_events.c */
void mg_series_members(struct mg_frame *f);
void mg_series_lists(struct mg_frame *f);

/* A table with one column a process, of samples or what is derived from them. */
struct mg_gauge_kind {
	const char        *table, *title, *unit;
	const char *const *metrics;  /* best first, ended by NULL; "_x": all that end so */
	const char *const *prefixes; /* of the columns' names, one a metric; or NULL     */
	const char        *label;    /* a label that tells columns of one process apart, or NULL */
	bool brief;   /* where a process runs says enough */
	bool repeats; /* metrics of one process come in several files: one column */
	bool zero;    /* 0 is a value, not the absence of a process */
};
/* series_gauges.c; at most 24 columns, the title says so when there are more. */
struct mg_table *mg_series_gauges(struct mg_frame *f, const struct mg_gauge_kind *kind);

/* series_metrics.c: cpu, node_cpu, etcd_disk, db, workqueues, inflight_metric, requests_metric */
void mg_series_metrics(struct mg_frame *f);

/* series_gauges.c */
void mg_series_memory(struct mg_frame *f);
void mg_series_goroutines(struct mg_frame *f);

#endif
