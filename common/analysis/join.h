/* join.h - one slow request as every artifact tells it: audit event, Trace block, httplog line.
 *
 * Layer:   analysis
 * Memory:  owned by the struct, one row a slow request that became an event; events and views
 *          belong to the case
 * Joined are requests of the same audit ID; where a line has none, of the same verb and path,
 * whose client does not differ and which began or ended together.  Times are those of the
 * case, so clock offsets are applied already.
 */
#ifndef MG_ANALYSIS_JOIN_H
#define MG_ANALYSIS_JOIN_H

#include "analysis/case.h"

#define MG_JOIN_SLOW_NS  MG_SEC         /* a row is a request that took at least this long */
#define MG_JOIN_NEAR_NS  (100 * MG_MS)  /* starts or ends of one request lie this close;
					   recorded: within 25 ms */

enum mg_witness { MG_WITNESS_AUDIT, MG_WITNESS_TRACE, MG_WITNESS_HTTP, MG_WITNESSES };
const char *mg_witness_name(enum mg_witness w); /* "audit", "Trace", "httplog" */

/* Where the time went. */
enum mg_spent { MG_SPENT_QUEUE, MG_SPENT_WEBHOOK, MG_SPENT_ETCD, MG_SPENT_SERIALIZE, MG_SPENTS };
const char *mg_spent_name(enum mg_spent s);

struct mg_joined {
	const struct mg_event *by[MG_WITNESSES]; /* NULL: it does not tell of it             */
	const struct mg_event *first;            /* the first of them: speaks for the request */
	const struct mg_event *storage;  /* Trace of the storage operation inside it, or NULL */
	const struct mg_event *webhook;  /* the longest webhook call inside it, or NULL       */
	const struct mg_event *etcd;     /* etcd's own slow line about its key, or NULL       */
	uint32_t               told_by;  /* how many of by[] are there                        */
	bool                   request;  /* false: a Trace of an operation without a request  */
	int64_t                start_ns, took_ns; /* of the witness that says the longest     */
	int64_t                spent[MG_SPENTS];  /* ns, -1: not known                        */
};

struct mg_join {
	struct mg_joined *row; /* by start, then as events are ordered */
	size_t            n, cap;
	uint64_t          told_by[MG_WITNESSES + 1]; /* requests, by how many artifacts tell them */
	struct mg_join_place *place; /* every witness, by artifact and line */
	size_t            nplaces, places_cap;
};

void mg_join_build(struct mg_join *j, const struct mg_case *c);
void mg_join_release(struct mg_join *j);

/* The row that the event at this place belongs to; NULL: none. */
const struct mg_joined *mg_join_at(const struct mg_join *j, const struct mg_event *e);

/* What a witness tells of user, code and object, when the first one does not. */
struct mg_str mg_joined_user(const struct mg_joined *r);
uint32_t      mg_joined_code(const struct mg_joined *r);

/* The resource without its group: "leases" of "leases.coordination.k8s.io". */
struct mg_str mg_join_plain(struct mg_str resource);

/* join_spent.c: the slow request that etcd worked for in this line of its log; NULL: none. */
const struct mg_joined *mg_join_around(const struct mg_join *j, const struct mg_event *etcd);

/* join_spent.c: find what happened inside each row, and set spent[]. */
void mg_join_spend(struct mg_join *j, const struct mg_case *c);

#endif
