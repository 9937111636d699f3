/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "event/from_changes.h"
#include "event/from_etcdtable.h"
#include "event/from_kubeobj.h"
#include "ingest/consumer.h"
#include "parse/jsonitems.h"

/* Blocks are cut into objects, objects become trees, trees become events; only one object is
 * held at a time. */

enum form { UNDECIDED, YAML, JSON, TABLE };

struct state {
	enum form               form;
	struct mg_yamlitems     yaml;
	struct mg_jsonitems     json;
	struct mg_etcdtable     table;
	const struct mg_source *src; /* of the call that is running */
	struct mg_partial      *out;
};

static void bad_item(struct state *s, const struct mg_item *it, const struct mg_err *err)
{
	uint64_t line = it->line + (err->line ? err->line - 1 : 0);

	mg_stats_bad(&s->out->stats, line, err->byte, "%s", err->msg);
}

static void span(struct state *s, size_t from)
{
	const struct mg_batch *b = &s->out->events;

	for (size_t i = from; i < b->n; i++)
		if (b->ev[i].kind == MG_EV_K8S_EVENT && b->ev[i].time_source == MG_TIME_EXACT)
			mg_stats_time(&s->out->stats, b->ev[i].time_ns);
}

/* A list that was not cut (an empty one, or written as a flow) counts by its elements. */
static uint64_t objects_in(const struct mg_kubeobj *o)
{
	const struct mg_knode *item = mg_knode_first(o->root, "items");
	uint64_t               n = 0;

	if (!mg_str_ends(o->kind, MG_STR("List")))
		return 1;
	for (; item; item = item->next)
		n++;
	return n;
}

/* Events and leases are written all the time: that says nothing of what changed. */
static bool changes_wanted(const struct state *s, struct mg_str kind)
{
	return s->src->changes && !mg_str_eq(kind, MG_STR("Event")) &&
	       !mg_str_eq(kind, MG_STR("Lease"));
}

static void read_item(struct state *s, const struct mg_item *it)
{
	struct mg_arena   arena = { 0 };
	struct mg_knode  *root;
	struct mg_err     err = { 0 };
	struct mg_kubeobj o = { .src = s->src, .line = it->line,
				     .stats = &s->out->stats };
	size_t            before = s->out->events.n;
	enum mg_status    st = s->form == JSON ? mg_kobj_json(it->text, &arena, &root, &err)
					       : mg_kobj_yaml(it->text, &arena, &root, &err);

	if (st != MG_OK) {
		bad_item(s, it, &err);
	} else if (root) {
		o.root = root;
		o.kind = mg_kubeobj_kind(root, it->list_kind);
		s->out->stats.records += objects_in(&o);
		if (o.kind.n || !mg_event_from_etcdinfo(&o, &s->out->events))
			mg_event_from_kubeobj(&o, &s->out->events);
		if (o.kind.n && changes_wanted(s, o.kind))
			mg_event_from_changes(&o, &s->out->events);
		span(s, before);
	}
	mg_arena_release(&arena);
}

static void on_item(void *ctx, const struct mg_item *it)
{
	struct state *s = ctx;

	if (it->fault)
		mg_stats_bad(&s->out->stats, it->line, 0, "%s", it->fault);
	else if (!mg_kubeobj_wanted(it->kind, it->text) && !changes_wanted(s, it->kind))
		s->out->stats.records++; /* counted, not looked into */
	else
		read_item(s, it);
}

static void *kubeobj_open(const struct mg_source *src)
{
	struct state *s = mg_zalloc(sizeof(*s));

	s->yaml.managed_fields = src->changes;
	s->yaml.fn = s->json.fn = on_item;
	s->yaml.ctx = s->json.ctx = s;
	return s;
}

#define FIRST_LOOK 4096 /* bytes that decide the form; a first block has at least as many */

/* A heading among the first lines: etcdctl's words for people; others may stand above them. */
static bool has_table(struct mg_str text)
{
	struct mg_str line;

	text = mg_str_head(text, FIRST_LOOK);
	for (int i = 0; i < 20 && text.n; i++) {
		mg_str_cut(text, '\n', &line, &text);
		if (mg_etcdtable_heading(line))
			return true;
	}
	return false;
}

static void read_rows(struct state *s, struct mg_str text, uint64_t lineno)
{
	struct mg_str line, cell[MG_ETCDT_CELLS];

	for (; text.n; lineno++) {
		mg_str_cut(text, '\n', &line, &text);
		if (mg_etcdtable_line(&s->table, line, lineno, cell) != MG_OK) {
			s->out->stats.other++;
			continue;
		}
		s->out->stats.records++;
		mg_event_from_etcdtable(s->src, s->table.line, cell, &s->out->events);
	}
}

static enum form form_of(struct mg_str text, bool first)
{
	if (first && mg_str_starts(text, MG_STR("\xef\xbb\xbf")))
		text = mg_str_from(text, 3);
	text = mg_str_trim(text);
	if (text.n == 0)
		return UNDECIDED;
	if (text.p[0] == '{' || text.p[0] == '[')
		return JSON;
	return first && has_table(text) ? TABLE : YAML;
}

static uint64_t count_lines(struct mg_str s)
{
	const char *p = s.p, *end = s.p + s.n;
	uint64_t    n = 0;

	while (p < end && (p = memchr(p, '\n', (size_t)(end - p)))) {
		n++;
		p++;
	}
	return n + (s.n && s.p[s.n - 1] != '\n');
}

static void kubeobj_block(void *state, const struct mg_source *src, const struct mg_block *b,
			  struct mg_partial *out)
{
	struct state *s = state;
	struct mg_str text = mg_str(b->p, b->n);

	s->src = src;
	s->out = out;
	out->stats.bytes += b->n;
	out->stats.lines += count_lines(text);
	if (s->form == UNDECIDED)
		s->form = form_of(text, b->first_line == 1);
	if (s->form == YAML)
		mg_yamlitems_text(&s->yaml, text, b->first_line);
	else if (s->form == TABLE)
		read_rows(s, text, b->first_line);
	else if (s->form == JSON)
		mg_jsonitems_text(&s->json, text, b->first_line);
}

static void kubeobj_close(void *state, const struct mg_source *src, struct mg_partial *out)
{
	struct state *s = state;

	struct mg_str cell[MG_ETCDT_CELLS];

	s->src = src;
	s->out = out;
	if (s->form == TABLE && mg_etcdtable_end(&s->table, cell) == MG_OK)
		mg_event_from_etcdtable(src, s->table.line, cell, &out->events);
	mg_yamlitems_end(&s->yaml);
	mg_jsonitems_end(&s->json);
	mg_yamlitems_release(&s->yaml);
	mg_jsonitems_release(&s->json);
	free(s);
}

const struct mg_consumer mg_consumer_kubeobj = {
	.name = "kubeobj",
	.stateful = true,
	.open = kubeobj_open,
	.block = kubeobj_block,
	.close = kubeobj_close,
};
