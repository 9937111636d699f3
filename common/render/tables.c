/* SPDX-License-Identifier: Apache-2.0 */
#include "render/tables.h"

#include <stdio.h>

#include "base/mem.h"
#include "base/num.h"
#include "render/grid.h"
#include "render/heading.h"
#include "render/text.h"

#define TOP       10
#define ROWS      30
#define PLACE_MAX 44

static void more(struct mg_buf *b, size_t all, size_t shown)
{
	char n[32];

	if (all > shown)
		mg_buf_printf(b, "\xe2\x80\xa6 and %s more\n",
			      mg_num_grouped(all - shown, n, sizeof(n)));
}

static void duration_cell(struct mg_grid *g, int64_t ns)
{
	char text[24];

	if (ns > 0)
		mg_grid_cellf(g, "%s", mg_duration_text(ns, text, sizeof(text)));
	else
		mg_grid_cellf(g, "\xe2\x80\x93");
}

static void share_cell(struct mg_grid *g, uint64_t part, uint64_t all)
{
	mg_grid_cellf(g, "%.1f %%", all ? 100.0 * (double)part / (double)all : 0.0);
}

static void time_cell(struct mg_grid *g, struct mg_clock k, int64_t ns, int digits)
{
	struct mg_buf text = { 0 };

	mg_clock_point(&text, k, ns, digits);
	mg_grid_cell(g, mg_buf_str(&text));
	mg_buf_release(&text);
}

static void finish(struct mg_grid *g, struct mg_buf *b, size_t width)
{
	mg_grid_print(g, b, 0, width, true);
	mg_grid_release(g);
}

/* --- requests: groups folded by some of their keys ------------------------------------ */

struct tally {
	uint32_t user, verb, resource, code; /* MG_NONE where folded over */
	uint64_t count, errors;
	int64_t  latency_sum, latency_max, first_ns, last_ns;
	uint32_t top; /* index of the group with the highest count */
};

enum fold { BY_USER, BY_GROUP, BY_CODE };

static struct tally key_of(const struct mg_request_group *g, enum fold by)
{
	bool who = by != BY_CODE, what = by == BY_GROUP;

	return (struct tally){ .user = who ? g->user : MG_NONE, .verb = what ? g->verb : MG_NONE,
			       .resource = what ? g->resource : MG_NONE,
			       .code = by == BY_CODE ? g->code : MG_NONE };
}

#define ORDER(a, b)              \
	if ((a) != (b))          \
	return (a) < (b) ? -1 : 1

static int by_key(const void *pa, const void *pb)
{
	const struct tally *a = pa, *b = pb;

	ORDER(a->user, b->user);
	ORDER(a->verb, b->verb);
	ORDER(a->resource, b->resource);
	ORDER(a->code, b->code);
	ORDER(a->top, b->top);
	return 0;
}

static int by_count(const void *pa, const void *pb)
{
	const struct tally *a = pa, *b = pb;

	ORDER(b->count, a->count);
	ORDER(a->top, b->top); /* groups have a fixed order; ids do not, see requests.h */
	return 0;
}

static bool same_key(const struct tally *a, const struct tally *b)
{
	return a->user == b->user && a->verb == b->verb && a->resource == b->resource &&
	       a->code == b->code;
}

static void fold_in(struct tally *to, const struct tally *t, const struct mg_request_group *g)
{
	if (t->count > g[to->top].count)
		to->top = t->top;
	to->count += t->count;
	to->errors += t->errors;
	to->latency_sum += t->latency_sum;
	if (t->latency_max > to->latency_max)
		to->latency_max = t->latency_max;
	if (t->first_ns < to->first_ns)
		to->first_ns = t->first_ns;
	if (t->last_ns > to->last_ns)
		to->last_ns = t->last_ns;
}

/* Groups `g` as tallies by key, the largest first; *n gets their number. */
static struct tally *tallies(const struct mg_request_group *g, size_t ng, enum fold by, size_t *n)
{
	struct tally *t = mg_alloc((ng + 1) * sizeof(*t));
	size_t        used = 0, kept = 0;

