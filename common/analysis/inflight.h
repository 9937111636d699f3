/* inflight.h - what an API server was working on when it died.
 *
 * Layer:   analysis
 * A SIGKILL leaves no last audit line: what was open is told by RequestReceived lines without
 * an end, if the policy logs that stage; else by what requests had asked for and never
 * finished: storage operations whose Trace ended, ranges that etcd had answered, and
 * goroutines of a dump taken shortly before.
 */
#ifndef MG_ANALYSIS_INFLIGHT_H
#define MG_ANALYSIS_INFLIGHT_H

#include "analysis/rule.h"

struct mg_inflight {
	bool     received; /* the audit logs hold RequestReceived lines, so `unfinished` is certain */
	uint32_t unfinished, operations, ranges;
	int64_t  range_bytes; /* of the largest answer */
	/* One of each; NULL: none.  The dump is the last one before the death. */
	const struct mg_event *request, *operation, *range, *dump;
};

void mg_inflight_at(const struct mg_rule_ctx *x, const struct mg_death *d, struct mg_inflight *out);

/* Say it of every death of a kube-apiserver, killed for memory or not, in a finding about it:
 * evidence, numbers, the text `in_flight`, and a blind spot where the policy left none. */
void mg_inflight_tell(struct mg_rule_ctx *x, struct mg_finding *f, bool oom);

#endif
