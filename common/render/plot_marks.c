/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/mem.h"
#include "base/num.h"
#include "render/plot_internal.h"

/* One row a kind of mark, in the order of the picture. */
enum row { ROW_OOM, ROW_ENDS, ROW_STARTS, ROW_LEASES, ROW_5XX, ROW_WEBHOOKS, ROW_NODES,
	   ROW_PROBES, ROW_DUMPS, ROW_GAPS, ROWS };

static const struct {
	const char  *title;
	enum mg_ink  ink;
	int          point;
} looks[ROWS] = {
	[ROW_OOM] = { "OOM kills", MG_INK_VERMILLION, 9 },
	[ROW_ENDS] = { "other ends", MG_INK_BLACK, 2 },
	[ROW_STARTS] = { "starts", MG_INK_GREEN, 5 },
	[ROW_LEASES] = { "leases lost", MG_INK_PURPLE, 11 },
	[ROW_5XX] = { "5xx answers", MG_INK_VERMILLION, 7 },
	[ROW_WEBHOOKS] = { "webhooks failed", MG_INK_ORANGE, 13 },
	[ROW_NODES] = { "node conditions", MG_INK_BLUE, 4 },
	[ROW_PROBES] = { "failed probes", MG_INK_SKY, 6 },
	[ROW_DUMPS] = { "dumps", MG_INK_GREY, 8 },
	[ROW_GAPS] = { "logs silent", MG_INK_GREY, 5 },
};

struct marks {
	struct mg_chart_mark *m;
	size_t                n, cap;
	uint64_t              count[ROWS]; /* of those that are visible */
};

static bool visible(const struct mg_chart *ch, const struct mg_chart_mark *m)
{
	int64_t end = m->end_ns > m->start_ns ? m->end_ns : m->start_ns;

	return m->start_ns <= ch->last_ns && end >= ch->first_ns;
}

static void add(struct mg_plan *t, struct marks *all, enum row r, int64_t from, int64_t to,
		uint64_t count, struct mg_str text)
{
	struct mg_chart_mark m = { from, to, (int)r, text };

	if (from == MG_TIME_NONE || !visible(&t->chart, &m))
		return;
	all->count[r] += count;
	MG_PUSH(all->m, all->n, all->cap, m);
}

static enum row row_of(const struct mg_event *e)
{
	switch (e->kind) {
	case MG_EV_APISERVER_START:
	case MG_EV_PROCESS_START:
	case MG_EV_ETCD_START:
		return ROW_STARTS;
	case MG_EV_LEADER_LOST:
		return ROW_LEASES;
	case MG_EV_AUDIT_ERROR:
		return ROW_5XX;
	case MG_EV_WEBHOOK_FAILED:
		return ROW_WEBHOOKS;
	case MG_EV_NODE_CONDITION:
		return ROW_NODES;
	case MG_EV_KUBELET_PROBE:
		return ROW_PROBES;
	case MG_EV_GOROUTINE_DUMP:
		return ROW_DUMPS;
	case MG_EV_GAP:
		return ROW_GAPS;
	default:
		return ROWS;
	}
}

/* Who, where a reader wants to know and there are few. */
static struct mg_str who(enum row r, const struct mg_event *e)
{
	if (r == ROW_STARTS || r == ROW_LEASES || r == ROW_GAPS)
		return e->component.n ? e->component : e->pod;
	if (r == ROW_NODES)
		return e->node.n ? e->node : e->name;
	return mg_str("", 0);
}

/* One dump is often kept in several forms; the events are sorted, so they stand together. */
static bool same_dump(const struct mg_case *c, size_t i)
{
	const struct mg_event *e = &c->events.ev[i];

	for (size_t k = i; k-- > 0 && c->events.ev[k].time_ns == e->time_ns;)
		if (c->events.ev[k].kind == e->kind && mg_str_eq(c->events.ev[k].pod, e->pod) &&
		    mg_str_eq(c->events.ev[k].node, e->node) &&
		    mg_str_eq(c->events.ev[k].component, e->component))
			return true;
	return false;
}

static void add_events(struct mg_plan *t, struct marks *all)
{
	bool audited = mg_requests_count(t->c->audit) > 0;

	for (size_t i = 0; i < t->c->events.n; i++) {
		const struct mg_event *e = &t->c->events.ev[i];
		enum row               r = row_of(e);

		if (e->kind == MG_EV_APISERVER_HTTP && e->code >= 500 && !audited)
			r = ROW_5XX;
		if (r == ROWS || (r == ROW_DUMPS && same_dump(t->c, i)))
			continue;
		add(t, all, r, e->time_ns, r == ROW_GAPS ? mg_event_end(e) : MG_TIME_NONE,
		    r == ROW_DUMPS ? 1 : e->count, who(r, e));
	}
}

/* One mark a death, however many artifacts tell of it. */
static void add_deaths(struct mg_plan *t, struct marks *all)
{
	for (uint32_t i = 0; i < t->sig.ndeath; i++) {
		const struct mg_death *d = &t->sig.death[i];
		struct mg_str          name = d->component.n ? d->component :
					      d->container.n ? d->container : d->pod;

		if (!d->oom && d->exit_code)
			name = mg_chart_printf(&t->chart, "%.*s (exit %u)",
					       (int)(name.n < 60 ? name.n : 60), name.p, d->exit_code);
		add(t, all, d->oom ? ROW_OOM : ROW_ENDS, d->time_ns, MG_TIME_NONE, 1, name);
	}
}

static int by_time(const void *a, const void *b)
{
	const struct mg_chart_mark *x = a, *y = b;

	if (x->row != y->row)
		return x->row - y->row;
	if (x->start_ns != y->start_ns)
		return x->start_ns < y->start_ns ? -1 : 1;
	return mg_str_cmp(x->text, y->text);
}

/* Rows that have a mark, renumbered. */
static void add_rows(struct mg_plan *t, struct mg_panel *p, const struct marks *all)
{
	int  place[ROWS];
	char n[32];

	for (int r = 0; r < ROWS; r++) {
		struct mg_chart_row row = { mg_str("", 0), looks[r].ink, looks[r].point };

		place[r] = (int)p->nrow;
		if (all->count[r] == 0)
			continue;
		row.title = mg_chart_printf(&t->chart, "%s (%s)", looks[r].title,
					    mg_num_grouped(all->count[r], n, sizeof(n)));
		MG_PUSH(p->row, p->nrow, p->row_cap, row);
	}
	for (size_t i = 0; i < all->n; i++) {
		struct mg_chart_mark m = all->m[i];

		m.row = place[m.row];
		MG_PUSH(p->mark, p->nmark, p->mark_cap, m);
	}
}

bool mg_plan_marks(struct mg_plan *t)
{
	struct marks     all = { 0 };
	struct mg_panel *p;

	add_events(t, &all);
	add_deaths(t, &all);
	if (all.n)
		qsort(all.m, all.n, sizeof(*all.m), by_time);
	p = mg_chart_panel(&t->chart, MG_STR("Marks (count)"), MG_AXIS_ROWS);
	add_rows(t, p, &all);
	free(all.m);
	p->weight = 0.17 * p->nrow;
	if (p->nrow)
		return true;
	mg_chart_drop_panel(&t->chart);
	return false;
}
