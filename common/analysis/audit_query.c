/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/audit_query.h"

#include "event/from_audit.h"

void mg_audit_tally_init(struct mg_audit_tally *t)
{
	*t = (struct mg_audit_tally){ .first_ns = MG_TIME_NONE, .last_ns = MG_TIME_NONE,
				      .end_ns = MG_TIME_NONE };
	mg_audit_groups_init(&t->groups);
	mg_audit_series_init(&t->series);
	mg_cells_init(&t->split, sizeof(struct mg_audit_latency), sizeof(uint32_t));
}

bool mg_audit_wants_opens(const struct mg_audit_query *query)
{
	return query->want == MG_AUDIT_OPEN || query->want == MG_AUDIT_FLYING ||
	       query->want == MG_AUDIT_COLLECTIONS || query->want == MG_AUDIT_EVENTS;
}

unsigned mg_audit_query_parts(const struct mg_audit_query *query)
{
	unsigned parts = mg_audit_filter_parts(&query->filter);

	if (query->want != MG_AUDIT_GROUPS || query->by.sections)
		return MG_REQUEST_ALL;
	for (unsigned k = 0; k < query->by.n; k++)
		parts |= mg_audit_key_parts(query->by.key[k]);
	return parts;
}

/* --- rows -------------------------------------------------------------------------- */

/* The event's JSON on one line: blanks outside strings are dropped when it had several. */
static struct mg_str one_line(struct mg_arena *arena, struct mg_str text)
{
	char  *d;
	size_t n = 0;
	bool   string = false;

	if (mg_str_chr(text, '\n') < 0)
		return mg_arena_str(arena, text);
	d = mg_arena_alloc(arena, text.n);
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (!string && (c == ' ' || c == '\n' || c == '\r' || c == '\t'))
			continue;
		if (c == '"')
			string = !string;
		d[n++] = c;
		if (string && c == '\\' && i + 1 < text.n)
			d[n++] = text.p[++i];
	}
	return mg_str(d, n);
}

static void add_row(struct mg_audit_tally *t, bool raw, const struct mg_audit *a,
		    const struct mg_request *q, struct mg_str text)
{
	struct mg_audit_row row = { .received_ns = q->start_ns,
				    .duration_ns = mg_audit_duration(q), .code = q->code };
	char                id[256];

	if (raw) {
		row.raw = one_line(&t->arena, text);
	} else {
		row.verb = mg_arena_str(&t->arena, q->verb);
		row.uri = mg_arena_str(&t->arena, q->uri);
		row.user = mg_arena_str(&t->arena, q->user);
		row.audit_id = mg_arena_str(&t->arena,
					    mg_json_plain(a->audit_id, id, sizeof(id)));
	}
	MG_PUSH(t->rows, t->nrows, t->rows_cap, row);
}

static int by_time(const struct mg_audit_row *a, const struct mg_audit_row *b)
{
	return a->received_ns < b->received_ns ? -1 : a->received_ns > b->received_ns;
}

/* Stable: equal times keep the order of the input. */
static void sort_rows(struct mg_audit_tally *t)
{
	struct mg_audit_row *tmp = mg_alloc(sizeof(*tmp) * (t->nrows + 1)), *a = t->rows, *b = tmp;

	for (size_t w = 1; w < t->nrows; w *= 2) {
		struct mg_audit_row *swap = a;

		for (size_t lo = 0; lo < t->nrows; lo += 2 * w) {
			size_t mid = lo + w < t->nrows ? lo + w : t->nrows;
			size_t hi = mid + w < t->nrows ? mid + w : t->nrows;
			size_t i = lo, j = mid;

			for (size_t k = lo; k < hi; k++)
				b[k] = i < mid && (j == hi || by_time(&a[i], &a[j]) <= 0) ? a[i++] :
											    a[j++];
		}
		a = b;
		b = swap;
	}
	if (a == tmp) {
		free(t->rows);
		t->rows = tmp;
	} else {
		free(tmp);
	}
}

/* --- latency annotations ------------------------------------------------------------- */

static struct mg_hist *split_hist(struct mg_audit_tally *t, uint32_t name)
{
	bool                     added;
	uint32_t                 i = mg_cells_find(&t->split, &name, &added);
	struct mg_audit_latency *l = mg_cells_at(&t->split, i);

	if (added)
		mg_hist_init(&l->hist, MG_HIST_BITS);
	return &l->hist;
}

static void add_split(struct mg_audit_tally *t, const struct mg_audit *a)
{
	static const struct mg_str prefix = { "apiserver.latency.k8s.io/", 25 };
	struct mg_json_iter        it;
	struct mg_json_value       k, v;

	if (!a->annotations.n || !mg_str_has(a->annotations, prefix))
		return;
	mg_json_iter_init(&it, a->annotations);
	while (mg_json_member(&it, &k, &v) == MG_OK) {
		int64_t ns;

		if (mg_str_starts(k.raw, prefix) && v.type == MG_JSON_STRING &&
		    mg_duration_parse(v.raw, &ns))
			mg_hist_add(split_hist(t, mg_intern_id(&t->names, k.raw)), ns);
	}
}

