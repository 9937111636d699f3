/* SPDX-License-Identifier: Apache-2.0 */
#include "render/goroutines.h"

#include <stdio.h>

#include "base/mem.h"
#include "render/grid.h"
#include "render/text.h"

#define WIDTH 100

/* "k8s.io/apiserver/pkg/registry.(*Store).F" -> "registry.(*Store).F" */
static struct mg_str short_name(struct mg_str func)
{
	ptrdiff_t     end = mg_str_chr(func, '[');
	struct mg_str path = end < 0 ? func : mg_str_head(func, (size_t)end);
	ptrdiff_t     i = mg_str_rchr(path, '/');

	return i < 0 ? func : mg_str_from(func, (size_t)i + 1);
}

static struct mg_str function_name(const struct mg_event *e)
{
	struct mg_str f = mg_event_attr(e, "function");

	return f.n ? short_name(f) : MG_STR("(no stack)");
}

static const char *time_text(const struct mg_event *dump, char *buf, size_t n)
{
	return dump->time_ns == MG_TIME_NONE ? "(time unknown)" : mg_time_format(dump->time_ns, 0, buf, n);
}

static void minutes_text(int64_t minutes, char *buf, size_t n)
{
	if (minutes <= 0)
		snprintf(buf, n, "-");
	else
		snprintf(buf, n, "%lld min", (long long)minutes);
}

static void and_more(struct mg_buf *b, size_t n)
{
	if (n)
		mg_buf_printf(b, "  \xe2\x80\xa6 and %zu more\n", n);
}

/* --- what a group is ------------------------------------------------------------------------- */

static const char *columns_of(enum mg_goby by)
{
	switch (by) {
	case MG_GOBY_STACK: return "state|function|created by|signature";
	case MG_GOBY_STATE: return "state";
	case MG_GOBY_FUNCTION: return "function";
	case MG_GOBY_PACKAGE: return "package";
	default: return "created by";
	}
}

static void group_cells(struct mg_grid *t, const struct mg_gocount *g, uint32_t group,
			const struct mg_event *top)
{
	struct mg_str key = mg_intern_str(&g->keys, group);

	if (g->by == MG_GOBY_STACK) {
		mg_grid_cell(t, mg_event_attr(top, "state"));
		mg_grid_cell(t, function_name(top));
		mg_grid_cell(t, short_name(mg_event_attr(top, "created_by")));
		mg_grid_cell(t, mg_event_attr(top, "signature"));
	} else {
		mg_grid_cell(t, key.n ? key : MG_STR("(none)"));
	}
}

/* What a signature means, once a table. */
static void explain(struct mg_buf *b, struct mg_intern *said, const struct mg_event *e)
{
	struct mg_str name = mg_event_attr(e, "signature");

	if (name.n == 0 || mg_intern_find(said, name) != MG_NONE)
		return;
	mg_intern_id(said, name);
	mg_buf_printf(b, "  %.*s: ", MG_FMT(name));
	mg_text_block(b, mg_event_attr(e, "explanation"), name.n + 4, WIDTH);
}

static void add_stack(struct mg_buf *b, const struct mg_event *e)
{
	struct mg_str rest = mg_event_attr(e, "stack"), line;

	mg_buf_addz(b, "\n  ");
	mg_text_escape(b, e->message, MG_TEXT_ALL);
	mg_buf_addc(b, '\n');
	while (rest.n) {
		mg_str_cut(rest, '\n', &line, &rest);
		mg_buf_addz(b, line.n && line.p[0] == '\t' ? "        " : "    ");
		mg_text_escape(b, mg_str_trim(line), MG_TEXT_ALL);
		mg_buf_addc(b, '\n');
	}
}

/* --- one dump --------------------------------------------------------------------------- */

static void wait_text(const struct mg_gocell *c, char *buf, size_t n)
{
	long long from = c->wait_min, to = c->wait_max;

	if (to == 0)
		snprintf(buf, n, "-");
	else if (from == to)
		snprintf(buf, n, "%lld min", to);
	else
		snprintf(buf, n, "%lld-%lld min", from, to);
}

static void dump_row(struct mg_grid *t, const struct mg_gocount *g, const struct mg_gocell *c)
{
	char text[48];

	mg_grid_count(t, c->count);
	if (g->by != MG_GOBY_STACK)
		mg_grid_count(t, c->stacks);
	wait_text(c, text, sizeof(text));
	mg_grid_cell(t, mg_strz(text));
	if (g->by == MG_GOBY_STACK) {
		minutes_text(c->wait_median, text, sizeof(text));
		mg_grid_cell(t, mg_strz(text));
	}
	group_cells(t, g, c->group, c->top);
}

