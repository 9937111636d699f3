/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/requests.h"

#include "analysis/requests_internal.h"
#include "base/time.h"

#define MAX_BUCKETS  4096 /* of the latency series, before its width doubles */
#define LATENCY_BITS 4
#define PATTERN_MAX  256

/* --- classes --------------------------------------------------------------- */

enum mg_code_class mg_code_class(uint32_t code)
{
	switch (code) {
	case 0: return MG_CODE_NONE;
	case 401: return MG_CODE_401;
	case 403: return MG_CODE_403;
	case 404: return MG_CODE_404;
	case 409: return MG_CODE_409;
	case 429: return MG_CODE_429;
	}
	return code < 300 ? MG_CODE_OK : code < 400 ? MG_CODE_3XX :
	       code < 500 ? MG_CODE_4XX : MG_CODE_5XX;
}

const char *mg_code_class_name(enum mg_code_class c)
{
	static const char *const name[MG_CODE_CLASSES] = { "2xx", "3xx", "4xx", "401", "403",
							   "404", "409", "429", "5xx", "none" };

	return c < MG_CODE_CLASSES ? name[c] : "";
}

static const char *const verb_names[MG_VERB_CLASSES] = {
	"get", "list", "watch", "create", "update", "patch", "delete", "deletecollection",
	"other",
};

enum mg_verb_class mg_verb_class(struct mg_str verb)
{
	for (int v = 0; v < MG_VERB_OTHER; v++)
		if (mg_str_eq(verb, mg_strz(verb_names[v])))
			return (enum mg_verb_class)v;
	return MG_VERB_OTHER;
}

const char *mg_verb_class_name(enum mg_verb_class v)
{
	return v < MG_VERB_CLASSES ? verb_names[v] : "";
}

static bool is_write(enum mg_verb_class v)
{
	return v >= MG_VERB_CREATE && v <= MG_VERB_DELETECOLLECTION;
}

/* --- life cycle --------------------------------------------------------------- */

struct mg_requests *mg_requests_new(void)
{
	struct mg_requests *r = mg_zalloc(sizeof(*r));

	mg_cells_init(&r->seconds, sizeof(struct mg_second), sizeof(int64_t));
	mg_cells_init(&r->buckets, sizeof(struct mg_latency_bucket), sizeof(int64_t));
	mg_cells_init(&r->groups, sizeof(struct group_cell), 7 * sizeof(uint32_t));
	mg_cells_init(&r->minutes, sizeof(struct pair_cell), 2 * sizeof(int64_t));
	mg_cells_init(&r->objects, sizeof(struct mg_object_hits), 4 * sizeof(uint32_t));
	mg_cells_init(&r->errors, sizeof(struct pair_cell), 2 * sizeof(int64_t));
	mg_cells_init(&r->notes, sizeof(struct mg_request_note), 6 * sizeof(uint32_t));
	r->width_ns = MG_SEC;
	r->first_ns = r->last_ns = MG_TIME_NONE;
	return r;
}

static void release_bucket(struct mg_latency_bucket *b)
{
	mg_hist_release(&b->all);
	mg_hist_release(&b->read);
	mg_hist_release(&b->write);
	mg_hist_release(&b->list);
}

void mg_requests_free(struct mg_requests *r)
{
	if (!r)
		return;
	for (uint32_t i = 0; i < r->buckets.n; i++)
		release_bucket(mg_cells_at(&r->buckets, i));
	mg_intern_release(&r->texts);
	mg_cells_release(&r->seconds);
	mg_cells_release(&r->buckets);
	mg_cells_release(&r->groups);
	mg_cells_release(&r->minutes);
	mg_cells_release(&r->objects);
	mg_cells_release(&r->errors);
	mg_cells_release(&r->notes);
	mg_requests_unsort(r);
	free(r);
}

/* --- cells ---------------------------------------------------------------------- */

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static struct mg_second *second_at(struct mg_requests *r, int64_t second)
{
	bool     added;
	uint32_t i = mg_cells_find(&r->seconds, &second, &added);

	return mg_cells_at(&r->seconds, i);
}

