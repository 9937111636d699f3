/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "render/goroutines.h"

static void text_member(struct mg_buf *b, const char *key, struct mg_str s)
{
	mg_buf_printf(b, ",\"%s\":", key);
	if (s.n)
		mg_buf_json(b, s);
	else
		mg_buf_addz(b, "null");
}

static void minutes_member(struct mg_buf *b, const char *key, int64_t minutes)
{
	if (minutes < 0)
		mg_buf_printf(b, ",\"%s\":null", key);
	else
		mg_buf_printf(b, ",\"%s\":%lld", key, (long long)minutes);
}

static size_t limit(size_t rows, size_t n)
{
	return rows && rows < n ? rows : n;
}

static void dump_members(struct mg_buf *b, const struct mg_case *c, const struct mg_event *e)
{
	char          when[40];
	struct mg_str time = mg_str("", 0);

	if (e->time_ns != MG_TIME_NONE)
		time = mg_strz(mg_time_format(e->time_ns, 9, when, sizeof(when)));
	mg_buf_addz(b, "{\"artifact\":");
	mg_buf_json(b, mg_case_path(c, e->artifact));
	mg_buf_printf(b, ",\"line\":%llu", (unsigned long long)e->line);
	text_member(b, "time", time);
	text_member(b, "time_source", mg_strz(mg_time_source_name(e->time_source)));
	text_member(b, "process", e->component);
	text_member(b, "node", e->node);
	text_member(b, "namespace", e->ns);
	text_member(b, "pod", e->pod);
	text_member(b, "form", mg_event_attr(e, "form"));
	mg_buf_printf(b, ",\"total\":%lld,\"stacks\":%lld", (long long)mg_event_attr_i64(e, "total", 0),
		      (long long)mg_event_attr_i64(e, "buckets", 0));
}

/* What a group is; its stack is a sample. */
static void group_members(struct mg_buf *b, const struct mg_gocount *g, uint32_t group,
			  const struct mg_event *top)
{
	mg_buf_addz(b, "\"key\":");
	mg_buf_json(b, mg_intern_str(&g->keys, group));
	text_member(b, "stack_id", mg_event_attr(top, "stack_id"));
	text_member(b, "state", mg_event_attr(top, "state"));
	text_member(b, "function", mg_event_attr(top, "function"));
	text_member(b, "location", mg_event_attr(top, "location"));
	text_member(b, "created_by", mg_event_attr(top, "created_by"));
	text_member(b, "signature", mg_event_attr(top, "signature"));
	text_member(b, "explanation", mg_event_attr(top, "explanation"));
	text_member(b, "goroutines", mg_event_attr(top, "goroutines"));
	text_member(b, "stack", mg_event_attr(top, "stack"));
}

static void cell_members(struct mg_buf *b, const struct mg_gocell *c, bool states)
{
	mg_buf_printf(b, ",\"count\":%llu,\"stacks\":%u,\"line\":%llu", (unsigned long long)c->count,
		      c->stacks, (unsigned long long)c->top->line);
	minutes_member(b, "wait_min_minutes", states ? c->wait_min : -1);
	minutes_member(b, "wait_median_minutes", states ? c->wait_median : -1);
	minutes_member(b, "wait_max_minutes", states ? c->wait_max : -1);
	mg_buf_printf(b, ",\"notable\":%s", c->severity > MG_SEV_DEBUG ? "true" : "false");
}

/* --- the three views --------------------------------------------------------------------- */

static void dumps_view(struct mg_buf *b, const struct mg_case *c, const struct mg_gocount *g, size_t rows)
{
	mg_buf_addz(b, ",\"dumps\":[");
	for (uint32_t i = 0; i < g->ndumps; i++) {
		size_t                   n;
		const struct mg_gocell **v = mg_gocount_of(g, i, &n);

		mg_buf_addz(b, i ? ",\n" : "\n");
		dump_members(b, c, g->dumps[i]);
		mg_buf_addz(b, ",\"groups\":[");
		for (size_t k = 0; k < limit(rows, n); k++) {
			mg_buf_addz(b, k ? ",\n {" : "\n {");
			group_members(b, g, v[k]->group, v[k]->top);
			cell_members(b, v[k], mg_godump_has_states(g->dumps[i]));
			mg_buf_addc(b, '}');
		}
		mg_buf_printf(b, "],\"left_out\":%zu}", n - limit(rows, n));
		free(v);
	}
	mg_buf_addz(b, "]");
}

