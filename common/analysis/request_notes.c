/* SPDX-License-Identifier: Apache-2.0 */
/* The few requests that are counted with more than their group: refused and applied objects,
 * watches by the minute they began in, expired watches and the lists after them, and writes
 * per resource and minute. */
#include "analysis/requests_internal.h"
#include "base/time.h"

/* A watch that ends sooner never sent an event: the server had no history to start from. */
#define WATCH_EXPIRED_NS (10 * MG_MS)

/* Minutes and slots fit 32 bits for some hundred years around 1970; others are cut. */
static int32_t slot_of(int64_t ns, int64_t width)
{
	int64_t slot = ns / width - (ns % width < 0);

	return slot < INT32_MIN ? INT32_MIN : slot > INT32_MAX ? INT32_MAX : (int32_t)slot;
}

/* The value of a query parameter; an empty view when it is absent or empty. */
static struct mg_str query_value(struct mg_str uri, struct mg_str key)
{
	struct mg_str path, query, param, k, v;

	mg_str_cut(uri, '?', &path, &query);
	while (query.n) {
		mg_str_cut(query, '&', &param, &query);
		mg_str_cut(param, '=', &k, &v);
		if (mg_str_eq(k, key))
			return v;
	}
	return mg_str("", 0);
}

/* Server-side apply: audit logs call it "patch".  Only an apply may carry `force`
 * (apimachinery, ValidatePatchOptions). */
static bool is_apply(const struct mg_request *q, enum mg_verb_class verb)
{
	if (verb == MG_VERB_PATCH)
		return query_value(q->uri, MG_STR("force")).n > 0;
	return verb == MG_VERB_OTHER && mg_str_eq(q->verb, MG_STR("apply"));
}

/* A reflector that lost its watch lists again from the version it had (client-go,
 * relistResourceVersion); the first list of a client asks for version 0 or none. */
static bool is_relist(const struct mg_request *q)
{
	struct mg_str rv = query_value(q->uri, MG_STR("resourceVersion"));

	return rv.n && !mg_str_eq(rv, MG_STR("0")) &&
	       !query_value(q->uri, MG_STR("continue")).n;
}

/* The cell of `key`.  A group meets the same one again and again: it remembers the last. */
static struct mg_request_note *cell_of(struct mg_requests *r, const struct mg_request_note *key,
				       uint32_t *last)
{
	struct mg_request_note *t;
	bool                    added;

	if (*last < r->notes.n) {
		t = mg_cells_at(&r->notes, *last);
		if (memcmp(t, key, r->notes.key) == 0)
			return t;
	}
	*last = mg_cells_find(&r->notes, key, &added);
	t = mg_cells_at(&r->notes, *last);
	if (added) {
		t->first_ns = INT64_MAX;
		t->last_ns = INT64_MIN;
	}
	return t;
}

static struct mg_request_note *note(struct mg_requests *r, const struct mg_request *q,
				    struct group_cell *g, const struct mg_request_note *key,
				    int64_t ns)
{
	struct mg_request_note *t = cell_of(r, key, &g->note);

	if (ns < t->first_ns ||
	    (ns == t->first_ns && mg_request_above(q->artifact, q->line, t->artifact, t->line))) {
		t->first_ns = ns;
		t->artifact = q->artifact;
		t->line = q->line;
	}
	if (ns > t->last_ns)
		t->last_ns = ns;
	t->count++;
	return t;
}

static void note_object(struct mg_requests *r, const struct mg_request *q, enum mg_note_sort sort,
			struct group_cell *g, int64_t end)
{
	struct mg_request_note key = { .sort = sort, .user = g->g.user, .resource = g->g.resource,
				       .ns = mg_intern_id(&r->texts, q->ns),
				       .name = mg_intern_id(&r->texts, q->name) };

	note(r, q, g, &key, end);
}

static void note_watch(struct mg_requests *r, const struct mg_request *q,
		       struct group_cell *g, int64_t end)
{
	struct mg_request_note key = { .sort = MG_NOTE_WATCH, .user = g->g.user };
	int64_t                life = 0;
	bool                   known = q->start_ns != MG_TIME_NONE && q->end_ns >= q->start_ns &&
		     !__builtin_sub_overflow(q->end_ns, q->start_ns, &life);

	if (q->code == 410 || (known && q->code == 200 && life < WATCH_EXPIRED_NS)) {
		key.sort = MG_NOTE_EXPIRED;
		key.resource = g->g.resource;
		key.slot = slot_of(end, MG_NOTE_SLOT_NS);
		note(r, q, g, &key, end);
	}
	if (!known || q->code >= 400)
		return;
	key = (struct mg_request_note){ .sort = MG_NOTE_WATCH, .user = g->g.user,
					.slot = slot_of(q->start_ns, MG_MIN) };
	note(r, q, g, &key, q->start_ns)->part += life < MG_MIN;
}

static void note_write(struct mg_requests *r, const struct mg_request *q, struct group_cell *g,
		       int64_t end)
{
	struct mg_request_note key = { .sort = MG_NOTE_WRITES, .resource = g->g.resource,
				       .slot = slot_of(end, MG_MIN) };

	note(r, q, g, &key, end);
}

