/* metricfile.h - which series of a metrics file are kept, under which name and at which time.
 *
 * Layer:   ingest (base parse analysis event)
 * Memory:  a metricfile owns what it makes until it is released
 * Threads: one metricfile belongs to one thread at a time
 * Format:  docs/formats/metrics.md
 */
#ifndef MG_INGEST_METRICFILE_H
#define MG_INGEST_METRICFILE_H

#include "analysis/cells.h"
#include "ingest/consumer.h"

enum mg_metric_shape {
	MG_METRIC_PLAIN,
	MG_METRIC_CONTAINER, /* of pods and pause containers it is left out           */
	MG_METRIC_BUCKET,    /* a bucket of a histogram: the bound is part of the name */
	MG_METRIC_SUM,       /* series that differ in dropped labels only are added up */
	MG_METRIC_CPU_MODES, /* the same; modes are idle (or waiting) and busy         */
};

/* A kept metric. */
struct mg_metric {
	const char          *name;
	enum mg_metric_shape shape;
	const char          *as;    /* the name to store it under, NULL: its own   */
	const char          *label; /* a label that tells its series apart, or NULL */
};

/* NULL: a metric of no interest. */
const struct mg_metric *mg_metric_of(struct mg_str name);

struct mg_metricfile {
	struct mg_arena arena;
	struct mg_str   stem;    /* of the file's name, for series that say no instance */
	int64_t         file_ns; /* when the file was written: by its name or mtime; MG_TIME_NONE */
	/* Private from here on. */
	struct mg_intern names;
	struct mg_cells  sums;
	struct mg_buf    name;
};

void mg_metricfile_init(struct mg_metricfile *f, const struct mg_source *src);
/* The name to store a series under; valid until the next call.  Empty: it is left out. */
struct mg_str mg_metricfile_series(struct mg_metricfile *f, const struct mg_metric *m,
				   struct mg_str labels);
/* The same for a gauge that is not in the table. */
struct mg_str mg_metricfile_name(struct mg_metricfile *f, struct mg_str metric, struct mg_str labels);
/* Keep a sample; NaN is none, and so is one without a time. */
void mg_metricfile_add(struct mg_metricfile *f, struct mg_partial *out, const struct mg_source *src,
		       bool sum, struct mg_str series, int64_t ns, double v, uint64_t line);
static inline bool mg_metric_sums(const struct mg_metric *m)
{
	return m->shape == MG_METRIC_SUM || m->shape == MG_METRIC_CPU_MODES;
}
/* The sums are complete: hand them out. */
void mg_metricfile_end(struct mg_metricfile *f, struct mg_partial *out, const struct mg_source *src);
void mg_metricfile_release(struct mg_metricfile *f);

#endif
