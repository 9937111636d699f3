/* SPDX-License-Identifier: Apache-2.0 */
#include "render/tables.h"

#include "base/mem.h"
#include "base/num.h"
#include "render/tables_internal.h"

/* --- the cells ------------------------------------------------------------------------ */

void mg_cell_duration(struct mg_grid *g, int64_t ns)
{
	char text[24];

	mg_grid_cell(g, ns > 0 ? mg_strz(mg_duration_text(ns, text, sizeof(text))) : MG_DASH);
}

void mg_cell_share(struct mg_grid *g, uint64_t part, uint64_t all)
{
	mg_grid_cellf(g, "%.1f %%", all ? 100.0 * (double)part / (double)all : 0.0);
}

void mg_cell_time(struct mg_grid *g, struct mg_clock k, int64_t ns, int digits)
{
	struct mg_buf text = { 0 };

	mg_clock_point(&text, k, ns, digits);
	mg_grid_cell(g, mg_buf_str(&text));
	mg_buf_release(&text);
}

/* --- requests: groups folded by some of their keys ------------------------------------ */

struct tally {
	uint32_t user, verb, resource, code; /* MG_NONE where folded over */
	uint64_t count, errors;
	int64_t  latency_sum, latency_max, first_ns, last_ns;
	uint32_t top; /* index of the group with the highest count */
};

enum fold { BY_USER, BY_GROUP, BY_CODE };

static struct tally key_of(const struct mg_request_group *g, enum fold by)
{
	bool who = by != BY_CODE, what = by == BY_GROUP;

	return (struct tally){ .user = who ? g->user : MG_NONE, .verb = what ? g->verb : MG_NONE,
			       .resource = what ? g->resource : MG_NONE,
			       .code = by == BY_CODE ? g->code : MG_NONE };
}

static int by_key(const void *pa, const void *pb)
{
	const struct tally *a = pa, *b = pb;

	ORDER(a->user, b->user);
	ORDER(a->verb, b->verb);
	ORDER(a->resource, b->resource);
	ORDER(a->code, b->code);
	ORDER(a->top, b->top);
	return 0;
}

static int by_count(const void *pa, const void *pb)
{
	const struct tally *a = pa, *b = pb;

	ORDER(b->count, a->count);
	ORDER(a->top, b->top); /* groups have a fixed order; ids do not, see requests.h */
	return 0;
}

static bool same_key(const struct tally *a, const struct tally *b)
{
	return a->user == b->user && a->verb == b->verb && a->resource == b->resource &&
	       a->code == b->code;
}

static void fold_in(struct tally *to, const struct tally *t, const struct mg_request_group *g)
{
	if (t->count > g[to->top].count)
		to->top = t->top;
	to->count += t->count;
	to->errors += t->errors;
	to->latency_sum += t->latency_sum;
	if (t->latency_max > to->latency_max)
		to->latency_max = t->latency_max;
	if (t->first_ns < to->first_ns)
		to->first_ns = t->first_ns;
	if (t->last_ns > to->last_ns)
		to->last_ns = t->last_ns;
}

/* Groups `g` as tallies by key, the largest first; *n gets their number. */
static struct tally *tallies(const struct mg_request_group *g, size_t ng, enum fold by, size_t *n)
{
	struct tally *t = mg_alloc((ng + 1) * sizeof(*t));
	size_t        used = 0, kept = 0;

	for (size_t i = 0; i < ng; i++) {
		struct tally x = key_of(&g[i], by);

		if (by == BY_CODE && g[i].code < 400)
			continue;
		x.count = g[i].count;
		x.errors = g[i].code >= 400 ? g[i].count : 0;
		x.latency_sum = g[i].latency_sum;
		x.latency_max = g[i].latency_max;
		x.first_ns = g[i].first_ns;
		x.last_ns = g[i].last_ns;
		x.top = (uint32_t)i;
		t[used++] = x;
	}
	qsort(t, used, sizeof(*t), by_key);
	for (size_t i = 0; i < used; i++) {
		if (kept && same_key(&t[kept - 1], &t[i]))
			fold_in(&t[kept - 1], &t[i], g);
		else
			t[kept++] = t[i];
	}
	qsort(t, kept, sizeof(*t), by_count);
	*n = kept;
	return t;
}

static void latency_cells(struct mg_grid *g, const struct tally *t)
{
	mg_cell_duration(g, t->count ? t->latency_sum / (int64_t)t->count : 0);
	mg_cell_duration(g, t->latency_max);
}

bool mg_fill_users(struct mg_grid *g, const struct mg_case *c, size_t rows)
{
	struct mg_requests            *r = mg_case_requests(c);
	size_t                         ng, n;
	const struct mg_request_group *all = mg_requests_groups(r, &ng);
	struct tally                  *t = tallies(all, ng, BY_USER, &n);

	mg_grid_init(g, "user|>requests|>share|>errors|>mean|>longest|mostly");
	for (size_t i = 0; i < n && i < rows; i++) {
		const struct mg_request_group *top = &all[t[i].top];

		mg_grid_cell(g, mg_or_dash(mg_requests_text(r, t[i].user)));
		mg_grid_count(g, t[i].count);
		mg_cell_share(g, t[i].count, mg_requests_count(r));
		mg_grid_count(g, t[i].errors);
		latency_cells(g, &t[i]);
		mg_grid_cellf(g, "%.*s %.*s", MG_FMT(mg_requests_text(r, top->verb)),
			      MG_FMT(mg_requests_text(r, top->resource)));
	}
	g->more = n > rows ? n - rows : 0;
	free(t);
	return n > 0;
}

