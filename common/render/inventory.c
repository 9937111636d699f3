/* SPDX-License-Identifier: Apache-2.0 */
#include "render/inventory.h"

#include "render/tables.h"

enum { KIND, BYTES, LINES, RECORDS, BAD, FIRST, LAST, PATH, SAME_AS, NODE, NS, POD, CONTAINER, COMPONENT,
	PREVIOUS };

static void columns(struct mg_sheet *s)
{
	mg_sheet_column(s, "kind", "kind", MG_SHEET_TEXT);
	mg_sheet_column(s, "bytes", "bytes", MG_SHEET_COUNT);
	mg_sheet_column(s, "lines", "lines", MG_SHEET_COUNT);
	mg_sheet_column(s, "records", NULL, MG_SHEET_COUNT);
	mg_sheet_column(s, "bad", NULL, MG_SHEET_COUNT);
	mg_sheet_column(s, "first", "first", MG_SHEET_CLOCK);
	mg_sheet_column(s, "last", "last", MG_SHEET_CLOCK);
	mg_sheet_column(s, "path", "path", MG_SHEET_TEXT);
	mg_sheet_column(s, "same_as", NULL, MG_SHEET_TEXT);
	mg_sheet_column(s, "node", NULL, MG_SHEET_TEXT);
	mg_sheet_column(s, "namespace", NULL, MG_SHEET_TEXT);
	mg_sheet_column(s, "pod", NULL, MG_SHEET_TEXT);
	mg_sheet_column(s, "container", NULL, MG_SHEET_TEXT);
	mg_sheet_column(s, "component", NULL, MG_SHEET_TEXT);
	mg_sheet_column(s, "previous", NULL, MG_SHEET_TEXT);
}

static struct mg_sheet_cell known_text(struct mg_str s)
{
	return (struct mg_sheet_cell){ .known = s.n > 0, .s = s };
}

static void row(struct mg_sheet *s, const struct mg_case *c, const struct mg_artifact *a,
		bool people)
{
	struct mg_sheet_cell       *r = mg_sheet_row(s);
	const struct mg_source     *from = &a->source;
	const struct mg_artifact   *of = a->same_as ? &c->artifacts[a->same_as - 1] : a;
	const struct mg_leaf_stats *st = &of->stats;

	r[KIND] = mg_cell_text(mg_strz(mg_kind_name(a->kind)));
	r[BYTES] = mg_cell_int((int64_t)st->bytes);
	r[LINES] = mg_cell_int((int64_t)st->lines);
	r[RECORDS] = mg_cell_int((int64_t)st->records);
	r[BAD] = mg_cell_int((int64_t)st->bad);
	r[FIRST] = mg_cell_time(st->first_ns);
	r[LAST] = mg_cell_time(st->last_ns);
	r[PATH] = mg_cell_text(a->whole);
	if (a->same_as && people)
		r[PATH].s = mg_arena_printf(&s->arena, "%.*s (the same bytes as %.*s)",
					    MG_FMT(a->whole), MG_FMT(of->whole));
	if (a->same_as)
		r[SAME_AS] = mg_cell_text(of->whole);
	r[NODE] = known_text(from->node);
	r[NS] = known_text(from->ns);
	r[POD] = known_text(from->pod);
	r[CONTAINER] = known_text(from->container);
	r[COMPONENT] = known_text(from->component);
	if (from->previous)
		r[PREVIOUS] = mg_cell_text(MG_STR("yes"));
}

void mg_render_inventory(struct mg_out *o, const struct mg_case *c, enum mg_sheet_format format,
			 bool headings)
{
	struct mg_sheet s = { 0 };

	columns(&s);
	for (uint32_t i = 0; i < c->nartifacts; i++)
		if (c->artifacts[i].whole.p) /* of an event stream others are named, not here */
			row(&s, c, &c->artifacts[i], format == MG_SHEET_PEOPLE);
	mg_sheet_print(&s, o, format, 0, headings);
	mg_sheet_release(&s);
}

static void table(struct mg_buf *b, const char *title, const struct mg_grid *g, bool headings)
{
	if (mg_grid_rows(g) == 0)
		return;
	if (headings)
		mg_buf_printf(b, "%s%s\n", b->n ? "\n" : "", title);
	mg_grid_print(g, b, headings ? 2 : 0, 0, headings);
}

void mg_render_coverage(struct mg_out *o, const struct mg_case *c, bool headings)
{
	struct mg_coverage cov;
	struct mg_grid     g;
	struct mg_buf      b = { 0 };

	mg_coverage_build(&cov, c);
	mg_tables_coverage(&g, c, &cov);
	table(&b, "What is there", &g, headings);
	mg_grid_release(&g);
	mg_tables_missing(&g, &cov);
	table(&b, "What is missing", &g, headings);
	mg_grid_release(&g);
	mg_out_add(o, mg_buf_str(&b));
	mg_buf_release(&b);
	mg_coverage_release(&cov);
}
