/* SPDX-License-Identifier: Apache-2.0 */
/* One member, all members, the network, or what is read: the verdict of etcdview.h.
 *
 * A minute is slow when a member logged in it what nobody wants to see; a member takes part
 * in it when it logged a tenth of what the worst one did.  Only minutes that the logs of two
 * members cover can tell one from all. */
#include "analysis/etcdview.h"

#include <stdio.h>

#include "base/map.h"
#include "base/num.h"

#define SLOW_APPLIES  5                    /* in a minute [heuristic]                       */
#define SHARE_ONE     0.7                  /* of the compared minutes [heuristic]           */
#define SHARE_ALL     0.5
#define SHARE_RANGES  0.5                  /* of the time of all slow applies [heuristic]   */
#define NETWORK_LINES 10

static bool is_slow(const struct mg_etcd_minute *m)
{
	return m->applies >= SLOW_APPLIES || m->max_apply_ns >= MG_SEC || m->fdatasyncs;
}

static bool takes_part(const struct mg_etcd_minute *m, uint32_t worst)
{
	return m->fdatasyncs || (m->applies >= 2 && m->applies >= worst / 10);
}

struct tally {
	struct mg_etcd_verdict *out;
	uint32_t               *alone; /* by member: minutes in which only it was slow */
	uint64_t               *applies; /* by member */
	int64_t                 apply_ns, large_ns;
};

/* The cells [lo, hi) of one minute. */
static void judge_minute(const struct mg_etcdview *v, struct tally *t, uint32_t lo, uint32_t hi)
{
	uint32_t worst = 0, slow = 0, who = MG_NONE, covered = 0;
	bool     any = false;

	for (uint32_t i = lo; i < hi; i++) {
		any |= is_slow(&v->minute[i]);
		worst = v->minute[i].applies > worst ? v->minute[i].applies : worst;
	}
	if (!any)
		return;
	for (uint32_t i = lo; i < hi; i++) {
		if (!takes_part(&v->minute[i], worst))
			continue;
		slow++;
		who = v->minute[i].member;
	}
	for (uint32_t m = 0; m < v->n; m++)
		covered += mg_etcdview_covers(v, m, v->minute[lo].minute);
	t->out->minutes++;
	if (covered < 2)
		return;
	t->out->compared++;
	if (slow == 1)
		t->alone[who]++;
	t->out->together += slow >= covered;
}

static void tally(const struct mg_etcdview *v, struct tally *t)
{
	struct mg_etcd_verdict *o = t->out;

	for (uint32_t i = 0, lo = 0; i < v->nminutes; i++) {
		const struct mg_etcd_minute *m = &v->minute[i];

		o->applies += m->applies;
		o->large += m->large;
		o->fdatasyncs += m->fdatasyncs;
		t->applies[m->member] += m->applies;
		if (__builtin_add_overflow(t->apply_ns, m->apply_ns, &t->apply_ns))
			t->apply_ns = INT64_MAX;
		if (__builtin_add_overflow(t->large_ns, m->large_ns, &t->large_ns))
			t->large_ns = INT64_MAX;
		if (i + 1 == v->nminutes || v->minute[i + 1].minute != m->minute) {
			judge_minute(v, t, lo, i + 1);
			lo = i + 1;
		}
	}
	o->network = v->network;
	o->large_share = t->apply_ns ? (double)t->large_ns / (double)t->apply_ns : 0;
}

static uint32_t index_of_most(const uint32_t *v, uint32_t n)
{
	uint32_t best = 0;

	for (uint32_t i = 1; i < n; i++)
		best = v[i] > v[best] ? i : best;
	return best;
}

static bool any_log(const struct mg_etcdview *v)
{
	for (uint32_t i = 0; i < v->n; i++)
		if (v->member[i].logged)
			return true;
	return false;
}

static enum mg_etcd_blame decide(const struct mg_etcdview *v, const struct tally *t)
{
	struct mg_etcd_verdict *o = t->out;
	uint32_t                most = index_of_most(t->alone, v->n);

