/* audit_query.h - a question about audit events, and the tally that answers it.
 *
 * Layer:   analysis
 * Memory:  groups, and rows when they were asked for: nothing per event that does not match
 * Merging: in input order; rows are sorted by time at the end
 * Threads: a query is read only while tallies are filled; a tally belongs to one thread
 */
#ifndef MG_ANALYSIS_AUDIT_QUERY_H
#define MG_ANALYSIS_AUDIT_QUERY_H

#include "analysis/audit_filter.h"
#include "analysis/audit_group.h"
#include "analysis/audit_open.h"
#include "analysis/audit_series.h"
#include "analysis/audit_story.h"
#include "event/batch.h"
#include "event/source.h"

enum mg_audit_want {
	MG_AUDIT_ROWS,    /* one row an event                                */
	MG_AUDIT_LIST,    /* the same with all that is known of each         */
	MG_AUDIT_RAW,     /* the JSON of each event                          */
	MG_AUDIT_GROUPS,  /* counts per key                                  */
	MG_AUDIT_SPLIT,   /* the latency annotations                         */
	MG_AUDIT_EVENTS,  /* events of the timeline                          */
	MG_AUDIT_SERIES,  /* over time                                       */
	MG_AUDIT_OPEN,    /* requests without their end                      */
	MG_AUDIT_DELETED, /* who deleted an object                           */
	MG_AUDIT_LIFE,    /* everything that was done to an object           */
	MG_AUDIT_SLOWEST, /* the slowest requests                            */
	MG_AUDIT_LISTS,   /* LISTs that cost much                            */
	MG_AUDIT_WATCHES, /* watches and how long they lived                 */
	MG_AUDIT_FLYING,  /* what was in flight at a time                    */
	MG_AUDIT_COLLECTIONS, /* deletecollections, also unfinished ones     */
	MG_AUDIT_SPAN,    /* only when the first and last event was          */
};

#define MG_AUDIT_SLOW MG_SEC /* an event of the timeline from here on */

struct mg_audit_query {
	struct mg_audit_filter filter;
	enum mg_audit_want     want;
	struct mg_audit_by     by;
	bool                   all_events; /* EVENTS: not only the remarkable ones */
	int64_t                step_ns;    /* SERIES */
	size_t                 slowest;    /* SLOWEST: how many */
	int64_t                at_ns;      /* FLYING */
	struct mg_story_object object;     /* DELETED, LIFE */
};

struct mg_audit_row {
	int64_t       received_ns, duration_ns; /* duration -1: unknown */
	uint32_t      code;
	struct mg_str verb, uri, user, audit_id;
	struct mg_str raw; /* MG_AUDIT_RAW: the event on one line */
};

struct mg_audit_latency { /* one latency annotation */
	uint32_t       name;
	struct mg_hist hist;
};

struct mg_audit_tally {
	struct mg_arena        arena;
	uint64_t               count;
	int64_t                first_ns, last_ns; /* received */
	int64_t                end_ns;            /* the last stage of any event that was read */
	struct mg_audit_row   *rows;
	size_t                 nrows, rows_cap;
	struct mg_audit_groups groups;
	struct mg_intern       names; /* of annotations */
	struct mg_cells        split; /* struct mg_audit_latency */
	struct mg_batch        events;
	struct mg_audit_series series;
	struct mg_audit_items  items;
	uint64_t               reads; /* LIFE: requests that changed nothing */
};

/* The parts of a request that the question looks at: for query->filter.parts. */
unsigned mg_audit_query_parts(const struct mg_audit_query *query);

void mg_audit_tally_init(struct mg_audit_tally *t);
/* Count an event that passed the filter.  `text` is its JSON, `src` where it stands; *q has
 * its artifact and line. */
void mg_audit_tally_add(struct mg_audit_tally *t, const struct mg_audit_query *query,
			const struct mg_audit *a, const struct mg_request *q,
			struct mg_str text, const struct mg_source *src);
/* Move everything of `from` behind `t`; `from` is released. */
void mg_audit_tally_merge(struct mg_audit_tally *t, const struct mg_audit_query *query,
			  struct mg_audit_tally *from);
/* All is counted: add the requests that are still open where they belong, sort what is
 * sorted, name products.  `opens` is released. */
void mg_audit_tally_finish(struct mg_audit_tally *t, const struct mg_audit_query *query,
			   struct mg_audit_opens *opens);
/* Move the times of what was counted, all of it in groups: years that became known later. */
void mg_audit_tally_move(struct mg_audit_tally *t, int64_t (*move)(const void *ctx, int64_t ns),
			 const void *ctx);
void mg_audit_tally_release(struct mg_audit_tally *t);

/* Does the question need to know which requests have not ended? */
bool mg_audit_wants_opens(const struct mg_audit_query *query);

#endif
