/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include "analysis/etcdfinding.h"

/* etcdctl's lists are one moment: when the archive was made. */
struct census {
	uint32_t               voters, unhealthy, told; /* told: whose health is known */
	int64_t                ahead;                   /* largest raft index          */
	const struct mg_etcd_member *behind;            /* the voter that lags most    */
	struct mg_str          sick;                    /* names                       */
};

static struct census count(struct mg_rule_ctx *x, const struct mg_etcdview *v)
{
	struct census k = { .ahead = -1, .sick = { "", 0 } };

	for (uint32_t i = 0; i < v->n; i++) {
		const struct mg_etcd_member *m = &v->member[i];

		if (m->learner)
			continue;
		k.voters++;
		k.told += m->health >= 0;
		if (m->health == 0) {
			k.unhealthy++;
			k.sick = mg_arena_printf(&x->out->arena, "%.*s%s%.*s", MG_FMT(k.sick),
						 k.sick.n ? ", " : "", MG_FMT(m->shown));
		}
		if (m->raft_index < 0)
			continue;
		k.ahead = m->raft_index > k.ahead ? m->raft_index : k.ahead;
		if (!k.behind || m->raft_index < k.behind->raft_index)
			k.behind = m;
	}
	return k;
}

static bool says_health(const struct mg_etcdview *v, const struct mg_event *e)
{
	(void)v;
	return (e->kind == MG_EV_ETCD_ERROR || e->kind == MG_EV_ETCD_STATUS) &&
	       mg_str_eq(mg_event_attr(e, "health"), MG_STR("false")) && e->severity >= MG_SEV_ERROR;
}

static void unhealthy(struct mg_rule_ctx *x, const struct mg_etcdview *v, const struct census *k)
{
	uint32_t               healthy = k->voters - k->unhealthy, quorum = k->voters / 2 + 1;
	const struct mg_event *first = NULL;
	struct mg_finding     *f;

	for (size_t i = 0; i < x->c->events.n && !first; i++)
		first = says_health(v, &x->c->events.ev[i]) ? &x->c->events.ev[i] : NULL;
	f = mg_find_new(x, healthy < quorum ? MG_SEV_CRITICAL : MG_SEV_ERROR, MG_CONF_HIGH,
			first ? first->time_ns : MG_TIME_NONE, first ? first->time_ns : MG_TIME_NONE);
	mg_find_claim(x, f, "%u of %u etcd members %s not healthy when the archive was made (%.*s): %s",
		      k->unhealthy, k->voters, k->unhealthy == 1 ? "was" : "were", MG_FMT(k->sick),
		      healthy < quorum ? "there is no quorum, and nothing can be written"
		      : healthy == quorum ? "the loss of one more would stop every write"
					  : "the quorum holds");
	mg_find_label(x, f, "etcd member down");
	for (size_t i = 0; i < x->c->events.n; i++)
		if (says_health(v, &x->c->events.ev[i]))
			mg_find_event(x, f, &x->c->events.ev[i]);
	mg_find_num(f, "members", k->voters);
	mg_find_num(f, "unhealthy", k->unhealthy);
	mg_find_num(f, "quorum", quorum);
	mg_find_next(x, f, "read the log of that member and of its node; replace it only when its data "
			   "is lost, and one at a time");
}

static void lagging(struct mg_rule_ctx *x, const struct census *k)
{
	const struct mg_etcd_member *m = k->behind;
	int64_t                      at = m->status ? m->status->time_ns : MG_TIME_NONE;
	struct mg_finding           *f = mg_find_new(x, MG_SEV_WARNING, MG_CONF_MEDIUM, at, at);

	mg_find_claim(x, f, "etcd on %.*s was %lld raft entries behind the others when the archive was "
			    "made (%lld, they had up to %lld)", MG_FMT(m->shown),
		      (long long)(k->ahead - m->raft_index), (long long)m->raft_index,
		      (long long)k->ahead);
	mg_find_label(x, f, "etcd member behind");
	if (m->status)
		mg_find_event(x, f, m->status);
	mg_find_num(f, "lag_entries", (double)(k->ahead - m->raft_index));
	mg_find_alternative(x, f, "the members are asked one after the other: some hundred entries apart "
				  "are the time between two questions");
	mg_find_next(x, f, "ask again (`etcdctl endpoint status --cluster -w table`): a lag that grows "
			   "is a member that cannot keep up, its disk or its network");
}

static void run(struct mg_rule_ctx *x)
{
	struct census k = count(x, x->etcd);

	if (!k.told && k.ahead < 0) {
		mg_rule_missing(x, "etcd_info/endpoint_health.json and endpoint_status.json (`etcdctl "
				   "endpoint health --cluster -w json`)");
		return;
	}
	if (k.unhealthy && (double)k.unhealthy >= mg_rule_num(x, "min_unhealthy"))
		unhealthy(x, x->etcd, &k);
	if (k.behind && (double)(k.ahead - k.behind->raft_index) > mg_rule_num(x, "max_lag_entries"))
		lagging(x, &k);
}

const struct mg_rule mg_rule_members = {
	.id = "members",
	.title = "an etcd member is down or behind",
	.needs = "etcd_info/endpoint_health.json, endpoint_status.json",
	.explain = "A cluster of n members needs n/2+1 of them. A member that is asked over a socket of "
		   "its own host does not count. A follower that is too far behind has to be sent the "
		   "whole database.",
	.references = "openshift/cluster-etcd-operator alerts etcdInsufficientMembers, "
		      "etcdMembersDown; Red Hat article 6271341",
	.depth = 2,
	.run = run,
	.thresholds = { { "min_unhealthy", 1, "cluster-etcd-operator, etcdInsufficientMembers" },
			{ "max_lag_entries", 5000, "etcd DefaultSnapshotCatchUpEntries" } },
};
