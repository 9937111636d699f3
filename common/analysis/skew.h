/* skew.h - how far the clocks of the nodes are apart, from requests that two of them saw.
 *
 * Layer:   analysis
 * etcd logs a slow write with the clock of its own node; the API server's audit event or
 * trace of the same object ends a few milliseconds later by the clock of its node.  Many such
 * pairs agree on one difference: the offset.  Pairs that meet by chance are spread wide.
 */
#ifndef MG_ANALYSIS_SKEW_H
#define MG_ANALYSIS_SKEW_H

#include "analysis/case.h"

#define MG_SKEW_PAIRS 4 /* kept as evidence */

struct mg_skew {
	struct mg_str          node, reference; /* offset of `node` against `reference` */
	int64_t                offset_ns;       /* > 0: the clock of `node` is ahead     */
	int64_t                low_ns, high_ns; /* of the pairs that agree               */
	uint32_t               pairs;
	const struct mg_event *etcd[MG_SKEW_PAIRS], *api[MG_SKEW_PAIRS];
};

/* One entry a node with enough pairs, by node name; the array is in the case's arena.
 * `c` must be sorted (mg_case_finish). */
struct mg_skew *mg_skew_estimate(struct mg_case *c, uint32_t *n);

#endif
