/* SPDX-License-Identifier: Apache-2.0 */
#include "render/comparison.h"

#include <math.h>

#include "base/mem.h"
#include "base/num.h"
#include "render/chart.h"
#include "render/heading.h"
#include "render/grid.h"
#include "render/text.h"

#define BUCKETS 300
#define WIDTH   120 /* of the text, when rows are cut, too */


/* --- text -------------------------------------------------------------------------- */

static void put_value(struct mg_buf *b, enum mg_diff_unit unit, double v)
{
	char text[32];

	if (isnan(v))
		mg_buf_addz(b, "\xe2\x80\x93");
	else if (unit == MG_DIFF_FINDING)
		mg_buf_addz(b, mg_severity_name((enum mg_severity)v));
	else if (unit == MG_DIFF_SECONDS)
		mg_buf_addz(b, mg_duration_text((int64_t)(v * 1e9), text, sizeof(text)));
	else if (v >= 100)
		mg_buf_addz(b, mg_num_grouped((uint64_t)(v + 0.5), text, sizeof(text)));
	else
		mg_buf_printf(b, "%.3g", v);
}

/* "new", "gone", "3.2x" of B against A. */
static void put_change(struct mg_buf *b, const struct mg_diff *d, enum mg_diff_unit unit)
{
	double a = d->value[0], v = d->value[1];
	char   n[32];

	if (isnan(a) && isnan(v))
		mg_buf_addz(b, "\xe2\x80\x93");
	else if (isnan(a))
		mg_buf_addz(b, "new");
	else if (isnan(v))
		mg_buf_addz(b, "gone");
	else if (unit == MG_DIFF_FINDING)
		mg_buf_addz(b, v > a ? "worse" : "less bad");
	else if (a <= 0)
		mg_buf_addz(b, "more");
	else if (v >= 100 * a)
		mg_buf_addz(b, v < 1e6 * a ? mg_num_grouped((uint64_t)(v / a), n, sizeof(n)) : "1,000,000");
	else
		mg_buf_printf(b, "%.2g", v / a);
	if (!isnan(a) && !isnan(v) && unit != MG_DIFF_FINDING && a > 0)
		mg_buf_addc(b, 'x');
}

static void put_list(struct mg_buf *b, const struct mg_diff_list *l, size_t rows)
{
	bool           findings = l->unit == MG_DIFF_FINDING;
	struct mg_grid g = { 0 };
	struct mg_buf  cell = { 0 };
	size_t         n = rows && rows < l->n ? rows : l->n;

	mg_grid_init(&g, findings ? "A|B|change|rule|~what" : ">A|>B|>change|what");
	for (size_t i = 0; i < n; i++) {
		for (int side = 0; side < 2; side++) {
			mg_buf_clear(&cell);
			put_value(&cell, l->unit, l->v[i].value[side]);
			mg_grid_cell(&g, mg_buf_str(&cell));
		}
		mg_buf_clear(&cell);
		put_change(&cell, &l->v[i], l->unit);
		mg_grid_cell(&g, mg_buf_str(&cell));
		mg_grid_cell(&g, l->v[i].what);
		if (findings)
			mg_grid_cell(&g, l->v[i].note);
	}
	g.more = l->n - n;
	mg_grid_print(&g, b, 2, rows ? WIDTH : 0, true);
	mg_grid_release(&g);
	mg_buf_release(&cell);
}

static void put_side(struct mg_buf *b, const struct mg_comparison *cmp, const struct mg_case *c,
		     int side, struct mg_str name)
{
	uint64_t n = mg_requests_count(mg_case_requests(c));
	char     count[32];

	mg_buf_printf(b, "%c  ", "AB"[side]);
	mg_text_escape(b, name, MG_TEXT_ALL);
	mg_buf_addz(b, "\n   ");
	if (c->first_ns == MG_TIME_NONE)
		mg_buf_addz(b, "no time in the data");
	else
		mg_clock_interval(b, (struct mg_clock){ .dates = true }, c->first_ns, c->last_ns);
	mg_buf_addz(b, c->first_ns == MG_TIME_NONE ? "" : " UTC");
	if (cmp->requests[side])
		mg_buf_printf(b, "; %s requests, %.3g/s (%s)", mg_num_grouped(n, count, sizeof(count)),
			      (double)n / cmp->seconds[side], cmp->requests[side]);
	else
		mg_buf_addz(b, "; no requests");
	mg_buf_addc(b, '\n');
}

