/* SPDX-License-Identifier: Apache-2.0 */
#include "render/logs.h"

#include <math.h>

#include "base/mem.h"
#include "base/num.h"
#include "render/grid.h"
#include "render/text.h"
#include "render/tsv.h"

#define PLACE_MAX 44

static void print(struct mg_out *o, struct mg_grid *g, size_t width, size_t all, size_t shown)
{
	struct mg_buf b = { 0 };
	char          n[32];

	mg_grid_print(g, &b, 0, width, true);
	if (all > shown)
		mg_buf_printf(&b, "\xe2\x80\xa6 and %s more (-n 0 shows all)\n",
			      mg_num_grouped(all - shown, n, sizeof(n)));
	mg_out_add(o, mg_buf_str(&b));
	mg_buf_release(&b);
	mg_grid_release(g);
}

const char *mg_log_time_text(int64_t ns, char *b, size_t n)
{
	if (ns == MG_TIME_NONE)
		return "-";
	mg_time_format(ns, 0, b, n);
	return ns >= 0 && ns < 366 * MG_DAY ? b + 5 : b;
}

static void cell_time(struct mg_grid *g, int64_t ns)
{
	char b[40];

	mg_grid_cell(g, mg_strz(mg_log_time_text(ns, b, sizeof(b))));
}

/* --- components ------------------------------------------------------------------- */

void mg_render_log_components(struct mg_out *o, const struct mg_logtop *t)
{
	struct mg_grid g;

	if (!t->totals.n)
		return;
	mg_grid_init(&g, "component|>info|>warning|>error|>fatal|first|last");
	for (uint32_t i = 0; i < t->totals.n; i++) {
		const struct mg_logtop_total *x = mg_cells_at(&t->totals, i);
		struct mg_str name = mg_intern_str(&t->components, x->component);

		mg_grid_cell(&g, name.n ? name : MG_STR("(unknown)"));
		for (int s = MG_SEV_INFO; s <= MG_SEV_CRITICAL; s++)
			mg_grid_count(&g, x->n[s]);
		cell_time(&g, x->first_ns);
		cell_time(&g, x->last_ns);
	}
	print(o, &g, 0, 0, 0);
}

/* --- messages --------------------------------------------------------------------- */

static void note_beyond(struct mg_out *o, const struct mg_logtop *t)
{
	char n[32], m[32];

	if (t->beyond)
		mg_out_printf(o, "%s lines are of further messages: only the first %s different "
			      "ones are told apart\n", mg_num_grouped(t->beyond, n, sizeof(n)),
			      mg_num_grouped(MG_LOGTOP_MAX, m, sizeof(m)));
	if (t->minutes_beyond)
		mg_out_printf(o, "%s lines are missing in the peaks: too many minutes\n",
			      mg_num_grouped(t->minutes_beyond, n, sizeof(n)));
}

static void cell_peak(struct mg_grid *g, const struct mg_logtop_entry *e)
{
	char b[40];

	if (!e->peak) {
		mg_grid_cell(g, MG_STR(""));
		mg_grid_cell(g, MG_STR(""));
		return;
	}
	mg_grid_count(g, e->peak);
	mg_grid_cellf(g, "%.5s", mg_time_clock(e->peak_minute * MG_MIN, 0, b, sizeof(b)));
}

void mg_render_log_top(struct mg_out *o, struct mg_logtop *t, const struct mg_case *c, size_t max,
		       size_t width)
{
	struct mg_logtop_entry **v = mg_logtop_rank(t);
	size_t                   n = max && max < t->n ? max : t->n;
	struct mg_grid           g;

	mg_grid_init(&g, ">count|severity|component|>peak/min|at|first|last|seen first in|~message");
	for (size_t i = 0; i < n; i++) {
		mg_grid_count(&g, v[i]->count);
		mg_grid_cellf(&g, "%s", mg_severity_name(v[i]->severity));
		mg_grid_cell(&g, mg_intern_str(&t->components, v[i]->component));
		cell_peak(&g, v[i]);
		cell_time(&g, v[i]->first_ns);
		cell_time(&g, v[i]->last_ns);
		mg_grid_place(&g, mg_case_path(c, v[i]->artifact), v[i]->line, PLACE_MAX);
		mg_grid_cell(&g, v[i]->text);
	}
	if (n)
		print(o, &g, width, t->n, n);
	else
		mg_grid_release(&g);
	note_beyond(o, t);
	free(v);
}