	for (size_t i = 0; i < ng; i++) {
		struct tally x = key_of(&g[i], by);

		if (by == BY_CODE && g[i].code < 400)
			continue;
		x.count = g[i].count;
		x.errors = g[i].code >= 400 ? g[i].count : 0;
		x.latency_sum = g[i].latency_sum;
		x.latency_max = g[i].latency_max;
		x.first_ns = g[i].first_ns;
		x.last_ns = g[i].last_ns;
		x.top = (uint32_t)i;
		t[used++] = x;
	}
	qsort(t, used, sizeof(*t), by_key);
	for (size_t i = 0; i < used; i++) {
		if (kept && same_key(&t[kept - 1], &t[i]))
			fold_in(&t[kept - 1], &t[i], g);
		else
			t[kept++] = t[i];
	}
	qsort(t, kept, sizeof(*t), by_count);
	*n = kept;
	return t;
}

/* The audit log when there is one, else what the HTTP lines of the logs told. */
static struct mg_requests *requests(const struct mg_case *c)
{
	return mg_requests_count(c->audit) ? c->audit : c->http;
}

static struct mg_str or_dash(struct mg_str s)
{
	return s.n ? s : MG_STR("\xe2\x80\x93");
}

static void latency_cells(struct mg_grid *g, const struct tally *t)
{
	duration_cell(g, t->count ? t->latency_sum / (int64_t)t->count : 0);
	duration_cell(g, t->latency_max);
}

bool mg_tables_users(struct mg_buf *b, const struct mg_case *c, size_t width)
{
	struct mg_requests            *r = requests(c);
	size_t                         ng, n;
	const struct mg_request_group *g = mg_requests_groups(r, &ng);
	struct tally                  *t = tallies(g, ng, BY_USER, &n);
	struct mg_grid                 grid;

	mg_grid_init(&grid, "user|>requests|>share|>errors|>mean|>longest|mostly");
	for (size_t i = 0; i < n && i < TOP; i++) {
		const struct mg_request_group *top = &g[t[i].top];

		mg_grid_cell(&grid, or_dash(mg_requests_text(r, t[i].user)));
		mg_grid_count(&grid, t[i].count);
		share_cell(&grid, t[i].count, mg_requests_count(r));
		mg_grid_count(&grid, t[i].errors);
		latency_cells(&grid, &t[i]);
		mg_grid_cellf(&grid, "%.*s %.*s", MG_FMT(mg_requests_text(r, top->verb)),
			      MG_FMT(mg_requests_text(r, top->resource)));
	}
	if (n) {
		finish(&grid, b, width);
		more(b, n, TOP);
	} else {
		mg_grid_release(&grid);
	}
	free(t);
	return n > 0;
}

/* "200 ×4,012 409 ×12": the three most frequent codes of a tally. */
static void codes_cell(struct mg_grid *grid, const struct mg_request_group *g, size_t ng,
		       const struct tally *t)
{
	struct mg_buf text = { 0 };
	uint32_t      told[3];
	unsigned      ntold = 0;

	while (ntold < 3) {
		uint64_t best = 0, sum[1024] = { 0 };
		uint32_t code = 0;
		char     n[32];

		for (size_t i = 0; i < ng; i++)
			if (g[i].user == t->user && g[i].verb == t->verb &&
			    g[i].resource == t->resource && g[i].code < 1024)
				sum[g[i].code] += g[i].count;
		for (unsigned k = 0; k < ntold; k++)
			sum[told[k]] = 0;
		for (uint32_t k = 0; k < 1024; k++)
			if (sum[k] > best)
				best = sum[k], code = k;
		if (best == 0)
			break;
		told[ntold++] = code;
		mg_buf_printf(&text, "%s%u \xc3\x97%s", text.n ? "  " : "", code,
			      mg_num_grouped(best, n, sizeof(n)));
	}
	mg_grid_cell(grid, mg_buf_str(&text));
	mg_buf_release(&text);
}