void mg_render_compare_text(struct mg_out *o, const struct mg_comparison *cmp,
			    struct mg_case *const c[2], const struct mg_compare_names *names,
			    size_t rows)
{
	struct mg_buf b = { 0 }, equal = { 0 };
	char          n[32];

	for (int side = 0; side < 2; side++)
		put_side(&b, cmp, c[side], side, names->side[side]);
	if (cmp->requests[0] && cmp->requests[1] && strcmp(cmp->requests[0], cmp->requests[1]) != 0)
		mg_buf_addz(&b, "the requests come from different sources: compare them with care\n");
	for (int i = 0; i < MG_DIFF_LISTS; i++) {
		const struct mg_diff_list *l = &cmp->list[i];

		if (l->n) {
			mg_buf_printf(&b, "\n%s\n", l->title);
			put_list(&b, l, rows);
		}
		if (l->same)
			mg_buf_printf(&equal, "%s%s %s", equal.n ? ", " : "",
				      mg_num_grouped(l->same, n, sizeof(n)), l->id);
	}
	if (equal.n)
		mg_buf_printf(&b, "\nNot different: %s\n", equal.p);
	mg_out_add(o, mg_buf_str(&b));
	mg_buf_release(&b);
	mg_buf_release(&equal);
}

/* --- JSON -------------------------------------------------------------------------- */

static void json_number(struct mg_buf *b, const char *name, double v)
{
	if (isnan(v))
		mg_buf_printf(b, ", \"%s\": null", name);
	else
		mg_buf_printf(b, ", \"%s\": %.9g", name, v);
}

static void json_severity(struct mg_buf *b, const char *name, double v)
{
	if (isnan(v))
		mg_buf_printf(b, ", \"%s\": null", name);
	else
		mg_buf_printf(b, ", \"%s\": \"%s\"", name, mg_severity_name((enum mg_severity)v));
}

static void json_diff(struct mg_buf *b, const struct mg_diff *d, enum mg_diff_unit unit)
{
	static const char *const sides[] = { "a", "b" };

	mg_buf_addz(b, "\n   {\"what\": ");
	mg_buf_json(b, d->what);
	for (int side = 0; side < 2; side++) {
		if (unit == MG_DIFF_FINDING)
			json_severity(b, sides[side], d->value[side]);
		else
			json_number(b, sides[side], d->value[side]);
	}
	if (unit == MG_DIFF_FINDING) {
		mg_buf_addz(b, ", \"claim\": ");
		mg_buf_json(b, d->note);
	} else {
		mg_buf_printf(b, ", \"count_a\": %llu, \"count_b\": %llu",
			      (unsigned long long)d->count[0], (unsigned long long)d->count[1]);
	}
	mg_buf_addc(b, '}');
}

static void json_side(struct mg_buf *b, const struct mg_comparison *cmp, const struct mg_case *c,
		      int side, struct mg_str name)
{
	char text[40];

	mg_buf_printf(b, " \"%c\": {\"name\": ", "ab"[side]);
	mg_buf_json(b, name);
	mg_buf_printf(b, ", \"requests\": %llu",
		      (unsigned long long)mg_requests_count(mg_case_requests(c)));
	mg_buf_printf(b, ", \"seconds\": %.9g", cmp->seconds[side]);
	if (c->first_ns != MG_TIME_NONE) {
		mg_buf_printf(b, ", \"first\": \"%s\"", mg_time_format(c->first_ns, 9, text, 40));
		mg_buf_printf(b, ", \"last\": \"%s\"", mg_time_format(c->last_ns, 9, text, 40));
	}
	mg_buf_addz(b, "},\n");
}

