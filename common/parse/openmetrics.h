/* openmetrics.h - one line of a metrics exposition.
 *
 *   go_goroutines 1685
 *   process_cpu_seconds_total{instance="10.0.0.11:6443",job="apiserver"} 9.49 1795231310.620
 *   {__name__="go_goroutines", instance="10.0.0.1:6443"} 1700 1644272116123
 *
 * Layer:   parse (base)
 * Memory:  allocates nothing; views point into the line, label values keep their escapes
 * Threads: pure functions
 * Cost:    mg_om_name is all that is paid for a line of no interest
 * Format:  docs/formats/metrics.md; Prometheus text 0.0.4, OpenMetrics 1.0 (and the quoted
 *          names of Prometheus 3), promtool tsdb dump and dump-openmetrics
 */
#ifndef MG_PARSE_OPENMETRICS_H
#define MG_PARSE_OPENMETRICS_H

#include "base/err.h"
#include "base/time.h"

struct mg_om_sample {
	struct mg_str name;    /* never empty                                       */
	struct mg_str labels;  /* between the braces, may be empty                  */
	double        value;   /* may be NaN or infinite                            */
	int64_t       time_ns; /* MG_TIME_NONE: the line has no timestamp           */
};

/* The metric name at the start of a line; empty for comments, blank lines and lines that
 * begin with a brace and carry no name in it. */
struct mg_str mg_om_name(struct mg_str line);
/* MG_OK; MG_SKIP: comment or blank; MG_FAIL: damaged, err->byte says where.  A timestamp of
 * 1e11 or more is milliseconds (Prometheus), a smaller one seconds (OpenMetrics). */
enum mg_status mg_om_parse(struct mg_str line, struct mg_om_sample *out, struct mg_err *err);

/* Iterate labels: *at starts at 0.  False at the end, or at a damaged label (then *at is not
 * labels.n).  Values without quotes, escapes as they stand. */
bool mg_om_next_label(struct mg_str labels, size_t *at, struct mg_str *key, struct mg_str *value);
/* Value of a label; empty when absent. */
struct mg_str mg_om_label(struct mg_str labels, struct mg_str key);

/* Decimal seconds or milliseconds since the epoch as ns, by the same rule. */
bool mg_om_time(struct mg_str s, int64_t *ns);

#endif