static void note_expired(struct mg_requests *r, const struct mg_request *q,
			 enum mg_note_sort sort, struct group_cell *g, int64_t ns)
{
	struct mg_request_note key = { .sort = sort, .user = g->g.user, .resource = g->g.resource,
				       .slot = slot_of(ns, MG_NOTE_SLOT_NS) };

	note(r, q, g, &key, ns);
}

static void note_code(struct mg_requests *r, const struct mg_request *q, enum mg_verb_class verb,
		      struct group_cell *g, int64_t end)
{
	if (q->code == 409 && verb != MG_VERB_CREATE) /* a create means: it exists already */
		note_object(r, q, MG_NOTE_CONFLICT, g, end);
	else if (q->code == 422)
		note_object(r, q, MG_NOTE_INVALID, g, end);
	else if (q->code == 404 && verb == MG_VERB_GET)
		note_object(r, q, MG_NOTE_MISSING, g, end);
	else if (q->code == 410)
		note_expired(r, q, MG_NOTE_EXPIRED, g, end);
}

void mg_requests_note(struct mg_requests *r, const struct mg_request *q, enum mg_verb_class verb,
		      uint32_t group, int64_t end)
{
	struct group_cell *g = mg_cells_at(&r->groups, group);

	if (q->resource.n == 0)
		return;
	if (q->long_running) {
		if (verb == MG_VERB_WATCH)
			note_watch(r, q, g, end);
		return;
	}
	if (q->code >= 400)
		note_code(r, q, verb, g, end);
	if (verb == MG_VERB_LIST) {
		if (is_relist(q))
			note_expired(r, q, MG_NOTE_RELIST, g,
				     q->start_ns == MG_TIME_NONE ? end : q->start_ns);
	} else if (verb != MG_VERB_GET && verb != MG_VERB_OTHER) {
		note_write(r, q, g, end);
	}
	if (is_apply(q, verb))
		note_object(r, q, MG_NOTE_APPLY, g, end);
}

void mg_requests_merge_notes(struct mg_requests *to, const struct mg_requests *from,
			     const uint32_t *id)
{
	for (uint32_t i = 0; i < from->notes.n; i++) {
		const struct mg_request_note *f = mg_cells_at(&from->notes, i);
		struct mg_request_note        key = { .sort = f->sort, .slot = f->slot }, *t;
		uint32_t                      last = MG_NONE;
		bool                          object = f->sort <= MG_NOTE_APPLY;

		/* an id that the sort does not use is 0 and means no text */
		key.user = f->sort == MG_NOTE_WRITES ? 0 : id[f->user];
		key.resource = f->sort == MG_NOTE_WATCH ? 0 : id[f->resource];
		key.ns = object ? id[f->ns] : 0;
		key.name = object ? id[f->name] : 0;
		t = cell_of(to, &key, &last);
		if (f->first_ns < t->first_ns ||
		    (f->first_ns == t->first_ns &&
		     mg_request_above(f->artifact, f->line, t->artifact, t->line))) {
			t->first_ns = f->first_ns;
			t->artifact = f->artifact;
			t->line = f->line;
		}
		if (f->last_ns > t->last_ns)
			t->last_ns = f->last_ns;
		t->count += f->count;
		t->part += f->part;
	}
}

/* --- handing out ------------------------------------------------------------------- */

struct told {
	const struct mg_intern       *texts;
	const struct mg_request_note *n;
};

static int by_text(const struct told *a, uint32_t x, uint32_t y)
{
	return x == y ? 0 : mg_str_cmp(mg_intern_str(a->texts, x), mg_intern_str(a->texts, y));
}

static int by_note(const void *va, const void *vb)
{
	const struct told            *a = va;
	const struct mg_request_note *x = a->n, *y = ((const struct told *)vb)->n;
	int                           c;

	if (x->sort != y->sort)
		return x->sort < y->sort ? -1 : 1;
	if (x->slot != y->slot)
		return x->slot < y->slot ? -1 : 1;
	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	if ((c = by_text(a, x->user, y->user)) || (c = by_text(a, x->resource, y->resource)) ||
	    (c = by_text(a, x->ns, y->ns)))
		return c;
	return by_text(a, x->name, y->name);
}

static void sort_notes(struct mg_requests *r)
{
	struct told *v = mg_alloc((r->notes.n + 1) * sizeof(*v));

	r->out.notes = mg_alloc((r->notes.n + 1) * sizeof(*r->out.notes));
	for (uint32_t i = 0; i < r->notes.n; i++)
		v[i] = (struct told){ &r->texts, mg_cells_at(&r->notes, i) };
	if (r->notes.n)
		qsort(v, r->notes.n, sizeof(*v), by_note);
	for (uint32_t i = 0; i < r->notes.n; i++)
		r->out.notes[i] = *v[i].n;
	free(v);
}

const struct mg_request_note *mg_requests_notes(struct mg_requests *r, enum mg_note_sort sort,
						size_t *n)
{
	size_t lo = 0, hi;

	r->out.any = true;
	if (!r->out.notes)
		sort_notes(r);
	while (lo < r->notes.n && r->out.notes[lo].sort < sort)
		lo++;
	for (hi = lo; hi < r->notes.n && r->out.notes[hi].sort == sort; hi++)
		;
	*n = hi - lo;
	return r->out.notes + lo;
}
