/* audit_query.h - questions about single audit events: filters, groups, rows.
 *
 * Layer:   analysis
 * Memory:  a tally holds the groups, and the rows when they were asked for: nothing per event
 *          that does not match
 * Merging: in input order; rows are sorted by time at the end
 * Threads: a query is read only while tallies are filled; a tally belongs to one thread
 * Format:  the flags of `kubectl-dev_tool audit`: docs/man/mgaudit.1
 */
#ifndef MG_ANALYSIS_AUDIT_QUERY_H
#define MG_ANALYSIS_AUDIT_QUERY_H

#include "analysis/cells.h"
#include "analysis/request_audit.h"
#include "event/batch.h"
#include "event/source.h"

/* A list of values: any may match.  "-x" refuses x; only refusals: all else is accepted.  A
 * final '*' matches any rest.  An empty list accepts everything. */
struct mg_accept {
	struct mg_str *v;
	size_t         n, cap;
};

void mg_accept_add(struct mg_accept *l, struct mg_str csv); /* borrows the text */
bool mg_accept_text(const struct mg_accept *l, struct mg_str value);
/* The same for "resource[.group]": without a group it means the core group; either part may
 * be "*". */
bool mg_accept_resource(const struct mg_accept *l, struct mg_str value);
/* For status codes: also classes, "5xx". */
bool mg_accept_code(const struct mg_accept *l, uint32_t code);
void mg_accept_release(struct mg_accept *l);

/* What rows are grouped by.  PATH and CODE are also used inside sections. */
enum mg_audit_key { MG_BY_VERB, MG_BY_USER, MG_BY_RESOURCE, MG_BY_STATUS, MG_BY_NAMESPACE,
		    MG_BY_NAME, MG_BY_AGENT, MG_BY_IP, MG_BY_PATTERN, MG_BY_PATH, MG_BY_KEYS };
/* "user", "uri-pattern" …; MG_BY_KEYS: no such key. */
enum mg_audit_key mg_audit_key_parse(struct mg_str name);

enum mg_audit_want {
	MG_AUDIT_ROWS,   /* one row an event             */
	MG_AUDIT_RAW,    /* the JSON of each event       */
	MG_AUDIT_GROUPS, /* counts per key               */
	MG_AUDIT_SPLIT,  /* the latency annotations      */
	MG_AUDIT_EVENTS, /* events of the timeline       */
};

#define MG_AUDIT_MAX_KEYS 4

struct mg_audit_query {
	struct mg_accept verb, user, uid, name, ns, resource, subresource, code, agent, ip;
	struct mg_str    stage; /* empty: all; default: whatever counts as a request */
	bool             default_stage, failed_only;
	int64_t          after_ns, before_ns;   /* received: exclusive, MG_TIME_NONE: open */
	int64_t          min_ns, max_ns;        /* duration, inclusive; -1: open           */
	enum mg_audit_want want;
	enum mg_audit_key  by[MG_AUDIT_MAX_KEYS];
	unsigned           nby;
};

struct mg_audit_row {
	int64_t       received_ns, duration_ns; /* duration -1: unknown */
	uint32_t      code;
	struct mg_str verb, uri, user, audit_id;
	struct mg_str raw; /* MG_AUDIT_RAW: the event on one line */
};

struct mg_audit_group {
	uint32_t      key[MG_AUDIT_MAX_KEYS]; /* texts; MG_NONE: unused */
	uint64_t      count, timed;
	int64_t       sum_ns, max_ns;
	int64_t       first_ns; /* received, of the event that gives the URI */
	struct mg_str uri;      /* of the earliest event, in the arena */
};

struct mg_audit_code {
	uint32_t group, code;
	uint64_t count;
};

struct mg_audit_latency { /* one latency annotation */
	uint32_t       name;
	struct mg_hist hist;
};

struct mg_audit_tally {
	struct mg_arena      arena;
	uint64_t             count;
	int64_t              first_ns, last_ns; /* received */
	struct mg_intern     texts;
	struct mg_audit_row *rows;
	size_t               nrows, rows_cap;
	struct mg_cells      groups; /* struct mg_audit_group   */
	struct mg_cells      codes;  /* struct mg_audit_code    */
	struct mg_cells      split;  /* struct mg_audit_latency */
	struct mg_batch      events;
};

void mg_audit_tally_init(struct mg_audit_tally *t);
/* Does the event match?  *q is filled from it (arena as in mg_request_from_audit). */
bool mg_audit_query_match(const struct mg_audit_query *query, const struct mg_audit *a,
			  struct mg_request *q, struct mg_arena *arena);
/* Count a matching event.  `text` is its JSON, `src` and `line` where it stands. */
void mg_audit_tally_add(struct mg_audit_tally *t, const struct mg_audit_query *query,
			const struct mg_audit *a, const struct mg_request *q,
			struct mg_str text, const struct mg_source *src, uint64_t line);
/* Move everything of `from` behind `t`; `from` is released. */
void mg_audit_tally_merge(struct mg_audit_tally *t, struct mg_audit_tally *from);
void mg_audit_tally_sort(struct mg_audit_tally *t); /* rows by time received */
void mg_audit_tally_release(struct mg_audit_tally *t);

#endif