static void series_members(struct mg_buf *b, const struct mg_case *c, const struct mg_gocount *g,
			   const struct mg_goseries *s)
{
	mg_buf_addz(b, "{\"dumps\":[");
	for (uint32_t i = 0; i < s->n; i++) {
		mg_buf_addz(b, i ? "," : "");
		dump_members(b, c, g->dumps[s->dump[i]]);
		mg_buf_addc(b, '}');
	}
	mg_buf_addc(b, ']');
}

/* Count and longest wait in each dump of the series. */
static void points(struct mg_buf *b, const struct mg_gocount *g, const struct mg_goseries *s, uint32_t group)
{
	mg_buf_addz(b, ",\"points\":[");
	for (uint32_t i = 0; i < s->n; i++) {
		const struct mg_gocell *c = mg_gocount_cell(g, s->dump[i], group);
		bool                    states = mg_godump_has_states(g->dumps[s->dump[i]]);

		mg_buf_printf(b, "%s{\"count\":%llu", i ? "," : "", c ? (unsigned long long)c->count : 0ull);
		minutes_member(b, "wait_max_minutes", c && states ? c->wait_max : -1);
		mg_buf_addc(b, '}');
	}
	mg_buf_addc(b, ']');
}

static void diff_view(struct mg_buf *b, const struct mg_gocount *g, const struct mg_goseries *s,
		      const struct mg_goroutines_opts *o)
{
	uint64_t          counts[MG_GOCHANGES + 1];
	size_t            n;
	struct mg_godiff *d = mg_goseries_diff(g, s, o->filtered, &n, counts);

	mg_buf_addz(b, ",\"summary\":{");
	for (int i = 0; i <= MG_GOCHANGES; i++)
		mg_buf_printf(b, "%s\"%s\":%llu", i ? "," : "", mg_gochange_name((enum mg_gochange)i),
			      (unsigned long long)counts[i]);
	mg_buf_addz(b, "},\"changes\":[");
	for (size_t i = 0; i < limit(o->rows, n); i++) {
		mg_buf_printf(b, "%s\n {\"change\":\"%s\",\"delta\":%lld,", i ? "," : "",
			      mg_gochange_name(d[i].change), (long long)d[i].delta);
		group_members(b, g, d[i].group, d[i].top);
		points(b, g, s, d[i].group);
		mg_buf_addc(b, '}');
	}
	mg_buf_printf(b, "],\"left_out\":%zu}", n - limit(o->rows, n));
	free(d);
}

static void follow_view(struct mg_buf *b, const struct mg_gocount *g, const struct mg_goseries *s,
			const struct mg_goroutines_opts *o)
{
	size_t              n;
	struct mg_gofollow *f = mg_goseries_follow(g, s, &n);

	mg_buf_addz(b, ",\"groups\":[");
	for (size_t i = 0; i < limit(o->rows, n); i++) {
		mg_buf_addz(b, i ? ",\n {" : "\n {");
		group_members(b, g, f[i].group, f[i].top);
		points(b, g, s, f[i].group);
		mg_buf_printf(b, ",\"notable\":%s}", f[i].notable ? "true" : "false");
	}
	mg_buf_printf(b, "],\"left_out\":%zu}", n - limit(o->rows, n));
	free(f);
}

void mg_render_goroutines_json(struct mg_buf *b, const struct mg_case *c, const struct mg_gocount *g,
			       enum mg_goview view, const struct mg_goroutines_opts *o)
{
	static const char *const names[] = { "dumps", "diff", "follow" };
	size_t                   n = 0;
	struct mg_goseries      *s = view == MG_GOVIEW_DUMPS ? NULL : mg_goseries_find(g, &n);

	mg_buf_printf(b, "{\"schema\":\"mg.goroutines/1\",\"view\":\"%s\",\"by\":\"%s\"", names[view],
		      mg_goby_name(g->by));
	if (view == MG_GOVIEW_DUMPS)
		dumps_view(b, c, g, o->rows);
	else
		mg_buf_addz(b, ",\"series\":[");
	for (size_t i = 0; i < n; i++) {
		mg_buf_addz(b, i ? ",\n" : "\n");
		series_members(b, c, g, &s[i]);
		if (view == MG_GOVIEW_DIFF)
			diff_view(b, g, &s[i], o);
		else
			follow_view(b, g, &s[i], o);
	}
	mg_buf_addz(b, view == MG_GOVIEW_DUMPS ? "}\n" : "]}\n");
	mg_goseries_free(s, n);
}