/* --- events of the timeline -------------------------------------------------------------- */

static void add_event(struct mg_audit_tally *t, bool all, const struct mg_audit *a,
		      const struct mg_request *q, const struct mg_source *src)
{
	enum mg_event_kind kind = MG_EV_AUDIT_REQUEST;

	if (mg_str_eq(q->verb, MG_STR("deletecollection")))
		kind = MG_EV_AUDIT_DELETECOLLECTION;
	else if (q->code >= 500)
		kind = MG_EV_AUDIT_ERROR;
	else if (!q->long_running && mg_audit_duration(q) >= MG_AUDIT_SLOW)
		kind = MG_EV_AUDIT_SLOW;
	else if (q->code < 400 && !all)
		return;
	mg_event_from_audit(&t->events, kind, a, src, q->line);
}

/* --- single requests --------------------------------------------------------------------- */

static void add_item(struct mg_audit_tally *t, const struct mg_audit *a,
		     const struct mg_request *q, const char *note)
{
	struct mg_audit_item *item = mg_audit_item_new(a, q);

	item->note = note;
	mg_audit_items_add(&t->items, item);
}

static void add_life(struct mg_audit_tally *t, const struct mg_story_object *object,
		     const struct mg_audit *a, const struct mg_request *q, struct mg_str text)
{
	bool        read;
	const char *note = mg_story_life(object, q, text, &read);

	if (note && read)
		t->reads++;
	else if (note)
		add_item(t, a, q, note);
}

static void add_slow(struct mg_audit_tally *t, size_t n, const struct mg_audit *a,
		     const struct mg_request *q)
{
	if (q->long_running || mg_audit_duration(q) < 0)
		return;
	add_item(t, a, q, NULL);
	if (t->items.n >= 4 * n + 64)
		mg_audit_items_longest(&t->items, n);
}

static bool flies_at(const struct mg_request *q, int64_t at)
{
	return q->start_ns != MG_TIME_NONE && q->start_ns <= at && mg_audit_duration(q) >= 0 &&
	       q->end_ns > at;
}

/* A LIST that is whole or a quorum read, and not of one object by a field selector. */
static bool costs(const struct mg_request *q)
{
	struct mg_list_cost c;

	if (!mg_str_eq(q->verb, MG_STR("list")) || q->name.n)
		return false;
	c = mg_audit_list_cost(q->uri);
	return c.whole || c.etcd;
}

/* --- one event ------------------------------------------------------------------------------ */

static void note_time(struct mg_audit_tally *t, int64_t first_ns, int64_t last_ns)
{
	if (first_ns != MG_TIME_NONE && (t->first_ns == MG_TIME_NONE || first_ns < t->first_ns))
		t->first_ns = first_ns;
	if (last_ns > t->last_ns)
		t->last_ns = last_ns;
}

/* Is the event part of the answer at all, beyond the filter? */
static bool concerns(const struct mg_audit_query *query, const struct mg_request *q,
		     struct mg_str text)
{
	bool read;

	switch (query->want) {
	case MG_AUDIT_LISTS:
		return costs(q);
	case MG_AUDIT_WATCHES:
		return mg_str_eq(q->verb, MG_STR("watch"));
	case MG_AUDIT_FLYING:
		return flies_at(q, query->at_ns);
	case MG_AUDIT_COLLECTIONS:
		return mg_str_eq(q->verb, MG_STR("deletecollection"));
	case MG_AUDIT_DELETED:
		return mg_story_deleted(&query->object, q) != NULL;
	case MG_AUDIT_LIFE:
		return mg_story_life(&query->object, q, text, &read) != NULL;
	default:
		return true;
	}
}

void mg_audit_tally_add(struct mg_audit_tally *t, const struct mg_audit_query *query,
			const struct mg_audit *a, const struct mg_request *q,
			struct mg_str text, const struct mg_source *src)
{
	if (!concerns(query, q, text))
		return;
	t->count++;
	note_time(t, q->start_ns, q->start_ns);
	switch (query->want) {
	case MG_AUDIT_ROWS:
	case MG_AUDIT_RAW:
		add_row(t, query->want == MG_AUDIT_RAW, a, q, text);
		break;
	case MG_AUDIT_GROUPS:
	case MG_AUDIT_LISTS:
	case MG_AUDIT_WATCHES:
		mg_audit_groups_add(&t->groups, &query->by, a, q);
		break;
	case MG_AUDIT_SPLIT:
		add_split(t, a);
		break;
	case MG_AUDIT_EVENTS:
		add_event(t, query->all_events, a, q, src);
		break;
	case MG_AUDIT_SERIES:
		mg_audit_series_add(&t->series, query->step_ns, &query->by, a, q);
		break;
	case MG_AUDIT_DELETED:
		add_item(t, a, q, mg_story_deleted(&query->object, q));
		break;
	case MG_AUDIT_LIFE:
		add_life(t, &query->object, a, q, text);
		break;
	case MG_AUDIT_SLOWEST:
		add_slow(t, query->slowest, a, q);
		break;
	case MG_AUDIT_LIST:
	case MG_AUDIT_FLYING:
	case MG_AUDIT_COLLECTIONS:
		add_item(t, a, q, NULL);
		break;
	case MG_AUDIT_OPEN:
	case MG_AUDIT_SPAN:
		break;
	}
}

