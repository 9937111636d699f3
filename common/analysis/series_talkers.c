/* SPDX-License-Identifier: Apache-2.0 */
/* Who made the requests, minute by minute: the first users, and the first products. */
#include <stdlib.h>

#include "analysis/product.h"
#include "analysis/series_internal.h"
#include "base/map.h"
#include "base/mem.h"

#define TALKERS 8 /* columns beside the one of all others */

/* One name over the minutes of the frame; several users can be one name. */
struct talker {
	struct mg_str name;
	uint64_t      total;
	uint32_t      users;
	double       *v; /* its column, or NULL: among the others */
};

struct talkers {
	struct mg_intern names;
	struct talker   *t; /* by id */
	uint32_t        *of_user; /* id of a user in the requests -> id here, MG_NONE */
	uint32_t         nusers;
};

static uint32_t add_talker(struct talkers *k, struct mg_str name)
{
	uint32_t had = k->names.n, id = mg_intern_id(&k->names, name);

	if (id == had)
		k->t[id] = (struct talker){ .name = mg_intern_str(&k->names, id) };
	return id;
}

/* The distinct users of the minutes, in order of their names (as the minutes are). */
static uint32_t users_of(const struct mg_minute *m, size_t n, uint32_t *user)
{
	uint32_t count = 0;

	for (size_t i = 0; i < n; i++)
		if (count == 0 || user[count - 1] != m[i].key)
			user[count++] = m[i].key;
	return count;
}

static struct mg_str user_name(const struct mg_requests *r, uint32_t user)
{
	struct mg_str s = mg_requests_text(r, user);

	return s.n ? s : MG_STR("unauthenticated");
}

static void name_talkers(struct talkers *k, const struct mg_requests *r, const uint32_t *user,
			 uint32_t n, bool products, struct mg_arena *a)
{
	struct mg_str *name = mg_alloc(((size_t)n + 1) * sizeof(*name));
	struct mg_str *product = mg_alloc(((size_t)n + 1) * sizeof(*product));

	for (uint32_t i = 0; i < n; i++)
		product[i] = name[i] = user_name(r, user[i]);
	if (products)
		mg_products(name, product, n, a);
	k->t = mg_alloc(((size_t)n + 1) * sizeof(*k->t));
	for (uint32_t i = 0; i < n; i++) {
		uint32_t id = add_talker(k, product[i]);

		k->t[id].users++;
		if (user[i] >= k->nusers) {
			uint32_t had = k->nusers;

			k->nusers = user[i] + 1;
			k->of_user = mg_realloc(k->of_user, k->nusers, sizeof(*k->of_user));
			memset(k->of_user + had, 0xff, (k->nusers - had) * sizeof(*k->of_user));
		}
		k->of_user[user[i]] = id;
	}
	free(name);
	free(product);
}

static int by_total(const void *pa, const void *pb)
{
	const struct talker *a = *(struct talker *const *)pa, *b = *(struct talker *const *)pb;

	if (a->total != b->total)
		return a->total > b->total ? -1 : 1;
	return mg_str_cmp(a->name, b->name);
}

/* Columns for the first ones; returns that of the others. */
static double *add_columns(struct mg_frame *f, struct mg_table *t, const struct talkers *k,
			   const struct mg_traffic *r)
{
	struct talker **order = mg_alloc(((size_t)k->names.n + 1) * sizeof(struct talker *));
	uint32_t        n = 0;
	double         *others;

	for (uint32_t i = 0; i < k->names.n; i++)
		if (k->t[i].total)
			order[n++] = &k->t[i];
	qsort(order, n, sizeof(struct talker *), by_total);
	for (uint32_t i = 0; i < n && i < TALKERS; i++) {
		order[i]->v = mg_frame_column(f, t, order[i]->name);
		mg_traffic_zero(t, r, order[i]->v);
	}
	others = mg_frame_column(f, t, MG_STR("others"));
	mg_traffic_zero(t, r, others);
	free(order);
	return others;
}

static bool any_product(const struct talkers *k)
{
	for (uint32_t i = 0; i < k->names.n; i++)
		if (k->t[i].users > 1)
			return true;
	return false;
}

static void build(struct mg_frame *f, const struct mg_traffic *r, const struct mg_minute *m, size_t n,
		  const uint32_t *user, uint32_t nusers, bool products)
{
	struct talkers   k = { 0 };
	struct mg_table *t;
	double          *others;
	size_t           at;
	int64_t          step = f->step_ns > MG_MIN ? f->step_ns : MG_MIN;

	name_talkers(&k, r->r, user, nusers, products, &f->s->arena);
	if (!products || any_product(&k)) {
		t = mg_frame_table(f, products ? "products" : "users",
				   mg_traffic_title(f, products ? "Requests by product" :
								  "Requests by user", r),
				   "requests/s", step);
		for (size_t i = 0; i < n; i++)
			if (mg_table_index(t, m[i].minute * MG_MIN, &at) ||
			    mg_table_index(t, m[i].minute * MG_MIN + MG_MIN - 1, &at))
				k.t[k.of_user[m[i].key]].total += m[i].count;
		others = add_columns(f, t, &k, r);
		for (size_t i = 0; i < n; i++) {
			double *v = k.t[k.of_user[m[i].key]].v;

			if (mg_table_index(t, m[i].minute * MG_MIN, &at) ||
			    mg_table_index(t, m[i].minute * MG_MIN + MG_MIN - 1, &at))
				(v ? v : others)[at] += (double)m[i].count;
		}
		mg_traffic_rates(t, r);
	}
	mg_intern_release(&k.names);
	free(k.t);
	free(k.of_user);
}

void mg_series_talkers(struct mg_frame *f, const struct mg_traffic *r)
{
	size_t                  n;
	const struct mg_minute *m = mg_requests_user_minutes(r->r, &n);
	uint32_t               *user = mg_alloc((n + 1) * sizeof(*user)), nusers;

	nusers = users_of(m, n, user);
	if (nusers) {
		build(f, r, m, n, user, nusers, false);
		build(f, r, m, n, user, nusers, true);
	}
	free(user);
}
