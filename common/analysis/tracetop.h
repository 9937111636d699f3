/* tracetop.h - Trace blocks of the logs counted: which operations are slow, and in which step.
 *
 * Layer:   analysis
 * Memory:  distinct operations and steps, and the slowest `keep` blocks with their steps
 * Merging: histograms by addition; the slowest blocks by total, then artifact, then line
 * Threads: one top belongs to one thread
 */
#ifndef MG_ANALYSIS_TRACETOP_H
#define MG_ANALYSIS_TRACETOP_H

#include "base/hist.h"
#include "base/map.h"
#include "event/event.h"
#include "parse/trace.h"

struct mg_tracetop_step {
	struct mg_str msg;
	int64_t       delta_ns, at_ns;
	unsigned      depth;
};

/* One block that is kept; its text stands in the top's arena. */
struct mg_tracetop_block {
	int64_t                  start_ns, total_ns; /* start: MG_TIME_NONE unknown */
	enum mg_time_source      how;
	uint32_t                 artifact;
	uint64_t                 line;
	struct mg_str            name, fields;
	struct mg_tracetop_step *steps;
	uint32_t                 nsteps;
};

/* An operation, or a step of one. */
struct mg_tracetop_row {
	uint32_t       operation, step; /* texts; step MG_NONE: the whole operation */
	struct mg_hist took;
};

struct mg_tracetop {
	struct mg_arena           arena;
	struct mg_intern          texts, keys;
	struct mg_tracetop_row   *row;
	uint32_t                  nrows, rows_cap;
	struct mg_tracetop_block *slow; /* unsorted until mg_tracetop_rank */
	uint32_t                  nslow, slow_cap, keep;
	uint64_t                  count, truncated, steps, lines;
};

void mg_tracetop_init(struct mg_tracetop *t, uint32_t keep);
/* `e`: the event of the trace, which knows when it began (NULL: none). */
void mg_tracetop_add(struct mg_tracetop *t, const struct mg_trace *x, const struct mg_event *e);
void mg_tracetop_merge(struct mg_tracetop *t, struct mg_tracetop *from); /* releases `from` */
/* Order the slowest blocks and drop what is beyond `keep`. */
void          mg_tracetop_rank(struct mg_tracetop *t);
struct mg_str mg_tracetop_text(const struct mg_tracetop *t, uint32_t id);
void          mg_tracetop_release(struct mg_tracetop *t);

#endif
