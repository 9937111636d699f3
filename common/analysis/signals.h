/* signals.h - facts that several rules need, derived once from a finished case.
 *
 * Layer:   analysis
 * Memory:  owned by the struct; views and event pointers belong to the case
 */
#ifndef MG_ANALYSIS_SIGNALS_H
#define MG_ANALYSIS_SIGNALS_H

#include "analysis/case.h"

/* An interval in which the storage answered no write although requests were waiting. */
struct mg_stall {
	int64_t                start_ns, end_ns;
	uint32_t               waiting;    /* operations of at least 1 s that overlap it   */
	uint32_t               etcd_lines; /* slow lines of etcd itself that overlap it    */
	const struct mg_event *etcd;       /* etcd's own slow line that spans it, or NULL  */
	const struct mg_event *longest;    /* the longest operation that waited            */
	uint32_t               same_end;   /* of the waiting: ended within 100 ms of its end */
};

/* One death of a process, as told by every artifact that saw it. */
struct mg_death {
	struct mg_str          component, node, pod, ns, container;
	int64_t                time_ns;
	int64_t                restart_ns; /* next start seen, MG_TIME_NONE: none  */
	bool                   oom;
	uint32_t               exit_code;  /* 0 when unknown */
	bool                   lease_lost;
	const struct mg_event *kernel, *object, *log; /* witnesses, each may be NULL */
};

struct mg_signals {
	struct mg_stall *stall;
	uint32_t         nstall, stall_cap;
	bool             from_writes; /* stalls are pauses of answered writes (audit log); else
					 operations of traces that were released together */
	struct mg_death *death; /* by time */
	uint32_t         ndeath, death_cap;
	/* Windows of etcd's own slow lines, joined over pauses of up to 30 s. */
	int64_t          etcd_first_ns, etcd_last_ns;
	uint32_t         slow_applies, slow_fdatasyncs, read_index;
	const struct mg_event *slowest_apply, *slowest_fdatasync;
	double           writes_per_second; /* answered, over the seconds that have any */
};

void mg_signals_build(struct mg_signals *s, const struct mg_case *c);
void mg_signals_release(struct mg_signals *s);

/* Is `t` inside a stall, widened by `slack`?  Index, or -1. */
int mg_signals_stall_at(const struct mg_signals *s, int64_t t, int64_t slack);

/* An operation of the API server that took at least a second and that etcd serves. */
bool mg_is_long_op(const struct mg_event *e);

#endif
