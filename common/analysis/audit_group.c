/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/audit_group.h"

#include "analysis/audit_filter.h"
#include "analysis/product.h"

void mg_audit_groups_init(struct mg_audit_groups *g)
{
	*g = (struct mg_audit_groups){ 0 };
	mg_cells_init(&g->groups, sizeof(struct mg_audit_group),
		      sizeof(uint32_t) * MG_AUDIT_MAX_KEYS);
	mg_cells_init(&g->codes, sizeof(struct mg_audit_code), 2 * sizeof(uint32_t));
}

/* --- counting ---------------------------------------------------------------------- */

static bool earlier(int64_t a, int64_t b)
{
	return a != MG_TIME_NONE && (b == MG_TIME_NONE || a < b);
}

static struct mg_audit_group *group_of(struct mg_audit_groups *g, const uint32_t *key,
				       uint64_t hash, uint32_t *i, bool *added)
{
	struct mg_audit_group *e;

	*i = mg_cells_find_hashed(&g->groups, key, hash, added);
	e = mg_cells_at(&g->groups, *i);
	if (*added) {
		memcpy(e->key, key, sizeof(e->key)); /* also those that are not used */
		e->first_ns = e->last_ns = MG_TIME_NONE;
	}
	return e;
}

static void count_code(struct mg_audit_groups *g, uint32_t group, uint32_t code, uint64_t n)
{
	uint32_t key[2] = { group, code }, i;
	bool     added;

	i = mg_cells_find(&g->codes, key, &added);
	((struct mg_audit_code *)mg_cells_at(&g->codes, i))->count += n;
}

static int64_t second_of(int64_t ns)
{
	return ns / MG_SEC - (ns % MG_SEC < 0);
}

/* Does a request that was received at `start_ns` stand before `e`? */
static bool stands_before(const struct mg_audit_earliest *e, int64_t start_ns, uint32_t artifact,
			  uint64_t line)
{
	if (start_ns != e->start_ns)
		return earlier(start_ns, e->start_ns);
	return artifact != e->artifact ? artifact < e->artifact : line < e->line;
}

static void note_earliest(struct mg_audit_groups *g, struct mg_audit_group *e, struct mg_str uri,
			  int64_t start_ns, uint32_t artifact, uint64_t line)
{
	if (!e->earliest)
		e->earliest = mg_arena_alloc(&g->arena, sizeof(*e->earliest));
	else if (!stands_before(e->earliest, start_ns, artifact, line))
		return;
	*e->earliest = (struct mg_audit_earliest){ mg_arena_str(&g->arena, uri), start_ns, line,
						   artifact };
}

/* --- many requests at once --------------------------------------------------------------- */

#define TOGETHER 32

/* One of those that wait; its group is known once all texts have ids. */
struct waiting {
	int64_t       start_ns, took_ns; /* took -1: no latency        */
	uint32_t      code;              /* MG_NONE: not to be counted */
	uint32_t      group;
	uint32_t      second; /* of start_ns, as in mg_seconds */
	uint64_t      hash;   /* of what is looked for next */
	struct mg_str uri;
	uint64_t      line;
	uint32_t      artifact;
};

struct mg_audit_waiting {
	const struct mg_audit_by *by;
	unsigned       n;
	struct waiting one[TOGETHER];
	struct mg_str  text[MG_AUDIT_MAX_KEYS][TOGETHER];
	uint32_t       id[MG_AUDIT_MAX_KEYS][TOGETHER];
	uint32_t       key[TOGETHER][MG_AUDIT_MAX_KEYS];
	size_t         used; /* of the buffer, by texts that the event does not hold */
	char           buf[(MG_AUDIT_MAX_KEYS + 2) * MG_AUDIT_KEY_TEXT];
};

static struct mg_audit_group *group_at(const struct mg_audit_groups *g, uint32_t i)
{
	return mg_cells_at(&g->groups, i);
}

static void find_keys(struct mg_audit_groups *g, struct mg_audit_waiting *w)
{
	for (unsigned k = 0; k < w->by->n; k++)
		mg_intern_ids(&g->texts, w->text[k], w->n, w->id[k]);
	for (unsigned i = 0; i < w->n; i++) {
		for (unsigned k = 0; k < MG_AUDIT_MAX_KEYS; k++)
			w->key[i][k] = k < w->by->n ? w->id[k][i] : MG_NONE;
		w->one[i].hash = mg_cells_hash(&g->groups, w->key[i]);
		mg_cells_ask_slot(&g->groups, w->one[i].hash);
	}
}