static struct mg_latency_bucket *bucket_at(struct mg_requests *r, int64_t index)
{
	bool                      added;
	uint32_t                  i = mg_cells_find(&r->buckets, &index, &added);
	struct mg_latency_bucket *b = mg_cells_at(&r->buckets, i);

	if (added) {
		mg_hist_init(&b->all, LATENCY_BITS);
		mg_hist_init(&b->read, LATENCY_BITS);
		mg_hist_init(&b->write, LATENCY_BITS);
		mg_hist_init(&b->list, LATENCY_BITS);
	}
	return b;
}

static void merge_bucket(struct mg_latency_bucket *to, const struct mg_latency_bucket *from)
{
	mg_hist_merge(&to->all, &from->all);
	mg_hist_merge(&to->read, &from->read);
	mg_hist_merge(&to->write, &from->write);
	mg_hist_merge(&to->list, &from->list);
	for (int v = 0; v < MG_VERB_CLASSES; v++)
		to->by_verb[v] += from->by_verb[v];
}

/* Double the width until at most MAX_BUCKETS are occupied and it is at least `width`.
 * Adding data never frees a bucket, so the width that is reached depends on the whole data
 * only, not on the order it came in. */
static void widen(struct mg_requests *r, int64_t width)
{
	while ((r->buckets.n > MAX_BUCKETS || r->width_ns < width) &&
	       r->width_ns <= INT64_MAX / 2) {
		struct mg_cells old = r->buckets;

		mg_cells_init(&r->buckets, sizeof(struct mg_latency_bucket), sizeof(int64_t));
		r->width_ns *= 2;
		for (uint32_t i = 0; i < old.n; i++) {
			struct mg_latency_bucket *b = mg_cells_at(&old, i);

			merge_bucket(bucket_at(r, floor_div(b->index, 2)), b);
			release_bucket(b);
		}
		mg_cells_release(&old);
	}
}

static void count_pair(struct mg_cells *c, int64_t a, int64_t b, uint64_t n)
{
	int64_t  key[2] = { a, b };
	bool     added;
	uint32_t i = mg_cells_find(c, key, &added);

	((struct pair_cell *)mg_cells_at(c, i))->count += n;
}

/* Is `a` a time before `b`?  Any time is before none. */
static bool earlier(int64_t a, int64_t b)
{
	return a != MG_TIME_NONE && (b == MG_TIME_NONE || a < b);
}

static void widen_span(int64_t *first, int64_t *last, int64_t from, int64_t to)
{
	if (earlier(from, *first))
		*first = from;
	if (*last == MG_TIME_NONE || to > *last)
		*last = to;
}

/* --- adding one request ----------------------------------------------------------- */

/* What is worked out of a request once. */
struct facts {
	enum mg_verb_class verb;
	bool               write, known; /* known: it has a latency */
	int64_t            latency;
	int64_t            start, end; /* end is the start when unknown */
};

static struct facts facts_of(const struct mg_request *q)
{
	struct facts f = { .verb = mg_verb_class(q->verb), .start = q->start_ns,
			   .end = q->end_ns };

	f.known = !q->long_running && f.end >= f.start && f.start != MG_TIME_NONE &&
		  !__builtin_sub_overflow(f.end, f.start, &f.latency);
	f.write = is_write(f.verb) && !q->long_running;
	if (f.end < f.start || f.end == MG_TIME_NONE)
		f.end = f.start;
	if (q->long_running)
		f.start = f.end;
	return f;
}

/* Did the storage take part in the answer?  Refusals, reviews and non-resource requests
 * never get there, so they are no sign of progress. */
static bool storage_answered(const struct mg_request *q)
{
	if (q->resource.n == 0 || mg_str_has(q->resource, MG_STR("reviews.auth")))
		return false;
	return (q->code >= 200 && q->code < 400) || q->code == 404 || q->code == 409 ||
	       q->code == 410;
}

