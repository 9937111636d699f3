/* blind.h - what other artifacts show and the audit log does not.
 *
 * Layer:   analysis
 * Memory:  owned by the struct
 * A policy of level None for a resource, or no audit log of a node, leaves requests that only
 * Traces and httplog lines tell of, without their user.
 */
#ifndef MG_ANALYSIS_BLIND_H
#define MG_ANALYSIS_BLIND_H

#include "analysis/case.h"
#include "base/map.h"

struct mg_blind {
	struct mg_intern resources; /* never in the audit log, by id in order of appearance */
	struct mg_blind_count { uint64_t traces, http; } *count; /* by id: shown by the others */
	size_t           ncount, count_cap;
	struct mg_intern clients;   /* "user agent from address": likewise                  */
	struct mg_intern nodes;     /* Traces are here, an audit log is not                 */
};

/* Without an audit log everything is empty: that it lacks is told by the coverage. */
void mg_blind_build(struct mg_blind *b, const struct mg_case *c);
void mg_blind_release(struct mg_blind *b);

/* Is this a request that the audit log would have shown, had it shown its resource? */
bool mg_blind_hides(const struct mg_blind *b, const struct mg_event *e);

#endif