static void tsv_text(struct mg_buf *b, struct mg_str s)
{
	for (size_t i = 0; i < s.n; i++)
		mg_buf_addc(b, (unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f ? ' ' : s.p[i]);
}

static void tsv_time(struct mg_buf *b, int64_t ns)
{
	char t[40];

	mg_buf_printf(b, "%s\t", ns == MG_TIME_NONE ? "" : mg_time_format(ns, 3, t, sizeof(t)));
}

void mg_render_log_top_tsv(struct mg_out *o, struct mg_logtop *t, const struct mg_case *c)
{
	struct mg_logtop_entry **v = mg_logtop_rank(t);
	struct mg_buf            b = { 0 };

	mg_buf_addz(&b, "count\tseverity\tcomponent\tpeak\tpeak_minute\tfirst\tlast\tartifact\tline\t"
			"message\n");
	for (uint32_t i = 0; i < t->n; i++) {
		mg_buf_printf(&b, "%llu\t%s\t", (unsigned long long)v[i]->count,
			      mg_severity_name(v[i]->severity));
		tsv_text(&b, mg_intern_str(&t->components, v[i]->component));
		mg_buf_printf(&b, "\t%llu\t", (unsigned long long)v[i]->peak);
		tsv_time(&b, v[i]->peak ? v[i]->peak_minute * MG_MIN : MG_TIME_NONE);
		tsv_time(&b, v[i]->first_ns);
		tsv_time(&b, v[i]->last_ns);
		tsv_text(&b, mg_case_path(c, v[i]->artifact));
		mg_buf_printf(&b, "\t%llu\t", (unsigned long long)v[i]->line);
		tsv_text(&b, v[i]->text);
		mg_buf_addc(&b, '\n');
		mg_out_add(o, mg_buf_str(&b));
		mg_buf_clear(&b);
	}
	mg_out_add(o, mg_buf_str(&b));
	mg_buf_release(&b);
	free(v);
}

/* --- kinds of events -------------------------------------------------------------- */

struct kind {
	enum mg_event_kind kind;
	uint64_t           n;
	enum mg_severity   worst;
	int64_t            first, last;
};

static int by_count(const void *pa, const void *pb)
{
	const struct kind *a = pa, *b = pb;

	if (a->n != b->n)
		return a->n > b->n ? -1 : 1;
	return (int)a->kind - (int)b->kind;
}

void mg_render_log_kinds(struct mg_out *o, const struct mg_case *c,
			 bool (*wanted)(const void *ctx, const struct mg_event *e),
			 const void *ctx, size_t max)
{
	struct kind    k[MG_EV_COUNT];
	struct mg_grid g;
	size_t         n = 0, shown;

	for (int i = 0; i < MG_EV_COUNT; i++)
		k[i] = (struct kind){ (enum mg_event_kind)i, 0, MG_SEV_DEBUG, MG_TIME_NONE,
				      MG_TIME_NONE };
	for (size_t i = 0; i < c->events.n; i++) {
		const struct mg_event *e = &c->events.ev[i];
		struct kind           *x = &k[e->kind];

		if (!wanted(ctx, e))
			continue;
		n += x->n == 0;
		x->n += e->count;
		x->worst = e->severity > x->worst ? e->severity : x->worst;
		if (e->time_ns == MG_TIME_NONE)
			continue;
		x->first = x->first == MG_TIME_NONE ? e->time_ns : x->first;
		x->last = e->time_ns;
	}
	qsort(k, MG_EV_COUNT, sizeof(*k), by_count);
	shown = max && max < n ? max : n;
	mg_grid_init(&g, "kind|>count|worst|first|last");
	for (size_t i = 0; i < shown; i++) {
		mg_grid_cellf(&g, "%s", mg_event_kind_name(k[i].kind));
		mg_grid_count(&g, k[i].n);
		mg_grid_cellf(&g, "%s", mg_severity_name(k[i].worst));
		cell_time(&g, k[i].first);
		cell_time(&g, k[i].last);
	}
	if (n)
		print(o, &g, 0, n, shown);
	else
		mg_grid_release(&g);
}

/* --- series ----------------------------------------------------------------------- */

static int by_index(const void *pa, const void *pb)
{
	const struct mg_logtop_bucket *a = pa, *b = pb;

	return a->index < b->index ? -1 : a->index > b->index;
}

void mg_render_log_series(struct mg_out *o, const struct mg_logtop *t)
{
	static const char *const names[] = { "debug", "info", "warning", "error", "fatal" };
	struct mg_column col[MG_SEV_CRITICAL + 1] = { 0 };
	struct mg_logtop_bucket *v = t->buckets.v;
	struct mg_table  x = { .name = "loglines", .title = "Log lines by severity",
			       .unit = "lines/s", .step_ns = t->bucket_ns, .col = col + 1,
			       .ncol = MG_SEV_CRITICAL };
	struct mg_buf    b = { 0 };
	double           seconds = (double)t->bucket_ns / (double)MG_SEC;

	if (!t->buckets.n)
		return;
	qsort(v, t->buckets.n, sizeof(*v), by_index);
	x.start_ns = v[0].index * t->bucket_ns;
	x.n = (size_t)(v[t->buckets.n - 1].index - v[0].index) + 1;
	if (x.n > MG_TSV_ROWS) /* one stamp far off must not make an endless table */
		x.n = MG_TSV_ROWS;
	for (int s = 0; s <= MG_SEV_CRITICAL; s++) {
		col[s].name = mg_strz(names[s]);
		col[s].v = mg_zalloc(x.n * sizeof(*col[s].v));
		for (uint32_t i = 0; i < t->buckets.n; i++) {
			uint64_t at = (uint64_t)(v[i].index - v[0].index);

			if (at < x.n)
				col[s].v[at] = (double)v[i].n[s] / seconds;
			col[s].any |= v[i].n[s] > 0;
		}
	}
	mg_tsv_format(&b, &x);
	mg_out_add(o, mg_buf_str(&b));
	mg_buf_release(&b);
	for (int s = 0; s <= MG_SEV_CRITICAL; s++)
		free(col[s].v);
}

/* --- lines ------------------------------------------------------------------------ */

static bool is_log(const struct mg_artifact *a)
{
	return a->kind == MG_KIND_LOG || a->kind == MG_KIND_ETCD_LOG || a->kind == MG_KIND_JOURNAL ||
	       a->kind == MG_KIND_KERNEL;
}

static void lines_row(struct mg_grid *g, const struct mg_leaf_stats *s, struct mg_str what,
		      const char *kind)
{
	mg_grid_count(g, s->lines);
	mg_grid_count(g, s->records);
	mg_grid_count(g, s->other);
	mg_grid_count(g, s->bad);
	/* an empty cell says that every line is accounted for */
	if (s->lines == s->records + s->other + s->bad)
		mg_grid_cell(g, MG_STR(""));
	else
		mg_grid_count(g, s->lines - s->records - s->other - s->bad);
	mg_grid_cell(g, mg_strz(kind));
	mg_grid_cell(g, what);
}

void mg_render_log_lines(struct mg_out *o, const struct mg_case *c)
{
	struct mg_leaf_stats all = MG_LEAF_STATS_INIT;
	struct mg_grid       g;
	uint32_t             files = 0;

	mg_grid_init(&g, ">lines|>records|>other|>bad|>lost|kind|file");
	for (uint32_t i = 0; i < c->nartifacts; i++) {
		const struct mg_artifact *a = &c->artifacts[i];

		if (!is_log(a) && a->kind != MG_KIND_EMPTY)
			continue;
		files++;
		lines_row(&g, &a->stats, a->path, mg_kind_name(a->kind));
		all.lines += a->stats.lines;
		all.records += a->stats.records;
		all.other += a->stats.other;
		all.bad += a->stats.bad;
	}
	lines_row(&g, &all, MG_STR("all of them"), "");
	print(o, &g, 0, 0, 0);
	mg_out_printf(o, "%u files. records: parsed; other: continuation lines, stacks and plain "
		      "text; bad: damaged\n", files);
}
