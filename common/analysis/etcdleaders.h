/* etcdleaders.h - who led an etcd cluster when, in which term, and when nobody did.
 *
 * Layer:   analysis
 * Memory:  the list owns itself; views belong to the case
 * Format:  raft.node lines: etcd raft/node.go ("elected leader", "changed leader", "lost
 *          leader"), one per member and term; the first one counts
 */
#ifndef MG_ANALYSIS_ETCDLEADERS_H
#define MG_ANALYSIS_ETCDLEADERS_H

#include "analysis/etcdview.h"

struct mg_etcd_reign {
	struct mg_str leader; /* its id in hexadecimal */
	uint32_t      member; /* MG_NONE: not known    */
	int64_t       term;   /* -1: not said          */
	int64_t       start_ns; /* MG_TIME_NONE: before the logs began */
	int64_t       end_ns;   /* first sign that it was over; MG_TIME_NONE: lasted to the end */
	int64_t       gap_ns;   /* without a leader before it; -1: nothing is known of before   */
	uint32_t      seen_by;  /* lines that tell of it       */
	uint64_t      losers;   /* bits of members that lost it; it is over when they are most of
				   the members whose logs cover the time */
	const struct mg_event *elected;
	const struct mg_event *missed; /* the first line of a member without it              */
	const struct mg_event *lost;   /* the line that made it most of them; NULL: replaced */
};

struct mg_etcd_leaders {
	struct mg_etcd_reign *reign; /* by time */
	uint32_t              n, cap;
	uint32_t              changes; /* from one known leader or term to the next             */
	uint32_t              losses;  /* of `changes`, and of the end: with a time without one */
	uint32_t              dropped; /* requests refused for want of a leader                 */
	int64_t               longest_gap_ns;
	const struct mg_event *longest; /* the line with which the longest gap began            */
	const struct mg_event *open;    /* no leader until the logs end: since this line        */
	uint32_t              local;    /* times that members alone, not most, lost sight of it */
	int64_t               end_ns;   /* of the logs of etcd                                  */
};

void mg_etcd_leaders_build(struct mg_etcd_leaders *l, const struct mg_etcdview *v);
void mg_etcd_leaders_release(struct mg_etcd_leaders *l);

#endif