static void dump_table(struct mg_buf *b, const struct mg_gocount *g, const struct mg_goroutines_opts *o,
		       const struct mg_gocell **c, size_t n)
{
	size_t           rows = o->rows && o->rows < n ? o->rows : n;
	struct mg_intern said = { .n = 0 };
	struct mg_grid   t;
	char             headings[96];

	snprintf(headings, sizeof(headings), ">count|%s|%s",
		 g->by == MG_GOBY_STACK ? "wait|median" : ">stacks|wait", columns_of(g->by));
	mg_grid_init(&t, headings);
	for (size_t i = 0; i < rows; i++)
		dump_row(&t, g, c[i]);
	mg_grid_print(&t, b, 2, 0, o->headings);
	mg_grid_release(&t);
	and_more(b, n - rows);
	for (size_t i = 0; g->by == MG_GOBY_STACK && i < rows; i++)
		explain(b, &said, c[i]->top);
	for (size_t i = 0; o->stacks && i < rows; i++)
		add_stack(b, c[i]->top);
	mg_intern_release(&said);
}

static void say_form(struct mg_buf *b, const struct mg_event *dump, const struct mg_goroutines_opts *o)
{
	if (!mg_godump_has_states(dump))
		mg_buf_printf(b, "  this form (%s) has no states, no waits and no creators%s\n",
			      mg_str_eq(mg_event_attr(dump, "form"), MG_STR("pprof"))
				      ? "protobuf" : "debug=1 text",
			      o->waits ? ": nothing can be picked by them" : "");
}

static void one_dump(struct mg_buf *b, const struct mg_case *c, const struct mg_gocount *g, uint32_t dump,
		     const struct mg_goroutines_opts *o)
{
	const struct mg_event   *e = g->dumps[dump];
	size_t                   n;
	const struct mg_gocell **v = mg_gocount_of(g, dump, &n);
	char                     when[40];

	mg_text_place(b, mg_case_path(c, e->artifact), e->line, WIDTH);
	mg_buf_printf(b, "\n  %s  ", time_text(e, when, sizeof(when)));
	mg_text_escape(b, e->message, MG_TEXT_ALL);
	mg_buf_addc(b, '\n');
	say_form(b, e, o);
	if (n)
		dump_table(b, g, o, v, n);
	free(v);
}

void mg_render_goroutines(struct mg_buf *b, const struct mg_case *c, const struct mg_gocount *g,
			  const struct mg_goroutines_opts *o)
{
	for (uint32_t i = 0; i < g->ndumps; i++) {
		mg_buf_addz(b, i ? "\n" : "");
		one_dump(b, c, g, i, o);
	}
}

/* --- several dumps ------------------------------------------------------------------------ */

static void series_head(struct mg_buf *b, const struct mg_case *c, const struct mg_gocount *g,
			const struct mg_goseries *s)
{
	const struct mg_event *first = g->dumps[s->dump[0]], *last = g->dumps[s->dump[s->n - 1]];
	char                   when[40];

	mg_text_escape(b, last->component.n ? last->component : MG_STR("(unknown process)"), WIDTH);
	mg_buf_printf(b, ": %u dumps, %s", s->n, time_text(first, when, sizeof(when)));
	mg_buf_printf(b, " to %s\n", time_text(last, when, sizeof(when)));
	mg_buf_addz(b, "  from ");
	mg_text_place(b, mg_case_path(c, first->artifact), first->line, WIDTH);
	mg_buf_addz(b, "\n  to   ");
	mg_text_place(b, mg_case_path(c, last->artifact), last->line, WIDTH);
	mg_buf_addc(b, '\n');
	if (g->mixed)
		mg_buf_addz(b, "  only one of them knows states and creators: compared by function\n");
}

static void counts_cell(struct mg_grid *t, const struct mg_gocount *g, const struct mg_goseries *s,
			uint32_t group)
{
	uint32_t      from = s->n > MG_GOROUTINE_DUMPS ? s->n - MG_GOROUTINE_DUMPS : 0;
	struct mg_buf text = { 0 };

	if (from) /* the first one is what it is compared with */
		from++;
	for (uint32_t i = 0; i < s->n; i++) {
		const struct mg_gocell *c = mg_gocount_cell(g, s->dump[i], group);

		if (i && i < from)
			continue;
		mg_buf_printf(&text, "%s%llu", i == 0 ? "" : i == from && from ? " \xe2\x80\xa6 " : " ",
			      c ? (unsigned long long)c->count : 0ull);
	}
	mg_grid_cell(t, mg_buf_str(&text));
	mg_buf_release(&text);
}

static void waits_cell(struct mg_grid *t, const struct mg_godiff *d)
{
	char from[32], to[32];

	if (d->wait_from <= 0 && d->wait_to <= 0) {
		mg_grid_cell(t, MG_STR("-"));
		return;
	}
	minutes_text(d->wait_from, from, sizeof(from));
	minutes_text(d->wait_to, to, sizeof(to));
	mg_grid_cellf(t, "%s -> %s", from, to);
}

