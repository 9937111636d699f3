/* tally.h - the events of one sort, counted, with the ends and the worst of them; names counted.
 *
 * Layer: analysis
 */
#ifndef MG_ANALYSIS_TALLY_H
#define MG_ANALYSIS_TALLY_H

#include "analysis/rule.h"
#include "base/map.h"

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

/* Names with how often each was seen.  A zeroed struct is empty. */
struct mg_counts {
	struct mg_intern names;
	uint64_t        *n; /* by id */
	uint32_t         cap;
	uint64_t         total;
};
void mg_counts_add(struct mg_counts *t, struct mg_str name, uint64_t n);
/* Id of the name that was seen most, the first of equals; MG_NONE: nothing was. */
uint32_t mg_counts_top(const struct mg_counts *t);
/* "kubelet 192, router 12 and 3 others": at most `show`, most first; in the findings' arena. */
struct mg_str mg_counts_text(struct mg_rule_ctx *x, const struct mg_counts *t, uint32_t show);
void          mg_counts_release(struct mg_counts *t);

#endif
