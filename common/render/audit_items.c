/* SPDX-License-Identifier: Apache-2.0 */
#include "render/audit_table.h"

#include <inttypes.h>

#include "base/map.h"
#include "base/mem.h"
#include "render/audit_rows.h"

enum column {
	TIME, SOFAR, TOOK, REPEAT, UNTIL, ATTEMPT, CODE, STAGE, ENDED, VERB, HOW, OBJECT,
	SPLIT, USER = SPLIT + MG_SPLITS, AGENT, IP, REASON, MESSAGE, URI, AUDIT_ID, COLUMNS
};

static const struct mg_sheet_column columns[COLUMNS] = {
	[TIME] = { "received", "time", MG_SHEET_TIME },
	[SOFAR] = { "so_far_ns", "so far", MG_SHEET_NS },
	[TOOK] = { "took_ns", "took", MG_SHEET_NS },
	[REPEAT] = { "repeats", "times", MG_SHEET_COUNT },
	[UNTIL] = { "until", "until", MG_SHEET_TIME },
	[ATTEMPT] = { "attempt", "attempt", MG_SHEET_COUNT },
	[CODE] = { "code", "code", MG_SHEET_COUNT },
	[STAGE] = { "stage", "stage", MG_SHEET_TEXT },
	[ENDED] = { "ended", "ended", MG_SHEET_TEXT },
	[VERB] = { "verb", "verb", MG_SHEET_TEXT },
	[HOW] = { "how", "how", MG_SHEET_TEXT },
	[OBJECT] = { "object", "object", MG_SHEET_TEXT },
#define X(id, name, head) [SPLIT + MG_SPLIT_##id] = { head "_ns", head, MG_SHEET_NS },
	MG_AUDIT_SPLITS(X)
#undef X
	[USER] = { "user", "user", MG_SHEET_TEXT },
	[AGENT] = { "user_agent", "user agent", MG_SHEET_TEXT },
	[IP] = { "source_ip", "source ip", MG_SHEET_TEXT },
	[REASON] = { "reason", "reason", MG_SHEET_TEXT },
	[MESSAGE] = { "message", "message", MG_SHEET_TEXT },
	[URI] = { "uri", "uri", MG_SHEET_TEXT },
	[AUDIT_ID] = { "audit_id", "audit id", MG_SHEET_TEXT },
};

/* What people see of each question; programs get everything that can be known of it. */
static const uint64_t shown[] = {
#define C(c) (UINT64_C(1) << (c))
	[MG_AUDIT_LIST] = C(TIME) | C(TOOK) | C(CODE) | C(VERB) | C(USER) | C(URI),
	[MG_AUDIT_OPEN] = C(TIME) | C(SOFAR) | C(STAGE) | C(VERB) | C(USER) | C(URI),
	[MG_AUDIT_DELETED] = C(TIME) | C(CODE) | C(VERB) | C(HOW) | C(USER) | C(AGENT) | C(IP) |
			     C(URI),
	[MG_AUDIT_LIFE] = C(TIME) | C(REPEAT) | C(UNTIL) | C(CODE) | C(VERB) | C(HOW) | C(OBJECT) |
			  C(USER),
	[MG_AUDIT_SLOWEST] = C(TOOK) | C(TIME) | C(CODE) | C(VERB) | C(USER) | C(URI) |
			     ((C(MG_SPLITS) - 1) << SPLIT),
	[MG_AUDIT_FLYING] = C(TIME) | C(SOFAR) | C(TOOK) | C(CODE) | C(VERB) | C(USER) | C(URI),
	[MG_AUDIT_COLLECTIONS] = C(TIME) | C(TOOK) | C(CODE) | C(ATTEMPT) | C(ENDED) | C(OBJECT) |
				 C(USER),
};

/* What makes no sense for single requests that nothing was asked about. */
#define NOT_OF_LIST (C(SOFAR) | C(REPEAT) | C(UNTIL) | C(ATTEMPT) | C(ENDED) | C(HOW))

static bool has_column(const struct mg_audit_query *query, unsigned c)
{
	return query->want != MG_AUDIT_LIST || !(NOT_OF_LIST >> c & 1);
}

struct counts {
	uint64_t *v;
	size_t    n, cap;
};

struct filler {
	const struct mg_audit_tally *t;
	const struct mg_audit_query *query;
	struct mg_arena             *arena;
	bool                         people;
};

static struct mg_str object_of(const struct filler *f, const struct mg_request *q)
{
	return mg_str_trim(mg_arena_printf(f->arena, "%.*s%s%.*s %.*s%s%.*s", MG_FMT(q->resource),
					   q->subresource.n ? "/" : "", MG_FMT(q->subresource),
					   MG_FMT(q->ns), q->ns.n && q->name.n ? "/" : "",
					   MG_FMT(q->name)));
}

/* How long it had been running at the time asked for, or when the log ended. */
static int64_t so_far(const struct filler *f, const struct mg_audit_item *item)
{
	int64_t at = f->query->want == MG_AUDIT_FLYING ? f->query->at_ns : f->t->end_ns;
	int64_t ns;

	if (item->q.start_ns == MG_TIME_NONE || at == MG_TIME_NONE ||
	    __builtin_sub_overflow(at, item->q.start_ns, &ns))
		return -1;
	return ns;
}

static const char *stage_of(const struct mg_audit_item *item)
{
	return item->stage == MG_STAGE_STARTED ? "ResponseStarted" :
	       item->stage == MG_STAGE_RECEIVED ? "RequestReceived" :
	       item->stage == MG_STAGE_PANIC ? "Panic" : "ResponseComplete";
}

