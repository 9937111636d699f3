/* SPDX-License-Identifier: Apache-2.0 */
#include "render/audit_table.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/order.h"
#include "render/audit_rows.h"
#include "render/tsv.h"

/* --- groups ------------------------------------------------------------------------- */

enum column {
	COUNT, SHARE, RATE, PEAK, PEAK_AT, RECONNECTS, ERRORS, P50, P90, P99, MAX, SUM, FIRST, LAST,
	COLUMNS
};

static const struct mg_sheet_column columns[COLUMNS] = {
	[COUNT] = { "count", "count", MG_SHEET_COUNT },
	[SHARE] = { "share", "share", MG_SHEET_SHARE },
	[RATE] = { "rate_per_s", "rate/s", MG_SHEET_REAL },
	[PEAK] = { "peak_per_s", "peak/s", MG_SHEET_COUNT },
	[PEAK_AT] = { "peak_at", "at", MG_SHEET_CLOCK },
	[RECONNECTS] = { "reconnects", "reconnects", MG_SHEET_COUNT },
	[ERRORS] = { "errors", "errors", MG_SHEET_CODES },
	[P50] = { "p50_ns", "p50", MG_SHEET_NS },
	[P90] = { "p90_ns", "p90", MG_SHEET_NS },
	[P99] = { "p99_ns", "p99", MG_SHEET_NS },
	[MAX] = { "max_ns", "max", MG_SHEET_NS },
	[SUM] = { "sum_ns", "sum", MG_SHEET_NS },
	[FIRST] = { "first", "first", MG_SHEET_CLOCK },
	[LAST] = { "last", "last", MG_SHEET_CLOCK },
};

static const enum column of_groups[] = { COUNT, SHARE, RATE, PEAK, PEAK_AT, ERRORS, P50, P90, P99,
					 MAX, SUM, FIRST, LAST, COLUMNS };
static const enum column of_lists[] = { SUM, COUNT, P50, P99, MAX, PEAK, PEAK_AT, ERRORS, FIRST,
					LAST, COLUMNS };
static const enum column of_watches[] = { COUNT, RECONNECTS, P50, P90, MAX, PEAK, PEAK_AT, ERRORS,
					  FIRST, LAST, COLUMNS };

static const enum column *columns_of(enum mg_audit_want want)
{
	return want == MG_AUDIT_LISTS ? of_lists : want == MG_AUDIT_WATCHES ? of_watches : of_groups;
}

/* "404:12,500:3": codes from 400 on, most frequent first; how many in all in *total. */
static struct mg_str errors_text(const struct mg_audit_code *v, size_t n, struct mg_arena *arena,
				 int64_t *total)
{
	struct mg_buf b = { 0 };
	uint64_t      last = UINT64_MAX;
	struct mg_str s;

	*total = 0;
	for (;;) { /* a handful: the next lower count each time */
		uint64_t next = 0;

		for (size_t i = 0; i < n; i++)
			if (v[i].code >= 400 && v[i].count < last && v[i].count > next)
				next = v[i].count;
		if (next == 0)
			break;
		for (size_t i = 0; i < n; i++) {
			if (v[i].code < 400 || v[i].count != next)
				continue;
			mg_buf_printf(&b, "%s%u:%" PRIu64, b.n ? "," : "", v[i].code, next);
			*total += (int64_t)next;
		}
		last = next;
	}
	s = mg_arena_str(arena, mg_buf_str(&b));
	mg_buf_release(&b);
	return s;
}

struct filler {
	const struct mg_audit_tally   *t;
	const struct mg_audit_code    *codes;
	const struct mg_audit_busiest *busiest;
	double                         seconds; /* of the whole span, 0: none */
};

static struct mg_sheet_cell cell_of(const struct filler *f, enum column c, uint32_t i,
				    struct mg_arena *arena)
{
	const struct mg_audit_group *g = mg_cells_at(&f->t->groups.groups, i);
	struct mg_sheet_cell         cell = { 0 };
	const struct mg_audit_code  *codes;
	size_t                       n;

