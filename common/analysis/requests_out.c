/* SPDX-License-Identifier: Apache-2.0 */
/* What was counted, as sorted arrays. */
#include "analysis/requests_internal.h"

void mg_requests_unsort(struct mg_requests *r)
{
	if (!r->out.any)
		return;
	free(r->out.seconds);
	free(r->out.buckets);
	free(r->out.groups);
	free(r->out.rank);
	free(r->out.minutes);
	free(r->out.objects);
	free(r->out.errors);
	free(r->out.notes);
	r->out = (struct sorted){ 0 };
}

uint64_t mg_requests_count(const struct mg_requests *r)
{
	return r->count;
}

void mg_requests_span(const struct mg_requests *r, int64_t *first_ns, int64_t *last_ns)
{
	*first_ns = r->first_ns;
	*last_ns = r->last_ns;
}

struct mg_str mg_requests_text(const struct mg_requests *r, uint32_t id)
{
	return id < r->texts.n ? mg_intern_str(&r->texts, id) : mg_str("", 0);
}

#define ORDER(a, b)      \
	if ((a) != (b))  \
	return (a) < (b) ? -1 : 1

static int by_first_i64(const void *a, const void *b)
{
	int64_t x, y;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	ORDER(x, y);
	return 0;
}

/* A sorted copy of elements that begin with an int64. */
static void *sorted_copy(const struct mg_cells *c)
{
	void *v = mg_alloc(c->size * (c->n + 1));

	if (c->n) {
		memcpy(v, c->v, c->size * c->n);
		qsort(v, c->n, c->size, by_first_i64);
	}
	return v;
}

const struct mg_second *mg_requests_seconds(struct mg_requests *r, size_t *n)
{
	r->out.any = true;
	if (!r->out.seconds)
		r->out.seconds = sorted_copy(&r->seconds);
	*n = r->seconds.n;
	return r->out.seconds;
}

const struct mg_latency_bucket *mg_requests_latency(struct mg_requests *r, size_t *n,
						    int64_t *width_ns)
{
	r->out.any = true;
	if (!r->out.buckets) /* the bins stay owned by the cells */
		r->out.buckets = sorted_copy(&r->buckets);
	*n = r->buckets.n;
	*width_ns = r->width_ns;
	return r->out.buckets;
}

/* For sorting by text: an element beside the texts its ids stand for. */
struct ranked {
	const struct mg_intern *texts;
	uint64_t                count;
	uint32_t                ids[6], code, index;
};

static int by_count(const void *va, const void *vb)
{
	const struct ranked *a = va, *b = vb;

	ORDER(b->count, a->count);
	for (int i = 0; i < 6; i++) {
		int c = a->ids[i] == b->ids[i] ? 0 :
			mg_str_cmp(mg_intern_str(a->texts, a->ids[i]),
				   mg_intern_str(a->texts, b->ids[i]));

		if (c)
			return c;
	}
	ORDER(a->code, b->code);
	return 0;
}

const struct mg_request_group *mg_requests_groups(struct mg_requests *r, size_t *n)
{
	struct ranked *k;

	*n = r->groups.n;
	r->out.any = true;
	if (r->out.groups)
		return r->out.groups;
	k = mg_alloc(sizeof(*k) * (r->groups.n + 1));
	r->out.groups = mg_alloc(sizeof(*r->out.groups) * (r->groups.n + 1));
	r->out.rank = mg_alloc(sizeof(*r->out.rank) * (r->groups.n + 1));
	for (uint32_t i = 0; i < r->groups.n; i++) {
		const struct group_cell *c = mg_cells_at(&r->groups, i);

		k[i] = (struct ranked){ &r->texts, c->g.count,
					{ c->user, c->verb, c->resource, c->subresource,
					  c->pattern, c->ip },
					c->code, i };
	}
	qsort(k, r->groups.n, sizeof(*k), by_count);
	for (uint32_t i = 0; i < r->groups.n; i++) {
		r->out.groups[i] = ((struct group_cell *)mg_cells_at(&r->groups, k[i].index))->g;
		r->out.rank[k[i].index] = i;
	}
	free(k);
	return r->out.groups;
}

/* An id beside its text. */
struct named {
	struct mg_str text;
	uint32_t      id;
};

