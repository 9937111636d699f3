/* SPDX-License-Identifier: Apache-2.0 */
#include "render/goroutines.h"

#include <stdio.h>

#include "base/map.h"
#include "base/mem.h"
#include "render/grid.h"
#include "render/text.h"

#define WIDTH 100

/* --- what is shown ---------------------------------------------------------------------- */

static bool shown(const struct mg_goroutines_opts *o, const struct mg_event *e)
{
	return e->kind == MG_EV_GOROUTINE_STUCK && (!o->shown || o->shown(o->ctx, e));
}

static bool same_dump(const struct mg_event *dump, const struct mg_event *e)
{
	return e->artifact == dump->artifact &&
	       mg_event_attr_i64(e, "dump_line", -1) == (int64_t)dump->line;
}

/* Notable ones first, then the many. */
static int by_weight(const void *x, const void *y)
{
	const struct mg_event *a = *(const struct mg_event *const *)x;
	const struct mg_event *b = *(const struct mg_event *const *)y;

	if ((a->severity > MG_SEV_DEBUG) != (b->severity > MG_SEV_DEBUG))
		return a->severity > b->severity ? -1 : 1;
	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return a->line < b->line ? -1 : a->line > b->line;
}

/* "k8s.io/apiserver/pkg/registry.(*Store).F" -> "registry.(*Store).F" */
static struct mg_str short_name(struct mg_str func)
{
	ptrdiff_t     end = mg_str_chr(func, '[');
	struct mg_str path = end < 0 ? func : mg_str_head(func, (size_t)end);
	ptrdiff_t     i = mg_str_rchr(path, '/');

	return i < 0 ? func : mg_str_from(func, (size_t)i + 1);
}

/* --- one dump --------------------------------------------------------------------------- */

static void wait_text(const struct mg_event *e, char *buf, size_t n)
{
	long long from = mg_event_attr_i64(e, "wait_min_minutes", 0);
	long long to = mg_event_attr_i64(e, "wait_max_minutes", 0);

	if (to == 0)
		snprintf(buf, n, "-");
	else if (from == to)
		snprintf(buf, n, "%lld min", to);
	else
		snprintf(buf, n, "%lld-%lld min", from, to);
}

/* What the signatures in the table mean, each once. */
static void explain(struct mg_buf *b, struct mg_event **e, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct mg_str name = mg_event_attr(e[i], "signature");
		bool          again = name.n == 0;

		for (size_t k = 0; k < i && !again; k++)
			again = mg_str_eq(name, mg_event_attr(e[k], "signature"));
		if (again)
			continue;
		mg_buf_printf(b, "  %.*s: ", MG_FMT(name));
		mg_text_block(b, mg_event_attr(e[i], "explanation"), name.n + 4, WIDTH);
	}
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

static void dump_table(struct mg_buf *b, const struct mg_goroutines_opts *o,
		       struct mg_event **e, size_t n)
{
	size_t         rows = o->rows && o->rows < n ? o->rows : n;
	struct mg_grid g;
	char           wait[48];

	mg_grid_init(&g, ">count|state|wait|function|created by|signature");
	for (size_t i = 0; i < rows; i++) {
		wait_text(e[i], wait, sizeof(wait));
		mg_grid_count(&g, e[i]->count);
		mg_grid_cell(&g, mg_event_attr(e[i], "state"));
		mg_grid_cell(&g, mg_strz(wait));
		mg_grid_cell(&g, short_name(mg_event_attr(e[i], "function")));
		mg_grid_cell(&g, short_name(mg_event_attr(e[i], "created_by")));
		mg_grid_cell(&g, mg_event_attr(e[i], "signature"));
	}
	mg_grid_print(&g, b, 2, 0, o->headings);
	mg_grid_release(&g);
	if (rows < n)
		mg_buf_printf(b, "  \xe2\x80\xa6 and %zu more\n", n - rows);
	explain(b, e, rows);
	for (size_t i = 0; o->stacks && i < rows; i++)
		add_stack(b, e[i]);
}

