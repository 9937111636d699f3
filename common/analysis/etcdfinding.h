/* etcdfinding.h - what the rules about etcd have in common.
 *
 * Layer:   analysis
 */
#ifndef MG_ANALYSIS_ETCDFINDING_H
#define MG_ANALYSIS_ETCDFINDING_H

#include "analysis/etcdview.h"
#include "analysis/rule.h"

/* Count, first, last and longest of the events that `wanted` picks, all with a time. */
struct mg_etcd_sum {
	uint64_t               n;
	uint64_t               in_window; /* most in any `window_ns` */
	int64_t                end_ns;
	const struct mg_event *first, *longest;
};
void mg_etcd_sum(struct mg_etcd_sum *s, const struct mg_etcdview *v,
		 bool (*wanted)(const struct mg_etcdview *v, const struct mg_event *e),
		 int64_t window_ns);

/* Up to `max` of the picked events as evidence, the longest one first. */
void mg_etcd_evidence(struct mg_rule_ctx *x, struct mg_finding *f, const struct mg_etcdview *v,
		      const struct mg_etcd_sum *s,
		      bool (*wanted)(const struct mg_etcdview *v, const struct mg_event *e));

/* Is there an etcd log?  Where there is none, the rule is told as not assessed. */
bool mg_etcd_logged(struct mg_rule_ctx *x);

/* "master-0"; "a member" when it is not known. */
struct mg_str mg_etcd_name(const struct mg_etcdview *v, uint32_t member);
/* "master-0 12, master-1 3" of the picked events. */
struct mg_str mg_etcd_by_member(struct mg_rule_ctx *x, const struct mg_etcdview *v,
				bool (*wanted)(const struct mg_etcdview *v,
					       const struct mg_event *e));

/* Add the verdict on the members to a finding about slowness: numbers, and what to do next. */
void mg_etcd_judge(struct mg_rule_ctx *x, struct mg_finding *f, const struct mg_etcdview *v,
		   const struct mg_etcd_verdict *o);
/* The verdict for the end of a claim, with a leading "; "; empty with a single member. */
struct mg_str mg_etcd_clause(struct mg_rule_ctx *x, const struct mg_etcdview *v,
			     const struct mg_etcd_verdict *o);

#endif
