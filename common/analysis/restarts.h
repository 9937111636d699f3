/* restarts.h - was it an API server that came or went?
 *
 * Layer: analysis
 */
#ifndef MG_ANALYSIS_RESTARTS_H
#define MG_ANALYSIS_RESTARTS_H

#include "analysis/case.h"

/* The sign of an API server's start, end or death within the two minutes before `ns` (or 5 s
 * after it: clocks and buckets are not sharper), the last one; NULL when there is none. */
const struct mg_event *mg_restart_near(const struct mg_case *c, int64_t ns);

#endif