static void add_second(struct mg_requests *r, const struct mg_request *q, const struct facts *f)
{
	struct mg_second *s = second_at(r, floor_div(f->end, MG_SEC));

	s->ended++;
	s->by_code[mg_code_class(q->code)]++;
	s->finished += f->known;
	if (f->write && storage_answered(q)) {
		if (s->first_write_ns == 0 || f->end < s->first_write_ns)
			s->first_write_ns = f->end;
		if (s->last_write_ns == 0 || f->end > s->last_write_ns)
			s->last_write_ns = f->end;
	}
	if (!q->long_running)
		second_at(r, floor_div(f->start, MG_SEC))->started++;
}

static void add_latency(struct mg_requests *r, const struct facts *f)
{
	struct mg_latency_bucket *b = bucket_at(r, floor_div(f->end, r->width_ns));

	b->by_verb[f->verb]++;
	if (f->known) {
		mg_hist_add(&b->all, f->latency);
		if (f->write)
			mg_hist_add(&b->write, f->latency);
		else if (f->verb == MG_VERB_LIST)
			mg_hist_add(&b->list, f->latency);
		else
			mg_hist_add(&b->read, f->latency);
	}
	widen(r, 0);
}

static uint32_t text_id(struct mg_requests *r, struct mg_str s)
{
	return mg_intern_id(&r->texts, s);
}

/* The ids of what several tables need. */
struct ids {
	uint32_t user, verb, resource;
};

static uint32_t pattern_id(struct mg_requests *r, struct mg_str uri)
{
	char buf[PATTERN_MAX];

	return text_id(r, mg_uri_pattern(uri, buf, sizeof(buf)));
}

/* The earliest request of a group gives its evidence, user agent and address. */
static void set_first(struct mg_requests *r, struct mg_request_group *g,
		      const struct mg_request *q, int64_t start)
{
	g->first_ns = start;
	g->artifact = q->artifact;
	g->line = q->line;
	g->user_agent = text_id(r, q->user_agent);
	g->source_ip = text_id(r, q->source_ip);
}

/* Who asked when nobody is named: the address and the program. */
static uint32_t client_id(struct mg_requests *r, const struct mg_request *q)
{
	char   buf[PATTERN_MAX];
	size_t ip = q->source_ip.n < 64 ? q->source_ip.n : 64, n = q->user_agent.n;

	if (n > sizeof(buf) - 65)
		n = sizeof(buf) - 65;
	if (ip)
		memcpy(buf, q->source_ip.p, ip);
	buf[ip] = ' ';
	if (n)
		memcpy(buf + ip + 1, q->user_agent.p, n);
	return text_id(r, mg_str(buf, ip + 1 + n));
}

/* Two servers of different versions may name different releases: the later one stays. */
static void set_removed(const struct mg_requests *r, struct mg_request_group *g, uint32_t release)
{
	if (mg_str_cmp(mg_requests_text(r, release), mg_requests_text(r, g->removed_release)) > 0)
		g->removed_release = release;
}

/* Returns the cell of the group. */
static uint32_t add_group(struct mg_requests *r, const struct mg_request *q,
			  const struct facts *f, const struct ids *ids)
{
	struct mg_request_group *g;
	bool                     added;
	uint32_t                 i, key[7] = { ids->user, ids->verb, ids->resource,
					       text_id(r, q->subresource), pattern_id(r, q->uri),
					       q->code, 0 };

	key[6] = q->user.n ? 0 : client_id(r, q);
	i = mg_cells_find(&r->groups, key, &added);
	g = &((struct group_cell *)mg_cells_at(&r->groups, i))->g;
	if (added) {
		g->user = key[0];
		g->verb = key[1];
		g->resource = key[2];
		g->subresource = key[3];
		g->pattern = key[4];
		g->code = key[5];
		g->removed_release = MG_NONE;
	}
	if (added || earlier(f->start, g->first_ns) ||
	    (f->start == g->first_ns && mg_request_above(q->artifact, q->line, g->artifact, g->line)))
		set_first(r, g, q, f->start);
	if (added || f->end > g->last_ns ||
	    (f->end == g->last_ns &&
	     !mg_request_above(q->artifact, q->line, g->last_artifact, g->last_line))) {
		g->last_ns = f->end;
		g->last_artifact = q->artifact;
		g->last_line = q->line;
	}
	if (q->removed_release.n)
		set_removed(r, g, text_id(r, q->removed_release));
	g->count++;
	if (f->known) {
		if (__builtin_add_overflow(g->latency_sum, f->latency, &g->latency_sum))
			g->latency_sum = INT64_MAX;
		g->latency_max = f->latency > g->latency_max ? f->latency : g->latency_max;
		g->slow += f->latency >= MG_SEC;
	}
	if (q->code >= 400 && f->end != MG_TIME_NONE)
		count_pair(&r->errors, i, floor_div(f->end, MG_SEC), 1);
	return i;
}

