/* samples.h - metric samples of the few series that matter here.
 *
 * Layer:   analysis
 * A series is a metric name plus its distinguishing labels (instance or pod; of a histogram's
 * bucket its bound).  Counters are stored as they stand; what they say of the time between two
 * scrapes is derived (derive.h).
 */
#ifndef MG_ANALYSIS_SAMPLES_H
#define MG_ANALYSIS_SAMPLES_H

#include "base/map.h"

struct mg_sample {
	int64_t  time_ns;
	double   value;
	uint32_t series;   /* id in names */
	uint32_t artifact;
	uint64_t line;     /* of the artifact, 0: not known */
};

struct mg_samples {
	struct mg_intern  names; /* "metric{label="x"}" in one canonical spelling */
	struct mg_sample *s;
	size_t            n, cap;
};

void mg_samples_add(struct mg_samples *t, struct mg_str series, int64_t time_ns, double value,
		    uint32_t artifact);
/* The same, with the line it stands in. */
void mg_samples_add_line(struct mg_samples *t, struct mg_str series, int64_t time_ns, double value,
			 uint32_t artifact, uint64_t line);
void mg_samples_merge(struct mg_samples *to, const struct mg_samples *from);
/* By series name, then time; equal (series, time) of several files: the first stays. */
void mg_samples_sort(struct mg_samples *t);
void mg_samples_release(struct mg_samples *t);

/* The samples of one series, by time. */
struct mg_sample_run {
	const struct mg_sample *s;
	size_t                  n;       /* at least 1 */
	struct mg_str           series;  /* the whole name */
	struct mg_str           metric;  /* "go_goroutines" */
	struct mg_str           labels;  /* between the braces: job="x",pod="y" */
};
/* Walk the series of sorted samples: *at starts at 0.  False behind the last one. */
bool mg_samples_next(const struct mg_samples *t, size_t *at, struct mg_sample_run *r);
/* The value of `key` in labels; an empty view when absent.  Escapes stay. */
struct mg_str mg_sample_label(struct mg_str labels, const char *key);

#endif