bool mg_tables_groups(struct mg_buf *b, const struct mg_case *c, size_t width)
{
	struct mg_requests            *r = requests(c);
	size_t                         ng, n;
	const struct mg_request_group *g = mg_requests_groups(r, &ng);
	struct tally                  *t = tallies(g, ng, BY_GROUP, &n);
	struct mg_grid                 grid;

	mg_grid_init(&grid, "user|verb|resource|>requests|>share|>mean|>longest|codes");
	for (size_t i = 0; i < n && i < TOP; i++) {
		mg_grid_cell(&grid, or_dash(mg_requests_text(r, t[i].user)));
		mg_grid_cell(&grid, or_dash(mg_requests_text(r, t[i].verb)));
		mg_grid_cell(&grid, or_dash(mg_requests_text(r, t[i].resource)));
		mg_grid_count(&grid, t[i].count);
		share_cell(&grid, t[i].count, mg_requests_count(r));
		latency_cells(&grid, &t[i]);
		codes_cell(&grid, g, ng, &t[i]);
	}
	if (n) {
		finish(&grid, b, width);
		more(b, n, TOP);
	} else {
		mg_grid_release(&grid);
	}
	free(t);
	return n > 0;
}

bool mg_tables_codes(struct mg_buf *b, const struct mg_case *c, size_t width)
{
	struct mg_requests            *r = requests(c);
	struct mg_clock                k = mg_clock_of(c);
	size_t                         ng, n;
	const struct mg_request_group *g = mg_requests_groups(r, &ng);
	struct tally                  *t = tallies(g, ng, BY_CODE, &n);
	struct mg_grid                 grid;

	mg_grid_init(&grid, ">code|>requests|>share|first|last|~mostly|first seen");
	for (size_t i = 0; i < n && i < ROWS; i++) {
		const struct mg_request_group *top = &g[t[i].top];

		mg_grid_cellf(&grid, "%u", t[i].code);
		mg_grid_count(&grid, t[i].count);
		share_cell(&grid, t[i].count, mg_requests_count(r));
		time_cell(&grid, k, t[i].first_ns, 0);
		time_cell(&grid, k, t[i].last_ns, 0);
		mg_grid_cellf(&grid, "%.*s %.*s by %.*s", MG_FMT(mg_requests_text(r, top->verb)),
			      MG_FMT(mg_requests_text(r, top->resource)),
			      MG_FMT(or_dash(mg_requests_text(r, top->user))));
		mg_grid_place(&grid, mg_case_path(c, top->artifact), top->line, PLACE_MAX);
	}
	if (n) {
		finish(&grid, b, width);
		more(b, n, ROWS);
	} else {
		mg_grid_release(&grid);
	}
	free(t);
	return n > 0;
}

/* --- events ---------------------------------------------------------------------------- */

struct picked {
	const struct mg_event **e;
	size_t                  n, cap;
};

static bool one_of(enum mg_event_kind k, const enum mg_event_kind *set, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (set[i] == k)
			return true;
	return false;
}

static struct picked pick(const struct mg_case *c, const enum mg_event_kind *set, size_t n)
{
	struct picked p = { 0 };

	for (size_t i = 0; i < c->events.n; i++)
		if (one_of(c->events.ev[i].kind, set, n))
			MG_PUSH(p.e, p.n, p.cap, &c->events.ev[i]);
	return p;
}
#define PICK(c, set) pick(c, set, sizeof(set) / sizeof((set)[0]))

static int by_duration(const void *pa, const void *pb)
{
	const struct mg_event *a = *(const struct mg_event *const *)pa;
	const struct mg_event *b = *(const struct mg_event *const *)pb;

	ORDER(b->duration_ns, a->duration_ns);
	return mg_event_cmp(a, b);
}

/* "ns/name", "name", "ns/" or "". */
static void object_text(struct mg_buf *b, struct mg_str ns, struct mg_str name)
{
	mg_buf_add(b, ns);
	if (ns.n)
		mg_buf_addc(b, '/');
	mg_buf_add(b, name);
}

static void slow_row(struct mg_grid *g, const struct mg_case *c, const struct mg_event *e)
{
	struct mg_buf what = { 0 };

	time_cell(g, mg_clock_of(c), e->time_ns, 3);
	duration_cell(g, e->duration_ns);
	if (e->verb.n) {
		mg_buf_printf(&what, "%.*s %.*s ", MG_FMT(e->verb), MG_FMT(e->resource));
		object_text(&what, e->ns, e->name);
	} else {
		mg_buf_add(&what, e->message);
	}
	mg_grid_cell(g, mg_buf_str(&what));
	mg_grid_cell(g, or_dash(e->user));
	if (e->code)
		mg_grid_cellf(g, "%u", e->code);
	else
		mg_grid_cellf(g, "\xe2\x80\x93");
	mg_grid_place(g, mg_case_path(c, e->artifact), e->line, PLACE_MAX);
	mg_buf_release(&what);
}

