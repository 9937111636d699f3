/* consume_heap.h - whole profiles, for a tool that counts over them.
 *
 * Layer:   ingest
 * mg_consumer_heap (consumer.h) makes one event of a heap profile; this one hands the profile
 * over as mg_partial.extra.
 */
#ifndef MG_INGEST_CONSUME_HEAP_H
#define MG_INGEST_CONSUME_HEAP_H

#include "ingest/consumer.h"
#include "parse/prof.h"

/* What is found in mg_partial.extra at the end of a leaf that is a profile. */
struct mg_heap_profile {
	struct mg_prof      prof;
	bool                text;    /* debug=1, not protobuf */
	int64_t             time_ns; /* when it was taken; MG_TIME_NONE: not known */
	enum mg_time_source time_source;
	struct mg_str       process; /* "kube-apiserver", may be empty; lives as long as prof */
	struct mg_str       node;
	uint32_t            artifact;
};

void mg_heap_profile_free(struct mg_heap_profile *h); /* NULL is fine */

/* Which two of `n` profiles (all have the sample type) to compare: two stay as they are; of more,
 * those like the latest protobuf profile, or else like the latest: the same form, process, node
 * and sample type, by time.  The first and the last of p[] are the pair; the others that stay
 * lie between, the rest is freed.  Returns how many stay. */
size_t mg_heap_profile_pair(struct mg_heap_profile **p, size_t n, struct mg_str sample);

extern const struct mg_consumer mg_consumer_heap_keep;

#endif
