/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "render/tables_internal.h"

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

void mg_object_text(struct mg_buf *b, struct mg_str ns, struct mg_str name)
{
	mg_buf_add(b, ns);
	if (ns.n)
		mg_buf_addc(b, '/');
	mg_buf_add(b, name);
}

void mg_cell_code(struct mg_grid *g, uint32_t code)
{
	if (code)
		mg_grid_cellf(g, "%u", code);
	else
		mg_grid_cell(g, MG_DASH);
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

bool mg_fill_etcd(struct mg_grid *g, const struct mg_case *c, size_t rows)
{
	static const enum mg_event_kind set[] = { MG_EV_ETCD_SLOW_APPLY, MG_EV_ETCD_SLOW_FDATASYNC,
						  MG_EV_ETCD_READ_INDEX, MG_EV_ETCD_SLOW_REQUEST };
	struct picked                   p = PICK(c, set);
	struct minute                  *m = mg_alloc((p.n + 1) * sizeof(*m));
	size_t                          n = 0, shown;

	for (size_t i = 0; i < p.n; i++) {
		const struct mg_event *e = p.e[i];

		if (e->time_ns == MG_TIME_NONE)
			continue;
		m[n++] = (struct minute){ e->time_ns / MG_MIN - (e->time_ns % MG_MIN < 0),
					  e->kind, e->resource, e->count, e->duration_ns };
	}
	n = fold_minutes(m, n);
	shown = n < rows ? n : rows;
	if (n > rows) /* the heaviest ones, but told in time order */
		qsort(m, n, sizeof(*m), by_weight);
	qsort(m, shown, sizeof(*m), by_minute);
	mg_grid_init(g, "minute|kind|resource|>count|>longest");
	for (size_t i = 0; i < shown; i++) {
		mg_cell_time(g, mg_clock_of(c), m[i].minute * MG_MIN, 0);
		mg_grid_cellf(g, "%s", mg_event_kind_name(m[i].kind));
		mg_grid_cell(g, mg_or_dash(m[i].resource));
		mg_grid_count(g, m[i].count);
		mg_cell_duration(g, m[i].max_ns);
	}
	g->more = n > shown ? n - shown : 0;
	free(m);
	free(p.e);
	return n > 0;
}

bool mg_fill_restarts(struct mg_grid *g, const struct mg_case *c, size_t rows)
{
	static const enum mg_event_kind set[] = { MG_EV_POD_TERMINATED, MG_EV_POD_OOM_KILLED,
						  MG_EV_POD_WAITING, MG_EV_POD_RESTARTS,
						  MG_EV_KERNEL_OOM_KILL, MG_EV_PROCESS_FATAL };
	struct picked                   p = PICK(c, set);

	mg_grid_init(g, "time|what|pod|code|~message|where");
	for (size_t i = 0; i < p.n && i < rows; i++) {
		const struct mg_event *e = p.e[i];
		struct mg_buf          who = { 0 };

		mg_cell_time(g, mg_clock_of(c), e->time_ns, 0);
		mg_grid_cellf(g, "%s", mg_event_kind_name(e->kind));
		mg_object_text(&who, e->ns, e->pod.n ? e->pod : e->component);
		mg_grid_cell(g, mg_or_dash(mg_buf_str(&who)));
		mg_buf_release(&who);
		mg_cell_code(g, e->code);
		mg_grid_cell(g, e->message);
		mg_grid_place(g, mg_case_path(c, e->artifact), e->line, MG_PLACE_COLUMNS);
	}
	g->more = p.n > rows ? p.n - rows : 0;
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

bool mg_fill_warnings(struct mg_grid *g, const struct mg_case *c, size_t rows)
{
	struct mg_intern names = { 0 };
	struct reason   *r = NULL;
	size_t           n = 0, cap = 0;

	for (size_t i = 0; i < c->events.n; i++) {
		const struct mg_event *e = &c->events.ev[i];
		uint32_t               id;

		if (e->kind != MG_EV_K8S_EVENT || e->severity < MG_SEV_WARNING)
			continue;
		id = mg_intern_id(&names, mg_or_dash(mg_event_attr(e, "reason")));
		if (id == n)
			MG_PUSH(r, n, cap, ((struct reason){ mg_intern_str(&names, id), 0,
							     MG_TIME_NONE, MG_TIME_NONE, e }));
		add_reason(&r[id], e);
	}
	if (n)
		qsort(r, n, sizeof(*r), by_reason_count);
	mg_grid_init(g, "reason|>count|first|last|~last message|where");
	for (size_t i = 0; i < n && i < rows; i++) {
		mg_grid_cell(g, r[i].name);
		mg_grid_count(g, r[i].count);
		mg_cell_time(g, mg_clock_of(c), r[i].first_ns, 0);
		mg_cell_time(g, mg_clock_of(c), r[i].last_ns, 0);
		mg_grid_cell(g, r[i].last->message);
		mg_grid_place(g, mg_case_path(c, r[i].last->artifact), r[i].last->line, MG_PLACE_COLUMNS);
	}
	g->more = n > rows ? n - rows : 0;
	free(r);
	mg_intern_release(&names);
	return n > 0;
}
