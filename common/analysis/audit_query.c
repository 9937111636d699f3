/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/audit_query.h"

#include <stdio.h>

#include "base/num.h"
#include "event/from_audit.h"

/* --- lists of values ---------------------------------------------------------- */

void mg_accept_add(struct mg_accept *l, struct mg_str csv)
{
	struct mg_str one;

	while (csv.n) {
		mg_str_cut(csv, ',', &one, &csv);
		if (one.n)
			MG_PUSH(l->v, l->n, l->cap, one);
	}
}

void mg_accept_release(struct mg_accept *l)
{
	free(l->v);
	*l = (struct mg_accept){ 0 };
}

static bool matches(struct mg_str pattern, struct mg_str value)
{
	if (mg_str_ends(pattern, MG_STR("*")))
		return mg_str_starts(value, mg_str_head(pattern, pattern.n - 1));
	return mg_str_eq(pattern, value);
}

static bool resource_matches(struct mg_str pattern, struct mg_str value)
{
	struct mg_str pr, pg, vr, vg;

	mg_str_cut(pattern, '.', &pr, &pg);
	mg_str_cut(value, '.', &vr, &vg);
	return matches(pr, vr) && matches(pg, vg);
}

static bool accept(const struct mg_accept *l, struct mg_str value,
		   bool (*match)(struct mg_str, struct mg_str))
{
	bool wanted = false, any = false;

	for (size_t i = 0; i < l->n; i++) {
		bool refuse = l->v[i].p[0] == '-';

		if (!refuse)
			any = true;
		if (match(mg_str_from(l->v[i], refuse), value)) {
			if (refuse)
				return false;
			wanted = true;
		}
	}
	return wanted || !any;
}

bool mg_accept_text(const struct mg_accept *l, struct mg_str value)
{
	return accept(l, value, matches);
}

bool mg_accept_resource(const struct mg_accept *l, struct mg_str value)
{
	return accept(l, value, resource_matches);
}

static bool code_matches(struct mg_str pattern, struct mg_str value)
{
	if (pattern.n == 3 && mg_str_ends(pattern, MG_STR("xx")))
		return value.n == 3 && value.p[0] == pattern.p[0];
	return mg_str_eq(pattern, value);
}

bool mg_accept_code(const struct mg_accept *l, uint32_t code)
{
	char buf[16];
	int  n = snprintf(buf, sizeof(buf), "%u", code);

	return accept(l, mg_str(buf, (size_t)n), code_matches);
}

/* --- matching -------------------------------------------------------------------- */

enum mg_audit_key mg_audit_key_parse(struct mg_str name)
{
	static const char *const names[MG_BY_KEYS] = { "verb", "user", "resource", "httpstatus",
						       "namespace", "name", "user-agent",
						       "source-ip", "uri-pattern", "uri-path" };

	for (int k = 0; k < MG_BY_KEYS; k++)
		if (mg_str_eq(name, mg_strz(names[k])))
			return (enum mg_audit_key)k;
	return MG_BY_KEYS;
}

static bool stage_matches(const struct mg_audit_query *query, const struct mg_audit *a)
{
	if (query->default_stage)
		return mg_audit_counts(a);
	return query->stage.n == 0 ||
	       mg_str_eq(query->stage, mg_str(a->stage_text.p, a->stage_text.n));
}

static int64_t duration_of(const struct mg_request *q)
{
	int64_t d;

	if (q->end_ns < q->start_ns || q->end_ns == MG_TIME_NONE ||
	    __builtin_sub_overflow(q->end_ns, q->start_ns, &d))
		return -1;
	return d;
}

static bool time_matches(const struct mg_audit_query *query, const struct mg_request *q)
{
	int64_t d = duration_of(q);

	return (query->after_ns == MG_TIME_NONE || q->start_ns > query->after_ns) &&
	       (query->before_ns == MG_TIME_NONE ||
		(q->start_ns != MG_TIME_NONE && q->start_ns < query->before_ns)) &&
	       (query->min_ns < 0 || d >= query->min_ns) &&
	       (query->max_ns < 0 || (d >= 0 && d <= query->max_ns));
}

bool mg_audit_query_match(const struct mg_audit_query *query, const struct mg_audit *a,
			  struct mg_request *q, struct mg_arena *arena)
{
	char id[256];