/* A group is of one user: it remembers the cell of its minute, which saves looking it up
 * among those of all users and minutes. */
static void add_minute(struct mg_requests *r, uint32_t group, uint32_t user, int64_t minute)
{
	struct group_cell *g = mg_cells_at(&r->groups, group);
	struct pair_cell  *m;
	int64_t            key[2] = { user, minute };
	bool               added;

	if (g->minute < r->minutes.n) {
		m = mg_cells_at(&r->minutes, g->minute);
		if (m->a == user && m->b == minute) {
			m->count++;
			return;
		}
	}
	g->minute = mg_cells_find(&r->minutes, key, &added);
	((struct pair_cell *)mg_cells_at(&r->minutes, g->minute))->count++;
}

static void add_object(struct mg_requests *r, const struct mg_request *q,
		       const struct ids *ids)
{
	uint32_t key[4] = { ids->verb, ids->resource, text_id(r, q->ns), text_id(r, q->name) };
	bool     added;
	uint32_t i = mg_cells_find(&r->objects, key, &added);
	struct mg_object_hits *o = mg_cells_at(&r->objects, i);

	o->count++;
	if (added || mg_request_above(q->artifact, q->line, o->artifact, o->line)) {
		o->top_user = ids->user;
		o->artifact = q->artifact;
		o->line = q->line;
	}
}

void mg_requests_add(struct mg_requests *r, const struct mg_request *q)
{
	struct facts f = facts_of(q);
	struct ids   ids = { text_id(r, q->user), text_id(r, q->verb), text_id(r, q->resource) };
	uint32_t     group;

	mg_requests_unsort(r);
	r->count++;
	group = add_group(r, q, &f, &ids);
	if (q->name.n)
		add_object(r, q, &ids);
	if (f.end == MG_TIME_NONE)
		return;
	widen_span(&r->first_ns, &r->last_ns, f.start, f.end);
	add_second(r, q, &f);
	add_latency(r, &f);
	add_minute(r, group, ids.user, floor_div(f.end, MG_MIN));
	mg_requests_note(r, q, f.verb, group, f.end);
}

/* --- merging ------------------------------------------------------------------------- */

static void merge_seconds(struct mg_requests *to, const struct mg_requests *from)
{
	for (uint32_t i = 0; i < from->seconds.n; i++) {
		const struct mg_second *f = mg_cells_at(&from->seconds, i);
		struct mg_second       *t = second_at(to, f->second);

		t->ended += f->ended;
		t->started += f->started;
		t->finished += f->finished;
		for (int c = 0; c < MG_CODE_CLASSES; c++)
			t->by_code[c] += f->by_code[c];
		if (f->first_write_ns &&
		    (t->first_write_ns == 0 || f->first_write_ns < t->first_write_ns))
			t->first_write_ns = f->first_write_ns;
		if (f->last_write_ns &&
		    (t->last_write_ns == 0 || f->last_write_ns > t->last_write_ns))
			t->last_write_ns = f->last_write_ns;
	}
}

static void merge_latency(struct mg_requests *to, const struct mg_requests *from)
{
	widen(to, from->width_ns);
	for (uint32_t i = 0; i < from->buckets.n; i++) {
		const struct mg_latency_bucket *f = mg_cells_at(&from->buckets, i);
		int64_t                         ratio = to->width_ns / from->width_ns;

		merge_bucket(bucket_at(to, floor_div(f->index, ratio)), f);
		widen(to, 0);
	}
}

