/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/signals.h"

#include <stdlib.h>

#include "base/mem.h"

/* A pause in answered writes is looked at from this length on ... */
#define STALL_MIN_NS (3 * MG_SEC)
/* ... and is a stall when at least so many operations waited in it ... */
#define STALL_MIN_OPS 3
/* ... which together cover at least this share of it. */
#define STALL_MIN_COVER 0.5
/* Stalls closer than this are one: a single write slipped through. */
#define STALL_JOIN_NS (100 * MG_MS)
/* Without an audit log: so many operations of 2 s that end together were released together. */
#define RELEASE_MIN_OPS 4
#define RELEASE_TOGETHER_NS (250 * MG_MS)
/* So long after its start a server may hold requests without anything being wrong. */
#define STARTING_NS (60 * MG_SEC)
/* Witnesses of one death lie within this. */
#define DEATH_JOIN_NS (5 * MG_SEC)
/* ... or, when both name the container, within what the clocks of a node may differ. */
#define CONTAINER_JOIN_NS (10 * MG_MIN)

/* Traces that wait for something else: a client's own list (it may wait for any server), a
 * webhook, a slow reader, a proxied connection. */
static bool serves_etcd(struct mg_str operation)
{
	static const char *const others[] = { "Reflector", "Call ", "SerializeObject", "Proxy",
					      "iptables", "Scheduling", "DeltaFIFO" };

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (mg_str_starts(operation, mg_strz(others[i])))
			return false;
	return true;
}

bool mg_is_long_op(const struct mg_event *e)
{
	if (e->duration_ns < MG_SEC || e->time_ns == MG_TIME_NONE)
		return false;
	switch (e->kind) {
	case MG_EV_AUDIT_SLOW:
	case MG_EV_AUDIT_DELETECOLLECTION:
	case MG_EV_ETCD_SLOW_APPLY:
	case MG_EV_ETCD_SLOW_FDATASYNC:
		return true;
	case MG_EV_APISERVER_TRACE:
		return serves_etcd(mg_event_attr(e, "operation"));
	default:
		return false;
	}
}

static bool is_etcd_slow(const struct mg_event *e)
{
	return e->kind == MG_EV_ETCD_SLOW_APPLY || e->kind == MG_EV_ETCD_SLOW_FDATASYNC;
}

static int64_t overlap(const struct mg_event *e, int64_t a, int64_t b)
{
	int64_t lo = e->time_ns > a ? e->time_ns : a;
	int64_t hi = mg_event_end(e) < b ? mg_event_end(e) : b;

	return hi > lo ? hi - lo : 0;
}

/* All long operations, by start. */
struct long_ops {
	const struct mg_event **op;
	size_t                  n, cap;
	int64_t                 longest_ns;
};

static void collect(struct long_ops *l, const struct mg_case *c)
{
	for (size_t i = 0; i < c->events.n; i++) {
		const struct mg_event *e = &c->events.ev[i];

		if (!mg_is_long_op(e))
			continue;
		MG_PUSH(l->op, l->n, l->cap, e);
		l->longest_ns = e->duration_ns > l->longest_ns ? e->duration_ns : l->longest_ns;
	}
}

