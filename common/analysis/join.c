/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/join.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/map.h"
#include "base/mem.h"

struct mg_join_place {
	const struct mg_event *e;
	uint32_t               row;
};

/* A row while it is being put together. */
struct draft {
	struct mg_joined r;
	uint32_t         key; /* id of verb and path */
};

/* Where to look for it. */
struct slot {
	uint32_t key, draft;
	int64_t  ns;
};

struct joiner {
	struct mg_intern keys, ids;
	struct draft    *d;
	size_t           n, cap;
	uint32_t        *of_id; /* audit ID -> draft */
	size_t           nof_id, of_id_cap;
	struct slot     *slot;  /* drafts by key, then by start or end */
	size_t           nslots;
	bool             ends;  /* slots are by end */
};

const char *mg_witness_name(enum mg_witness w)
{
	static const char *const names[] = { "audit", "Trace", "httplog" };

	return names[w];
}

struct mg_str mg_join_plain(struct mg_str resource)
{
	struct mg_str plain = resource, group;

	mg_str_cut(resource, '.', &plain, &group);
	return plain;
}

static bool is_audit(const struct mg_event *e)
{
	return e->kind == MG_EV_AUDIT_SLOW || e->kind == MG_EV_AUDIT_LIST ||
	       e->kind == MG_EV_AUDIT_DELETECOLLECTION || e->kind == MG_EV_AUDIT_REQUEST;
}

/* --- who is who ------------------------------------------------------------------------- */

static enum mg_witness witness_of(const struct mg_event *e)
{
	return e->kind == MG_EV_APISERVER_TRACE ? MG_WITNESS_TRACE :
	       e->kind == MG_EV_APISERVER_HTTP ? MG_WITNESS_HTTP : MG_WITNESS_AUDIT;
}

static struct mg_str uri_of(const struct mg_event *e)
{
	return e->kind == MG_EV_APISERVER_TRACE ? mg_event_attr(e, "url") :
	       e->kind == MG_EV_APISERVER_HTTP ? mg_event_attr(e, "uri") : e->message;
}

static struct mg_str client_of(const struct mg_event *e)
{
	return mg_event_attr(e, is_audit(e) ? "source_ip" : "client");
}

/* Verb and path; a Trace has no query.  httplog says APPLY where the audit log says patch. */
static uint32_t key_of(struct joiner *j, const struct mg_event *e)
{
	struct mg_str path, query, verb = e->verb;
	struct mg_buf b = { 0 };
	uint32_t      id;

	mg_str_cut(uri_of(e), '?', &path, &query);
	if (mg_str_eq(verb, MG_STR("apply")))
		verb = MG_STR("patch");
	mg_buf_printf(&b, "%.*s %.*s", MG_FMT(verb), MG_FMT(path));
	id = mg_intern_id(&j->keys, mg_buf_str(&b));
	mg_buf_release(&b);
	return id;
}

static bool differ(struct mg_str a, struct mg_str b)
{
	return a.n && b.n && !mg_str_eq(a, b);
}

static bool cut_short(struct mg_str agent)
{
	return mg_str_ends(agent, MG_STR("TRUNCATED")) || mg_str_ends(agent, MG_STR("\xe2\x80\xa6"));
}

/* May both be the same request, by all that is not time? */
static bool compatible(const struct mg_joined *r, const struct mg_event *e)
{
	struct mg_str agent = mg_event_attr(e, "user_agent"), client = client_of(e);

	for (int w = 0; w < MG_WITNESSES; w++) {
		const struct mg_event *o = r->by[w];
		struct mg_str          other;

		if (!o)
			continue;
		other = mg_event_attr(o, "user_agent");
		if (differ(o->node, e->node) || differ(o->audit_id, e->audit_id) ||
		    differ(client_of(o), client) ||
		    (differ(other, agent) && !cut_short(other) && !cut_short(agent)))
			return false;
	}
	return true;
}

/* --- rows ------------------------------------------------------------------------------- */

static void attach(struct joiner *j, uint32_t at, const struct mg_event *e)
{
	struct mg_joined *r = &j->d[at].r;
	uint32_t          id;

	r->by[witness_of(e)] = e;
	r->first = r->first ? r->first : e; /* the audit log is asked first */
	r->told_by++;
	if (e->duration_ns > r->took_ns) {
		r->took_ns = e->duration_ns;
		r->start_ns = e->time_ns;
	}
	if (!e->audit_id.n)
		return;
	id = mg_intern_id(&j->ids, e->audit_id);
	if (id == j->nof_id)
		MG_PUSH(j->of_id, j->nof_id, j->of_id_cap, at);
}