void mg_render_compare_json(struct mg_out *o, const struct mg_comparison *cmp,
			    struct mg_case *const c[2], const struct mg_compare_names *names)
{
	static const char *const units[] = { "1/s", "1/h", "s", "severity" };
	struct mg_buf            b = { 0 };

	mg_buf_addz(&b, "{\n \"schema\": \"mg.compare/1\",\n");
	for (int side = 0; side < 2; side++)
		json_side(&b, cmp, c[side], side, names->side[side]);
	mg_buf_addz(&b, " \"lists\": {");
	for (int i = 0; i < MG_DIFF_LISTS; i++) {
		const struct mg_diff_list *l = &cmp->list[i];

		mg_buf_printf(&b, "%s\n  \"%s\": {\"unit\": \"%s\", \"same\": %zu, \"differ\": [",
			      i ? "," : "", l->id, units[l->unit], l->same);
		for (size_t k = 0; k < l->n; k++) {
			if (k)
				mg_buf_addc(&b, ',');
			json_diff(&b, &l->v[k], l->unit);
		}
		mg_buf_addz(&b, "]}");
	}
	mg_buf_addz(&b, "\n }\n}\n");
	mg_out_add(o, mg_buf_str(&b));
	mg_buf_release(&b);
}

/* --- picture ------------------------------------------------------------------------- */

static const struct mg_column *column(const struct mg_table *t, const char *name)
{
	for (uint32_t i = 0; t && i < t->ncol; i++)
		if (mg_str_eq(t->col[i].name, mg_strz(name)))
			return &t->col[i];
	return NULL;
}

/* The column of that name of both tables as one table that begins at `start_ns`; NULL when
 * neither has it.  A panel draws from one table. */
static struct mg_table *both_sides(struct mg_arena *a, const struct mg_table *const t[2],
				   const char *name, int64_t start_ns)
{
	const struct mg_column *from[2] = { column(t[0], name), column(t[1], name) };
	struct mg_table        *both;

	if (!from[0] && !from[1])
		return NULL;
	both = mg_arena_alloc(a, sizeof(*both));
	*both = *t[from[1] ? 1 : 0];
	both->start_ns = start_ns;
	both->n = 0;
	both->ncol = 2;
	both->col = mg_arena_zalloc(a, 2 * sizeof(*both->col));
	for (int side = 0; side < 2; side++)
		if (from[side] && t[side]->n > both->n)
			both->n = t[side]->n;
	for (int side = 0; side < 2; side++) {
		double *v = mg_arena_alloc(a, both->n * sizeof(*v));

		for (size_t i = 0; i < both->n; i++)
			v[i] = from[side] && i < t[side]->n ? from[side]->v[i] : NAN;
		both->col[side] = (struct mg_column){ side ? MG_STR("B") : MG_STR("A"), v,
						      from[side] && from[side]->any };
	}
	return both;
}

static void panel(struct mg_chart *ch, const struct mg_series s[2], const char *table,
		  const char *name, const char *title, enum mg_axis axis)
{
	static const enum mg_ink     ink[2] = { MG_INK_GREY, MG_INK_VERMILLION };
	const struct mg_table *const t[2] = { mg_series_table(&s[0], table),
					      mg_series_table(&s[1], table) };
	struct mg_table             *both = both_sides(&ch->arena, t, name, ch->first_ns);
	struct mg_panel             *p;

	if (!both || (!both->col[0].any && !both->col[1].any))
		return;
	p = mg_chart_panel(ch, mg_strz(title), axis);
	p->log = axis == MG_AXIS_SECONDS;
	for (uint32_t side = 0; side < 2; side++) {
		const struct mg_layer y = { .t = both, .col = side, .width = 1.5, .dash = 1,
					    .draw = MG_DRAW_LINE, .ink = ink[side],
					    .title = both->col[side].name };

		if (column(t[side], name))
			MG_PUSH(p->layer, p->nlayer, p->layer_cap, y);
	}
}

