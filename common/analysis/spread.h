/* spread.h - how long things took: a few values as they are, then a histogram.
 *
 * Layer:   analysis
 * Memory:  most of many groups hold one or two values; only the others pay for a histogram
 * Merging: the result depends on the values alone, not on the order of adding and merging
 */
#ifndef MG_ANALYSIS_SPREAD_H
#define MG_ANALYSIS_SPREAD_H

#include "base/hist.h"

#define MG_SPREAD_FEW 4

/* A zeroed struct is empty. */
struct mg_spread {
	uint64_t        n;
	int64_t         sum, max; /* sum saturates at INT64_MAX */
	int64_t         few[MG_SPREAD_FEW]; /* while there are no more ... */
	struct mg_hist *hist;               /* ... and all of them afterwards */
};

void mg_spread_add(struct mg_spread *s, int64_t v); /* v >= 0 */
/* `v` will be added soon: let what that needs be fetched meanwhile. */
static inline void mg_spread_ask(const struct mg_spread *s, int64_t v)
{
	if (s->hist)
		mg_hist_ask(s->hist, v);
}
/* Add all of `from`, whose histogram may move; release it afterwards. */
void mg_spread_merge(struct mg_spread *s, struct mg_spread *from);
/* Value at quantile 0..1, nearest rank; -1 when empty. */
int64_t mg_spread_quantile(const struct mg_spread *s, double q);
void    mg_spread_release(struct mg_spread *s);

#endif
