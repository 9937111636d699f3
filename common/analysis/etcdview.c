/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/etcdview.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/num.h"

/* A peer is gone for this long before it logs that it starts again (container start, waiting
 * for its ports), and needs this long until all connections are back. */
#define RESTART_BEFORE_NS (180 * MG_SEC)
#define RESTART_AFTER_NS  (30 * MG_SEC)

static bool is_kind(const struct mg_event *e, enum mg_event_kind k)
{
	return e->kind == k && e->time_ns != MG_TIME_NONE;
}

static bool is_etcd(const struct mg_event *e)
{
	return e->kind >= MG_EV_ETCD_SLOW_APPLY && e->kind <= MG_EV_ETCD_GRPC;
}

/* --- members ------------------------------------------------------------------------- */

static uint32_t add_member(struct mg_etcdview *v, struct mg_str name)
{
	struct mg_etcd_member m = { .name = name, .shown = name, .first_ns = MG_TIME_NONE,
				    .last_ns = MG_TIME_NONE, .db_bytes = -1, .in_use_bytes = -1,
				    .quota_bytes = -1, .term = -1, .raft_index = -1, .health = -1 };

	MG_PUSH(v->member, v->n, v->cap, m);
	return v->n - 1;
}

static uint32_t by_name(struct mg_etcdview *v, struct mg_str name)
{
	for (uint32_t i = 0; i < v->n; i++)
		if (mg_str_eq(v->member[i].name, name))
			return i;
	return MG_NONE;
}

static uint32_t by_id(const struct mg_etcdview *v, uint64_t id)
{
	for (uint32_t i = 0; i < v->n && id; i++)
		if (v->member[i].id == id)
			return i;
	return MG_NONE;
}

uint32_t mg_etcdview_by_id(const struct mg_etcdview *v, struct mg_str hex)
{
	uint64_t id;

	return mg_num_hex(hex, &id) ? by_id(v, id) : MG_NONE;
}

static uint32_t by_endpoint(const struct mg_etcdview *v, struct mg_str endpoint)
{
	for (uint32_t i = 0; i < v->n && endpoint.n; i++)
		if (mg_str_has(v->member[i].endpoints, endpoint))
			return i;
	return MG_NONE;
}

/* The container called etcd, or a bare file that says nothing of containers: not what runs
 * beside it (etcdctl, etcd-metrics, a health monitor) or operates it. */
static bool is_server(const struct mg_source *s)
{
	struct mg_str what = s->container.n ? s->container : s->component;

	return what.n == 0 || mg_str_eq(what, MG_STR("etcd"));
}

static struct mg_str name_of(const struct mg_etcdview *v, struct mg_str node, struct mg_str pod,
			     uint32_t artifact)
{
	return node.n ? node : pod.n ? pod : mg_case_path(v->c, artifact);
}

static void widen(struct mg_etcd_member *m, int64_t first, int64_t last)
{
	m->logged = true;
	if (first == MG_TIME_NONE)
		return;
	m->first_ns = m->first_ns == MG_TIME_NONE || first < m->first_ns ? first : m->first_ns;
	m->last_ns = last > m->last_ns ? last : m->last_ns;
}

/* What the events of one artifact tell of it. */
struct told {
	bool    info;  /* it is etcdctl's output, no log */
	bool    begun; /* its first line was the start of etcd */
	bool    any;
	int64_t first_ns, last_ns;
};

static struct told *told_by_events(const struct mg_case *c)
{
	struct told *t = mg_zalloc(((size_t)c->nartifacts + 1) * sizeof(*t));

	for (size_t i = 0; i < c->events.n; i++) {
		const struct mg_event *e = &c->events.ev[i];
		struct told           *k = &t[e->artifact < c->nartifacts ? e->artifact : c->nartifacts];

		if (!is_etcd(e) || e->time_ns == MG_TIME_NONE)
			continue;
		k->info |= (e->kind >= MG_EV_ETCD_STATUS && e->kind <= MG_EV_ETCD_OBJECTS) ||
			   mg_event_attr(e, "endpoint").n || mg_event_attr(e, "member_id").n;
		if (e->kind == MG_EV_ETCD_REJECTED && !k->any)
			continue; /* may come before it serves */
		k->begun |= !k->any && e->kind == MG_EV_ETCD_START;
		k->first_ns = k->any ? k->first_ns : e->time_ns;
		k->last_ns = k->any && k->last_ns > mg_event_end(e) ? k->last_ns : mg_event_end(e);
		k->any = true;
	}
	return t;
}