static void count_one(struct mg_audit_groups *g, const uint32_t *key, struct waiting *one,
		      bool sections)
{
	bool                   added;
	struct mg_audit_group *e = group_of(g, key, one->hash, &one->group, &added);

	e->count++;
	if (sections)
		note_earliest(g, e, one->uri, one->start_ns, one->artifact, one->line);
	if (earlier(one->start_ns, e->first_ns))
		e->first_ns = one->start_ns;
	if (one->start_ns > e->last_ns)
		e->last_ns = one->start_ns;
	__builtin_prefetch(e->took.hist);
	__builtin_prefetch(e->seconds.run, 1);
}

/* Latencies, codes and seconds of requests whose groups are known. */
static void count_details(struct mg_audit_groups *g, struct mg_audit_waiting *w)
{
	bool latency = w->by->detail & MG_AUDIT_LATENCY, codes = w->by->detail & MG_AUDIT_CODES;
	bool seconds = w->by->detail & MG_AUDIT_SECONDS;

	for (unsigned i = 0; latency && i < w->n; i++) {
		const struct waiting *one = &w->one[i];

		mg_spread_ask(&group_at(g, one->group)->took, one->took_ns);
	}
	for (unsigned i = 0; i < w->n; i++) {
		const struct waiting *one = &w->one[i];

		if (latency && one->took_ns >= 0)
			mg_spread_add(&group_at(g, one->group)->took, one->took_ns);
		if (codes && one->code != MG_NONE)
			count_code(g, one->group, one->code, 1);
		if (seconds && one->start_ns != MG_TIME_NONE)
			mg_seconds_add(&group_at(g, one->group)->seconds, one->second, 1);
	}
}

void mg_audit_groups_settle(struct mg_audit_groups *g)
{
	struct mg_audit_waiting *w = g->waiting;

	if (!w || w->n == 0)
		return;
	find_keys(g, w);
	for (unsigned i = 0; i < w->n; i++)
		mg_cells_ask_element(&g->groups, w->one[i].hash);
	for (unsigned i = 0; i < w->n; i++)
		count_one(g, w->key[i], &w->one[i], w->by->sections);
	if (w->by->detail)
		count_details(g, w);
	w->n = 0;
	w->used = 0;
}

/* Room for one more. */
static struct mg_audit_waiting *room(struct mg_audit_groups *g, const struct mg_audit_by *by)
{
	struct mg_audit_waiting *w = g->waiting;

	if (!w) {
		g->waiting = w = mg_alloc(sizeof(*w));
		w->by = by;
		w->n = 0;
		w->used = 0;
		g->groups.key = by->n * sizeof(uint32_t); /* fewer to hash and to compare */
	}
	if (w->n == TOGETHER || w->used + by->n * MG_AUDIT_KEY_TEXT > sizeof(w->buf))
		mg_audit_groups_settle(g);
	return w;
}

/* `text` is the value of key `k` of the request that is being added. */
static void set_text(struct mg_audit_waiting *w, unsigned k, struct mg_str text)
{
	w->text[k][w->n] = text;
	if (text.p == w->buf + w->used)
		w->used += text.n;
}

static void add_one(struct mg_audit_waiting *w, const struct mg_request *q)
{
	bool all = w->by->sections;

	w->one[w->n++] = (struct waiting){
		.start_ns = q->start_ns, .second = (uint32_t)second_of(q->start_ns),
		.took_ns = w->by->long_running || !q->long_running ? mg_audit_duration(q) : -1,
		.code = all || q->code >= 400 ? q->code : MG_NONE,
		.uri = q->uri, .line = q->line, .artifact = q->artifact };
}

static void set_texts(struct mg_audit_waiting *w, const struct mg_audit *a,
		      const struct mg_request *q)
{
	for (unsigned k = 0; k < w->by->n; k++)
		set_text(w, k, mg_audit_key_text(w->by->key[k], a, q, w->buf + w->used));
}

/* Once for each group of the user; under no name when there is none. */
static void add_user_groups(struct mg_audit_groups *g, unsigned at, const struct mg_audit *a,
			    const struct mg_request *q)
{
	const struct mg_audit_by *by = g->waiting->by;
	struct mg_json_iter       it;
	struct mg_json_value      v;
	bool                      any = false;

	mg_json_iter_init(&it, a->groups);
	while (a->groups.n && mg_json_element(&it, &v) == MG_OK) {
		struct mg_audit_waiting *w = room(g, by);

		set_texts(w, a, q);
		set_text(w, at, mg_json_plain(mg_json_text(&v), w->buf + w->used, MG_AUDIT_KEY_TEXT));
		add_one(w, q);
		any = true;
	}
	if (!any) {
		set_texts(room(g, by), a, q);
		set_text(g->waiting, at, MG_STR(""));
		add_one(g->waiting, q);
	}
}

void mg_audit_groups_add(struct mg_audit_groups *g, const struct mg_audit_by *by,
			 const struct mg_audit *a, const struct mg_request *q)
{
	struct mg_audit_waiting *w = room(g, by);

	for (unsigned k = 0; k < by->n; k++)
		if (by->key[k] == MG_BY_GROUP) {
			add_user_groups(g, k, a, q);
			return;
		}
	set_texts(w, a, q);
	add_one(w, q);
}