	o->alone = t->alone[most];
	o->member = most;
	o->of_member = t->applies[most];
	if (o->network >= NETWORK_LINES && !o->fdatasyncs && o->network >= o->applies / 10)
		return MG_BLAME_NETWORK;
	if (o->minutes == 0)
		return any_log(v) ? MG_BLAME_NONE : MG_BLAME_NO_LOG;
	if (o->large >= SLOW_APPLIES && o->large_share >= SHARE_RANGES)
		return MG_BLAME_RANGES;
	if (o->compared == 0)
		return MG_BLAME_UNKNOWN;
	if (o->alone >= SHARE_ONE * o->compared)
		return MG_BLAME_ONE;
	return o->together >= SHARE_ALL * o->compared ? MG_BLAME_ALL : MG_BLAME_MIXED;
}

/* Slow lines of one member only: which one. */
static uint32_t the_slow_one(const struct mg_etcdview *v)
{
	return v->nminutes ? v->minute[0].member : 0;
}

const char *mg_etcd_blame_name(enum mg_etcd_blame b)
{
	static const char *const names[] = {
		"nothing slow", "not comparable", "one member slow", "all slow together",
		"no clear picture", "network", "large ranges", "no data",
	};

	return names[b];
}

static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

static struct mg_str sentence(struct mg_etcdview *v, const struct mg_etcd_verdict *o)
{
	struct mg_str who = v->n ? v->member[o->member].shown : MG_STR("");
	char          applies[32], mine[32];

	mg_num_grouped(o->applies, applies, sizeof(applies));
	mg_num_grouped(o->of_member, mine, sizeof(mine));
	switch (o->blame) {
	case MG_BLAME_NONE:
		return o->applies ? mg_arena_printf(&v->arena, "%s slow appl%s, never %d in a minute "
				    "and none of 1 s", applies, o->applies == 1 ? "y" : "ies",
				    SLOW_APPLIES)
				  : MG_STR("no slow apply and no slow fdatasync was logged");
	case MG_BLAME_NO_LOG:
		return MG_STR("no log of etcd was read");
	case MG_BLAME_UNKNOWN:
		return mg_arena_printf(&v->arena, "%s slow applies on %.*s; %s", mine, MG_FMT(who),
				       v->n > 1 ? "no log of another member covers these minutes, so "
						  "one cannot be told from all"
						: "no other member is known");
	case MG_BLAME_ONE:
		return mg_arena_printf(&v->arena, "only %.*s was slow in %u of the %u slow minute%s that other "
				       "members' logs cover (%s of %s slow applies): its own disk or "
				       "CPU", MG_FMT(who), o->alone, o->compared, plural(o->compared), mine,
				       applies);
	case MG_BLAME_ALL:
		return mg_arena_printf(&v->arena, "all members were slow together in %u of %u slow "
				       "minute%s (%s slow applies): shared storage, the hypervisor, or "
				       "the load", o->together, o->compared, plural(o->compared),
				       applies);
	case MG_BLAME_MIXED:
		return mg_arena_printf(&v->arena, "of %u slow minutes that can be compared, one member "
				       "was slow alone in %u and all together in %u", o->compared,
				       o->alone, o->together);
	case MG_BLAME_NETWORK:
		return mg_arena_printf(&v->arena, "%llu lines of lost, unhealthy or clogged peer "
				       "connections that no restart explains, no slow fdatasync, %s "
				       "slow applies", (unsigned long long)o->network, applies);
	case MG_BLAME_RANGES:
		return mg_arena_printf(&v->arena, "%llu of %s slow applies read at least %d keys or "
				       "1 MiB and took %.0f %% of the slow time",
				       (unsigned long long)o->large, applies, MG_ETCD_LARGE_KEYS,
				       100 * o->large_share);
	}
	return MG_STR("");
}

void mg_etcdview_verdict(struct mg_etcdview *v, struct mg_etcd_verdict *out)
{
	struct tally t = { .out = out };

	*out = (struct mg_etcd_verdict){ 0 };
	t.alone = mg_arena_zalloc(&v->arena, (v->n + 1) * sizeof(*t.alone));
	t.applies = mg_arena_zalloc(&v->arena, (v->n + 1) * sizeof(*t.applies));
	tally(v, &t);
	out->blame = decide(v, &t);
	if (out->blame == MG_BLAME_UNKNOWN) {
		out->member = the_slow_one(v);
		out->of_member = t.applies[out->member];
	}
	out->text = sentence(v, out);
}