/* A log that begins with the start of etcd covers nothing before it: a container may wait for
 * its ports for a minute.  A log that is known by its events only covers what they span. */
static void cover(struct mg_etcd_member *m, const struct mg_leaf_stats *s, const struct told *t)
{
	if (s->first_ns != MG_TIME_NONE)
		widen(m, t->begun ? t->first_ns : s->first_ns, s->last_ns);
	else if (t->any)
		widen(m, t->first_ns, t->last_ns);
	else
		widen(m, MG_TIME_NONE, MG_TIME_NONE);
}

static void members_of_logs(struct mg_etcdview *v)
{
	const struct mg_case *c = v->c;
	struct told          *told = told_by_events(c);

	for (uint32_t a = 0; a < c->nartifacts; a++) {
		const struct mg_artifact *t = &c->artifacts[a];
		struct mg_str             name;

		if (t->kind != MG_KIND_ETCD_LOG || !t->stats.records || !is_server(&t->source) ||
		    told[a].info)
			continue;
		name = name_of(v, t->source.node, t->source.pod, a);
		v->of_artifact[a] = by_name(v, name);
		if (v->of_artifact[a] == MG_NONE)
			v->of_artifact[a] = add_member(v, name);
		cover(&v->member[v->of_artifact[a]], &t->stats, &told[a]);
	}
	free(told);
}

/* An event stream of these tools: its logs are not here, what they said is. */
static void members_of_streams(struct mg_etcdview *v)
{
	for (size_t i = 0; i < v->c->events.n; i++) {
		const struct mg_event *e = &v->c->events.ev[i];
		struct mg_str          name;
		uint32_t               m;

		if (!is_etcd(e) || !mg_str_eq(e->component, MG_STR("etcd")) ||
		    (e->artifact < v->c->nartifacts &&
		     v->c->artifacts[e->artifact].kind != MG_KIND_MG_EVENTS) ||
		    e->line == 0 || (e->kind >= MG_EV_ETCD_STATUS && e->kind <= MG_EV_ETCD_OBJECTS))
			continue;
		name = name_of(v, e->node, e->pod, e->artifact);
		m = by_name(v, name);
		m = m == MG_NONE && name.n ? add_member(v, name) : m;
		if (m != MG_NONE && e->time_ns != MG_TIME_NONE)
			widen(&v->member[m], e->time_ns, mg_event_end(e));
	}
}

/* The raft lines and those about peers name the member that writes them. */
static void ids_of_logs(struct mg_etcdview *v)
{
	for (size_t i = 0; i < v->c->events.n; i++) {
		const struct mg_event *e = &v->c->events.ev[i];
		uint32_t               m;

		if (e->kind != MG_EV_ETCD_LEADER_ELECTED && e->kind != MG_EV_ETCD_LEADER_LOST &&
		    e->kind != MG_EV_ETCD_PEER)
			continue;
		m = mg_etcdview_member(v, e);
		if (m != MG_NONE && !v->member[m].id)
			mg_num_hex(mg_event_attr(e, "member"), &v->member[m].id);
	}
}

static void listed_member(struct mg_etcdview *v, const struct mg_event *e)
{
	uint32_t m = mg_etcdview_by_id(v, mg_event_attr(e, "member"));

	if (m == MG_NONE)
		m = by_name(v, e->name);
	if (m == MG_NONE)
		m = add_member(v, e->name);
	mg_num_hex(mg_event_attr(e, "member"), &v->member[m].id);
	v->member[m].endpoints = mg_event_attr(e, "client_urls");
	v->member[m].learner = mg_event_attr(e, "learner").n > 0;
}

static void member_status(struct mg_etcdview *v, const struct mg_event *e)
{
	struct mg_str endpoint = mg_event_attr(e, "endpoint"), health = mg_event_attr(e, "health");
	uint32_t      m = mg_etcdview_by_id(v, mg_event_attr(e, "member"));
	struct mg_etcd_member *t;

	if (m == MG_NONE)
		m = by_endpoint(v, endpoint);
	if (m == MG_NONE)
		m = add_member(v, endpoint);
	t = &v->member[m];
	if (!t->endpoints.n)
		t->endpoints = endpoint;
	if (health.n) {
		if (!mg_str_starts(endpoint, MG_STR("unix")))
			t->health = mg_str_eq(health, MG_STR("true"));
		return;
	}
	mg_num_hex(mg_event_attr(e, "member"), &t->id);
	mg_num_hex(mg_event_attr(e, "leader"), &t->leader);
	t->status = e;
	t->version = mg_event_attr(e, "version");
	t->db_bytes = mg_event_attr_i64(e, "db_bytes", -1);
	t->in_use_bytes = mg_event_attr_i64(e, "in_use_bytes", -1);
	t->quota_bytes = mg_event_attr_i64(e, "quota_bytes", t->quota_bytes);
	t->term = mg_event_attr_i64(e, "term", -1);
	t->raft_index = mg_event_attr_i64(e, "raft_index", -1);
	t->learner = t->learner || mg_event_attr(e, "learner").n > 0;
}