/* --- merging -------------------------------------------------------------------------- */

static void merge_group(struct mg_audit_groups *g, struct mg_audit_group *f, const uint32_t *key,
			uint32_t *place)
{
	bool                   added;
	struct mg_audit_group *e = group_of(g, key, mg_cells_hash(&g->groups, key), place, &added);

	if (f->earliest)
		note_earliest(g, e, f->earliest->uri, f->earliest->start_ns, f->earliest->artifact,
			      f->earliest->line);
	if (earlier(f->first_ns, e->first_ns))
		e->first_ns = f->first_ns;
	if (f->last_ns > e->last_ns)
		e->last_ns = f->last_ns;
	e->count += f->count;
	mg_spread_merge(&e->took, &f->took);
	mg_seconds_merge(&e->seconds, &f->seconds);
}

static void absorb_codes(struct mg_audit_groups *g, const struct mg_audit_groups *from,
			 const uint32_t *place)
{
	for (uint32_t i = 0; i < from->codes.n; i++) {
		const struct mg_audit_code *c = mg_cells_at(&from->codes, i);

		count_code(g, place[c->group], c->code, c->count);
	}
}

/* `id` maps the texts of `from` to those of `g`, for key `only` alone unless it is
 * MG_AUDIT_MAX_KEYS; the others keep their ids. */
static void absorb(struct mg_audit_groups *g, struct mg_audit_groups *from, const uint32_t *id,
		   unsigned only)
{
	uint32_t *place = mg_alloc(sizeof(*place) * (from->groups.n + 1));

	if (g->groups.n == 0)
		g->groups.key = from->groups.key;
	for (uint32_t i = 0; i < from->groups.n; i++) {
		struct mg_audit_group *f = mg_cells_at(&from->groups, i);
		uint32_t               key[MG_AUDIT_MAX_KEYS];

		for (unsigned k = 0; k < MG_AUDIT_MAX_KEYS; k++) {
			bool maps = f->key[k] != MG_NONE && (only == MG_AUDIT_MAX_KEYS || only == k);

			key[k] = maps ? id[f->key[k]] : f->key[k];
		}
		merge_group(g, f, key, &place[i]);
	}
	absorb_codes(g, from, place);
	free(place);
}

void mg_audit_groups_merge(struct mg_audit_groups *g, struct mg_audit_groups *from)
{
	uint32_t *id;

	mg_audit_groups_settle(g);
	if (g->groups.n == 0) { /* nothing to add to */
		struct mg_audit_groups empty = *g;

		*g = *from;
		*from = empty;
		return;
	}
	mg_audit_groups_settle(from);
	id = mg_alloc(sizeof(*id) * (from->texts.n + 1));
	mg_intern_merge(&g->texts, &from->texts, id);
	absorb(g, from, id, MG_AUDIT_MAX_KEYS);
	free(id);
}

struct mg_str *mg_audit_products(const struct mg_cells *cells, unsigned k,
				 const struct mg_intern *texts, struct mg_arena *arena)
{
	uint32_t       n = texts->n, nusers = 0, *users = mg_alloc(sizeof(*users) * (n + 1));
	struct mg_str *name = mg_alloc(sizeof(*name) * (n + 1));
	struct mg_str *product = mg_alloc(sizeof(*product) * (n + 1));
	struct mg_str *of = mg_arena_alloc(arena, sizeof(*of) * (n + 1));
	bool          *seen = mg_zalloc(n + 1);

	for (uint32_t i = 0; i < cells->n; i++) {
		uint32_t u = ((const uint32_t *)mg_cells_at(cells, i))[k];

		if (!seen[u]) {
			seen[u] = true;
			name[nusers] = mg_intern_str(texts, u);
			users[nusers++] = u;
		}
	}
	mg_products(name, product, nusers, arena);
	memset(of, 0, sizeof(*of) * (n + 1));
	for (uint32_t i = 0; i < nusers; i++)
		of[users[i]] = mg_arena_str(arena, product[i]);
	free(seen);
	free(product);
	free(name);
	free(users);
	return of;
}

static void use_products(struct mg_audit_groups *g, unsigned k)
{
	struct mg_audit_groups old = *g;
	struct mg_arena        arena = { 0 };
	uint32_t               n = g->texts.n, *id = mg_alloc(sizeof(*id) * (n + 1));
	struct mg_str         *product = mg_audit_products(&g->groups, k, &g->texts, &arena);

	mg_audit_groups_init(g);
	g->texts = old.texts; /* ids stay; products are added */
	memset(&old.texts, 0, sizeof(old.texts));
	for (uint32_t i = 0; i < n; i++)
		id[i] = product[i].n ? mg_intern_id(&g->texts, product[i]) : i;
	absorb(g, &old, id, k);
	mg_audit_groups_release(&old);
	mg_arena_release(&arena);
	free(id);
}

