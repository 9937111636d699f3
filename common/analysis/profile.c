/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/profile.h"

/* Sums wrap like upstream's; a hostile profile must not be undefined behaviour. */
static int64_t add(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a + (uint64_t)b);
}

static int64_t negate(int64_t v)
{
	return (int64_t)(0 - (uint64_t)v);
}

static int64_t magnitude(int64_t v)
{
	return v < 0 ? negate(v) : v;
}

void mg_profile_init(struct mg_profile *g, bool with_edges)
{
	*g = (struct mg_profile){ .with_edges = with_edges };
}

void mg_profile_release(struct mg_profile *g)
{
	mg_intern_release(&g->names);
	mg_intern_release(&g->pairs);
	free(g->nodes);
	free(g->edges);
	free(g->order);
	mg_profile_init(g, false);
}

/* --- counting -------------------------------------------------------------------------------- */

static uint32_t node_of(struct mg_profile *g, struct mg_str name)
{
	uint32_t id = mg_intern_id(&g->names, name);

	if (id == g->nnodes) {
		struct mg_profile_node n = { .name = mg_intern_str(&g->names, id) };

		MG_PUSH(g->nodes, g->nnodes, g->nodes_cap, n);
	}
	return id;
}

static void add_edge(struct mg_profile *g, uint32_t from, uint32_t to, int64_t v, bool inlined)
{
	uint32_t pair[2] = { from, to };
	uint32_t id = mg_intern_id(&g->pairs, mg_str((const char *)pair, sizeof(pair)));

	if (id == g->nedges) {
		struct mg_profile_edge e = { .from = from, .to = to, .inlined = true };

		MG_PUSH(g->edges, g->nedges, g->edges_cap, e);
	}
	if (g->edges[id].seen == g->epoch)
		return;
	g->edges[id].seen = g->epoch;
	g->edges[id].weight = add(g->edges[id].weight, v);
	g->edges[id].inlined &= inlined;
}

/* From the root to the leaf.  `ids`: node of each function of the profile. */
static void add_stack(struct mg_profile *g, const struct mg_prof *p, const uint32_t *ids,
		      const struct mg_prof_sample *s, int64_t v)
{
	uint32_t parent = MG_NONE;

	g->epoch++;
	for (uint32_t i = s->n; i-- > 0;) {
		const struct mg_prof_loc *l = &p->locs[p->stack[s->first + i]];

		for (uint32_t k = l->n; k-- > 0;) {
			uint32_t id = ids[p->frames[l->first + k]];

			if (g->nodes[id].seen != g->epoch) {
				g->nodes[id].seen = g->epoch;
				g->nodes[id].cum = add(g->nodes[id].cum, v);
			}
			if (g->with_edges && parent != MG_NONE && parent != id)
				add_edge(g, parent, id, v, k != l->n - 1);
			parent = id;
		}
	}
	if (parent != MG_NONE)
		g->nodes[parent].flat = add(g->nodes[parent].flat, v);
}

/* --- which samples ----------------------------------------------------------------------------- */

static bool *wanted_functions(const struct mg_prof *p, const struct mg_profile_match *m)
{
	bool *want = mg_zalloc(p->funcs.n + 1);

	for (uint32_t i = 0; i < p->funcs.n; i++)
		want[i] = m->match(m->ctx, mg_intern_str(&p->funcs, i)) ||
			  (p->func_files[i].n && m->match(m->ctx, p->func_files[i]));
	return want;
}

static bool has_function(const struct mg_prof *p, const struct mg_prof_sample *s, const bool *want)
{
	for (uint32_t i = 0; i < s->n; i++) {
		const struct mg_prof_loc *l = &p->locs[p->stack[s->first + i]];

		for (uint32_t k = 0; k < l->n; k++)
			if (want[p->frames[l->first + k]])
				return true;
	}
	return false;
}

void mg_profile_add(struct mg_profile *g, const struct mg_prof *p, uint32_t type, bool subtract,
		    const struct mg_profile_match *focus)
{
	uint32_t *ids = mg_alloc(sizeof(*ids) * (p->funcs.n + 1));
	bool     *want = focus && focus->match ? wanted_functions(p, focus) : NULL;

	for (uint32_t i = 0; i < p->funcs.n; i++)
		ids[i] = node_of(g, mg_intern_str(&p->funcs, i));
	if (g->type.n == 0) {
		g->type = mg_arena_str(&g->names.arena, p->types[type].type);
		g->unit = mg_arena_str(&g->names.arena, p->types[type].unit);
	}
	for (size_t i = 0; i < p->nsamples; i++) {
		int64_t v = mg_prof_at(p, i, type);

		if (subtract)
			g->base = add(g->base, magnitude(v));
		g->sum = add(g->sum, magnitude(v));
		if (v != 0 && (!want || has_function(p, &p->samples[i], want)))
			add_stack(g, p, ids, &p->samples[i], subtract ? negate(v) : v);
	}
	g->total = g->base > 0 ? g->base : g->sum;
	free(ids);
	free(want);
}

int64_t mg_profile_below(const struct mg_prof *p, uint32_t type,
			 bool (*match)(void *ctx, struct mg_str function), void *ctx)
{
	bool   *want = mg_zalloc(p->funcs.n + 1);
	int64_t sum = 0;
	bool    any = false;

	for (uint32_t i = 0; i < p->funcs.n; i++)
		any |= want[i] = match(ctx, mg_intern_str(&p->funcs, i));
	for (size_t i = 0; any && i < p->nsamples; i++)
		if (has_function(p, &p->samples[i], want))
			sum = add(sum, mg_prof_at(p, i, type));
	free(want);
	return sum;
}

bool mg_profile_is_store_method(void *method, struct mg_str function)
{
	struct mg_str want = mg_strz(method), rest;
	ptrdiff_t     at = mg_str_rfind(function, MG_STR("/registry.(*Store)."));

	if (at < 0)
		return false;
	rest = mg_str_from(function, (size_t)at + sizeof("/registry.(*Store).") - 1);
	return mg_str_starts(rest, want) && (rest.n == want.n || rest.p[want.n] == '.');
}

/* --- order ------------------------------------------------------------------------------------- */

struct row {
	uint64_t      first, second; /* absolute values: by what is sorted, the other */
	struct mg_str name;
	uint32_t      id;
};

static int by_value(const void *x, const void *y)
{
	const struct row *a = x, *b = y;
	int               c;

	if (a->first != b->first)
		return a->first > b->first ? -1 : 1;
	c = mg_str_cmp(a->name, b->name);
	return c ? c : a->second > b->second ? -1 : a->second < b->second;
}

void mg_profile_order(struct mg_profile *g, bool by_cum)
{
	struct row *rows = mg_alloc(sizeof(*rows) * (g->nnodes + 1));
	size_t      n = 0;

	for (uint32_t i = 0; i < g->nnodes; i++) {
		const struct mg_profile_node *k = &g->nodes[i];
		uint64_t flat = (uint64_t)magnitude(k->flat), cum = (uint64_t)magnitude(k->cum);

		if (flat || cum)
			rows[n++] = (struct row){ by_cum ? cum : flat, by_cum ? flat : cum, k->name, i };
	}
	if (n)
		qsort(rows, n, sizeof(*rows), by_value);
	g->order = mg_realloc(g->order, n + 1, sizeof(*g->order));
	for (size_t i = 0; i < n; i++)
		g->order[i] = rows[i].id;
	g->norder = n;
	free(rows);
}
