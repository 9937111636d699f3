/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/etcdleaders.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"

/* When leadership is handed over, a member sees no leader for some milliseconds. */
#define HANDOVER_NS MG_SEC
/* An election is how etcd starts. */
#define START_NS (15 * MG_SEC)

static bool during_start(const struct mg_etcdview *v, const struct mg_event *e)
{
	uint32_t m = mg_etcdview_member(v, e);
	int64_t  d;

	for (uint32_t i = 0; i < v->nstart; i++)
		if (v->start[i].member == m &&
		    !__builtin_sub_overflow(e->time_ns, v->start[i].start_ns, &d) && d >= -MG_SEC &&
		    d <= START_NS)
			return true;
	return false;
}

static int64_t distance(int64_t from, int64_t to)
{
	int64_t d;

	return __builtin_sub_overflow(to, from, &d) || d < 0 ? 0 : d;
}

static struct mg_etcd_reign *current(struct mg_etcd_leaders *l)
{
	return l->n ? &l->reign[l->n - 1] : NULL;
}

static struct mg_etcd_reign *begin(struct mg_etcd_leaders *l, const struct mg_etcdview *v,
				   struct mg_str leader, int64_t term)
{
	struct mg_etcd_reign r = { .leader = leader, .term = term, .start_ns = MG_TIME_NONE,
				   .member = mg_etcdview_by_id(v, leader),
				   .end_ns = MG_TIME_NONE, .gap_ns = -1 };

	MG_PUSH(l->reign, l->n, l->cap, r);
	return current(l);
}

static void note_gap(struct mg_etcd_leaders *l, int64_t gap, const struct mg_event *since)
{
	if (gap > l->longest_gap_ns || !l->longest) {
		l->longest_gap_ns = gap;
		l->longest = since;
	}
}

static void on_elected(struct mg_etcd_leaders *l, const struct mg_etcdview *v,
		       const struct mg_event *e)
{
	struct mg_str         leader = mg_event_attr(e, "leader");
	int64_t               term = mg_event_attr_i64(e, "term", -1);
	struct mg_etcd_reign *was = current(l), *r;

	if (was && term >= 0 && term < was->term)
		return; /* a member that lags behind */
	if (was && term == was->term && mg_str_eq(leader, was->leader)) {
		was->seen_by++;
		l->local += was->missed != NULL; /* the same term: it had never ended */
		was->end_ns = MG_TIME_NONE;
		was->missed = was->lost = NULL;
		was->losers = 0;
		return;
	}
	r = begin(l, v, leader, term);
	was = l->n > 1 ? r - 1 : NULL;
	r->start_ns = e->time_ns;
	r->elected = e;
	r->seen_by = 1;
	if (!was)
		return;
	l->local += was->missed && !was->lost &&
		    distance(was->missed->time_ns, e->time_ns) > HANDOVER_NS;
	if (was->end_ns == MG_TIME_NONE)
		was->end_ns = e->time_ns;
	l->changes++;
	r->gap_ns = distance(was->end_ns, e->time_ns);
	if (was->lost) {
		l->losses++;
		note_gap(l, r->gap_ns, was->lost);
	}
}

static uint32_t bits(uint64_t v)
{
	uint32_t n = 0;

	for (; v; v &= v - 1)
		n++;
	return n;
}

static void missed(struct mg_etcd_reign *r, const struct mg_etcdview *v, const struct mg_event *e)
{
	uint32_t m = mg_etcdview_member(v, e), logs = 0;

	for (uint32_t i = 0; i < v->n; i++)
		logs += mg_etcdview_covers(v, i, e->time_ns / MG_MIN);
	r->losers |= UINT64_C(1) << (m < 63 ? m : 63);
	r->missed = r->missed ? r->missed : e;
	if (2 * bits(r->losers) <= logs)
		return;
	r->end_ns = e->time_ns;
	r->lost = e;
}

static void on_lost(struct mg_etcd_leaders *l, const struct mg_etcdview *v,
		    const struct mg_event *e)
{
	struct mg_str         leader = mg_event_attr(e, "leader");
	int64_t               term = mg_event_attr_i64(e, "term", -1);
	struct mg_etcd_reign *r = current(l);

	if (mg_str_eq(mg_event_attr(e, "state"), MG_STR("none")))
		l->dropped += e->count;
	if (!r && during_start(v, e))
		return;
	if (!r) { /* it was elected before the log began */
		r = begin(l, v, leader, -1);
		r->seen_by = 1;
	}
	/* a late line about a term that is over, or about a leader long replaced; a member that
	 * just started has not seen the leader yet */
	if (!(term >= 0 && term < r->term) && (!leader.n || mg_str_eq(leader, r->leader)) &&
	    r->end_ns == MG_TIME_NONE && !during_start(v, e))
		missed(r, v, e);
}

static void finish(struct mg_etcd_leaders *l, const struct mg_etcdview *v)
{
	struct mg_etcd_reign *r = current(l);

	l->end_ns = MG_TIME_NONE;
	for (uint32_t i = 0; i < v->n; i++)
		if (v->member[i].logged && v->member[i].last_ns > l->end_ns)
			l->end_ns = v->member[i].last_ns;
	l->local += r && r->missed && !r->lost;
	if (!r || !r->lost)
		return;
	l->open = r->lost;
	l->losses++;
	note_gap(l, distance(r->end_ns, l->end_ns), r->lost);
}

void mg_etcd_leaders_build(struct mg_etcd_leaders *l, const struct mg_etcdview *v)
{
	*l = (struct mg_etcd_leaders){ 0 };
	for (size_t i = 0; i < v->c->events.n; i++) {
		const struct mg_event *e = &v->c->events.ev[i];

		if (e->time_ns == MG_TIME_NONE)
			continue;
		if (e->kind == MG_EV_ETCD_LEADER_ELECTED)
			on_elected(l, v, e);
		else if (e->kind == MG_EV_ETCD_LEADER_LOST)
			on_lost(l, v, e);
	}
	finish(l, v);
}

void mg_etcd_leaders_release(struct mg_etcd_leaders *l)
{
	free(l->reign);
	*l = (struct mg_etcd_leaders){ 0 };
}