/* One request may be in the audit log and in a trace: the audit event speaks for both. */
static bool told_before(const struct picked *p, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (p->e[i]->audit_id.n && mg_str_eq(p->e[i]->audit_id, p->e[j]->audit_id))
			return true;
	return false;
}

bool mg_tables_slow(struct mg_buf *b, const struct mg_case *c, size_t width)
{
	static const enum mg_event_kind set[] = { MG_EV_AUDIT_SLOW, MG_EV_APISERVER_TRACE };
	struct picked                   p = PICK(c, set);
	struct mg_grid                  g;
	size_t                          shown = 0, i = 0;

	if (p.n)
		qsort(p.e, p.n, sizeof(*p.e), by_duration);
	mg_grid_init(&g, "start|>took|~request|user|code|where");
	for (; i < p.n && shown < TOP; i++)
		if (!told_before(&p, i)) {
			slow_row(&g, c, p.e[i]);
			shown++;
		}
	if (p.n) {
		finish(&g, b, width);
		more(b, p.n, i);
	} else {
		mg_grid_release(&g);
	}
	free(p.e);
	return shown > 0;
}

struct minute {
	int64_t            minute;
	enum mg_event_kind kind;
	struct mg_str      resource;
	uint64_t           count;
	int64_t            max_ns;
};

static int by_minute(const void *pa, const void *pb)
{
	const struct minute *a = pa, *b = pb;

	ORDER(a->minute, b->minute);
	ORDER(a->kind, b->kind);
	return mg_str_cmp(a->resource, b->resource);
}

static int by_weight(const void *pa, const void *pb)
{
	const struct minute *a = pa, *b = pb;

	ORDER(b->count, a->count);
	return by_minute(a, b);
}

static size_t fold_minutes(struct minute *m, size_t n)
{
	size_t kept = 0;

	qsort(m, n, sizeof(*m), by_minute);
	for (size_t i = 0; i < n; i++) {
		if (kept && by_minute(&m[kept - 1], &m[i]) == 0) {
			m[kept - 1].count += m[i].count;
			if (m[i].max_ns > m[kept - 1].max_ns)
				m[kept - 1].max_ns = m[i].max_ns;
		} else {
			m[kept++] = m[i];
		}
	}
	return kept;
}

bool mg_tables_etcd(struct mg_buf *b, const struct mg_case *c, size_t width)
{
	static const enum mg_event_kind set[] = { MG_EV_ETCD_SLOW_APPLY, MG_EV_ETCD_SLOW_FDATASYNC,
						  MG_EV_ETCD_READ_INDEX, MG_EV_ETCD_SLOW_REQUEST };
	struct picked                   p = PICK(c, set);
	struct minute                  *m = mg_alloc((p.n + 1) * sizeof(*m));
	struct mg_grid                  g;
	size_t                          n = 0, shown;

	for (size_t i = 0; i < p.n; i++) {
		const struct mg_event *e = p.e[i];

		if (e->time_ns == MG_TIME_NONE)
			continue;
		m[n++] = (struct minute){ e->time_ns / MG_MIN - (e->time_ns % MG_MIN < 0),
					  e->kind, e->resource, e->count, e->duration_ns };
	}
	n = fold_minutes(m, n);
	shown = n < ROWS ? n : ROWS;
	if (n > ROWS) /* the heaviest ones, but told in time order */
		qsort(m, n, sizeof(*m), by_weight);
	qsort(m, shown, sizeof(*m), by_minute);
	mg_grid_init(&g, "minute|kind|resource|>count|>longest");
	for (size_t i = 0; i < shown; i++) {
		time_cell(&g, mg_clock_of(c), m[i].minute * MG_MIN, 0);
		mg_grid_cellf(&g, "%s", mg_event_kind_name(m[i].kind));
		mg_grid_cell(&g, or_dash(m[i].resource));
		mg_grid_count(&g, m[i].count);
		duration_cell(&g, m[i].max_ns);
	}
	if (n) {
		finish(&g, b, width);
		more(b, n, shown);
	} else {
		mg_grid_release(&g);
	}
	free(m);
	free(p.e);
	return n > 0;
}

