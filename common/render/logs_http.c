/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "base/mem.h"
#include "base/num.h"
#include "render/grid.h"
#include "render/logs.h"

#define KEYS 6
enum key { AGENT, VERB, RESOURCE, CODE, IP, PATTERN };
static const char *const key_names[KEYS] = { "user-agent", "verb", "resource", "code", "source-ip",
					     "uri-pattern" };

/* Requests alike in the keys asked for; the others are MG_NONE. */
struct sum {
	uint32_t key[KEYS];
	uint64_t count, slow, errors;
	int64_t  latency, max;
};

struct ranked {
	const struct mg_requests *r;
	const enum key           *by;
	unsigned                  nby;
	const struct sum         *s;
};

static uint32_t key_of(const struct mg_request_group *g, enum key k)
{
	const uint32_t all[KEYS] = { g->user_agent, g->verb, g->resource, g->code, g->source_ip,
				     g->pattern };

	return all[k];
}

static bool parse(const char *text, enum key *by, unsigned *n)
{
	struct mg_str rest = mg_strz(text), one;

	for (*n = 0; rest.n;) {
		unsigned k = 0;

		mg_str_cut(rest, ',', &one, &rest);
		while (k < KEYS && !mg_str_eq(one, mg_strz(key_names[k])))
			k++;
		if (k == KEYS || *n == KEYS)
			return false;
		by[(*n)++] = (enum key)k;
	}
	return *n > 0;
}

static void add(struct mg_cells *sums, const struct mg_request_group *g, const enum key *by,
		unsigned n)
{
	struct sum  key = { 0 }, *s;
	bool        added;

	for (unsigned i = 0; i < KEYS; i++)
		key.key[i] = i < n ? key_of(g, by[i]) : MG_NONE;
	s = mg_cells_at(sums, mg_cells_find(sums, &key, &added));
	s->count += g->count;
	s->slow += g->slow;
	s->errors += g->code >= 400 ? g->count : 0;
	s->latency += g->latency_sum;
	s->max = g->latency_max > s->max ? g->latency_max : s->max;
}

/* Equal counts in the order of their texts: ids depend on which thread saw what first. */
static int by_count(const void *pa, const void *pb)
{
	const struct ranked *x = pa, *y = pb;
	const struct sum    *a = x->s, *b = y->s;
	int                  c = 0;

	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	for (unsigned i = 0; i < x->nby && !c; i++) {
		if (x->by[i] == CODE)
			c = a->key[i] < b->key[i] ? -1 : a->key[i] > b->key[i];
		else
			c = mg_str_cmp(mg_requests_text(x->r, a->key[i]),
				       mg_requests_text(x->r, b->key[i]));
	}
	return c;
}

static void cell_key(struct mg_grid *g, const struct mg_requests *r, enum key k, uint32_t id)
{
	struct mg_str s;

	if (k == CODE) {
		mg_grid_cellf(g, id ? "%u" : "-", id);
		return;
	}
	s = id == MG_NONE ? MG_STR("") : mg_requests_text(r, id);
	mg_grid_cell(g, s.n ? s : MG_STR("-"));
}

static void print_row(struct mg_grid *g, const struct mg_requests *r, const struct sum *s,
		      const enum key *by, unsigned n)
{
	char b[24];

	mg_grid_count(g, s->count);
	mg_grid_count(g, s->errors);
	mg_grid_count(g, s->slow);
	mg_grid_cell(g, mg_strz(mg_duration_text(s->latency / (int64_t)s->count, b, sizeof(b))));
	mg_grid_cell(g, mg_strz(mg_duration_text(s->max, b, sizeof(b))));
	for (unsigned i = 0; i < n; i++)
		cell_key(g, r, by[i], s->key[i]);
}

static void print(struct mg_out *o, struct mg_requests *r, const struct mg_cells *sums,
		  const enum key *by, unsigned n, size_t max)
{
	struct ranked *v = mg_alloc((sums->n + 1) * sizeof(*v));
	size_t         shown = max && max < sums->n ? max : sums->n;
	struct mg_buf  b = { 0 };
	struct mg_grid g;
	char           head[160] = ">requests|>errors|>slow (1 s)|>mean|>longest", num[32];

	for (unsigned i = 0; i < n; i++) {
		size_t used = strlen(head);

		snprintf(head + used, sizeof(head) - used, "|%s", key_names[by[i]]);
	}
	for (uint32_t i = 0; i < sums->n; i++)
		v[i] = (struct ranked){ r, by, n, mg_cells_at(sums, i) };
	qsort(v, sums->n, sizeof(*v), by_count);
	mg_grid_init(&g, head);
	for (size_t i = 0; i < shown; i++)
		print_row(&g, r, v[i].s, by, n);
	mg_grid_print(&g, &b, 0, 0, true);
	if (sums->n > shown)
		mg_buf_printf(&b, "\xe2\x80\xa6 and %s more (-n 0 shows all)\n",
			      mg_num_grouped(sums->n - shown, num, sizeof(num)));
	mg_out_add(o, mg_buf_str(&b));
	mg_buf_release(&b);
	mg_grid_release(&g);
	free(v);
}

enum mg_status mg_render_log_http(struct mg_out *o, struct mg_requests *r, const char *keys,
				  size_t max, size_t width)
{
	const struct mg_request_group *g;
	struct mg_cells                sums;
	enum key                       by[KEYS];
	unsigned                       n;
	size_t                         ng;
	char                           num[32];

	if (!parse(keys, by, &n))
		return MG_FAIL;
	if (!o) /* only asked whether the keys are right */
		return MG_OK;
	mg_cells_init(&sums, sizeof(struct sum), KEYS * sizeof(uint32_t));
	g = mg_requests_groups(r, &ng);
	for (size_t i = 0; i < ng; i++)
		add(&sums, &g[i], by, n);
	mg_out_printf(o, "%s requests in HTTP lines of the logs\n",
		      mg_num_grouped(mg_requests_count(r), num, sizeof(num)));
	if (sums.n)
		print(o, r, &sums, by, n, max);
	mg_cells_release(&sums);
	return MG_OK;
}
