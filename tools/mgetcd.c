/* SPDX-License-Identifier: Apache-2.0 */
/* mgetcd - what etcd says about itself: slow applies, fdatasync, leaders, space.
 *
 *   mgetcd must-gather.tar.gz
 *   mgetcd -o events etcd.log | mgtimeline
 */
#include <stdlib.h>
#include <unistd.h>

#include "base/hist.h"
#include "base/mem.h"
#include "render/events.h"
#include "render/grid.h"
#include "session/session.h"

struct opts {
	struct mg_common      common;
	struct mg_window_args window;
	const char           *output;
	long                  max;
	bool                  keys;
};

/* One row: a member (or a key's resource) and a kind. */
struct row {
	struct mg_str who, what;
	uint64_t      n;
	int64_t       first, last;
	struct mg_hist took;
};

struct rows {
	struct mg_intern ids;
	struct row      *v;
	size_t           n, cap;
};

static bool is_etcd(const void *ctx, const struct mg_event *e)
{
	struct mg_str kind = mg_strz(mg_event_kind_name(e->kind));

	(void)ctx;
	return mg_str_starts(kind, MG_STR("etcd."));
}

static void add(struct rows *t, struct mg_arena *a, const struct mg_event *e, struct mg_str who,
		struct mg_str what)
{
	struct mg_str key = mg_arena_printf(a, "%.*s\n%.*s", MG_FMT(who), MG_FMT(what));
	uint32_t      id = mg_intern_id(&t->ids, key);
	struct row   *r;

	if (id == t->n) {
		struct row fresh = { .who = who, .what = what, .first = e->time_ns };

		mg_hist_init(&fresh.took, MG_HIST_BITS);
		MG_PUSH(t->v, t->n, t->cap, fresh);
	}
	r = &t->v[id];
	r->n += e->count;
	r->last = e->time_ns > r->last ? e->time_ns : r->last;
	if (e->duration_ns >= 0)
		mg_hist_add(&r->took, e->duration_ns);
}

static int by_member(const void *va, const void *vb)
{
	const struct row *a = va, *b = vb;
	int               c = mg_str_cmp(a->who, b->who);

	if (c)
		return c;
	if (a->n != b->n)
		return a->n > b->n ? -1 : 1;
	return mg_str_cmp(a->what, b->what);
}

static void cell_time(struct mg_grid *g, int64_t ns)
{
	char b[40];

	mg_grid_cell(g, ns == MG_TIME_NONE ? MG_STR("-")
					   : mg_strz(mg_time_format(ns, 3, b, sizeof(b))));
}

static void cell_took(struct mg_grid *g, const struct mg_hist *h, double q)
{
	char b[24];

	mg_grid_cell(g, h->count ? mg_strz(mg_duration_text(mg_hist_quantile(h, q), b, sizeof(b)))
				 : MG_STR(""));
}

static void print(struct mg_out *out, const struct rows *t, bool keys, size_t max)
{
	struct mg_grid g;
	struct mg_buf  b = { 0 };

	mg_grid_init(&g, keys ? "resource|operation|>count|first|last|>p50|>p99|>max"
			      : "member|kind|>count|first|last|>p50|>p99|>max");
	for (size_t i = 0; i < t->n && (!max || i < max); i++) {
		const struct row *r = &t->v[i];

		mg_grid_cell(&g, r->who);
		mg_grid_cell(&g, r->what);
		mg_grid_count(&g, r->n);
		cell_time(&g, r->first);
		cell_time(&g, r->last);
		cell_took(&g, &r->took, 0.5);
		cell_took(&g, &r->took, 0.99);
		cell_took(&g, &r->took, 1);
	}
	mg_grid_print(&g, &b, 0, 0, true);
	if (max && t->n > max)
		mg_buf_printf(&b, "\xe2\x80\xa6 and %zu more (-n 0 shows all)\n", t->n - max);
	if (t->n == 0)
		mg_buf_addz(&b, "no line of etcd worth a row\n");
	mg_out_add(out, mg_buf_str(&b));
	mg_buf_release(&b);
	mg_grid_release(&g);
}

static void tables(struct mg_out *out, const struct opts *o, struct mg_case *c)
{
	struct rows t = { 0 };

	for (size_t i = 0; i < c->events.n; i++) {
		const struct mg_event *e = &c->events.ev[i];
		struct mg_str          who = e->pod.n ? e->pod : e->node;

		if (!is_etcd(NULL, e))
			continue;
		if (o->keys && e->kind != MG_EV_ETCD_SLOW_APPLY)
			continue;
		if (o->keys)
			add(&t, &c->arena, e, e->resource, mg_event_attr(e, "op"));
		else
			add(&t, &c->arena, e, who.n ? who : mg_case_path(c, e->artifact),
			    mg_strz(mg_event_kind_name(e->kind)));
	}
	if (t.n)
		qsort(t.v, t.n, sizeof(*t.v), by_member);
	print(out, &t, o->keys, (size_t)o->max);
	for (size_t i = 0; i < t.n; i++)
		mg_hist_release(&t.v[i].took);
	free(t.v);
	mg_intern_release(&t.ids);
}

static int run(const struct mg_tool *tool, const struct opts *o, char **operands, int n)
{
	struct mg_ingest_opts io = { .kinds = 1u << MG_KIND_LOG | 1u << MG_KIND_ETCD_LOG |
					      1u << MG_KIND_JOURNAL | 1u << MG_KIND_ETCD_INFO |
					      1u << MG_KIND_MG_EVENTS };
	enum mg_events_format f = MG_EVENTS_TEXT;
	struct mg_case        c;
	struct mg_out         out;
	int                   rc;

	if (o->output && !mg_events_format_parse(o->output, &f))
		return mg_usage_error(tool, "'--output=%s': expected table, text, events or tsv",
				      o->output);
	rc = mg_session_read(tool, &o->common, &o->window, &io, operands, n, &c);
	if (rc != MG_EXIT_OK && rc != MG_EXIT_DAMAGED)
		return rc;
	mg_out_fd(&out, STDOUT_FILENO);
	if (o->output)
		mg_render_events(&out, &c, f, is_etcd, NULL, (size_t)o->max);
	else
		tables(&out, o, &c);
	mg_case_release(&c);
	return mg_session_end(tool, &out, rc);
}

int main(int argc, char **argv)
{
	struct opts         o = { 0 };
	const struct mg_opt table[] = {
		{ MG_OPT_TEXT, 'o', "output", "FORMAT", "instead of the table: text, events or tsv",
		  &o.output },
		{ MG_OPT_FLAG, 0, "keys", NULL, "slow applies by resource and operation", &o.keys },
		{ MG_OPT_COUNT, 'n', "max", "N", "at most N rows (default 0: all)", &o.max },
		MG_WINDOW_OPTS(&o.window),
		MG_COMMON_OPTS(&o.common),
	};
	const struct mg_tool tool = {
		.name = "mgetcd",
		.summary = "what etcd logs say: slow applies, fdatasync, leaders, space",
		.usage = "[options] [file | directory | archive | -]...",
		.examples = "  mgetcd must-gather.tar.gz\n"
			    "  mgetcd --keys etcd.log\n"
			    "  mgetcd -o events must-gather.tar.gz | mgtimeline\n",
		.opts = table,
	};
	char **operands;
	int    n, rc = mg_opt_parse(&tool, argc, argv, &operands, &n);

	mg_session_begin();
	if (rc < 0)
		rc = mg_opt_stdin(&tool, &operands, &n);
	if (rc < 0)
		rc = run(&tool, &o, operands, n);
	mg_list_release(&o.common.limits);
	return rc;
}
