/* storm.h - one client that gets one error code for one thing, over and over.
 *
 * Layer:   analysis
 * A storm sums all groups of one user (or of one source address, where nobody is known) with
 * the same verb, resource, subresource and code; URI patterns are merged.
 */
#ifndef MG_ANALYSIS_STORM_H
#define MG_ANALYSIS_STORM_H

#include "analysis/rule.h"

struct mg_storm {
	uint32_t                       user, source, verb, resource, subresource;
	uint64_t                       n, top_n; /* all requests; those of the top pattern */
	int64_t                        first, last;
	const struct mg_request_group *top;
};

/* Say what is particular to a rule: claim, label and next steps of a storm. */
typedef void (*mg_storm_tell)(struct mg_rule_ctx *x, struct mg_finding *f,
			      const struct mg_requests *r, const struct mg_storm *s, double rate);

/* One finding for each storm of `code` that lasts min_seconds at min_per_second (thresholds
 * of the rule, as is error_per_second); numbers and evidence are filled here. */
void mg_storms_run(struct mg_rule_ctx *x, uint32_t code, mg_storm_tell tell);

/* The thresholds a storm rule has. */
#define MG_STORM_THRESHOLDS                                                 \
	{ { "min_per_second", 1, "heuristic" },                        \
	  { "min_seconds", 60, "heuristic" },                               \
	  { "error_per_second", 50, "heuristic" } }

#endif
