/* memory.h - the API server's resident memory, from whatever metrics there are.
 *
 * Layer: analysis
 */
#ifndef MG_ANALYSIS_MEMORY_H
#define MG_ANALYSIS_MEMORY_H

#include "analysis/case.h"

/* How the memory of one process changed. */
struct mg_memory_rise {
	double   before, peak; /* bytes: the last sample before the interval, the largest in it */
	int64_t  before_ns, peak_ns;
	uint32_t artifact;     /* that holds the peak */
};

/* The kube-apiserver series that rose most in [from, to]; false when none has a sample before
 * and in it.  Samples of 0 are of a dead process and do not count. */
bool mg_memory_rise(const struct mg_case *c, int64_t from, int64_t to, struct mg_memory_rise *out);

#endif