/* What the logs say of version and size, where etcdctl did not. */
static void from_log(struct mg_etcdview *v, const struct mg_event *e)
{
	uint32_t               m = mg_etcdview_member(v, e);
	struct mg_etcd_member *t = m == MG_NONE ? NULL : &v->member[m];

	if (!t)
		return;
	if (e->kind == MG_EV_ETCD_START && mg_event_attr(e, "version").n &&
	    (!t->status || !t->version.n))
		t->version = mg_event_attr(e, "version");
	t->quota_bytes = mg_event_attr_i64(e, "quota_bytes", t->quota_bytes);
	if ((!t->status || t->status->kind != MG_EV_ETCD_STATUS) &&
	    (e->kind == MG_EV_ETCD_COMPACTION || e->kind == MG_EV_ETCD_DEFRAG) &&
	    mg_event_attr(e, "db_bytes").n) {
		t->db_bytes = mg_event_attr_i64(e, "db_bytes", -1);
		t->in_use_bytes = mg_event_attr_i64(e, "in_use_bytes", t->in_use_bytes);
		t->status = e;
	}
}

static void details(struct mg_etcdview *v)
{
	const struct mg_batch *b = &v->c->events;

	for (size_t i = 0; i < b->n; i++)
		if (b->ev[i].kind == MG_EV_ETCD_MEMBER)
			listed_member(v, &b->ev[i]);
	for (size_t i = 0; i < b->n; i++)
		if (b->ev[i].kind == MG_EV_ETCD_STATUS ||
		    (b->ev[i].kind == MG_EV_ETCD_ERROR && mg_event_attr(&b->ev[i], "health").n))
			member_status(v, &b->ev[i]);
	for (size_t i = 0; i < b->n; i++)
		if (is_etcd(&b->ev[i]))
			from_log(v, &b->ev[i]);
}

/* "master-0" of "master-0.lab.example" when the others end in ".lab.example" too. */
static void shorten(struct mg_etcdview *v)
{
	ptrdiff_t     dot = v->n > 1 ? mg_str_chr(v->member[0].name, '.') : -1;
	struct mg_str domain;

	if (dot <= 0)
		return;
	domain = mg_str_from(v->member[0].name, (size_t)dot);
	for (uint32_t i = 0; i < v->n; i++)
		if (mg_str_chr(v->member[i].name, '/') >= 0 ||
		    mg_str_chr(v->member[i].name, '.') != (ptrdiff_t)v->member[i].name.n -
							  (ptrdiff_t)domain.n ||
		    !mg_str_ends(v->member[i].name, domain))
			return;
	for (uint32_t i = 0; i < v->n; i++)
		v->member[i].shown.n -= domain.n;
}

static int cmp_member(const void *a, const void *b)
{
	return mg_str_cmp(((const struct mg_etcd_member *)a)->name,
			  ((const struct mg_etcd_member *)b)->name);
}

/* By name; artifacts point at members, so they are found anew. */
static void sort_members(struct mg_etcdview *v)
{
	if (v->n)
		qsort(v->member, v->n, sizeof(*v->member), cmp_member);
	for (uint32_t a = 0; a < v->c->nartifacts; a++) {
		const struct mg_source *s = &v->c->artifacts[a].source;

		if (v->of_artifact[a] != MG_NONE)
			v->of_artifact[a] = by_name(v, name_of(v, s->node, s->pod, a));
	}
}