static void fill_texts(const struct filler *f, struct mg_sheet_cell *row,
		       const struct mg_audit_item *item)
{
	row[STAGE] = mg_cell_text(mg_strz(stage_of(item)));
	row[ENDED] = mg_cell_text(item->open ? MG_STR("no") : MG_STR("yes"));
	row[VERB] = mg_cell_text(item->q.verb);
	row[HOW] = (struct mg_sheet_cell){ .known = item->note != NULL, .s = mg_strz(item->note) };
	row[OBJECT] = mg_cell_text(object_of(f, &item->q));
	row[USER] = mg_cell_text(item->q.user);
	row[AGENT] = mg_cell_text(item->q.user_agent);
	row[IP] = mg_cell_text(item->q.source_ip);
	row[REASON] = mg_cell_text(item->reason);
	row[MESSAGE] = mg_cell_text(item->message);
	row[URI] = mg_cell_text(item->q.uri);
	row[AUDIT_ID] = mg_cell_text(item->audit_id);
}

static void fill_row(const struct filler *f, struct mg_sheet_cell *row,
		     const struct mg_audit_item *item, uint64_t times, int64_t until,
		     uint64_t attempt)
{
	row[TIME] = mg_cell_time(item->q.start_ns);
	row[SOFAR] = mg_cell_ns(item->open || f->query->want == MG_AUDIT_FLYING ? so_far(f, item)
										: -1);
	row[TOOK] = mg_cell_ns(mg_audit_duration(&item->q));
	if (times > 1 || !f->people)
		row[REPEAT] = mg_cell_int((int64_t)times);
	row[UNTIL] = mg_cell_time(times > 1 ? until : MG_TIME_NONE);
	row[ATTEMPT] = mg_cell_int((int64_t)attempt);
	if (item->q.code)
		row[CODE] = mg_cell_int(item->q.code);
	for (int i = 0; i < MG_SPLITS; i++)
		row[SPLIT + i] = mg_cell_ns(item->split[i]);
	fill_texts(f, row, item);
}

/* Is `b` but a repetition of `a`? */
static bool repeats(const struct mg_audit_item *a, const struct mg_audit_item *b)
{
	return a->q.code == b->q.code && a->note == b->note && mg_str_eq(a->q.verb, b->q.verb) &&
	       mg_str_eq(a->q.user, b->q.user) && mg_str_eq(a->q.resource, b->q.resource) &&
	       mg_str_eq(a->q.subresource, b->q.subresource) && mg_str_eq(a->q.ns, b->q.ns) &&
	       mg_str_eq(a->q.name, b->q.name);
}

/* Which attempt of its user on its collection a request is: `count` is indexed by the ids. */
static uint64_t attempt_of(struct mg_intern *seen, struct counts *c, const struct mg_request *q)
{
	struct mg_buf b = { 0 };
	uint32_t      id;

	mg_buf_printf(&b, "%.*s\n%.*s\n%.*s", MG_FMT(q->user), MG_FMT(q->ns), MG_FMT(q->resource));
	id = mg_intern_id(seen, mg_buf_str(&b));
	mg_buf_release(&b);
	if (id == c->n)
		MG_PUSH(c->v, c->n, c->cap, 0);
	return ++c->v[id];
}

static void fill(struct mg_sheet *s, const struct filler *f)
{
	const struct mg_audit_items *l = &f->t->items;
	struct mg_intern             seen = { 0 };
	struct counts                count = { 0 };
	struct mg_sheet_cell         all[COLUMNS], *row;

	for (size_t i = 0, end; i < l->n; i = end) {
		for (end = i + 1; f->query->want == MG_AUDIT_LIFE && end < l->n &&
				  repeats(l->v[i], l->v[end]); end++)
			;
		memset(all, 0, sizeof(all));
		fill_row(f, all, l->v[i], end - i, l->v[end - 1]->q.start_ns,
			 attempt_of(&seen, &count, &l->v[i]->q));
		row = mg_sheet_row(s);
		for (unsigned c = 0; c < COLUMNS; c++)
			if (has_column(f->query, c))
				*row++ = all[c];
	}
	free(count.v);
	mg_intern_release(&seen);
}

/* Columns of the latency split that nobody knows need not be seen. */
static void hide_empty(struct mg_sheet *s)
{
	for (unsigned c = 0; c < s->ncol; c++) {
		bool any = false;

		for (size_t i = 0; i < s->n && !any; i++)
			any = s->cell[i * s->ncol + c].known;
		if (!any)
			s->col[c].head = NULL;
	}
}

void mg_audit_item_columns(struct mg_sheet *s, const struct mg_audit_query *query)
{
	for (unsigned c = 0; c < COLUMNS; c++)
		if (has_column(query, c))
			mg_sheet_column(s, columns[c].name,
					shown[query->want] >> c & 1 ? columns[c].head : NULL,
					columns[c].type);
}

void mg_render_audit_items(struct mg_out *o, const struct mg_audit_tally *t,
			   const struct mg_audit_query *query, const struct mg_audit_print *how)
{
	struct mg_sheet s = { 0 };
	bool            people = how->format == MG_SHEET_PEOPLE;
	struct filler   f = { t, query, &s.arena, people };
	unsigned        col;

	mg_audit_item_columns(&s, query);
	fill(&s, &f);
	hide_empty(&s);
	if (people && how->headings)
		mg_render_audit_span(o, t);
	col = how->sort.n ? mg_sheet_find(&s, how->sort) : s.ncol;
	if (col < s.ncol)
		mg_sheet_sort(&s, col);
	if (how->columns.n)
		mg_sheet_choose(&s, how->columns, s.ncol);
	mg_sheet_print(&s, o, how->format, how->top, how->headings);
	if (people && t->reads)
		mg_out_printf(o, "not shown: requests that only read it, %" PRIu64 "\n", t->reads);
	mg_sheet_release(&s);
}