	switch (c) {
	case COUNT: return mg_cell_int((int64_t)g->count);
	case RECONNECTS: return mg_cell_int((int64_t)g->count - 1);
	case SHARE: return mg_cell_real((double)g->count / (double)f->t->count);
	case RATE:
		return f->seconds > 0 ? mg_cell_real((double)g->count / f->seconds) : cell;
	case PEAK:
		return f->busiest[i].count ? mg_cell_int(f->busiest[i].count) : cell;
	case PEAK_AT:
		return f->busiest[i].count ? mg_cell_time(f->busiest[i].second * MG_SEC) : cell;
	case ERRORS:
		codes = mg_audit_codes_of(f->codes, f->t->groups.codes.n, i, &n);
		cell.s = errors_text(codes, n, arena, &cell.i);
		cell.known = true;
		return cell;
	case P50: return mg_cell_ns(mg_spread_quantile(&g->took, 0.5));
	case P90: return mg_cell_ns(mg_spread_quantile(&g->took, 0.9));
	case P99: return mg_cell_ns(mg_spread_quantile(&g->took, 0.99));
	case MAX: return mg_cell_ns(g->took.n ? g->took.max : -1);
	case SUM: return mg_cell_ns(g->took.n ? g->took.sum : -1);
	case FIRST: return mg_cell_time(g->first_ns);
	case LAST: return mg_cell_time(g->last_ns);
	case COLUMNS: break;
	}
	return cell;
}

/* --- the first rows of many groups --------------------------------------------------- */

/* What groups are ordered by. */
struct order {
	const struct mg_audit_groups *groups;
	unsigned                      nkeys;
	int                           key; /* the column is this key, -1: a number */
	bool                          up;  /* times: from low to high              */
};

struct ranked {
	const struct order *o;
	int64_t             value; /* of the column, when it is no key */
	uint32_t            group;
	bool                known;
};

static int compare_keys(const struct ranked *a, const struct ranked *b, unsigned k)
{
	const struct mg_audit_groups *t = a->o->groups;
	const struct mg_audit_group  *ga = mg_cells_at(&t->groups, a->group);
	const struct mg_audit_group  *gb = mg_cells_at(&t->groups, b->group);

	return ga->key[k] == gb->key[k] ? 0 :
		       mg_str_cmp(mg_audit_group_text(t, ga->key[k]),
				  mg_audit_group_text(t, gb->key[k]));
}

/* As mg_sheet_sort would order their rows. */
static int by_rank(const void *va, const void *vb)
{
	const struct ranked *a = va, *b = vb;
	int                  c = 0;

	if (a->o->key >= 0)
		c = compare_keys(a, b, (unsigned)a->o->key);
	else if (a->known != b->known)
		return a->known ? -1 : 1;
	else if (a->known && a->value != b->value)
		return (a->value < b->value) == a->o->up ? -1 : 1;
	for (unsigned k = 0; c == 0 && k < a->o->nkeys; k++)
		c = compare_keys(a, b, k);
	return c;
}

/* The value of a column as a whole number of the same order. */
static int64_t rank_of(enum column c, const struct mg_sheet_cell *cell)
{
	int64_t v;

	if (columns[c].type != MG_SHEET_REAL && columns[c].type != MG_SHEET_SHARE)
		return cell->i;
	memcpy(&v, &cell->d, sizeof(v)); /* not negative: its bits are in order */
	return v;
}

/* Groups in the order of column `col` of the sheet, the first `top` of them; freed by the
 * caller. */
static struct ranked *rank(const struct filler *f, const struct mg_audit_query *query,
			   unsigned col, size_t top, struct order *o)
{
	const enum column *c = columns_of(query->want);
	uint32_t           n = f->t->groups.groups.n;
	struct ranked     *v = mg_alloc((n + 1) * sizeof(*v));
	struct mg_arena    arena = { 0 };
	unsigned           numbers = 0;

	while (c[numbers] != COLUMNS)
		numbers++;
	*o = (struct order){ &f->t->groups, query->by.n, col < numbers ? -1 : (int)(col - numbers),
			     col < numbers && columns[c[col]].type == MG_SHEET_CLOCK };
	for (uint32_t i = 0; i < n; i++) {
		v[i] = (struct ranked){ .o = o, .group = i };
		if (o->key < 0) {
			struct mg_sheet_cell cell = cell_of(f, c[col], i, &arena);

			v[i].known = cell.known;
			v[i].value = rank_of(c[col], &cell);
		}
	}
	mg_order_first(v, n, sizeof(*v), top, by_rank);
	mg_arena_release(&arena);
	return v;
}

