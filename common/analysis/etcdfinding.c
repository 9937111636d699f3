/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/etcdfinding.h"

#include "base/map.h"
#include "base/mem.h"

typedef bool (*wanted_fn)(const struct mg_etcdview *v, const struct mg_event *e);

static bool within(int64_t from, int64_t to, int64_t width)
{
	int64_t d;

	return !__builtin_sub_overflow(to, from, &d) && d < width;
}

void mg_etcd_sum(struct mg_etcd_sum *s, const struct mg_etcdview *v, wanted_fn wanted,
		 int64_t window_ns)
{
	const struct mg_event *e = v->c->events.ev;
	size_t                 from = 0;
	uint64_t               open = 0;

	*s = (struct mg_etcd_sum){ .end_ns = MG_TIME_NONE };
	for (size_t i = 0; i < v->c->events.n; i++) {
		if (e[i].time_ns == MG_TIME_NONE || !wanted(v, &e[i]))
			continue;
		if (!s->first) {
			s->first = &e[i];
			from = i;
		}
		s->n += e[i].count;
		s->end_ns = mg_event_end(&e[i]) > s->end_ns ? mg_event_end(&e[i]) : s->end_ns;
		if (!s->longest || e[i].duration_ns > s->longest->duration_ns)
			s->longest = &e[i];
		open += e[i].count;
		for (; !within(e[from].time_ns, e[i].time_ns, window_ns) && from < i; from++)
			if (e[from].time_ns != MG_TIME_NONE && wanted(v, &e[from]))
				open -= e[from].count;
		s->in_window = open > s->in_window ? open : s->in_window;
	}
}

void mg_etcd_evidence(struct mg_rule_ctx *x, struct mg_finding *f, const struct mg_etcdview *v,
		      const struct mg_etcd_sum *s, wanted_fn wanted)
{
	if (s->longest)
		mg_find_event(x, f, s->longest);
	for (size_t i = 0; i < v->c->events.n; i++) {
		const struct mg_event *e = &v->c->events.ev[i];

		if (e != s->longest && e->time_ns != MG_TIME_NONE && wanted(v, e))
			mg_find_event(x, f, e);
	}
}

struct mg_str mg_etcd_name(const struct mg_etcdview *v, uint32_t member)
{
	return member < v->n ? v->member[member].shown : MG_STR("a member");
}

struct mg_str mg_etcd_by_member(struct mg_rule_ctx *x, const struct mg_etcdview *v,
				wanted_fn wanted)
{
	uint64_t     *n = mg_zalloc((v->n + 1) * sizeof(*n));
	struct mg_str all = { "", 0 };

	for (size_t i = 0; i < v->c->events.n; i++) {
		const struct mg_event *e = &v->c->events.ev[i];
		uint32_t               m;

		if (e->time_ns == MG_TIME_NONE || !wanted(v, e))
			continue;
		m = mg_etcdview_member(v, e);
		n[m < v->n ? m : v->n] += e->count;
	}
	for (uint32_t i = 0; i <= v->n; i++)
		if (n[i])
			all = mg_arena_printf(&x->out->arena, "%.*s%s%.*s %llu", MG_FMT(all),
					      all.n ? ", " : "",
					      MG_FMT(i < v->n ? v->member[i].shown : MG_STR("others")),
					      (unsigned long long)n[i]);
	free(n);
	return all;
}

struct mg_str mg_etcd_clause(struct mg_rule_ctx *x, const struct mg_etcdview *v,
			     const struct mg_etcd_verdict *o)
{
	if (v->n < 2 || o->blame == MG_BLAME_NONE || o->blame == MG_BLAME_NO_LOG)
		return MG_STR("");
	if (o->blame == MG_BLAME_UNKNOWN)
		return mg_arena_printf(&x->out->arena, "; all on %.*s, and no log of another member "
				       "covers these minutes", MG_FMT(mg_etcd_name(v, o->member)));
	return mg_arena_printf(&x->out->arena, "; %.*s", MG_FMT(o->text));
}

void mg_etcd_judge(struct mg_rule_ctx *x, struct mg_finding *f, const struct mg_etcdview *v,
		   const struct mg_etcd_verdict *o)
{
	mg_find_num(f, "members", v->n);
	mg_find_text(x, f, "verdict", "%s", mg_etcd_blame_name(o->blame));
	mg_find_num(f, "slow_minutes", o->minutes);
	mg_find_num(f, "slow_minutes_compared", o->compared);
	mg_find_num(f, "slow_minutes_one_member", o->alone);
	mg_find_num(f, "slow_minutes_all_members", o->together);
	mg_find_num(f, "large_reads", (double)o->large);
	switch (o->blame) {
	case MG_BLAME_ONE:
		mg_find_text(x, f, "slow_member", "%.*s", MG_FMT(mg_etcd_name(v, o->member)));
		mg_find_next(x, f, "look at the disk, CPU and hypervisor of %.*s only; the other "
				   "members were quick at the same minutes",
			     MG_FMT(mg_etcd_name(v, o->member)));
		break;
	case MG_BLAME_ALL:
		mg_find_next(x, f, "look for what all members share: storage array, hypervisor, "
				   "backup or snapshot jobs, or a burst of requests");
		break;
	case MG_BLAME_RANGES:
		mg_find_next(x, f, "find the clients that read whole resources (mgaudit: LIST without "
				   "limit and resourceVersion); mgetcd --keys names the prefixes");
		break;
	case MG_BLAME_NETWORK:
		mg_find_next(x, f, "check packet loss and latency between the members' nodes");
		break;
	case MG_BLAME_UNKNOWN:
		if (v->n > 1)
			mg_find_next(x, f, "collect the other members' logs of these minutes "
					   "(previous.log, or the log on the node) to tell one slow "
					   "member from all");
		break;
	default:
		mg_find_next(x, f, "mgetcd --compare shows the members minute by minute");
	}
}

bool mg_etcd_logged(struct mg_rule_ctx *x)
{
	if (mg_case_has(x->c, MG_KIND_ETCD_LOG))
		return true;
	mg_rule_missing(x, "etcd log");
	return false;
}