void mg_audit_groups_finish(struct mg_audit_groups *g, const struct mg_audit_by *by)
{
	mg_audit_groups_settle(g);
	for (unsigned k = 0; k < by->n; k++)
		if (by->key[k] == MG_BY_PRODUCT)
			use_products(g, k);
}

/* A second by its low 32 bits: the one at or after `first`. */
static int64_t whole_second(int64_t first, uint32_t second)
{
	return first + (int64_t)(uint32_t)(second - (uint32_t)first);
}

struct moving {
	int64_t (*move)(const void *ctx, int64_t ns);
	const void *ctx;
	int64_t     first;           /* second of the group, before            */
	int64_t     earliest, latest; /* second, after; earliest > latest: none */
};

static uint32_t moved_second(void *ctx, uint32_t second)
{
	struct moving *m = ctx;
	int64_t        to = second_of(m->move(m->ctx, whole_second(m->first, second) * MG_SEC));

	if (to < m->earliest)
		m->earliest = to;
	if (to > m->latest)
		m->latest = to;
	return (uint32_t)to;
}

static void move_group(struct mg_audit_group *e, struct moving m)
{
	m.first = second_of(e->first_ns);
	m.earliest = INT64_MAX;
	m.latest = INT64_MIN;
	mg_seconds_move(&e->seconds, moved_second, &m);
	e->first_ns = m.move(m.ctx, e->first_ns);
	e->last_ns = m.move(m.ctx, e->last_ns);
	/* the year changed in between, and the first in the calendar is no longer the first: of
	 * the others whole seconds are known */
	if (e->first_ns > e->last_ns && m.earliest <= m.latest) {
		e->first_ns = m.earliest * MG_SEC;
		e->last_ns = m.latest * MG_SEC;
	}
	if (e->earliest && e->earliest->start_ns != MG_TIME_NONE)
		e->earliest->start_ns = m.move(m.ctx, e->earliest->start_ns);
}

void mg_audit_groups_move(struct mg_audit_groups *g, int64_t (*move)(const void *ctx, int64_t ns),
			  const void *ctx)
{
	mg_audit_groups_settle(g);
	for (uint32_t i = 0; i < g->groups.n; i++)
		if (group_at(g, i)->first_ns != MG_TIME_NONE)
			move_group(group_at(g, i), (struct moving){ .move = move, .ctx = ctx });
}

void mg_audit_groups_release(struct mg_audit_groups *g)
{
	for (uint32_t i = 0; i < g->groups.n; i++) {
		struct mg_audit_group *e = mg_cells_at(&g->groups, i);

		mg_spread_release(&e->took);
		mg_seconds_release(&e->seconds);
	}
	mg_arena_release(&g->arena);
	mg_intern_release(&g->texts);
	mg_cells_release(&g->groups);
	mg_cells_release(&g->codes);
	free(g->waiting);
	mg_audit_groups_init(g);
}

/* --- what was counted ---------------------------------------------------------------------- */

struct mg_audit_busiest *mg_audit_groups_busiest(const struct mg_audit_groups *g)
{
	struct mg_audit_busiest *v = mg_zalloc(sizeof(*v) * (g->groups.n + 1));

	for (uint32_t i = 0; i < g->groups.n; i++) {
		const struct mg_audit_group *e = mg_cells_at(&g->groups, i);
		int64_t  first = e->first_ns == MG_TIME_NONE ? 0 : second_of(e->first_ns);
		uint32_t second;

		v[i].count = mg_seconds_busiest(&e->seconds, (uint32_t)first, &second);
		v[i].second = whole_second(first, second);
	}
	return v;
}

static int by_code(const void *va, const void *vb)
{
	const struct mg_audit_code *a = va, *b = vb;

	if (a->group != b->group)
		return a->group < b->group ? -1 : 1;
	return a->code < b->code ? -1 : a->code > b->code;
}

struct mg_audit_code *mg_audit_groups_codes(const struct mg_audit_groups *g)
{
	struct mg_audit_code *v = mg_alloc(sizeof(*v) * (g->codes.n + 1));

	if (g->codes.n) {
		memcpy(v, g->codes.v, sizeof(*v) * g->codes.n);
		qsort(v, g->codes.n, sizeof(*v), by_code);
	}
	return v;
}

const struct mg_audit_code *mg_audit_codes_of(const struct mg_audit_code *v, size_t n,
					      uint32_t group, size_t *ngroup)
{
	size_t lo = 0, hi = n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (v[mid].group < group)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (*ngroup = 0; lo + *ngroup < n && v[lo + *ngroup].group == group; ++*ngroup)
		;
	return v + lo;
}
