/* audit_group.h - audit events counted by up to MG_AUDIT_MAX_KEYS keys.
 *
 * Layer:   analysis
 * Memory:  distinct keys; with latencies a histogram for each group with more than a few of
 *          them, with seconds two or three bytes for each second of a group
 * Merging: in any order; sums, minima and maxima, so neither blocks nor threads can change a
 *          figure.  Only the order of the groups and the ids of texts depend on it.
 */
#ifndef MG_ANALYSIS_AUDIT_GROUP_H
#define MG_ANALYSIS_AUDIT_GROUP_H

#include "analysis/audit_key.h"
#include "analysis/cells.h"
#include "analysis/seconds.h"
#include "analysis/spread.h"

#define MG_AUDIT_MAX_KEYS 6

/* What is kept of a group beside how often, and when first and last. */
enum mg_audit_detail {
	MG_AUDIT_LATENCY = 1, /* percentiles, maximum and sum                    */
	MG_AUDIT_CODES = 2,   /* from 400 on; all of them with `sections`        */
	MG_AUDIT_SECONDS = 4, /* which second was the busiest                    */
	MG_AUDIT_DETAIL = 7,
};

struct mg_audit_by {
	enum mg_audit_key key[MG_AUDIT_MAX_KEYS];
	unsigned          n;
	unsigned detail;   /* of enum mg_audit_detail                 */
	bool sections;     /* all codes and the first URI, as -o top shows */
	bool long_running; /* their duration counts as well           */
};

/* The earliest request of a group; of equal times the first in the input. */
struct mg_audit_earliest {
	struct mg_str uri;
	int64_t       start_ns; /* MG_TIME_NONE: no request with a time so far */
	uint64_t      line;
	uint32_t      artifact;
};

struct mg_audit_group {
	uint32_t         key[MG_AUDIT_MAX_KEYS]; /* texts; MG_NONE: unused         */
	uint64_t         count;
	struct mg_spread  took;             /* latencies that are known            */
	struct mg_seconds seconds;          /* when, with MG_AUDIT_SECONDS         */
	int64_t          first_ns, last_ns; /* received, MG_TIME_NONE: unknown     */
	struct mg_audit_earliest *earliest; /* with `sections`, in the arena       */
};

struct mg_audit_code {
	uint32_t group, code;
	uint64_t count;
};

struct mg_audit_waiting; /* requests that will be counted together */

struct mg_audit_groups {
	struct mg_arena  arena;
	struct mg_intern texts;
	struct mg_cells  groups; /* struct mg_audit_group */
	struct mg_cells  codes;  /* struct mg_audit_code: from 400 on, all with `sections` */
	struct mg_audit_waiting *waiting; /* NULL: none */
};

/* Products of the users that are key `k` of `cells` (whose elements begin with
 * MG_AUDIT_MAX_KEYS ids of `texts`), indexed by id; empty for other texts.  All of it belongs
 * to `arena`. */
struct mg_str *mg_audit_products(const struct mg_cells *cells, unsigned k,
				 const struct mg_intern *texts, struct mg_arena *arena);

void mg_audit_groups_init(struct mg_audit_groups *g);
/* Count one request: under each of its user's groups when that is a key.  `by` is the same for
 * all.  Some requests are counted at once, so that they wait for memory together: their texts
 * must stay until mg_audit_groups_settle. */
void mg_audit_groups_add(struct mg_audit_groups *g, const struct mg_audit_by *by,
			 const struct mg_audit *a, const struct mg_request *q);
/* Count those that wait. */
void mg_audit_groups_settle(struct mg_audit_groups *g);
/* Add everything of `from`, which is used up: only mg_audit_groups_release is left for it. */
void mg_audit_groups_merge(struct mg_audit_groups *g, struct mg_audit_groups *from);
/* When all is counted: take what waits, turn users into products where that is a key.  Without
 * that key also on the way, to keep memory to what groups need. */
void mg_audit_groups_finish(struct mg_audit_groups *g, const struct mg_audit_by *by);
/* Move every time by what `move` says of it (years that became known later). */
void mg_audit_groups_move(struct mg_audit_groups *g, int64_t (*move)(const void *ctx, int64_t ns),
			  const void *ctx);
void mg_audit_groups_release(struct mg_audit_groups *g);

/* The busiest second of each group, indexed like the groups: count 0 when no time is known.  Ties go
 * to the earliest.  The caller frees it. */
struct mg_audit_busiest {
	uint32_t count;
	int64_t  second; /* since 1970 */
};
struct mg_audit_busiest *mg_audit_groups_busiest(const struct mg_audit_groups *g);
/* The codes sorted by group, then code.  The caller frees them; g->codes.n of them. */
struct mg_audit_code *mg_audit_groups_codes(const struct mg_audit_groups *g);
/* Those of one group among them. */
const struct mg_audit_code *mg_audit_codes_of(const struct mg_audit_code *v, size_t n,
					      uint32_t group, size_t *ngroup);

static inline struct mg_str mg_audit_group_text(const struct mg_audit_groups *g, uint32_t id)
{
	return id == MG_NONE ? mg_str("", 0) : mg_intern_str(&g->texts, id);
}

#endif
