/* etcdview.h - the members of an etcd cluster, told apart and compared at the same minute.
 *
 * Layer:   analysis
 * Memory:  the view owns what it makes; names and events belong to the case
 * Threads: one view belongs to one thread
 * A line counts in the minute in which it was written (the end of what it tells), so that
 * `grep` of that minute gives the same number.  A member is silent only while a log of it
 * covers the time: no data and no complaint are not the same.
 */
#ifndef MG_ANALYSIS_ETCDVIEW_H
#define MG_ANALYSIS_ETCDVIEW_H

#include "analysis/case.h"
#include "analysis/cells.h"

/* A range counts as large from here on [heuristic: a page of the API server is 500 keys]. */
#define MG_ETCD_LARGE_KEYS  1000
#define MG_ETCD_LARGE_BYTES (INT64_C(1) << 20)

/* -1, 0, empty or MG_TIME_NONE where nothing says so. */
struct mg_etcd_member {
	struct mg_str name;  /* its node, else its pod, else the file it logs to   */
	struct mg_str shown; /* without the domain that all members share         */
	uint64_t      id;    /* hexadecimal in logs, decimal in etcdctl's JSON     */
	bool          logged;
	int64_t       first_ns, last_ns; /* what its logs cover                    */
	struct mg_str version, endpoints; /* endpoints: client URLs, blanks between */
	int64_t       db_bytes, in_use_bytes, quota_bytes, term, raft_index;
	uint64_t      leader; /* whom it takes for the leader                      */
	bool          learner;
	int           health; /* 1, 0; -1 unknown: of a reachable client URL       */
	const struct mg_event *status; /* where the numbers are from, or NULL      */
};

/* What one member logged in one minute. */
struct mg_etcd_minute {
	int64_t  minute; /* since 1970; the key with the next two */
	uint32_t member, zero;
	uint32_t applies, over_second, large, fdatasyncs, heartbeats, read_index, network;
	uint32_t in_defrag; /* of the applies: while the member was defragmented */
	int64_t  max_apply_ns, max_fdatasync_ns, apply_ns, large_ns; /* *_ns: sums */
};

struct mg_etcd_span {
	uint32_t member;
	int64_t  start_ns, end_ns;
};

struct mg_etcdview {
	const struct mg_case  *c;
	struct mg_arena        arena;
	struct mg_etcd_member *member; /* by name */
	uint32_t               n, cap;
	struct mg_etcd_minute *minute; /* by time, then member */
	uint32_t               nminutes;
	struct mg_etcd_span   *defrag;
	uint32_t               ndefrag, defrag_cap;
	struct mg_etcd_span   *start; /* when members began to run: start_ns == end_ns */
	uint32_t               nstart, start_cap;
	struct mg_cells        cells; /* owns `minute` */
	uint32_t              *of_artifact; /* id -> member, MG_NONE */
	uint32_t               network; /* lines of `network` outside restarts, all members */
};

void mg_etcdview_build(struct mg_etcdview *v, const struct mg_case *c);
void mg_etcdview_release(struct mg_etcdview *v);

/* Whose event it is: by the log it stands in, else by its member id or endpoint; MG_NONE. */
uint32_t mg_etcdview_member(const struct mg_etcdview *v, const struct mg_event *e);
/* The member with this id (hexadecimal); MG_NONE. */
uint32_t mg_etcdview_by_id(const struct mg_etcdview *v, struct mg_str hex);
/* Did a log of the member cover this minute? */
bool mg_etcdview_covers(const struct mg_etcdview *v, uint32_t member, int64_t minute);
/* Was the member being defragmented while this lasted? */
bool mg_etcdview_in_defrag(const struct mg_etcdview *v, const struct mg_event *e);
/* A sign of trouble between members that no restart of one of them explains. */
bool mg_etcdview_network(const struct mg_etcdview *v, const struct mg_event *e);
/* An answer of at least MG_ETCD_LARGE_KEYS keys or MG_ETCD_LARGE_BYTES. */
bool mg_etcd_large(const struct mg_event *e);

/* --- one member, all of them, the network, or what is read? ------------------------- */

enum mg_etcd_blame {
	MG_BLAME_NONE,    /* nothing was slow                                      */
	MG_BLAME_UNKNOWN, /* slow, but no other member's log covers these minutes  */
	MG_BLAME_ONE,     /* one member, while the others were quick: its node     */
	MG_BLAME_ALL,     /* all at the same minutes: shared storage, or the load  */
	MG_BLAME_MIXED,
	MG_BLAME_NETWORK, /* members could not reach each other                    */
	MG_BLAME_RANGES,  /* most of the slow time went into large reads           */
	MG_BLAME_NO_LOG,  /* no log of a member was read: no data, not no trouble  */
};

struct mg_etcd_verdict {
	enum mg_etcd_blame blame;
	uint32_t member;   /* the one, for UNKNOWN and ONE                          */
	uint32_t minutes;  /* with slow lines                                       */
	uint32_t compared; /* of these: covered by the logs of two members or more  */
	uint32_t alone, together; /* of the compared: one slow, all slow            */
	uint64_t applies, of_member, large, network, fdatasyncs;
	double   large_share; /* of the time of all slow applies, 0..1              */
	struct mg_str text;   /* one sentence with these numbers, in the view's arena */
};

void mg_etcdview_verdict(struct mg_etcdview *v, struct mg_etcd_verdict *out);
/* "one member slow", "all slow together", … */
const char *mg_etcd_blame_name(enum mg_etcd_blame b);

#endif