bool mg_tables_restarts(struct mg_buf *b, const struct mg_case *c, size_t width)
{
	static const enum mg_event_kind set[] = { MG_EV_POD_TERMINATED, MG_EV_POD_OOM_KILLED,
						  MG_EV_POD_WAITING, MG_EV_POD_RESTARTS,
						  MG_EV_KERNEL_OOM_KILL, MG_EV_PROCESS_FATAL };
	struct picked                   p = PICK(c, set);
	struct mg_grid                  g;

	mg_grid_init(&g, "time|what|pod|code|~message|where");
	for (size_t i = 0; i < p.n && i < ROWS; i++) {
		const struct mg_event *e = p.e[i];
		struct mg_buf          who = { 0 };

		time_cell(&g, mg_clock_of(c), e->time_ns, 0);
		mg_grid_cellf(&g, "%s", mg_event_kind_name(e->kind));
		object_text(&who, e->ns, e->pod.n ? e->pod : e->component);
		mg_grid_cell(&g, or_dash(mg_buf_str(&who)));
		mg_buf_release(&who);
		if (e->code)
			mg_grid_cellf(&g, "%u", e->code);
		else
			mg_grid_cellf(&g, "\xe2\x80\x93");
		mg_grid_cell(&g, e->message);
		mg_grid_place(&g, mg_case_path(c, e->artifact), e->line, PLACE_MAX);
	}
	if (p.n) {
		finish(&g, b, width);
		more(b, p.n, ROWS);
	} else {
		mg_grid_release(&g);
	}
	free(p.e);
	return p.n > 0;
}

struct reason {
	struct mg_str          name;
	uint64_t               count;
	int64_t                first_ns, last_ns;
	const struct mg_event *last;
};

static int by_reason_count(const void *pa, const void *pb)
{
	const struct reason *a = pa, *b = pb;

	ORDER(b->count, a->count);
	return mg_str_cmp(a->name, b->name);
}

static void add_reason(struct reason *r, const struct mg_event *e)
{
	int64_t last = mg_event_end(e);

	r->count += e->count;
	if (e->time_ns != MG_TIME_NONE && (r->first_ns == MG_TIME_NONE || e->time_ns < r->first_ns))
		r->first_ns = e->time_ns;
	if (r->last_ns == MG_TIME_NONE || last >= r->last_ns) {
		r->last_ns = last;
		r->last = e;
	}
}

bool mg_tables_warnings(struct mg_buf *b, const struct mg_case *c, size_t width)
{
	struct mg_intern names = { 0 };
	struct reason   *r = NULL;
	size_t           n = 0, cap = 0;
	struct mg_grid   g;

	for (size_t i = 0; i < c->events.n; i++) {
		const struct mg_event *e = &c->events.ev[i];
		uint32_t               id;

		if (e->kind != MG_EV_K8S_EVENT || e->severity < MG_SEV_WARNING)
			continue;
		id = mg_intern_id(&names, or_dash(mg_event_attr(e, "reason")));
		if (id == n)
			MG_PUSH(r, n, cap, ((struct reason){ mg_intern_str(&names, id), 0,
							     MG_TIME_NONE, MG_TIME_NONE, e }));
		add_reason(&r[id], e);
	}
	if (n)
		qsort(r, n, sizeof(*r), by_reason_count);
	mg_grid_init(&g, "reason|>count|first|last|~last message|where");
	for (size_t i = 0; i < n && i < ROWS; i++) {
		mg_grid_cell(&g, r[i].name);
		mg_grid_count(&g, r[i].count);
		time_cell(&g, mg_clock_of(c), r[i].first_ns, 0);
		time_cell(&g, mg_clock_of(c), r[i].last_ns, 0);
		mg_grid_cell(&g, r[i].last->message);
		mg_grid_place(&g, mg_case_path(c, r[i].last->artifact), r[i].last->line, PLACE_MAX);
	}
	if (n) {
		finish(&g, b, width);
		more(b, n, ROWS);
	} else {
		mg_grid_release(&g);
	}
	free(r);
	mg_intern_release(&names);
	return n > 0;
}
