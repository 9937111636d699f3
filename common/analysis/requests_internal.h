/* requests_internal.h - the inside of struct mg_requests, shared by its files.
 *
 * Layer: analysis
 */
#ifndef MG_ANALYSIS_REQUESTS_INTERNAL_H
#define MG_ANALYSIS_REQUESTS_INTERNAL_H

#include "analysis/cells.h"
#include "analysis/requests.h"

/* A group with all that makes it one; the source address only when nobody is known. */
struct group_cell {
	uint32_t                user, verb, resource, subresource, pattern, code, ip;
	uint32_t                minute; /* cell of this user's minute that was counted last */
	uint32_t                note; /* its note that was counted last */
	struct mg_request_group g;
};

/* Two numbers and how often they met. */
struct pair_cell {
	int64_t  a, b;
	uint64_t count;
};

/* What the getters hand out: sorted copies, dropped at the next change. */
struct sorted {
	struct mg_second         *seconds;
	struct mg_latency_bucket *buckets;
	struct mg_request_group  *groups;
	uint32_t                 *rank; /* cell index -> place in groups */
	struct mg_minute         *minutes;
	struct mg_object_hits    *objects;
	struct mg_error_cell     *errors;
	struct mg_request_note   *notes;
	bool                      any; /* something was built */
};

struct mg_requests {
	struct mg_intern texts;
	struct mg_cells  seconds, buckets, groups, minutes, objects, errors, notes;
	int64_t          width_ns;
	uint64_t         count;
	int64_t          first_ns, last_ns;
	struct sorted    out;
};

/* Drop what the getters built. */
void mg_requests_unsort(struct mg_requests *r);

/* Is the first place before the second one? */
static inline bool mg_request_above(uint32_t artifact, uint64_t line, uint32_t artifact2,
				    uint64_t line2)
{
	return artifact != artifact2 ? artifact < artifact2 : line < line2;
}

/* request_notes.c: one request of group cell `group` that ended at `end`; all of `from`, whose
 * texts have the ids `id` in `to`. */
void mg_requests_note(struct mg_requests *r, const struct mg_request *q, enum mg_verb_class verb,
		      uint32_t group, int64_t end);
void mg_requests_merge_notes(struct mg_requests *to, const struct mg_requests *from,
			     const uint32_t *id);

#endif
