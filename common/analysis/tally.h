/* tally.h - the events of one sort, counted, with the ends and the worst of them.
 *
 * Layer: analysis
 */
#ifndef MG_ANALYSIS_TALLY_H
#define MG_ANALYSIS_TALLY_H

#include "analysis/rule.h"

typedef bool (*mg_event_is)(const struct mg_event *e);

struct mg_tally {
	uint64_t               n; /* folded events count as often as they stand for */
	uint64_t               peak; /* in the worst minute of the clock ...   */
	int64_t                peak_ns; /* ... that begins here                */
	const struct mg_event *first, *last, *worst; /* worst: the longest; NULL when n is 0 */
};

/* Events without a time are left out. */
struct mg_tally mg_tally_events(const struct mg_case *c, mg_event_is is);
/* Evidence: the worst first, then the others in time order; and the number `count`. */
void mg_tally_tell(struct mg_rule_ctx *x, struct mg_finding *f, const struct mg_tally *t,
		   mg_event_is is);

#endif