static void fill(struct mg_sheet *s, const struct filler *f, const struct mg_audit_query *query,
		 const struct ranked *v, size_t n)
{
	const enum column *c = columns_of(query->want);

	for (size_t i = 0; i < n; i++) {
		const struct mg_audit_group *g = mg_cells_at(&f->t->groups.groups, v[i].group);
		struct mg_sheet_cell        *row = mg_sheet_row(s);
		unsigned                     k = 0;

		for (; c[k] != COLUMNS; k++)
			row[k] = cell_of(f, c[k], v[i].group, &s->arena);
		for (unsigned j = 0; j < query->by.n; j++)
			row[k + j] = mg_cell_text(mg_audit_group_text(&f->t->groups, g->key[j]));
	}
}

static void group_columns(struct mg_sheet *s, const struct mg_audit_query *query)
{
	const enum column *c = columns_of(query->want);

	for (; *c != COLUMNS; c++)
		mg_sheet_column(s, columns[*c].name, columns[*c].head, columns[*c].type);
	for (unsigned j = 0; j < query->by.n; j++)
		mg_sheet_column(s, mg_audit_key_name(query->by.key[j]),
				mg_audit_key_name(query->by.key[j]), MG_SHEET_TEXT);
}

bool mg_audit_has_columns(const struct mg_audit_query *query, struct mg_str names,
			  struct mg_str *bad)
{
	struct mg_sheet s = { 0 };

	if (query->by.n)
		group_columns(&s, query);
	else
		mg_audit_item_columns(&s, query);
	return mg_sheet_has(&s, names, bad);
}

static struct mg_str sort_of(const struct mg_audit_query *query, const struct mg_audit_print *how)
{
	return how->sort.n ? how->sort : query->want == MG_AUDIT_LISTS ? MG_STR("sum") : MG_STR("count");
}

static unsigned detail_of(struct mg_str names)
{
	static const uint8_t of[COLUMNS] = {
		[PEAK] = MG_AUDIT_SECONDS, [PEAK_AT] = MG_AUDIT_SECONDS, [ERRORS] = MG_AUDIT_CODES,
		[P50] = MG_AUDIT_LATENCY, [P90] = MG_AUDIT_LATENCY, [P99] = MG_AUDIT_LATENCY,
		[MAX] = MG_AUDIT_LATENCY, [SUM] = MG_AUDIT_LATENCY,
	};
	unsigned      detail = 0;
	struct mg_str one;

	while (names.n) {
		mg_str_cut(names, ',', &one, &names);
		for (int c = 0; c < COLUMNS; c++)
			if (mg_str_eq(one, mg_strz(columns[c].name)) ||
			    mg_str_eq(one, mg_strz(columns[c].head)))
				detail |= of[c];
	}
	return detail;
}

unsigned mg_audit_print_detail(const struct mg_audit_query *query, const struct mg_audit_print *how)
{
	return how->columns.n ? detail_of(how->columns) | detail_of(sort_of(query, how)) :
				MG_AUDIT_DETAIL;
}

static int64_t day_of(int64_t ns)
{
	return ns / MG_DAY - (ns % MG_DAY < 0);
}

