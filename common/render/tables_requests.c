/* SPDX-License-Identifier: Apache-2.0 */
/* Slow requests, each once, with all the artifacts that tell of it. */
#include "analysis/join.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/order.h"
#include "render/tables_internal.h"

static int by_duration(const void *pa, const void *pb)
{
	const struct mg_joined *a = pa, *b = pb;

	ORDER(b->took_ns, a->took_ns);
	return mg_event_cmp(a->first, b->first);
}

static void request_cell(struct mg_grid *g, const struct mg_joined *r)
{
	const struct mg_event *e = r->first;
	struct mg_buf          what = { 0 };

	if (r->request) {
		mg_buf_printf(&what, "%.*s %.*s ", MG_FMT(e->verb), MG_FMT(e->resource));
		mg_object_text(&what, e->ns, e->name);
	} else {
		mg_buf_add(&what, e->message);
	}
	mg_grid_cell(g, mg_buf_str(&what));
	mg_buf_release(&what);
}

/* "etcd 97 %, webhook 2 %"; where no artifact tells them apart, the slowest step of the Trace,
 * which is the sum of several. */
static void spent_cell(struct mg_grid *g, const struct mg_joined *r)
{
	const struct mg_event *t = r->by[MG_WITNESS_TRACE];
	int64_t                step = t ? mg_event_attr_i64(t, "slow_step_ns", 0) : 0;
	struct mg_buf          text = { 0 };

	for (int s = 0; s < MG_SPENTS; s++) {
		int64_t percent = r->spent[s] < 0 ? 0 : r->spent[s] / (r->took_ns / 100);

		if (percent >= 1)
			mg_buf_printf(&text, "%s%s %d %%", text.n ? ", " : "", mg_spent_name(s),
				      (int)percent);
	}
	if (!text.n && step >= r->took_ns / 2)
		mg_buf_printf(&text, "\"%.*s\" %d %%", MG_FMT(mg_event_attr(t, "slow_step")),
			      (int)(step / (r->took_ns / 100)));
	mg_grid_cell(g, mg_or_dash(mg_buf_str(&text)));
	mg_buf_release(&text);
}

static void place_cell(struct mg_grid *g, const struct mg_case *c, const struct mg_event *e)
{
	if (e)
		mg_grid_place(g, mg_case_path(c, e->artifact), e->line, MG_PLACE_COLUMNS);
	else
		mg_grid_cell(g, MG_DASH);
}

static void slow_row(struct mg_grid *g, const struct mg_case *c, const struct mg_joined *r,
		     const bool *column)
{
	mg_cell_time(g, mg_clock_of(c), r->start_ns, 3);
	mg_cell_duration(g, r->took_ns);
	request_cell(g, r);
	mg_grid_cell(g, mg_or_dash(mg_joined_user(r)));
	mg_cell_code(g, mg_joined_code(r));
	spent_cell(g, r);
	for (int w = 0; w < MG_WITNESSES; w++)
		if (column[w])
			place_cell(g, c, r->by[w]);
}

bool mg_fill_slow(struct mg_grid *g, const struct mg_case *c, size_t rows)
{
	bool           column[MG_WITNESSES] = { false };
	struct mg_join j;
	struct mg_buf  head = { 0 };
	size_t         shown;

	mg_join_build(&j, c);
	shown = j.n < rows ? j.n : rows;
	mg_order_first(j.row, j.n, sizeof(*j.row), shown, by_duration);
	mg_buf_addz(&head, "start|>took|~request|user|code|time went");
	for (int w = 0; w < MG_WITNESSES; w++) {
		for (size_t i = 0; i < shown; i++)
			column[w] |= j.row[i].by[w] != NULL;
		if (column[w])
			mg_buf_printf(&head, "|%s", mg_witness_name(w));
	}
	mg_buf_addc(&head, 0);
	mg_grid_init(g, head.p);
	for (size_t i = 0; i < shown; i++)
		slow_row(g, c, &j.row[i], column);
	g->more = j.n - shown;
	mg_buf_release(&head);
	mg_join_release(&j);
	return shown > 0;
}

/* --- by witnesses ----------------------------------------------------------------------- */

struct sum {
	uint64_t n, known[MG_SPENTS];
	int64_t  longest_ns;
	double   took[MG_SPENTS], spent[MG_SPENTS]; /* of those that are known */
};

static void add(struct sum *s, const struct mg_joined *r)
{
	s->n++;
	s->longest_ns = r->took_ns > s->longest_ns ? r->took_ns : s->longest_ns;
	for (int k = 0; k < MG_SPENTS; k++) {
		if (r->spent[k] < 0)
			continue;
		s->known[k]++;
		s->took[k] += (double)r->took_ns;
		s->spent[k] += (double)r->spent[k];
	}
}

static void sum_row(struct mg_grid *g, unsigned set, const struct sum *s, uint64_t all)
{
	struct mg_buf names = { 0 };

	for (unsigned w = 0; w < MG_WITNESSES; w++)
		if (set & 1u << w)
			mg_buf_printf(&names, "%s%s", names.n ? " + " : "", mg_witness_name(w));
	mg_grid_cell(g, mg_buf_str(&names));
	mg_grid_count(g, s->n);
	mg_cell_share(g, s->n, all);
	mg_cell_duration(g, s->longest_ns);
	for (int k = 0; k < MG_SPENTS; k++) {
		if (s->known[k])
			mg_grid_cellf(g, "%.0f %% of %llu", 100 * s->spent[k] / s->took[k],
				      (unsigned long long)s->known[k]);
		else
			mg_grid_cell(g, MG_DASH);
	}
	mg_buf_release(&names);
}

/* How many slow requests are told by which artifacts, and of how many of them it is known
 * where their time went. */
bool mg_fill_witnesses(struct mg_grid *g, const struct mg_case *c, size_t rows)
{
	struct sum     s[1u << MG_WITNESSES] = { 0 };
	uint64_t       all = 0;
	struct mg_join j;

	mg_join_build(&j, c);
	for (size_t i = 0; i < j.n; i++) {
		unsigned set = 0;

		for (unsigned w = 0; w < MG_WITNESSES; w++)
			set |= j.row[i].by[w] ? 1u << w : 0;
		if (!j.row[i].request)
			continue;
		add(&s[set], &j.row[i]);
		all++;
	}
	mg_grid_init(g, "told by|>requests|>share|>longest|>queue|>webhook|>etcd|>serialisation");
	for (unsigned set = 1u << MG_WITNESSES; set-- > 1;)
		if (s[set].n)
			sum_row(g, set, &s[set], all);
	mg_join_release(&j);
	return all > 0;
}