static void add(struct joiner *j, const struct mg_event *e)
{
	struct draft d = { .r = { .request = true, .took_ns = -1 } };

	d.key = key_of(j, e);
	MG_PUSH(j->d, j->n, j->cap, d);
	attach(j, (uint32_t)j->n - 1, e);
}

/* The draft that has this audit ID and lacks this witness; MG_NONE. */
static uint32_t by_id(const struct joiner *j, const struct mg_event *e)
{
	uint32_t id = e->audit_id.n ? mg_intern_find(&j->ids, e->audit_id) : MG_NONE;

	if (id == MG_NONE || j->d[j->of_id[id]].r.by[witness_of(e)] ||
	    differ(j->d[j->of_id[id]].r.first->node, e->node))
		return MG_NONE;
	return j->of_id[id];
}

/* --- by time ---------------------------------------------------------------------------- */

static int by_key_and_time(const void *pa, const void *pb)
{
	const struct slot *a = pa, *b = pb;

	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	if (a->ns != b->ns)
		return a->ns < b->ns ? -1 : 1;
	return a->draft < b->draft ? -1 : a->draft > b->draft;
}

static void sort_drafts(struct joiner *j, bool ends)
{
	free(j->slot);
	j->slot = mg_alloc((j->n + 1) * sizeof(*j->slot));
	j->nslots = j->n;
	j->ends = ends;
	for (uint32_t i = 0; i < j->n; i++) {
		const struct mg_joined *r = &j->d[i].r;

		j->slot[i] = (struct slot){ j->d[i].key, i, r->start_ns + (ends ? r->took_ns : 0) };
	}
	if (j->n)
		qsort(j->slot, j->n, sizeof(*j->slot), by_key_and_time);
}