/* --- merging ---------------------------------------------------------------------------------- */

static void merge_split(struct mg_audit_tally *t, const struct mg_audit_tally *from)
{
	for (uint32_t i = 0; i < from->split.n; i++) {
		const struct mg_audit_latency *l = mg_cells_at(&from->split, i);
		struct mg_str                  name = mg_intern_str(&from->names, l->name);

		mg_hist_merge(split_hist(t, mg_intern_id(&t->names, name)), &l->hist);
	}
}

static void merge_rows(struct mg_audit_tally *t, struct mg_audit_tally *from)
{
	for (size_t i = 0; i < from->nrows; i++)
		MG_PUSH(t->rows, t->nrows, t->rows_cap, from->rows[i]);
	if (from->nrows)
		mg_arena_adopt(&t->arena, &from->arena);
}

void mg_audit_tally_merge(struct mg_audit_tally *t, const struct mg_audit_query *query,
			  struct mg_audit_tally *from)
{
	t->count += from->count;
	t->reads += from->reads;
	t->end_ns = from->end_ns > t->end_ns ? from->end_ns : t->end_ns;
	note_time(t, from->first_ns, from->last_ns);
	mg_audit_groups_merge(&t->groups, &from->groups);
	merge_split(t, from);
	mg_batch_append(&t->events, &from->events);
	mg_audit_series_merge(&t->series, &from->series);
	merge_rows(t, from);
	mg_audit_items_merge(&t->items, &from->items);
	if (query->want == MG_AUDIT_SLOWEST)
		mg_audit_items_longest(&t->items, query->slowest);
	mg_audit_tally_release(from);
}

static bool open_concerns(const struct mg_audit_query *query, const struct mg_request *q)
{
	if (query->want == MG_AUDIT_FLYING)
		return q->start_ns != MG_TIME_NONE && q->start_ns <= query->at_ns;
	return query->want != MG_AUDIT_COLLECTIONS || concerns(query, q, mg_str("", 0));
}

static void add_opens(struct mg_audit_tally *t, const struct mg_audit_query *query,
		      struct mg_audit_opens *opens)
{
	struct mg_audit_items all = { 0 };

	mg_audit_opens_take(opens, &all);
	mg_audit_items_sort(&all, mg_audit_item_by_time); /* the table's order is no order */
	for (size_t i = 0; i < all.n; i++) {
		struct mg_audit_item *item = all.v[i];

		if (!open_concerns(query, &item->q)) {
			free(item);
			continue;
		}
		if (query->want != MG_AUDIT_EVENTS) {
			t->count++;
			note_time(t, item->q.start_ns, item->q.start_ns);
			mg_audit_items_add(&t->items, item);
			continue;
		}
		mg_audit_open_event(&t->events, item);
		free(item);
	}
	all.n = 0;
	mg_audit_items_release(&all);
}

void mg_audit_tally_finish(struct mg_audit_tally *t, const struct mg_audit_query *query,
			   struct mg_audit_opens *opens)
{
	if (mg_audit_wants_opens(query))
		add_opens(t, query, opens);
	mg_audit_opens_release(opens);
	mg_audit_groups_finish(&t->groups, &query->by);
	mg_audit_series_label(&t->series, &query->by);
	sort_rows(t);
	if (query->want == MG_AUDIT_SLOWEST)
		mg_audit_items_longest(&t->items, query->slowest);
	else
		mg_audit_items_sort(&t->items, query->want == MG_AUDIT_FLYING ?
						       mg_audit_item_by_weight :
						       mg_audit_item_by_time);
	mg_batch_sort(&t->events);
}

void mg_audit_tally_move(struct mg_audit_tally *t, int64_t (*move)(const void *ctx, int64_t ns),
			 const void *ctx)
{
	mg_audit_groups_move(&t->groups, move, ctx);
	t->first_ns = t->last_ns = MG_TIME_NONE;
	for (uint32_t i = 0; i < t->groups.groups.n; i++) {
		const struct mg_audit_group *e = mg_cells_at(&t->groups.groups, i);

		note_time(t, e->first_ns, e->last_ns);
	}
}

void mg_audit_tally_release(struct mg_audit_tally *t)
{
	for (uint32_t i = 0; i < t->split.n; i++)
		mg_hist_release(&((struct mg_audit_latency *)mg_cells_at(&t->split, i))->hist);
	mg_arena_release(&t->arena);
	mg_intern_release(&t->names);
	mg_audit_groups_release(&t->groups);
	mg_cells_release(&t->split);
	mg_audit_series_release(&t->series);
	mg_audit_items_release(&t->items);
	mg_batch_release(&t->events);
	free(t->rows);
	mg_audit_tally_init(t);
}