void mg_render_audit_groups(struct mg_out *o, const struct mg_audit_tally *t,
			    const struct mg_audit_query *query, const struct mg_audit_print *how)
{
	struct mg_audit_code    *codes = mg_audit_groups_codes(&t->groups);
	struct mg_audit_busiest *busiest = mg_audit_groups_busiest(&t->groups);
	struct filler            f = { t, codes, busiest, 0 };
	struct mg_sheet          s = { 0 };
	size_t                   n = t->groups.groups.n, top = how->top && how->top < n ? how->top : n;
	struct ranked           *order;
	struct order             by;

	if (t->first_ns != MG_TIME_NONE) {
		f.seconds = ((double)t->last_ns - (double)t->first_ns) / 1e9;
		s.dated = day_of(t->first_ns) != day_of(t->last_ns);
	}
	group_columns(&s, query);
	order = rank(&f, query, mg_sheet_find(&s, sort_of(query, how)), top, &by);
	fill(&s, &f, query, order, top);
	s.left_out = n - top;
	if (how->columns.n)
		mg_sheet_choose(&s, how->columns, s.ncol - query->by.n);
	if (how->format == MG_SHEET_PEOPLE && how->headings && !how->untitled)
		mg_render_audit_span(o, t);
	mg_sheet_print(&s, o, how->format, 0, how->headings);
	mg_sheet_release(&s);
	free(order);
	free(busiest);
	free(codes);
}

/* --- over time ------------------------------------------------------------------------- */

static void series_name(struct mg_buf *b, struct mg_str s, bool json)
{
	if (json) {
		mg_buf_json(b, s);
		return;
	}
	mg_buf_addc(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"')
			mg_buf_addc(b, '"');
		mg_buf_addc(b, (unsigned char)s.p[i] < 0x20 ? ' ' : s.p[i]);
	}
	mg_buf_addc(b, '"');
}

static void series_row(struct mg_buf *b, const struct mg_table *t, size_t i, bool json)
{
	char time[40];

	mg_time_format(t->start_ns + (int64_t)i * t->step_ns, t->step_ns % MG_SEC ? 3 : 0, time,
		       sizeof(time));
	mg_buf_printf(b, json ? "{\"time\":\"%s\"" : "%s", time);
	for (uint32_t c = 0; c < t->ncol; c++) {
		mg_buf_addc(b, ',');
		if (json) {
			series_name(b, t->col[c].name, true);
			mg_buf_addc(b, ':');
		}
		if (isfinite(t->col[c].v[i]))
			mg_buf_printf(b, "%.10g", t->col[c].v[i]);
		else if (json)
			mg_buf_addz(b, "null");
	}
	mg_buf_addz(b, json ? "}" : "\n");
}

/* A table a subject, as mgplot(1) draws it, or all of it in one. */
static void series_tables(struct mg_out *o, const struct mg_table *t, bool one)
{
	struct mg_series panels = { 0 };
	struct mg_buf    b = { 0 };

	if (one)
		mg_tsv_format(&b, t);
	else
		mg_audit_series_panels(t, &panels);
	for (uint32_t i = 0; i < panels.n; i++) {
		mg_buf_addz(&b, i ? "\n" : "");
		mg_tsv_format(&b, &panels.t[i]);
	}
	mg_out_add(o, mg_buf_str(&b));
	mg_buf_release(&b);
	free(panels.t);
	mg_arena_release(&panels.arena);
}

void mg_render_audit_series(struct mg_out *o, const struct mg_table *t,
			    enum mg_sheet_format format)
{
	struct mg_buf b = { 0 };
	bool          json = format == MG_SHEET_JSON || format == MG_SHEET_JSONL;

	if (format == MG_SHEET_PEOPLE || format == MG_SHEET_TSV) {
		series_tables(o, t, format == MG_SHEET_TSV);
		return;
	}
	if (format == MG_SHEET_JSON)
		mg_buf_addz(&b, "[");
	if (format == MG_SHEET_CSV) {
		mg_buf_addz(&b, "time");
		for (uint32_t c = 0; c < t->ncol; c++) {
			mg_buf_addc(&b, ',');
			series_name(&b, t->col[c].name, false);
		}
		mg_buf_addc(&b, '\n');
	}
	for (size_t i = 0; i < t->n; i++) {
		mg_buf_addz(&b, format != MG_SHEET_JSON ? "" : i ? ",\n " : "\n ");
		series_row(&b, t, i, json);
		mg_buf_addz(&b, format == MG_SHEET_JSONL ? "\n" : "");
		mg_out_add(o, mg_buf_str(&b));
		mg_buf_clear(&b);
	}
	mg_buf_addz(&b, format != MG_SHEET_JSON ? "" : t->n ? "\n]\n" : "]\n");
	mg_out_add(o, mg_buf_str(&b));
	mg_buf_release(&b);
}
