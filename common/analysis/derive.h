/* derive.h - what successive scrapes say of the time between them.
 *
 * A counter says how much was counted since its process began; a histogram's buckets are such
 * counters.  Only the difference of two scrapes tells of an interval: from it come
 *
 *   rate(process_cpu_seconds_total){…}                              per second
 *   etcd_disk_wal_fsync_duration_seconds{quantile="0.99",…}         of the interval's observations
 *   etcd_disk_wal_fsync_duration_seconds{quantile="0.99",since="start",…}
 *                                     of a histogram that was scraped once: since the start
 *   node_cpu_busy_ratio{…}            0..1: neither idle nor waiting for a disk
 *
 * each at the time, artifact and line of the later scrape.
 *
 * Layer:   analysis
 * Memory:  the samples made belong to `out`
 * Threads: pure
 * A counter that fell has begun anew: what it shows was counted since then.  An interval in
 * which nothing was observed has no quantile.  Quantiles are linear inside a bucket, from 0 in
 * the first one; above the last finite bound they are that bound (as histogram_quantile of
 * Prometheus).
 */
#ifndef MG_ANALYSIS_DERIVE_H
#define MG_ANALYSIS_DERIVE_H

#include "analysis/samples.h"

/* `in` is sorted; so is what is appended to the empty `out`. */
void mg_samples_derive(struct mg_samples *out, const struct mg_samples *in);

/* One bucket of a histogram: how many observations were at most `le`. */
struct mg_bucket {
	double le, count;
};
/* The quantile `q` of buckets in order of `le`; NaN: no observation, or no +Inf bucket. */
double mg_bucket_quantile(const struct mg_bucket *b, size_t n, double q);

#endif