/* "200 ×4,012 409 ×12": the three most frequent codes of a tally. */
static void codes_cell(struct mg_grid *grid, const struct mg_request_group *g, size_t ng,
		       const struct tally *t)
{
	struct mg_buf text = { 0 };
	uint32_t      told[3];
	unsigned      ntold = 0;

	while (ntold < 3) {
		uint64_t best = 0, sum[1024] = { 0 };
		uint32_t code = 0;
		char     n[32];

		for (size_t i = 0; i < ng; i++)
			if (g[i].user == t->user && g[i].verb == t->verb &&
			    g[i].resource == t->resource && g[i].code < 1024)
				sum[g[i].code] += g[i].count;
		for (unsigned k = 0; k < ntold; k++)
			sum[told[k]] = 0;
		for (uint32_t k = 0; k < 1024; k++)
			if (sum[k] > best)
				best = sum[k], code = k;
		if (best == 0)
			break;
		told[ntold++] = code;
		mg_buf_printf(&text, "%s%u \xc3\x97%s", text.n ? "  " : "", code,
			      mg_num_grouped(best, n, sizeof(n)));
	}
	mg_grid_cell(grid, mg_buf_str(&text));
	mg_buf_release(&text);
}

bool mg_fill_groups(struct mg_grid *g, const struct mg_case *c, size_t rows)
{
	struct mg_requests            *r = mg_case_requests(c);
	size_t                         ng, n;
	const struct mg_request_group *all = mg_requests_groups(r, &ng);
	struct tally                  *t = tallies(all, ng, BY_GROUP, &n);

	mg_grid_init(g, "user|verb|resource|>requests|>share|>mean|>longest|codes");
	for (size_t i = 0; i < n && i < rows; i++) {
		mg_grid_cell(g, mg_or_dash(mg_requests_text(r, t[i].user)));
		mg_grid_cell(g, mg_or_dash(mg_requests_text(r, t[i].verb)));
		mg_grid_cell(g, mg_or_dash(mg_requests_text(r, t[i].resource)));
		mg_grid_count(g, t[i].count);
		mg_cell_share(g, t[i].count, mg_requests_count(r));
		latency_cells(g, &t[i]);
		codes_cell(g, all, ng, &t[i]);
	}
	g->more = n > rows ? n - rows : 0;
	free(t);
	return n > 0;
}

bool mg_fill_codes(struct mg_grid *g, const struct mg_case *c, size_t rows)
{
	struct mg_requests            *r = mg_case_requests(c);
	struct mg_clock                k = mg_clock_of(c);
	size_t                         ng, n;
	const struct mg_request_group *all = mg_requests_groups(r, &ng);
	struct tally                  *t = tallies(all, ng, BY_CODE, &n);

	mg_grid_init(g, ">code|>requests|>share|first|last|~mostly|first seen");
	for (size_t i = 0; i < n && i < rows; i++) {
		const struct mg_request_group *top = &all[t[i].top];

		mg_grid_cellf(g, "%u", t[i].code);
		mg_grid_count(g, t[i].count);
		mg_cell_share(g, t[i].count, mg_requests_count(r));
		mg_cell_time(g, k, t[i].first_ns, 0);
		mg_cell_time(g, k, t[i].last_ns, 0);
		mg_grid_cellf(g, "%.*s %.*s by %.*s", MG_FMT(mg_requests_text(r, top->verb)),
			      MG_FMT(mg_requests_text(r, top->resource)),
			      MG_FMT(mg_or_dash(mg_requests_text(r, top->user))));
		mg_grid_place(g, mg_case_path(c, top->artifact), top->line, MG_PLACE_COLUMNS);
	}
	g->more = n > rows ? n - rows : 0;
	free(t);
	return n > 0;
}

/* --- the list ----------------------------------------------------------------------------- */

const struct mg_tables_entry mg_tables[MG_TABLES] = {
	{ "users", "Users by requests", mg_fill_users, 10, 30 },
	{ "groups", "Requests by user, verb and resource", mg_fill_groups, 10, 30 },
	{ "codes", "Error codes", mg_fill_codes, 30, 30 },
	{ "slow", "Slowest requests", mg_fill_slow, 10, 50 },
	{ "witnesses", "Slow requests by the artifacts that tell of them", mg_fill_witnesses, 7, 7 },
	{ "etcd", "etcd: slow requests by minute and resource", mg_fill_etcd, 30, 60 },
	{ "restarts", "Restarts and terminations", mg_fill_restarts, 30, 100 },
	{ "warnings", "Warning events by reason", mg_fill_warnings, 30, 60 },
};
