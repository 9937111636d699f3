/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/note_sums.h"

#include "analysis/cells.h"

struct sum_cell {
	uint32_t           key[4];
	struct mg_note_sum s;
};

static void key_of(uint32_t *key, const struct mg_request_note *t, enum mg_note_by by)
{
	bool object = by == MG_BY_OBJECT;

	key[0] = object ? MG_NONE : t->user;
	key[1] = by == MG_BY_USER ? MG_NONE : t->resource;
	key[2] = object ? t->ns : MG_NONE;
	key[3] = object ? t->name : MG_NONE;
}

/* Notes come in an order of their own, which equal sums keep. */
static int by_n(const void *va, const void *vb)
{
	const struct mg_note_sum *a = va, *b = vb;

	if (a->n != b->n)
		return a->n > b->n ? -1 : 1;
	return a->top < b->top ? -1 : a->top > b->top;
}

void mg_note_sums(struct mg_note_sums *s, struct mg_requests *r, enum mg_note_sort sort,
		  enum mg_note_by by)
{
	size_t                        n;
	const struct mg_request_note *t = mg_requests_notes(r, sort, &n);
	struct mg_cells               cells;

	mg_cells_init(&cells, sizeof(struct sum_cell), 4 * sizeof(uint32_t));
	for (size_t i = 0; i < n; i++) {
		uint32_t            key[4];
		bool                added;
		struct mg_note_sum *m;

		key_of(key, &t[i], by);
		m = &((struct sum_cell *)mg_cells_at(&cells, mg_cells_find(&cells, key, &added)))->s;
		if (added)
			*m = (struct mg_note_sum){ .first_ns = t[i].first_ns,
						   .last_ns = t[i].last_ns };
		if (added || t[i].count > m->top->count) {
			m->top = &t[i];
			m->user = t[i].user;
			m->resource = t[i].resource;
			m->ns = t[i].ns;
			m->name = t[i].name;
		}
		m->n += t[i].count;
		m->parts++;
		m->first_ns = t[i].first_ns < m->first_ns ? t[i].first_ns : m->first_ns;
		m->last_ns = t[i].last_ns > m->last_ns ? t[i].last_ns : m->last_ns;
	}
	s->n = cells.n;
	s->v = mg_alloc((cells.n + 1) * sizeof(*s->v));
	for (uint32_t i = 0; i < cells.n; i++)
		s->v[i] = ((struct sum_cell *)mg_cells_at(&cells, i))->s;
	if (s->n)
		qsort(s->v, s->n, sizeof(*s->v), by_n);
	mg_cells_release(&cells);
}

void mg_note_sums_release(struct mg_note_sums *s)
{
	free(s->v);
	*s = (struct mg_note_sums){ 0 };
}

double mg_note_rate(const struct mg_note_sum *s)
{
	double seconds = (double)(s->last_ns - s->first_ns) / 1e9;

	return (double)s->n / (seconds > 1 ? seconds : 1);
}

const char *mg_note_object(struct mg_rule_ctx *x, const struct mg_requests *r,
			   const struct mg_request_note *t)
{
	struct mg_str ns = mg_requests_text(r, t->ns), name = mg_requests_text(r, t->name);

	return mg_arena_printf(&x->out->arena, "%.*s%s%.*s%s%.*s",
			       MG_FMT(mg_requests_text(r, t->resource)), ns.n || name.n ? " " : "",
			       MG_FMT(ns), ns.n && name.n ? "/" : "", MG_FMT(name)).p;
}

const char *mg_note_list(struct mg_rule_ctx *x, const struct mg_requests *r,
			 const struct mg_note_sum *v, uint32_t n, bool objects)
{
	struct mg_str list = { "", 0 };

	for (uint32_t i = 0; i < n && i < 3; i++)
		list = mg_arena_printf(&x->out->arena, "%.*s%s%s (%llu)", MG_FMT(list), i ? ", " : "",
				       objects ? mg_note_object(x, r, v[i].top) :
						 mg_rule_user(x, mg_requests_text(r, v[i].user)),
				       (unsigned long long)v[i].n);
	if (n > 3)
		list = mg_arena_printf(&x->out->arena, "%.*s and %u other%s", MG_FMT(list), n - 3,
				       n == 4 ? "" : "s");
	return list.p;
}

bool mg_is_platform_user(struct mg_str user)
{
	static const char *const prefixes[] = {
		"system:kube-", "system:apiserver", "system:node:", "system:openshift-",
		"system:serviceaccount:kube-", "system:serviceaccount:openshift-",
	};

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (mg_str_starts(user, mg_strz(prefixes[i])))
			return true;
	return false;
}

struct mg_requests *mg_rule_audit(struct mg_rule_ctx *x)
{
	if (mg_requests_count(x->c->audit))
		return x->c->audit;
	mg_rule_missing(x, "audit log (`oc adm must-gather -- /usr/bin/gather_audit_logs`)");
	return NULL;
}

static int by_value(const void *va, const void *vb)
{
	const uint64_t *a = va, *b = vb;

	return *a < *b ? -1 : *a > *b;
}

uint64_t mg_usual(uint64_t *v, size_t n, size_t all)
{
	if (n)
		qsort(v, n, sizeof(*v), by_value);
	all = all > n ? all : n;
	return n > all / 2 ? v[n - 1 - all / 2] : 0;
}