static size_t first_near(const struct joiner *j, uint32_t key, int64_t ns)
{
	size_t lo = 0, hi = j->nslots;

	while (lo < hi) {
		size_t             mid = lo + (hi - lo) / 2;
		const struct slot *s = &j->slot[mid];

		if (s->key < key || (s->key == key && s->ns < ns))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* Of the requests that began (or ended) with `e` the one whose other end is nearest. */
static uint32_t by_time(struct joiner *j, const struct mg_event *e)
{
	int64_t  end = mg_event_end(e), at = j->ends ? end : e->time_ns, best = 0;
	uint32_t key = key_of(j, e), found = MG_NONE;

	for (size_t i = first_near(j, key, at - MG_JOIN_NEAR_NS); i < j->nslots; i++) {
		const struct slot      *s = &j->slot[i];
		const struct mg_joined *r = &j->d[s->draft].r;
		int64_t                 cost;

		if (s->key != key || s->ns > at + MG_JOIN_NEAR_NS)
			break;
		if (r->by[witness_of(e)] || !compatible(r, e))
			continue;
		cost = llabs(r->start_ns - e->time_ns) + llabs(r->start_ns + r->took_ns - end);
		if (found == MG_NONE || cost < best) {
			found = s->draft;
			best = cost;
		}
	}
	return found;
}

static bool tells(const struct mg_event *e, enum mg_witness w)
{
	if (e->time_ns == MG_TIME_NONE || e->duration_ns < 0)
		return false;
	if (w == MG_WITNESS_AUDIT)
		return is_audit(e);
	return w == MG_WITNESS_TRACE ? e->kind == MG_EV_APISERVER_TRACE && e->verb.n
				     : e->kind == MG_EV_APISERVER_HTTP;
}

/* The events of one artifact find the request they tell of, first by audit ID, then among
 * those that began together, then among those that ended together; else they are one. */
static void join(struct joiner *j, const struct mg_case *c, enum mg_witness w)
{
	bool *done = mg_zalloc(c->events.n + 1);

	for (int pass = 0; pass < 3; pass++) {
		if (pass)
			sort_drafts(j, pass == 2);
		for (size_t i = 0; i < c->events.n; i++) {
			const struct mg_event *e = &c->events.ev[i];
			uint32_t               at;

			if (done[i] || !tells(e, w))
				continue;
			at = pass ? by_time(j, e) : by_id(j, e);
			if (at == MG_NONE)
				continue;
			attach(j, at, e);
			done[i] = true;
		}
	}
	for (size_t i = 0; i < c->events.n; i++)
		if (!done[i] && tells(&c->events.ev[i], w))
			add(j, &c->events.ev[i]);
	free(done);
}

/* One request may be an event of several kinds (slow, list, deletecollection): they have the
 * same place and so are neighbours. */
static void collect_audit(struct joiner *j, const struct mg_case *c)
{
	const struct mg_event *last = NULL;

	for (size_t i = 0; i < c->events.n; i++) {
		const struct mg_event *e = &c->events.ev[i];

		if (!tells(e, MG_WITNESS_AUDIT) ||
		    (last && last->artifact == e->artifact && last->line == e->line &&
		     last->time_ns == e->time_ns))
			continue;
		add(j, e);
		last = e;
	}
}

/* --- the result ------------------------------------------------------------------------- */

static int by_start(const void *pa, const void *pb)
{
	const struct mg_joined *a = pa, *b = pb;

	if (a->start_ns != b->start_ns)
		return a->start_ns < b->start_ns ? -1 : 1;
	return mg_event_cmp(a->first, b->first);
}

static int by_place(const void *pa, const void *pb)
{
	const struct mg_join_place *a = pa, *b = pb;

	if (a->e->artifact != b->e->artifact)
		return a->e->artifact < b->e->artifact ? -1 : 1;
	return a->e->line < b->e->line ? -1 : a->e->line > b->e->line;
}

static void keep_slow(struct mg_join *out, const struct joiner *j)
{
	for (size_t i = 0; i < j->n; i++)
		if (j->d[i].r.took_ns >= MG_JOIN_SLOW_NS)
			MG_PUSH(out->row, out->n, out->cap, j->d[i].r);
}

static void index_places(struct mg_join *out)
{
	for (size_t i = 0; i < out->n; i++) {
		struct mg_joined *r = &out->row[i];

		out->told_by[r->told_by] += r->request;
		for (int w = 0; w < MG_WITNESSES; w++) {
			struct mg_join_place p = { r->by[w], (uint32_t)i };

			if (p.e)
				MG_PUSH(out->place, out->nplaces, out->places_cap, p);
		}
	}
	if (out->nplaces)
		qsort(out->place, out->nplaces, sizeof(*out->place), by_place);
}

static void sort_rows(struct mg_join *out)
{
	if (out->n)
		qsort(out->row, out->n, sizeof(*out->row), by_start);
}

void mg_join_build(struct mg_join *out, const struct mg_case *c)
{
	struct joiner j = { 0 };

	*out = (struct mg_join){ 0 };
	collect_audit(&j, c);
	join(&j, c, MG_WITNESS_TRACE);
	join(&j, c, MG_WITNESS_HTTP);
	keep_slow(out, &j);
	sort_rows(out);
	mg_join_spend(out, c);
	sort_rows(out); /* operations without a request came to them */
	index_places(out);
	free(j.d);
	free(j.of_id);
	free(j.slot);
	mg_intern_release(&j.keys);
	mg_intern_release(&j.ids);
}

void mg_join_release(struct mg_join *j)
{
	free(j->row);
	free(j->place);
	*j = (struct mg_join){ 0 };
}

const struct mg_joined *mg_join_at(const struct mg_join *j, const struct mg_event *e)
{
	struct mg_join_place key = { e, 0 }, *p;

	if (!e->line || !j->nplaces)
		return NULL;
	p = bsearch(&key, j->place, j->nplaces, sizeof(*j->place), by_place);
	return p && p->e->time_ns == e->time_ns ? &j->row[p->row] : NULL;
}

struct mg_str mg_joined_user(const struct mg_joined *r)
{
	for (int w = 0; w < MG_WITNESSES; w++)
		if (r->by[w] && r->by[w]->user.n)
			return r->by[w]->user;
	return mg_str("", 0);
}

uint32_t mg_joined_code(const struct mg_joined *r)
{
	for (int w = 0; w < MG_WITNESSES; w++)
		if (r->by[w] && r->by[w]->code)
			return r->by[w]->code;
	return 0;
}
