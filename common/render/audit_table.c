/* SPDX-License-Identifier: Apache-2.0 */
#include "render/audit_table.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
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

static void fill(struct mg_sheet *s, const struct filler *f, const struct mg_audit_query *query)
{
	const enum column *c = columns_of(query->want);

	for (uint32_t i = 0; i < f->t->groups.groups.n; i++) {
		const struct mg_audit_group *g = mg_cells_at(&f->t->groups.groups, i);
		struct mg_sheet_cell        *row = mg_sheet_row(s);
		unsigned                     k = 0;

		for (; c[k] != COLUMNS; k++)
			row[k] = cell_of(f, c[k], i, &s->arena);
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

bool mg_audit_can_sort(const struct mg_audit_query *query, struct mg_str column)
{
	struct mg_sheet s = { 0 };

	if (query->by.n)
		group_columns(&s, query);
	else
		mg_audit_item_columns(&s, query);
	return mg_sheet_find(&s, column) < s.ncol;
}

void mg_render_audit_groups(struct mg_out *o, const struct mg_audit_tally *t,
			    const struct mg_audit_query *query, const struct mg_audit_print *how)
{
	struct mg_audit_code    *codes = mg_audit_groups_codes(&t->groups);
	struct mg_audit_busiest *busiest = mg_audit_groups_busiest(&t->groups);
	struct filler            f = { t, codes, busiest, 0 };
	struct mg_sheet          s = { 0 };
	struct mg_str            first = query->want == MG_AUDIT_LISTS ? MG_STR("sum") : MG_STR("count");
	unsigned                 col;

	if (t->first_ns != MG_TIME_NONE)
		f.seconds = ((double)t->last_ns - (double)t->first_ns) / 1e9;
	group_columns(&s, query);
	fill(&s, &f, query);
	if (how->format == MG_SHEET_PEOPLE && how->headings)
		mg_render_audit_span(o, t);
	col = mg_sheet_find(&s, how->sort.n ? how->sort : first);
	if (col < s.ncol)
		mg_sheet_sort(&s, col);
	mg_sheet_print(&s, o, how->format, how->top, how->headings);
	mg_sheet_release(&s);
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