/* The first one that may reach `ns`. */
static size_t first_reaching(const struct long_ops *l, int64_t ns)
{
	size_t lo = 0, hi = l->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (ns - l->op[mid]->time_ns > l->longest_ns)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* Fill the witnesses of a stall; returns the share of it that is covered by waiting. */
static double witness(struct mg_stall *s, const struct long_ops *l)
{
	int64_t covered = 0, reach = s->start_ns;

	for (size_t i = first_reaching(l, s->start_ns); i < l->n && l->op[i]->time_ns <= s->end_ns; i++) {
		const struct mg_event *e = l->op[i];
		int64_t                end;

		if (overlap(e, s->start_ns, s->end_ns) < MG_SEC / 2)
			continue;
		end = mg_event_end(e);
		s->waiting++;
		s->etcd_lines += is_etcd_slow(e);
		s->same_end += llabs(end - s->end_ns) <= 100 * MG_MS;
		if (!s->longest || e->duration_ns > s->longest->duration_ns)
			s->longest = e;
		if (is_etcd_slow(e) && (!s->etcd || e->duration_ns > s->etcd->duration_ns))
			s->etcd = e;
		/* events are sorted by start, so the union grows to the right */
		if (end > reach) {
			int64_t from = e->time_ns > reach ? e->time_ns : reach;
			int64_t to = end < s->end_ns ? end : s->end_ns;

			covered += to > from ? to - from : 0;
			reach = end;
		}
	}
	return (double)covered / (double)(s->end_ns - s->start_ns);
}

/* etcd's own time of the operation it was stuck in is exact: prefer it when it spans at
 * least half of the pause. */
static void sharpen(struct mg_stall *s)
{
	if (!s->etcd || s->etcd->duration_ns < STALL_MIN_NS ||
	    overlap(s->etcd, s->start_ns, s->end_ns) < (s->end_ns - s->start_ns) / 2)
		return;
	s->start_ns = s->etcd->time_ns;
	s->end_ns = mg_event_end(s->etcd);
}

static void add_stall(struct mg_signals *g, const struct long_ops *l, int64_t a, int64_t b)
{
	struct mg_stall s = { .start_ns = a, .end_ns = b };

	if (b - a < STALL_MIN_NS || witness(&s, l) < STALL_MIN_COVER ||
	    s.waiting < STALL_MIN_OPS)
		return;
	sharpen(&s);
	if (g->nstall && s.start_ns - g->stall[g->nstall - 1].end_ns < STALL_JOIN_NS) {
		struct mg_stall joined = { .start_ns = g->stall[g->nstall - 1].start_ns,
					   .end_ns = s.end_ns };

		witness(&joined, l);
		g->stall[g->nstall - 1] = joined;
		return;
	}
	MG_PUSH(g->stall, g->nstall, g->stall_cap, s);
}

/* Pauses between answered writes. */
static void stalls_from_writes(struct mg_signals *g, const struct mg_case *c, const struct long_ops *l)
{
	size_t                  n, with = 0;
	const struct mg_second *s = mg_requests_seconds(c->audit, &n);
	int64_t                 last = 0;
	uint64_t                writes = 0;

	for (size_t i = 0; i < n; i++) {
		if (!s[i].last_write_ns)
			continue;
		with++;
		writes += s[i].ended;
		if (last && s[i].first_write_ns > last)
			add_stall(g, l, last, s[i].first_write_ns);
		if (s[i].last_write_ns > last)
			last = s[i].last_write_ns;
	}
	g->writes_per_second = with ? (double)writes / (double)with : 0;
}

static int by_end(const void *a, const void *b)
{
	const struct mg_event *x = *(const struct mg_event *const *)a;
	const struct mg_event *y = *(const struct mg_event *const *)b;
	int64_t                d = mg_event_end(x) - mg_event_end(y);

	return d ? (d < 0 ? -1 : 1) : mg_event_cmp(x, y);
}

/* A server that has just started holds its first requests until its caches are filled. */
static bool starting(const struct mg_case *c, const struct mg_event *op)
{
	for (size_t i = mg_case_lower_bound(c, op->time_ns - STARTING_NS);
	     i < c->events.n && c->events.ev[i].time_ns <= op->time_ns; i++)
		if (c->events.ev[i].kind == MG_EV_APISERVER_START &&
		    c->events.ev[i].artifact == op->artifact)
			return true;
	return false;
}

/* Operations that end together had waited for the same thing. */
static void stalls_from_releases(struct mg_signals *g, const struct mg_case *c, const struct long_ops *l)
{
	const struct mg_event **op = NULL;
	size_t                  n = 0, cap = 0;

	for (size_t i = 0; i < l->n; i++)
		if (l->op[i]->duration_ns >= 2 * MG_SEC && !starting(c, l->op[i]))
			MG_PUSH(op, n, cap, l->op[i]);
	if (n)
		qsort(op, n, sizeof(*op), by_end);
	for (size_t i = 0, k; i < n; i = k) {
		int64_t start = op[i]->time_ns;

		for (k = i; k < n && mg_event_end(op[k]) - mg_event_end(op[i]) <=
					     RELEASE_TOGETHER_NS; k++)
			start = op[k]->time_ns < start ? op[k]->time_ns : start;
		if (k - i >= RELEASE_MIN_OPS)
			add_stall(g, l, start, mg_event_end(op[k - 1]));
	}
	free(op);
}

static void etcd_totals(struct mg_signals *g, const struct mg_case *c)
{
	g->etcd_first_ns = g->etcd_last_ns = MG_TIME_NONE;
	for (size_t i = 0; i < c->events.n; i++) {
		const struct mg_event *e = &c->events.ev[i];

		if (e->time_ns == MG_TIME_NONE)
			continue;
		if (e->kind == MG_EV_ETCD_SLOW_APPLY) {
			g->slow_applies += e->count;
			if (!g->slowest_apply || e->duration_ns > g->slowest_apply->duration_ns)
				g->slowest_apply = e;
		} else if (e->kind == MG_EV_ETCD_SLOW_FDATASYNC) {
			g->slow_fdatasyncs += e->count;
			if (!g->slowest_fdatasync ||
			    e->duration_ns > g->slowest_fdatasync->duration_ns)
				g->slowest_fdatasync = e;
		} else if (e->kind == MG_EV_ETCD_READ_INDEX) {
			g->read_index += e->count;
			continue;
		} else {
			continue;
		}
		if (g->etcd_first_ns == MG_TIME_NONE)
			g->etcd_first_ns = e->time_ns;
		if (g->etcd_last_ns == MG_TIME_NONE || mg_event_end(e) > g->etcd_last_ns)
			g->etcd_last_ns = mg_event_end(e);
	}
}

static bool tells_death(const struct mg_event *e)
{
	if (e->time_ns == MG_TIME_NONE)
		return false;
	switch (e->kind) {
	case MG_EV_KERNEL_OOM_KILL:
	case MG_EV_POD_OOM_KILLED:
	case MG_EV_PROCESS_FATAL:
	case MG_EV_LEADER_LOST:
		return true;
	case MG_EV_POD_TERMINATED:
		return e->code != 0;
	default:
		return false;
	}
}

static bool same_or_unknown(struct mg_str a, struct mg_str b)
{
	return a.n == 0 || b.n == 0 || mg_str_eq(a, b);
}

static void fill(struct mg_str *to, struct mg_str from)
{
	if (!to->n)
		*to = from;
}

static void add_witness(struct mg_death *d, const struct mg_event *e)
{
	fill(&d->component, e->component);
	fill(&d->node, e->node);
	fill(&d->pod, e->pod);
	fill(&d->ns, e->ns);
	fill(&d->container, mg_event_attr(e, "container"));
	if (e->kind == MG_EV_KERNEL_OOM_KILL) {
		d->kernel = e;
		d->oom = true;
	} else if (e->kind == MG_EV_POD_OOM_KILLED || e->kind == MG_EV_POD_TERMINATED) {
		d->object = e;
		d->oom |= e->kind == MG_EV_POD_OOM_KILLED;
		d->exit_code = e->code;
	} else {
		if (!d->log || e->kind == MG_EV_LEADER_LOST)
			d->log = e;
		d->lease_lost |= e->kind == MG_EV_LEADER_LOST;
	}
}

/* The 64 hex digits without what the runtime puts before them ("cri-o://"). */
static struct mg_str container_of(const struct mg_event *e)
{
	struct mg_str id = e ? mg_event_attr(e, "container_id") : mg_str("", 0);
	ptrdiff_t     at = mg_str_rchr(id, '/');

	return at < 0 ? id : mg_str_from(id, (size_t)at + 1);
}

/* 1: both name the same container, -1: different ones, 0: not told by both. */
static int same_container(const struct mg_death *d, const struct mg_event *e)
{
	struct mg_str a = container_of(d->kernel ? d->kernel : d->object), b = container_of(e);

	if (a.n == 0 || b.n == 0 || (d->kernel && e->kind == MG_EV_KERNEL_OOM_KILL))
		return 0;
	return mg_str_eq(a, b) ? 1 : -1;
}

static bool same_death(const struct mg_death *d, const struct mg_event *e)
{
	int container = same_container(d, e);

	if (container)
		return container > 0;
	return e->time_ns - d->time_ns <= DEATH_JOIN_NS && mg_str_eq(d->component, e->component) &&
	       same_or_unknown(d->node, e->node) && same_or_unknown(d->pod, e->pod) &&
	       !(d->kernel && e->kind == MG_EV_KERNEL_OOM_KILL);
}

static void collect_deaths(struct mg_signals *g, const struct mg_case *c)
{
	for (size_t i = 0; i < c->events.n; i++) {
		const struct mg_event *e = &c->events.ev[i];
		struct mg_death       *same = NULL, fresh = { .time_ns = e->time_ns,
							       .restart_ns = MG_TIME_NONE };

		if (!tells_death(e))
			continue;
		for (uint32_t k = g->ndeath; k-- > 0 && !same;) {
			struct mg_death *d = &g->death[k];

			if (e->time_ns - d->time_ns > CONTAINER_JOIN_NS)
				break;
			same = same_death(d, e) ? d : NULL;
		}
		if (!same) {
			MG_PUSH(g->death, g->ndeath, g->death_cap, fresh);
			same = &g->death[g->ndeath - 1];
		}
		add_witness(same, e);
	}
}

/* The first sign of life of the same component after each death. */
static void find_restarts(struct mg_signals *g, const struct mg_case *c)
{
	for (uint32_t k = 0; k < g->ndeath; k++) {
		struct mg_death *d = &g->death[k];

		for (size_t i = mg_case_lower_bound(c, d->time_ns + 1); i < c->events.n; i++) {
			const struct mg_event *e = &c->events.ev[i];

			if ((e->kind == MG_EV_APISERVER_START || e->kind == MG_EV_PROCESS_START ||
			     e->kind == MG_EV_ETCD_START || e->kind == MG_EV_POD_STARTED) &&
			    mg_str_eq(e->component, d->component) &&
			    same_or_unknown(e->node, d->node)) {
				d->restart_ns = e->time_ns;
				break;
			}
		}
	}
}

void mg_signals_build(struct mg_signals *s, const struct mg_case *c)
{
	struct long_ops ops = { 0 };

	*s = (struct mg_signals){ 0 };
	s->from_writes = mg_requests_count(c->audit) > 0;
	collect(&ops, c);
	if (s->from_writes)
		stalls_from_writes(s, c, &ops);
	else
		stalls_from_releases(s, c, &ops);
	free(ops.op);
	etcd_totals(s, c);
	collect_deaths(s, c);
	find_restarts(s, c);
}

void mg_signals_release(struct mg_signals *s)
{
	free(s->stall);
	free(s->death);
	*s = (struct mg_signals){ 0 };
}

int mg_signals_stall_at(const struct mg_signals *s, int64_t t, int64_t slack)
{
	for (uint32_t i = 0; i < s->nstall; i++)
		if (t >= s->stall[i].start_ns - slack && t <= s->stall[i].end_ns + slack)
			return (int)i;
	return -1;
}