static int64_t span(const struct mg_case *c)
{
	return c->first_ns == MG_TIME_NONE ? 0 : c->last_ns - c->first_ns;
}

enum mg_status mg_plot_compare(const char *dir, struct mg_case *const c[2],
			       const struct mg_compare_names *names, struct mg_err *err)
{
	int64_t          longest = span(c[0]) > span(c[1]) ? span(c[0]) : span(c[1]);
	struct mg_series s[2];
	struct mg_chart  ch = { .first_ns = c[1]->first_ns };
	enum mg_status   st;

	if (c[0]->first_ns == MG_TIME_NONE || c[1]->first_ns == MG_TIME_NONE)
		return mg_err_set(err, MG_SKIP, "nothing to draw: one side has no times");
	ch.last_ns = ch.first_ns + longest;
	ch.inline_data = true;
	for (int side = 0; side < 2; side++) /* one span, so that the steps are the same */
		mg_series_build(&s[side], c[side], c[side]->first_ns, c[side]->first_ns + longest,
				BUCKETS);
	ch.title = mg_chart_printf(&ch, "B: %.*s, against A: %.*s, moved to begin together",
				   MG_FMT(names->side[1]), MG_FMT(names->side[0]));
	panel(&ch, s, "requests", "2xx", "Requests answered with 2xx, per second", MG_AXIS_NUMBER);
	panel(&ch, s, "requests", "5xx", "Requests answered with 5xx, per second", MG_AXIS_NUMBER);
	panel(&ch, s, "latency", "p99", "Latency of requests, p99 (log)", MG_AXIS_SECONDS);
	panel(&ch, s, "inflight", "in flight", "Requests in flight", MG_AXIS_NUMBER);
	panel(&ch, s, "etcd", "slow applies", "Slow applies in etcd's log, per step", MG_AXIS_NUMBER);
	st = ch.npanel ? mg_chart_draw(&ch, dir, "compare", 0, err) :
			 mg_err_set(err, MG_SKIP, "nothing to draw: no requests on either side");
	for (int side = 0; side < 2; side++)
		mg_series_release(&s[side]);
	mg_chart_release(&ch);
	return st;
}

/* --- directory ------------------------------------------------------------------------- */

static enum mg_status write_file(const char *dir, const char *name, bool json,
				 const struct mg_comparison *cmp, struct mg_case *const c[2],
				 const struct mg_compare_names *names, struct mg_err *err)
{
	struct mg_buf  path = { 0 };
	struct mg_out  out;
	enum mg_status st;

	mg_buf_printf(&path, "%s/%s", dir, name);
	st = mg_out_file(&out, path.p);
	if (st == MG_OK) {
		if (json)
			mg_render_compare_json(&out, cmp, c, names);
		else
			mg_render_compare_text(&out, cmp, c, names, 0);
		st = mg_out_close(&out);
	}
	mg_buf_release(&path);
	return st == MG_OK ? MG_OK : mg_err_set(err, MG_FATAL, "%s", out.err.msg);
}

enum mg_status mg_compare_dir_write(const char *dir, const struct mg_comparison *cmp,
				    struct mg_case *const c[2], const struct mg_compare_names *names,
				    bool plots, struct mg_err *err)
{
	struct mg_err  why = { 0 };
	enum mg_status st = mg_out_dir(dir, err);

	if (st == MG_OK)
		st = write_file(dir, "compare.txt", false, cmp, c, names, err);
	if (st == MG_OK)
		st = write_file(dir, "compare.json", true, cmp, c, names, err);
	if (st != MG_OK || !plots)
		return st;
	st = mg_plot_compare(dir, c, names, &why);
	return st == MG_OK || st == MG_FATAL ? mg_err_set(err, st, "%s", why.msg) :
					       mg_err_set(err, st, "no picture: %s", why.msg);
}
