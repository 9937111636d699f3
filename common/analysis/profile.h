/* profile.h - count a profile by function: flat, cumulative, callers and callees, differences.
 *
 * flat of a function: values of the samples whose innermost frame it is; cum: of the samples
 * that have it anywhere, each once.  An edge carries the samples in which one function calls
 * another, each once.  Functions are the same when their names are.  The same figures as
 * `go tool pprof` gives at its granularity "functions".
 *
 * Layer:   analysis (base, parse)
 * Memory:  distinct functions and, when asked for, edges
 * Threads: one graph belongs to one thread at a time
 */
#ifndef MG_ANALYSIS_PROFILE_H
#define MG_ANALYSIS_PROFILE_H

#include "parse/prof.h"

struct mg_profile_node {
	struct mg_str name;
	int64_t       flat, cum;
	uint32_t      seen; /* of the counting */
};

struct mg_profile_edge {
	uint32_t from, to; /* caller, callee: ids of nodes */
	int64_t  weight;
	bool     inlined; /* in every sample */
	uint32_t seen;
};

struct mg_profile {
	bool                    with_edges;
	struct mg_str           type, unit; /* of what was added first */
	int64_t                 total;      /* of all values, before any focus; of the base when
						there is one */
	struct mg_intern        names;
	struct mg_profile_node *nodes; /* by id; before mg_profile_order */
	size_t                  nnodes, nodes_cap;
	struct mg_intern        pairs;
	struct mg_profile_edge *edges;
	size_t                  nedges, edges_cap;
	uint32_t               *order; /* ids of the nodes that are not zero, in order */
	size_t                  norder;
	uint32_t                epoch;
	int64_t                 sum, base; /* totals of what was added and subtracted */
};

/* Is this sample wanted?  A frame's function or file matches; NULL: all are. */
struct mg_profile_match {
	bool (*match)(void *ctx, struct mg_str text);
	void *ctx;
};

void mg_profile_init(struct mg_profile *g, bool with_edges);
/* Count the values of one sample type (an index below p->ntypes); `subtract`: they are the base
 * of a difference.  The names are copied. */
void mg_profile_add(struct mg_profile *g, const struct mg_prof *p, uint32_t type, bool subtract,
		    const struct mg_profile_match *focus);
/* Everything is added: order by flat (or cum), largest absolute value first, then name. */
void mg_profile_order(struct mg_profile *g, bool by_cum);
void mg_profile_release(struct mg_profile *g);

/* The sum over samples with a function that matches. */
int64_t mg_profile_below(const struct mg_prof *p, uint32_t type,
			 bool (*match)(void *ctx, struct mg_str function), void *ctx);

/* Is this registry.(*Store).METHOD or a closure in it?  For mg_profile_below: ctx is the
 * method's name. */
bool mg_profile_is_store_method(void *method, struct mg_str function);

/* Cut each stack below the frames that the profile itself calls uninteresting (drop_frames,
 * keep_frames).  False: these are no regular expressions, nothing was cut. */
bool mg_profile_prune(struct mg_prof *p);

#endif
