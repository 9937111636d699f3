/* samples.h - metric samples of the few series that matter here.
 *
 * Layer:   analysis
 * A series is a metric name plus its distinguishing labels (instance or pod, and for
 * histograms the quantile that was computed).  Counters are stored as they stand.
 */
#ifndef MG_ANALYSIS_SAMPLES_H
#define MG_ANALYSIS_SAMPLES_H

#include "base/map.h"

struct mg_sample {
	int64_t  time_ns;
	double   value;
	uint32_t series;   /* id in names */
	uint32_t artifact;
};

struct mg_samples {
	struct mg_intern  names; /* "metric{label="x"}" in one canonical spelling */
	struct mg_sample *s;
	size_t            n, cap;
};

void mg_samples_add(struct mg_samples *t, struct mg_str series, int64_t time_ns, double value,
		    uint32_t artifact);
void mg_samples_merge(struct mg_samples *to, const struct mg_samples *from);
/* By series name, then time; equal (series, time) of several files: the first stays. */
void mg_samples_sort(struct mg_samples *t);
void mg_samples_release(struct mg_samples *t);

#endif