static void diff_table(struct mg_buf *b, const struct mg_gocount *g, const struct mg_goseries *s,
		       const struct mg_goroutines_opts *o, const struct mg_godiff *d, size_t n)
{
	size_t         rows = o->rows && o->rows < n ? o->rows : n;
	struct mg_grid t;
	char           headings[120];

	snprintf(headings, sizeof(headings), "change|>by|>count in each dump|longest wait|%s",
		 columns_of(g->by));
	mg_grid_init(&t, headings);
	for (size_t i = 0; i < rows; i++) {
		mg_grid_cell(&t, mg_strz(mg_gochange_name(d[i].change)));
		mg_grid_cellf(&t, "%+lld", (long long)d[i].delta);
		counts_cell(&t, g, s, d[i].group);
		waits_cell(&t, &d[i]);
		group_cells(&t, g, d[i].group, d[i].top);
	}
	mg_grid_print(&t, b, 2, 0, o->headings);
	mg_grid_release(&t);
	and_more(b, n - rows);
	for (size_t i = 0; o->stacks && i < rows; i++)
		add_stack(b, d[i].top);
}

static void one_diff(struct mg_buf *b, const struct mg_case *c, const struct mg_gocount *g,
		     const struct mg_goseries *s, const struct mg_goroutines_opts *o)
{
	uint64_t          counts[MG_GOCHANGES + 1];
	size_t            n;
	struct mg_godiff *d = mg_goseries_diff(g, s, o->filtered, &n, counts);

	series_head(b, c, g, s);
	mg_buf_printf(b, "  groups: ");
	for (int i = 0; i <= MG_GOCHANGES; i++)
		mg_buf_printf(b, "%s%llu %s", i ? ", " : "", (unsigned long long)counts[i],
			      mg_gochange_name((enum mg_gochange)i));
	mg_buf_addc(b, '\n');
	if (n)
		diff_table(b, g, s, o, d, n);
	free(d);
}

static void follow_table(struct mg_buf *b, const struct mg_case *c, const struct mg_gocount *g,
			 const struct mg_goseries *s, const struct mg_goroutines_opts *o,
			 const struct mg_gofollow *f)
{
	struct mg_grid t;
	char           text[40];

	mg_buf_addz(b, "\n  ");
	if (g->by == MG_GOBY_STACK) {
		mg_text_escape(b, function_name(f->top), MG_TEXT_ALL);
		if (mg_event_attr(f->top, "created_by").n) {
			mg_buf_addz(b, ", created by ");
			mg_text_escape(b, short_name(mg_event_attr(f->top, "created_by")), MG_TEXT_ALL);
		}
	} else {
		struct mg_str key = mg_intern_str(&g->keys, f->group);

		mg_text_escape(b, key.n ? key : MG_STR("(none)"), MG_TEXT_ALL);
	}
	mg_buf_addc(b, '\n');
	mg_grid_init(&t, "time|>count|>longest wait|dump");
	for (uint32_t i = 0; i < s->n; i++) {
		const struct mg_event  *dump = g->dumps[s->dump[i]];
		const struct mg_gocell *cell = mg_gocount_cell(g, s->dump[i], f->group);

		mg_grid_cell(&t, mg_strz(time_text(dump, text, sizeof(text))));
		mg_grid_count(&t, cell ? cell->count : 0);
		minutes_text(cell ? cell->wait_max : 0, text, sizeof(text));
		mg_grid_cell(&t, mg_strz(text));
		mg_grid_place(&t, mg_case_path(c, dump->artifact), cell ? cell->top->line : dump->line, 60);
	}
	mg_grid_print(&t, b, 4, 0, o->headings);
	mg_grid_release(&t);
	if (o->stacks)
		add_stack(b, f->top);
}

static void one_follow(struct mg_buf *b, const struct mg_case *c, const struct mg_gocount *g,
		       const struct mg_goseries *s, const struct mg_goroutines_opts *o)
{
	size_t              n, rows;
	struct mg_gofollow *f = mg_goseries_follow(g, s, &n);

	rows = o->rows && o->rows < n ? o->rows : n;
	series_head(b, c, g, s);
	for (size_t i = 0; i < rows; i++)
		follow_table(b, c, g, s, o, &f[i]);
	and_more(b, n - rows);
	if (n == 0)
		mg_buf_addz(b, "  none of them holds such goroutines\n");
	free(f);
}

static void every_series(struct mg_buf *b, const struct mg_case *c, const struct mg_gocount *g,
			 const struct mg_goroutines_opts *o,
			 void (*one)(struct mg_buf *, const struct mg_case *, const struct mg_gocount *,
				     const struct mg_goseries *, const struct mg_goroutines_opts *))
{
	size_t              n;
	struct mg_goseries *s = mg_goseries_find(g, &n);

	for (size_t i = 0; i < n; i++) {
		mg_buf_addz(b, i ? "\n" : "");
		one(b, c, g, &s[i], o);
	}
	mg_goseries_free(s, n);
}

void mg_render_goroutine_diff(struct mg_buf *b, const struct mg_case *c, const struct mg_gocount *g,
			      const struct mg_goroutines_opts *o)
{
	every_series(b, c, g, o, one_diff);
}

void mg_render_goroutine_follow(struct mg_buf *b, const struct mg_case *c, const struct mg_gocount *g,
				const struct mg_goroutines_opts *o)
{
	every_series(b, c, g, o, one_follow);
}