static void one_dump(struct mg_buf *b, const struct mg_case *c,
		     const struct mg_goroutines_opts *o, const struct mg_event *dump)
{
	struct mg_event **e = mg_alloc(sizeof(struct mg_event *) * (c->events.n + 1));
	size_t            n = 0;
	char              when[40];

	for (size_t i = 0; i < c->events.n; i++)
		if (same_dump(dump, &c->events.ev[i]) && shown(o, &c->events.ev[i]))
			e[n++] = &c->events.ev[i];
	qsort(e, n, sizeof(struct mg_event *), by_weight);
	mg_text_place(b, mg_case_path(c, dump->artifact), dump->line, WIDTH);
	mg_buf_printf(b, "\n  %s  ", dump->time_ns == MG_TIME_NONE
					 ? "(time unknown)"
					 : mg_time_format(dump->time_ns, 0, when, sizeof(when)));
	mg_text_escape(b, dump->message, MG_TEXT_ALL);
	mg_buf_addc(b, '\n');
	if (n)
		dump_table(b, o, e, n);
	free(e);
}

void mg_render_goroutines(struct mg_buf *b, const struct mg_case *c,
			  const struct mg_goroutines_opts *o)
{
	bool any = false;

	for (size_t i = 0; i < c->events.n; i++)
		if (c->events.ev[i].kind == MG_EV_GOROUTINE_DUMP) {
			mg_buf_addz(b, any ? "\n" : "");
			one_dump(b, c, o, &c->events.ev[i]);
			any = true;
		}
	if (!any)
		mg_buf_addz(b, "no goroutine dumps\n");
}

/* --- what grew -------------------------------------------------------------------------- */

/* Counts of one stack, dump by dump. */
struct growth {
	const struct mg_event *e; /* of the last dump that has it */
	uint64_t               count[MG_GOROUTINE_DUMPS];
	int64_t                grown;
};

struct series {
	const struct mg_event *dump[MG_GOROUTINE_DUMPS];
	size_t                 ndump;
	struct mg_intern       keys;
	struct growth         *g;
	size_t                 n, cap;
};

static int by_growth(const void *x, const void *y)
{
	const struct growth *a = x, *b = y;
	int                  c;

	if (a->grown != b->grown)
		return a->grown > b->grown ? -1 : 1;
	c = mg_str_cmp(mg_event_attr(a->e, "function"), mg_event_attr(b->e, "function"));
	return c ? c : mg_str_cmp(mg_event_attr(a->e, "created_by"), mg_event_attr(b->e, "created_by"));
}

/* Dumps of the same process; the last ones, in order of time.  debug=1 text is usually taken
 * beside debug=2 and says less. */
static bool same_process(const struct mg_event *a, const struct mg_event *b)
{
	return mg_str_eq(a->component, b->component) && mg_str_eq(a->node, b->node) &&
	       mg_str_eq(a->pod, b->pod);
}

static bool is_dump(const struct mg_event *e)
{
	return e->kind == MG_EV_GOROUTINE_DUMP &&
	       mg_str_eq(mg_event_attr(e, "form"), MG_STR("debug2"));
}

static void find_dumps(struct series *s, const struct mg_case *c, const struct mg_event *first)
{
	for (size_t i = 0; i < c->events.n; i++) {
		const struct mg_event *e = &c->events.ev[i];

		if (!is_dump(e) || !same_process(e, first))
			continue;
		if (s->ndump == MG_GOROUTINE_DUMPS)
			memmove(s->dump, s->dump + 1, sizeof(s->dump) - sizeof(s->dump[0]));
		else
			s->ndump++;
		s->dump[s->ndump - 1] = e;
	}
}

static void count_in(struct series *s, size_t d, const struct mg_event *e)
{
	struct mg_buf key = { 0 };
	uint32_t      id;

	mg_buf_add(&key, mg_event_attr(e, "function"));
	mg_buf_addc(&key, '\n');
	mg_buf_add(&key, mg_event_attr(e, "created_by"));
	id = mg_intern_id(&s->keys, mg_buf_str(&key));
	mg_buf_release(&key);
	if (id == s->n)
		MG_PUSH(s->g, s->n, s->cap, (struct growth){ 0 });
	s->g[id].e = e;
	s->g[id].count[d] += e->count;
}

