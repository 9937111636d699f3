/* metricfinding.h - what the rules that look at metrics have in common.
 *
 * Layer:   analysis
 */
#ifndef MG_ANALYSIS_METRICFINDING_H
#define MG_ANALYSIS_METRICFINDING_H

#include "analysis/rule.h"

/* A stretch of one series in which every sample is above a limit. */
struct mg_excess {
	struct mg_sample_run    run;              /* the whole series                           */
	const struct mg_sample *worst;            /* NULL: there is no such stretch             */
	int64_t                 start_ns, end_ns; /* start: the sample before, if any           */
	bool since_start; /* from a single scrape: of all the time since the process began   */
};

/* The longest stretch of any series of `metric` above `limit`; of equally long ones the one
 * with the highest value.  `t` is sorted. */
void mg_metric_excess(struct mg_excess *e, const struct mg_samples *t, const char *metric,
		      double limit);
/* Did it hold for so long, or since the process began? */
bool mg_excess_held(const struct mg_excess *e, double seconds);
/* Does it lie within a minute of [from, to]? */
bool mg_excess_near(const struct mg_excess *e, int64_t from, int64_t to);
/* Its worst sample as evidence: "p99 of WAL fsync on etcd-0: 1.92 s".  `value` is how to say it. */
void mg_excess_evidence(struct mg_rule_ctx *x, struct mg_finding *f, const struct mg_excess *e,
			const char *what, const char *value);

/* The series of `metric` over time with the highest median; false: there is none. */
bool mg_metric_highest(const struct mg_samples *t, const char *metric, struct mg_sample_run *run,
		       double *median);
/* The last sample of the series "metric{labels}"; NULL: there is none. */
const struct mg_sample *mg_metric_last(const struct mg_samples *t, const char *metric,
				       struct mg_str labels);
/* Whose series it is: its pod, node, host or file. */
struct mg_str mg_metric_place(struct mg_str labels);
/* Is there any sample of the metric? */
bool mg_metric_known(const struct mg_samples *t, const char *metric);

#endif