static void merge_group(struct mg_request_group *t, const struct mg_request_group *f,
			const uint32_t *id, bool added)
{
	if (added || earlier(f->first_ns, t->first_ns) ||
	    (f->first_ns == t->first_ns && mg_request_above(f->artifact, f->line, t->artifact, t->line))) {
		t->first_ns = f->first_ns;
		t->artifact = f->artifact;
		t->line = f->line;
		t->user_agent = id[f->user_agent];
		t->source_ip = id[f->source_ip];
	}
	if (added || f->last_ns > t->last_ns ||
	    (f->last_ns == t->last_ns &&
	     !mg_request_above(f->last_artifact, f->last_line, t->last_artifact, t->last_line))) {
		t->last_ns = f->last_ns;
		t->last_artifact = f->last_artifact;
		t->last_line = f->last_line;
	}
	t->count += f->count;
	t->slow += f->slow;
	if (__builtin_add_overflow(t->latency_sum, f->latency_sum, &t->latency_sum))
		t->latency_sum = INT64_MAX;
	if (f->latency_max > t->latency_max)
		t->latency_max = f->latency_max;
}

/* `place` receives where each group of `from` went. */
static void merge_groups(struct mg_requests *to, const struct mg_requests *from,
			 const uint32_t *id, uint32_t *place)
{
	for (uint32_t i = 0; i < from->groups.n; i++) {
		const struct group_cell *f = mg_cells_at(&from->groups, i);
		struct mg_request_group *t;
		bool                     added;
		uint32_t key[7] = { id[f->user],    id[f->verb], id[f->resource], id[f->subresource],
				    id[f->pattern], f->code,     0 };

		key[6] = mg_intern_str(&from->texts, f->user).n ? 0 : id[f->ip];
		place[i] = mg_cells_find(&to->groups, key, &added);
		t = &((struct group_cell *)mg_cells_at(&to->groups, place[i]))->g;
		if (added) {
			t->user = key[0];
			t->verb = key[1];
			t->resource = key[2];
			t->subresource = key[3];
			t->pattern = key[4];
			t->code = key[5];
			t->removed_release = MG_NONE;
		}
		merge_group(t, &f->g, id, added);
		if (f->g.removed_release != MG_NONE)
			set_removed(to, t, id[f->g.removed_release]);
	}
}

static void merge_objects(struct mg_requests *to, const struct mg_requests *from,
			  const uint32_t *id)
{
	for (uint32_t i = 0; i < from->objects.n; i++) {
		const struct mg_object_hits *f = mg_cells_at(&from->objects, i);
		struct mg_object_hits       *t;
		uint32_t key[4] = { id[f->verb], id[f->resource], id[f->ns], id[f->name] };
		bool     added;
		uint32_t at = mg_cells_find(&to->objects, key, &added);

		t = mg_cells_at(&to->objects, at);
		t->count += f->count;
		if (added || mg_request_above(f->artifact, f->line, t->artifact, t->line)) {
			t->top_user = id[f->top_user];
			t->artifact = f->artifact;
			t->line = f->line;
		}
	}
}

void mg_requests_merge(struct mg_requests *to, const struct mg_requests *from)
{
	uint32_t *id = mg_alloc(sizeof(*id) * (from->texts.n + 1));
	uint32_t *place = mg_alloc(sizeof(*place) * (from->groups.n + 1));

	mg_requests_unsort(to);
	mg_intern_merge(&to->texts, &from->texts, id);
	to->count += from->count;
	if (from->last_ns != MG_TIME_NONE)
		widen_span(&to->first_ns, &to->last_ns, from->first_ns, from->last_ns);
	merge_groups(to, from, id, place);
	merge_seconds(to, from);
	merge_latency(to, from);
	merge_objects(to, from, id);
	mg_requests_merge_notes(to, from, id);
	for (uint32_t i = 0; i < from->minutes.n; i++) {
		const struct pair_cell *c = mg_cells_at(&from->minutes, i);

		count_pair(&to->minutes, id[c->a], c->b, c->count);
	}
	for (uint32_t i = 0; i < from->errors.n; i++) {
		const struct pair_cell *c = mg_cells_at(&from->errors, i);

		count_pair(&to->errors, place[c->a], c->b, c->count);
	}
	free(id);
	free(place);
}