	if (!stage_matches(query, a) || (query->failed_only && a->code <= 299) ||
	    (query->code.n && (!a->code || !mg_accept_code(&query->code, a->code))))
		return false;
	mg_request_from_audit(q, a, arena);
	return time_matches(query, q) && mg_accept_text(&query->verb, q->verb) &&
	       mg_accept_text(&query->user, q->user) && mg_accept_text(&query->ns, q->ns) &&
	       mg_accept_resource(&query->resource, q->resource) &&
	       mg_accept_text(&query->subresource, q->subresource) &&
	       mg_accept_text(&query->name, q->name) &&
	       mg_accept_text(&query->agent, q->user_agent) &&
	       mg_accept_text(&query->ip, q->source_ip) &&
	       (!query->uid.n ||
		mg_accept_text(&query->uid, mg_json_plain(a->audit_id, id, sizeof(id))));
}

/* --- counting --------------------------------------------------------------------- */

void mg_audit_tally_init(struct mg_audit_tally *t)
{
	*t = (struct mg_audit_tally){ .first_ns = MG_TIME_NONE, .last_ns = MG_TIME_NONE };
	mg_cells_init(&t->groups, sizeof(struct mg_audit_group),
		      sizeof(uint32_t) * MG_AUDIT_MAX_KEYS);
	mg_cells_init(&t->codes, sizeof(struct mg_audit_code), 2 * sizeof(uint32_t));
	mg_cells_init(&t->split, sizeof(struct mg_audit_latency), sizeof(uint32_t));
}

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
	struct mg_audit_row row = { .received_ns = q->start_ns, .duration_ns = duration_of(q),
				    .code = q->code };
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

static struct mg_str path_of(struct mg_str uri)
{
	struct mg_str path, query;

	mg_str_cut(uri, '?', &path, &query);
	return path;
}

static uint32_t key_id(struct mg_audit_tally *t, enum mg_audit_key key,
		       const struct mg_request *q)
{
	char          buf[256];
	struct mg_str s = { "", 0 };

	switch (key) {
	case MG_BY_VERB: s = q->verb; break;
	case MG_BY_USER: s = q->user; break;
	case MG_BY_RESOURCE: s = q->resource; break;
	case MG_BY_STATUS: s = mg_str(buf, (size_t)snprintf(buf, sizeof(buf), "%u", q->code)); break;
	case MG_BY_NAMESPACE: s = q->ns; break;
	case MG_BY_NAME: s = q->name; break;
	case MG_BY_AGENT: s = q->user_agent; break;
	case MG_BY_IP: s = q->source_ip; break;
	case MG_BY_PATTERN: s = mg_uri_pattern(q->uri, buf, sizeof(buf)); break;
	case MG_BY_PATH: s = path_of(q->uri); break;
	case MG_BY_KEYS: break;
	}
	return mg_intern_id(&t->texts, s);
}

static bool earlier(int64_t a, int64_t b)
{
	return a != MG_TIME_NONE && (b == MG_TIME_NONE || a < b);
}

static void count_code(struct mg_audit_tally *t, uint32_t group, uint32_t code, uint64_t n)
{
	uint32_t key[2] = { group, code };
	bool     added;
	uint32_t i = mg_cells_find(&t->codes, key, &added);

	((struct mg_audit_code *)mg_cells_at(&t->codes, i))->count += n;
}

static void add_group(struct mg_audit_tally *t, const struct mg_audit_query *query,
		      const struct mg_request *q)
{
	uint32_t               key[MG_AUDIT_MAX_KEYS], i;
	struct mg_audit_group *g;
	int64_t                d = duration_of(q);
	bool                   added;

	for (unsigned k = 0; k < MG_AUDIT_MAX_KEYS; k++)
		key[k] = k < query->nby ? key_id(t, query->by[k], q) : MG_NONE;
	i = mg_cells_find(&t->groups, key, &added);
	g = mg_cells_at(&t->groups, i);
	if (added || earlier(q->start_ns, g->first_ns)) {
		g->first_ns = q->start_ns;
		g->uri = mg_arena_str(&t->arena, q->uri);
	}
	g->count++;
	if (d >= 0) {
		g->timed++;
		if (__builtin_add_overflow(g->sum_ns, d, &g->sum_ns))
			g->sum_ns = INT64_MAX;
		g->max_ns = d > g->max_ns ? d : g->max_ns;
	}
	count_code(t, i, q->code, 1);
}

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
	struct mg_json_iter  it;
	struct mg_json_value k, v;

	if (!mg_str_has(a->annotations, MG_STR("apiserver.latency.k8s.io/")))
		return;
	mg_json_iter_init(&it, a->annotations);
	while (mg_json_member(&it, &k, &v) == MG_OK) {
		int64_t ns;

		if (mg_str_starts(k.raw, MG_STR("apiserver.latency.k8s.io/")) &&
		    v.type == MG_JSON_STRING && mg_duration_parse(v.raw, &ns))
			mg_hist_add(split_hist(t, mg_intern_id(&t->texts, k.raw)), ns);
	}
}