uint32_t mg_etcdview_member(const struct mg_etcdview *v, const struct mg_event *e)
{
	bool     stream = e->artifact >= v->c->nartifacts ||
		      v->c->artifacts[e->artifact].kind == MG_KIND_MG_EVENTS;
	uint32_t m = stream ? MG_NONE : v->of_artifact[e->artifact];

	if (m != MG_NONE)
		return m;
	if (e->kind == MG_EV_ETCD_MEMBER || e->kind == MG_EV_ETCD_STATUS ||
	    mg_event_attr(e, "endpoint").n) {
		m = mg_etcdview_by_id(v, mg_event_attr(e, "member"));
		return m != MG_NONE ? m : by_endpoint(v, mg_event_attr(e, "endpoint"));
	}
	if (!stream || !mg_str_eq(e->component, MG_STR("etcd")))
		return mg_etcdview_by_id(v, mg_event_attr(e, "member_id"));
	for (uint32_t i = 0; i < v->n; i++)
		if (mg_str_eq(v->member[i].name, name_of(v, e->node, e->pod, e->artifact)))
			return i;
	return MG_NONE;
}

/* --- minutes -------------------------------------------------------------------------- */

bool mg_etcd_large(const struct mg_event *e)
{
	return mg_event_attr_i64(e, "response_count", 0) >= MG_ETCD_LARGE_KEYS ||
	       mg_event_attr_i64(e, "response_size", 0) >= MG_ETCD_LARGE_BYTES;
}

bool mg_etcdview_covers(const struct mg_etcdview *v, uint32_t member, int64_t minute)
{
	const struct mg_etcd_member *m = &v->member[member];

	return m->logged && m->first_ns != MG_TIME_NONE && m->first_ns / MG_MIN <= minute &&
	       minute <= m->last_ns / MG_MIN;
}

/* Is `t` in [at - before, at + after]?  Times of the input may be anything. */
static bool near(int64_t t, int64_t at, int64_t before, int64_t after)
{
	int64_t d;

	return !__builtin_sub_overflow(t, at, &d) && d >= -before && d <= after;
}

/* An unknown peer cannot say that it started: its own lines are missing. */
static bool about_a_restart(const struct mg_etcdview *v, const struct mg_event *e)
{
	uint32_t self = mg_etcdview_member(v, e);
	uint32_t peer = mg_etcdview_by_id(v, mg_event_attr(e, "peer"));

	for (uint32_t i = 0; i < v->nstart; i++) {
		const struct mg_etcd_span *s = &v->start[i];

		if ((s->member == peer &&
		     near(e->time_ns, s->start_ns, RESTART_BEFORE_NS, RESTART_AFTER_NS)) ||
		    (s->member == self && near(e->time_ns, s->start_ns, 0, RESTART_AFTER_NS)))
			return true;
	}
	return false;
}

bool mg_etcdview_network(const struct mg_etcdview *v, const struct mg_event *e)
{
	bool dropped = e->kind == MG_EV_ETCD_OVERLOAD && mg_str_starts(e->message, MG_STR("dropped "));
	bool peer = e->kind == MG_EV_ETCD_PEER && e->severity >= MG_SEV_WARNING;

	if ((!dropped && !peer) || e->time_ns == MG_TIME_NONE)
		return false;
	/* a host that answers "refused" is there; its etcd is not running */
	if (mg_str_has(e->message, MG_STR("connection refused")))
		return false;
	return !about_a_restart(v, e);
}

static void starts(struct mg_etcdview *v)
{
	for (size_t i = 0; i < v->c->events.n; i++) {
		const struct mg_event *e = &v->c->events.ev[i];
		struct mg_etcd_span    s = { mg_etcdview_member(v, e), e->time_ns, e->time_ns };

		if (is_kind(e, MG_EV_ETCD_START) && s.member != MG_NONE)
			MG_PUSH(v->start, v->nstart, v->start_cap, s);
	}
}

static void defrag_spans(struct mg_etcdview *v)
{
	for (size_t i = 0; i < v->c->events.n; i++) {
		const struct mg_event *e = &v->c->events.ev[i];
		struct mg_etcd_span    s = { mg_etcdview_member(v, e), e->time_ns, mg_event_end(e) };

		if (!is_kind(e, MG_EV_ETCD_DEFRAG))
			continue;
		if (mg_str_eq(mg_event_attr(e, "state"), MG_STR("finished")) && e->duration_ns < 0) {
			/* the old text has no duration: since the start that is still open */
			for (uint32_t k = v->ndefrag; k-- > 0;)
				if (v->defrag[k].member == s.member) {
					v->defrag[k].end_ns = s.end_ns;
					break;
				}
			continue;
		}
		MG_PUSH(v->defrag, v->ndefrag, v->defrag_cap, s);
	}
}