static void growth_row(struct mg_grid *t, const struct series *s, const struct growth *g)
{
	struct mg_buf counts = { 0 };

	for (size_t d = 0; d < s->ndump; d++)
		mg_buf_printf(&counts, "%s%llu", d ? " " : "", (unsigned long long)g->count[d]);
	mg_grid_cellf(t, "+%lld", (long long)g->grown);
	mg_grid_cell(t, mg_buf_str(&counts));
	mg_grid_cell(t, mg_event_attr(g->e, "state"));
	mg_grid_cell(t, short_name(mg_event_attr(g->e, "function")));
	mg_grid_cell(t, short_name(mg_event_attr(g->e, "created_by")));
	mg_buf_release(&counts);
}

static void growth_table(struct mg_buf *b, struct series *s, const struct mg_goroutines_opts *o)
{
	struct mg_grid t;
	size_t         rows = 0, grew = 0;

	for (size_t i = 0; i < s->n; i++)
		s->g[i].grown = (int64_t)(s->g[i].count[s->ndump - 1] - s->g[i].count[0]);
	if (s->n)
		qsort(s->g, s->n, sizeof(*s->g), by_growth);
	mg_grid_init(&t, ">grown|>count in each dump|state|function|created by");
	for (size_t i = 0; i < s->n && s->g[i].grown > 0; i++) {
		grew++;
		if (o->rows && rows == o->rows)
			continue;
		growth_row(&t, s, &s->g[i]);
		rows++;
	}
	if (rows)
		mg_grid_print(&t, b, 2, 0, o->headings);
	else
		mg_buf_addz(b, "  nothing grew\n");
	if (grew > rows)
		mg_buf_printf(b, "  \xe2\x80\xa6 and %zu more\n", grew - rows);
	mg_grid_release(&t);
}

static void one_process(struct mg_buf *b, const struct mg_case *c,
			const struct mg_goroutines_opts *o, const struct mg_event *first)
{
	struct series s = { .ndump = 0 };
	char          from[40], to[40];

	find_dumps(&s, c, first);
	for (size_t i = 0; i < c->events.n; i++)
		for (size_t d = 0; d < s.ndump; d++)
			if (shown(o, &c->events.ev[i]) && same_dump(s.dump[d], &c->events.ev[i]))
				count_in(&s, d, &c->events.ev[i]);
	mg_text_escape(b, first->component.n ? first->component : MG_STR("(unknown process)"), WIDTH);
	mg_buf_printf(b, ": %zu dumps, %s to %s\n", s.ndump,
		      mg_time_format(s.dump[0]->time_ns, 0, from, sizeof(from)),
		      mg_time_format(s.dump[s.ndump - 1]->time_ns, 0, to, sizeof(to)));
	growth_table(b, &s, o);
	mg_intern_release(&s.keys);
	free(s.g);
}

/* Is this the first dump of its process, and not the only one? */
static bool begins(const struct mg_case *c, size_t at)
{
	size_t more = 0;

	for (size_t i = 0; i < c->events.n; i++) {
		if (i == at || !is_dump(&c->events.ev[i]) ||
		    !same_process(&c->events.ev[i], &c->events.ev[at]))
			continue;
		if (i < at)
			return false;
		more++;
	}
	return more > 0;
}

void mg_render_goroutine_growth(struct mg_buf *b, const struct mg_case *c,
				const struct mg_goroutines_opts *o)
{
	bool any = false;

	for (size_t i = 0; i < c->events.n; i++)
		if (is_dump(&c->events.ev[i]) && c->events.ev[i].time_ns != MG_TIME_NONE &&
		    begins(c, i)) {
			mg_buf_addz(b, any ? "\n" : "");
			one_process(b, c, o, &c->events.ev[i]);
			any = true;
		}
	if (!any)
		mg_buf_addz(b, "no process with several goroutine dumps\n");
}