void mg_audit_tally_add(struct mg_audit_tally *t, const struct mg_audit_query *query,
			const struct mg_audit *a, const struct mg_request *q,
			struct mg_str text, const struct mg_source *src, uint64_t line)
{
	t->count++;
	if (earlier(q->start_ns, t->first_ns))
		t->first_ns = q->start_ns;
	if (q->start_ns > t->last_ns)
		t->last_ns = q->start_ns;
	switch (query->want) {
	case MG_AUDIT_ROWS:
	case MG_AUDIT_RAW:
		add_row(t, query->want == MG_AUDIT_RAW, a, q, text);
		break;
	case MG_AUDIT_GROUPS:
		add_group(t, query, q);
		break;
	case MG_AUDIT_SPLIT:
		add_split(t, a);
		break;
	case MG_AUDIT_EVENTS:
		mg_event_from_audit(&t->events, MG_EV_AUDIT_REQUEST, a, src, line);
		break;
	}
}

/* --- merging -------------------------------------------------------------------------- */

static void merge_groups(struct mg_audit_tally *t, const struct mg_audit_tally *from,
			 const uint32_t *id, uint32_t *place)
{
	for (uint32_t i = 0; i < from->groups.n; i++) {
		const struct mg_audit_group *f = mg_cells_at(&from->groups, i);
		struct mg_audit_group       *g;
		uint32_t                     key[MG_AUDIT_MAX_KEYS];
		bool                         added;

		for (int k = 0; k < MG_AUDIT_MAX_KEYS; k++)
			key[k] = f->key[k] == MG_NONE ? MG_NONE : id[f->key[k]];
		place[i] = mg_cells_find(&t->groups, key, &added);
		g = mg_cells_at(&t->groups, place[i]);
		if (added || earlier(f->first_ns, g->first_ns)) {
			g->first_ns = f->first_ns;
			g->uri = mg_arena_str(&t->arena, f->uri);
		}
		g->count += f->count;
		g->timed += f->timed;
		if (__builtin_add_overflow(g->sum_ns, f->sum_ns, &g->sum_ns))
			g->sum_ns = INT64_MAX;
		g->max_ns = f->max_ns > g->max_ns ? f->max_ns : g->max_ns;
	}
}

static void merge_rows(struct mg_audit_tally *t, struct mg_audit_tally *from)
{
	for (size_t i = 0; i < from->nrows; i++)
		MG_PUSH(t->rows, t->nrows, t->rows_cap, from->rows[i]);
	if (from->nrows)
		mg_arena_adopt(&t->arena, &from->arena);
}

void mg_audit_tally_merge(struct mg_audit_tally *t, struct mg_audit_tally *from)
{
	uint32_t *id = mg_alloc(sizeof(*id) * (from->texts.n + 1));
	uint32_t *place = mg_alloc(sizeof(*place) * (from->groups.n + 1));

	mg_intern_merge(&t->texts, &from->texts, id);
	t->count += from->count;
	if (earlier(from->first_ns, t->first_ns))
		t->first_ns = from->first_ns;
	if (from->last_ns > t->last_ns)
		t->last_ns = from->last_ns;
	merge_groups(t, from, id, place);
	for (uint32_t i = 0; i < from->codes.n; i++) {
		const struct mg_audit_code *c = mg_cells_at(&from->codes, i);

		count_code(t, place[c->group], c->code, c->count);
	}
	for (uint32_t i = 0; i < from->split.n; i++) {
		const struct mg_audit_latency *l = mg_cells_at(&from->split, i);

		mg_hist_merge(split_hist(t, id[l->name]), &l->hist);
	}
	mg_batch_append(&t->events, &from->events);
	merge_rows(t, from);
	free(id);
	free(place);
	mg_audit_tally_release(from);
}

static int by_time(const void *va, const void *vb)
{
	const struct mg_audit_row *a = va, *b = vb;

	return a->received_ns < b->received_ns ? -1 : a->received_ns > b->received_ns;
}

void mg_audit_tally_sort(struct mg_audit_tally *t)
{
	/* stable: equal times keep the order of the input */
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

void mg_audit_tally_release(struct mg_audit_tally *t)
{
	for (uint32_t i = 0; i < t->split.n; i++)
		mg_hist_release(&((struct mg_audit_latency *)mg_cells_at(&t->split, i))->hist);
	mg_arena_release(&t->arena);
	mg_intern_release(&t->texts);
	mg_cells_release(&t->groups);
	mg_cells_release(&t->codes);
	mg_cells_release(&t->split);
	mg_batch_release(&t->events);
	free(t->rows);
	mg_audit_tally_init(t);
}