static int by_name(const void *va, const void *vb)
{
	const struct named *a = va, *b = vb;

	return mg_str_cmp(a->text, b->text);
}

/* For each id of a text that occurs as `a` of a pair: its place among them by name.  The
 * caller frees it. */
static uint32_t *ranks(const struct mg_requests *r, const struct mg_cells *pairs)
{
	uint32_t     *rank = mg_zalloc(sizeof(*rank) * (r->texts.n + 1)), n = 0;
	struct named *v = mg_alloc(sizeof(*v) * (r->texts.n + 1));

	for (uint32_t i = 0; i < pairs->n; i++) {
		uint32_t id = (uint32_t)((struct pair_cell *)mg_cells_at(pairs, i))->a;

		if (!rank[id]++)
			v[n++] = (struct named){ mg_intern_str(&r->texts, id), id };
	}
	qsort(v, n, sizeof(*v), by_name);
	for (uint32_t i = 0; i < n; i++)
		rank[v[i].id] = i;
	free(v);
	return rank;
}

/* A minute beside the rank of its user. */
struct ranked_minute {
	uint32_t         rank;
	struct mg_minute m;
};

static int by_minute(const void *va, const void *vb)
{
	const struct ranked_minute *a = va, *b = vb;

	ORDER(a->rank, b->rank);
	ORDER(a->m.minute, b->m.minute);
	return 0;
}

const struct mg_minute *mg_requests_user_minutes(struct mg_requests *r, size_t *n)
{
	struct ranked_minute *v;
	uint32_t             *rank;

	*n = r->minutes.n;
	r->out.any = true;
	if (r->out.minutes)
		return r->out.minutes;
	rank = ranks(r, &r->minutes);
	v = mg_alloc(sizeof(*v) * (r->minutes.n + 1));
	for (uint32_t i = 0; i < r->minutes.n; i++) {
		const struct pair_cell *c = mg_cells_at(&r->minutes, i);

		v[i] = (struct ranked_minute){ rank[c->a], { (uint32_t)c->a, c->b, c->count } };
	}
	qsort(v, r->minutes.n, sizeof(*v), by_minute);
	r->out.minutes = mg_alloc(sizeof(*r->out.minutes) * (r->minutes.n + 1));
	for (uint32_t i = 0; i < r->minutes.n; i++)
		r->out.minutes[i] = v[i].m;
	free(v);
	free(rank);
	return r->out.minutes;
}

const struct mg_object_hits *mg_requests_objects(struct mg_requests *r, size_t *n)
{
	const struct mg_object_hits *o = r->objects.v;
	struct ranked               *k;

	*n = r->objects.n;
	r->out.any = true;
	if (r->out.objects)
		return r->out.objects;
	k = mg_alloc(sizeof(*k) * (r->objects.n + 1));
	for (uint32_t i = 0; i < r->objects.n; i++)
		k[i] = (struct ranked){ &r->texts, o[i].count,
					{ o[i].verb, o[i].resource, o[i].ns, o[i].name,
					  o[i].name, o[i].name }, 0, i };
	qsort(k, r->objects.n, sizeof(*k), by_count);
	r->out.objects = mg_alloc(sizeof(*r->out.objects) * (r->objects.n + 1));
	for (uint32_t i = 0; i < r->objects.n; i++)
		r->out.objects[i] = o[k[i].index];
	free(k);
	return r->out.objects;
}

static int by_group(const void *va, const void *vb)
{
	const struct mg_error_cell *a = va, *b = vb;

	ORDER(a->group, b->group);
	ORDER(a->second, b->second);
	return 0;
}

const struct mg_error_cell *mg_requests_errors(struct mg_requests *r, size_t *n)
{
	size_t ngroups;

	*n = r->errors.n;
	r->out.any = true;
	if (r->out.errors)
		return r->out.errors;
	mg_requests_groups(r, &ngroups);
	r->out.errors = mg_alloc(sizeof(*r->out.errors) * (r->errors.n + 1));
	for (uint32_t i = 0; i < r->errors.n; i++) {
		const struct pair_cell *c = mg_cells_at(&r->errors, i);

		r->out.errors[i] = (struct mg_error_cell){ r->out.rank[c->a], c->b,
							   (uint32_t)c->count };
	}
	qsort(r->out.errors, r->errors.n, sizeof(*r->out.errors), by_group);
	return r->out.errors;
}