bool mg_etcdview_in_defrag(const struct mg_etcdview *v, const struct mg_event *e)
{
	uint32_t m = v->ndefrag ? mg_etcdview_member(v, e) : MG_NONE;

	for (uint32_t i = 0; i < v->ndefrag; i++)
		if (v->defrag[i].member == m && e->time_ns <= v->defrag[i].end_ns + MG_SEC &&
		    mg_event_end(e) >= v->defrag[i].start_ns)
			return true;
	return false;
}

static void add_ns(int64_t *sum, int64_t ns)
{
	if (__builtin_add_overflow(*sum, ns, sum))
		*sum = INT64_MAX;
}

static void count(const struct mg_etcdview *v, struct mg_etcd_minute *m, const struct mg_event *e)
{
	int64_t took = e->duration_ns > 0 ? e->duration_ns : 0;

	switch (e->kind) {
	case MG_EV_ETCD_SLOW_APPLY:
		m->applies += e->count;
		m->over_second += took >= MG_SEC ? e->count : 0;
		m->max_apply_ns = took > m->max_apply_ns ? took : m->max_apply_ns;
		add_ns(&m->apply_ns, took);
		m->in_defrag += mg_etcdview_in_defrag(v, e) ? e->count : 0;
		if (mg_etcd_large(e)) {
			m->large += e->count;
			add_ns(&m->large_ns, took);
		}
		break;
	case MG_EV_ETCD_SLOW_FDATASYNC:
		m->fdatasyncs += e->count;
		m->max_fdatasync_ns = took > m->max_fdatasync_ns ? took : m->max_fdatasync_ns;
		break;
	case MG_EV_ETCD_HEARTBEAT:
		m->heartbeats += e->count;
		break;
	case MG_EV_ETCD_READ_INDEX:
		m->read_index += e->count;
		break;
	default:
		m->network += e->count;
		break;
	}
}

static bool counts(const struct mg_etcdview *v, const struct mg_event *e)
{
	if (e->time_ns == MG_TIME_NONE)
		return false;
	return e->kind == MG_EV_ETCD_SLOW_APPLY || e->kind == MG_EV_ETCD_SLOW_FDATASYNC ||
	       e->kind == MG_EV_ETCD_HEARTBEAT || e->kind == MG_EV_ETCD_READ_INDEX ||
	       mg_etcdview_network(v, e);
}

static int cmp_minute(const void *va, const void *vb)
{
	const struct mg_etcd_minute *a = va, *b = vb;

	if (a->minute != b->minute)
		return a->minute < b->minute ? -1 : 1;
	return (a->member > b->member) - (a->member < b->member);
}

static void minutes(struct mg_etcdview *v)
{
	for (size_t i = 0; i < v->c->events.n; i++) {
		const struct mg_event *e = &v->c->events.ev[i];
		struct mg_etcd_minute  key = { .minute = mg_event_end(e) / MG_MIN };
		struct mg_etcd_minute *m;
		bool                   added;

		if (!counts(v, e))
			continue;
		key.member = mg_etcdview_member(v, e);
		if (key.member == MG_NONE)
			continue;
		m = mg_cells_at(&v->cells, mg_cells_find(&v->cells, &key, &added));
		count(v, m, e);
		v->network += e->kind == MG_EV_ETCD_PEER || e->kind == MG_EV_ETCD_OVERLOAD ? e->count
											    : 0;
	}
	v->minute = v->cells.v;
	v->nminutes = v->cells.n;
	if (v->nminutes)
		qsort(v->minute, v->nminutes, sizeof(*v->minute), cmp_minute);
}

void mg_etcdview_build(struct mg_etcdview *v, const struct mg_case *c)
{
	*v = (struct mg_etcdview){ .c = c };
	mg_cells_init(&v->cells, sizeof(struct mg_etcd_minute),
		      offsetof(struct mg_etcd_minute, applies));
	v->of_artifact = mg_alloc((size_t)c->nartifacts * sizeof(*v->of_artifact));
	for (uint32_t a = 0; a < c->nartifacts; a++)
		v->of_artifact[a] = MG_NONE;
	members_of_logs(v);
	members_of_streams(v);
	ids_of_logs(v);
	details(v);
	sort_members(v);
	shorten(v);
	starts(v);
	defrag_spans(v);
	minutes(v);
}

void mg_etcdview_release(struct mg_etcdview *v)
{
	free(v->member);
	free(v->defrag);
	free(v->start);
	free(v->of_artifact);
	mg_cells_release(&v->cells);
	mg_arena_release(&v->arena);
}
