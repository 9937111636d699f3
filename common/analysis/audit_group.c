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
				       uint32_t *i, bool *added)
{
	struct mg_audit_group *e;

	*i = mg_cells_find(&g->groups, key, added);
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

#define AHEAD 8 /* samples */

/* Let the memory that the sample at `i` will need be fetched. */
static void ask_ahead(const struct mg_audit_groups *g, size_t i)
{
	const struct mg_audit_group *e;

	if (i >= g->nsamples)
		return;
	e = mg_cells_at(&g->groups, g->samples[i].group);
	if (e->took.hist)
		mg_hist_ask(e->took.hist, g->samples[i].took_ns);
}

/* Count what waits. */
static void take_samples(struct mg_audit_groups *g)
{
	for (size_t i = 0; i < g->nsamples; i++) {
		const struct mg_audit_sample *s = &g->samples[i];
		struct mg_audit_group        *e = mg_cells_at(&g->groups, s->group);

		ask_ahead(g, i + AHEAD);
		if (s->took_ns >= 0)
			mg_spread_add(&e->took, s->took_ns);
		if (s->code != MG_NONE)
			count_code(g, s->group, s->code, 1);
		if (s->timed)
			mg_seconds_add(&e->seconds, s->second, 1);
	}
	g->nsamples = 0;
}

static void add_sample(struct mg_audit_groups *g, struct mg_audit_sample s)
{
	if (!g->samples)
		g->samples = mg_alloc(MG_AUDIT_SAMPLES * sizeof(*g->samples));
	g->samples[g->nsamples++] = s;
	if (g->nsamples == MG_AUDIT_SAMPLES)
		take_samples(g);
}

static void add_one(struct mg_audit_groups *g, const struct mg_audit_by *by, const uint32_t *key,
		    const struct mg_request *q)
{
	uint32_t               i;
	bool                   added;
	struct mg_audit_group *e = group_of(g, key, &i, &added);

	e->count++;
	if (by->sections)
		note_earliest(g, e, q->uri, q->start_ns, q->artifact, q->line);
	if (earlier(q->start_ns, e->first_ns))
		e->first_ns = q->start_ns;
	if (q->start_ns > e->last_ns)
		e->last_ns = q->start_ns;
	if (by->detail || by->sections)
		add_sample(g, (struct mg_audit_sample){
			i, by->sections || q->code >= 400 ? q->code : MG_NONE,
			q->start_ns == MG_TIME_NONE ? 0 : (uint32_t)second_of(q->start_ns),
			by->detail && q->start_ns != MG_TIME_NONE,
			by->long_running || !q->long_running ? mg_audit_duration(q) : -1 });
}

/* Once for each group of the user; under no name when there is none. */
static void add_user_groups(struct mg_audit_groups *g, const struct mg_audit_by *by,
			    uint32_t *key, unsigned at, const struct mg_audit *a,
			    const struct mg_request *q)
{
	struct mg_json_iter  it;
	struct mg_json_value v;
	char                 buf[MG_AUDIT_KEY_TEXT];
	bool                 any = false;

	mg_json_iter_init(&it, a->groups);
	while (a->groups.n && mg_json_element(&it, &v) == MG_OK) {
		key[at] = mg_intern_id(&g->texts,
				       mg_json_plain(mg_json_text(&v), buf, sizeof(buf)));
		add_one(g, by, key, q);
		any = true;
	}
	if (!any) {
		key[at] = mg_intern_id(&g->texts, MG_STR(""));
		add_one(g, by, key, q);
	}
}

void mg_audit_groups_add(struct mg_audit_groups *g, const struct mg_audit_by *by,
			 const struct mg_audit *a, const struct mg_request *q)
{
	uint32_t key[MG_AUDIT_MAX_KEYS];
	unsigned several = MG_AUDIT_MAX_KEYS;
	char     buf[MG_AUDIT_KEY_TEXT];

	if (g->groups.n == 0)
		g->groups.key = by->n * sizeof(*key); /* fewer to hash and to compare */
	for (unsigned k = 0; k < MG_AUDIT_MAX_KEYS; k++) {
		if (k < by->n && by->key[k] == MG_BY_GROUP)
			several = k;
		key[k] = k < by->n ? mg_intern_id(&g->texts,
						  mg_audit_key_text(by->key[k], a, q, buf))
				   : MG_NONE;
	}
	if (several < MG_AUDIT_MAX_KEYS)
		add_user_groups(g, by, key, several, a, q);
	else
		add_one(g, by, key, q);
}

/* --- merging -------------------------------------------------------------------------- */

static void merge_group(struct mg_audit_groups *g, struct mg_audit_group *f, const uint32_t *key,
			uint32_t *place)
{
	bool                   added;
	struct mg_audit_group *e = group_of(g, key, place, &added);

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

static void absorb_cells(struct mg_audit_groups *g, const struct mg_audit_groups *from,
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
	absorb_cells(g, from, place);
	free(place);
}

void mg_audit_groups_merge(struct mg_audit_groups *g, struct mg_audit_groups *from)
{
	uint32_t *id;

	if (g->groups.n == 0) { /* nothing to add to */
		struct mg_audit_groups empty = *g;

		*g = *from;
		*from = empty;
		return;
	}
	take_samples(from);
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
	take_samples(g);
	for (unsigned k = 0; k < by->n; k++)
		if (by->key[k] == MG_BY_PRODUCT)
			use_products(g, k);
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
	free(g->samples);
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
		v[i].second = first + (int64_t)(uint32_t)(second - (uint32_t)first);
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
