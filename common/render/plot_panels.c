/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "base/mem.h"
#include "base/num.h"
#include "render/plot_internal.h"
#include "render/tsv.h"

#define PROCESSES 6   /* lines of a panel with one line a process */
#define RULES_MAX 40  /* vertical lines of one panel              */
#define LOG_RATIO 12  /* columns this far apart need a log axis   */
#define JUST_STARTED_NS (10 * MG_SEC)

/* --- helpers ---------------------------------------------------------------------- */

int mg_plan_column(const struct mg_table *t, const char *name)
{
	for (uint32_t i = 0; t && i < t->ncol; i++)
		if (mg_str_eq(t->col[i].name, mg_strz(name)))
			return (int)i;
	return -1;
}

static double peak(const struct mg_table *t, uint32_t col)
{
	double max = 0;

	for (size_t i = 0; i < t->n; i++)
		if (isfinite(t->col[col].v[i]) && t->col[col].v[i] > max)
			max = t->col[col].v[i];
	return max;
}

static double total(const struct mg_table *t, uint32_t col)
{
	double sum = 0;

	for (size_t i = 0; i < t->n; i++)
		if (isfinite(t->col[col].v[i]))
			sum += t->col[col].v[i];
	return sum;
}

void mg_plan_layer(struct mg_panel *p, struct mg_layer y)
{
	MG_PUSH(p->layer, p->nlayer, p->layer_cap, y);
}

static void add_rule(struct mg_panel *p, int64_t from, int64_t to, enum mg_ink ink,
		     const char *title)
{
	struct mg_chart_rule r = { from, to, ink, title };

	if (p->nrule < RULES_MAX)
		MG_PUSH(p->rule, p->nrule, p->rule_cap, r);
}

/* --- etcd --------------------------------------------------------------------------- */

static void etcd_layer(struct mg_plan *t, struct mg_panel *p, const struct mg_table *e,
		       const char *longest, const char *count, struct mg_layer y)
{
	int  k = mg_plan_column(e, longest), n = mg_plan_column(e, count);
	char text[32];

	if (k < 0)
		return;
	y.t = e;
	y.col = (uint32_t)k;
	y.title = mg_chart_printf(&t->chart, "%s (%s)", count, n < 0 ? "?" :
				  mg_num_grouped((uint64_t)total(e, (uint32_t)n), text, sizeof(text)));
	mg_plan_layer(p, y);
}

/* From the first word of a lost leader to the next election's end.  A member that has just
 * started is always without one for a moment. */
static void leader_rules(struct mg_plan *t, struct mg_panel *p)
{
	int64_t lost = MG_TIME_NONE, start = MG_TIME_NONE;

	for (size_t i = 0; i < t->c->events.n; i++) {
		const struct mg_event *e = &t->c->events.ev[i];

		if (e->time_ns == MG_TIME_NONE)
			continue;
		if (e->kind == MG_EV_ETCD_START)
			start = e->time_ns;
		if (e->kind == MG_EV_ETCD_LEADER_LOST && lost == MG_TIME_NONE &&
		    (start == MG_TIME_NONE || e->time_ns - start > JUST_STARTED_NS))
			lost = e->time_ns;
		if (e->kind != MG_EV_ETCD_LEADER_ELECTED || lost == MG_TIME_NONE)
			continue;
		add_rule(p, lost, e->time_ns > lost ? e->time_ns : lost, MG_INK_PURPLE,
			 "no leader, election");
		lost = MG_TIME_NONE;
	}
	if (lost != MG_TIME_NONE)
		add_rule(p, lost, t->chart.last_ns, MG_INK_PURPLE, "no leader, election");
}

static void stall_rules(struct mg_plan *t, struct mg_panel *p)
{
	for (uint32_t i = 0; i < t->sig.nstall; i++)
		add_rule(p, t->sig.stall[i].start_ns, t->sig.stall[i].end_ns, MG_INK_VERMILLION,
			 "no write answered");
}

bool mg_plan_etcd(struct mg_plan *t)
{
	const struct mg_table *e = mg_series_table(t->s, "etcd");
	struct mg_panel       *p;

	p = mg_chart_panel(&t->chart, MG_STR("etcd: longest slow operation, seconds (log)"),
			   MG_AXIS_SECONDS);
	p->log = true;
	if (e) {
		etcd_layer(t, p, e, "longest apply (s)", "slow applies",
			   (struct mg_layer){ .draw = MG_DRAW_IMPULSES, .ink = MG_INK_BLUE,
					      .width = 2 });
		etcd_layer(t, p, e, "longest fdatasync (s)", "slow fdatasyncs",
			   (struct mg_layer){ .draw = MG_DRAW_POINTS, .ink = MG_INK_VERMILLION,
					      .point = 9 });
		etcd_layer(t, p, e, "longest ReadIndex (s)", "ReadIndex waits",
			   (struct mg_layer){ .draw = MG_DRAW_POINTS, .ink = MG_INK_GREEN,
					      .point = 4 });
	}
	stall_rules(t, p);
	leader_rules(t, p);
	if (p->nlayer || p->nrule) {
		if (p->nlayer == 0)
			p->title = MG_STR("etcd: no slow operation logged");
		return true;
	}
	mg_chart_drop_panel(&t->chart);
	return false;
}

/* --- processes ------------------------------------------------------------------------ */

void mg_plan_processes(struct mg_panel *p, const struct mg_table *t, struct mg_str prefix)
{
	static const enum mg_ink inks[PROCESSES] = { MG_INK_BLUE, MG_INK_ORANGE, MG_INK_GREEN,
						     MG_INK_PURPLE, MG_INK_SKY, MG_INK_BLACK };

	for (uint32_t i = 0; i < t->ncol && p->nlayer < PROCESSES; i++) {
		if (!mg_str_starts(t->col[i].name, prefix) ||
		    mg_str_eq(t->col[i].name, MG_STR("limit")))
			continue;
		mg_plan_layer(p, (struct mg_layer){ .t = t, .col = i, .draw = MG_DRAW_LINE,
						.ink = inks[p->nlayer], .dash = 1 + (int)p->nlayer % 4,
						.title = t->col[i].name, .width = 1.6 });
	}
}

/* A death can take the memory's limit with it: mark the kills. */
static void kill_rules(struct mg_plan *t, struct mg_panel *p)
{
	for (uint32_t i = 0; i < t->sig.ndeath; i++)
		if (t->sig.death[i].oom)
			add_rule(p, t->sig.death[i].time_ns, MG_TIME_NONE, MG_INK_VERMILLION,
				 "OOM kill");
}

bool mg_plan_memory(struct mg_plan *t)
{
	const struct mg_table *m = mg_series_table(t->s, "memory");
	struct mg_panel       *p;
	int                    limit = mg_plan_column(m, "limit");

	if (!m)
		return false;
	p = mg_chart_panel(&t->chart, MG_STR("Resident memory of processes, bytes"),
			   MG_AXIS_BYTES);
	mg_plan_processes(p, m, MG_STR(""));
	if (limit >= 0)
		mg_plan_layer(p, (struct mg_layer){ .t = m, .col = (uint32_t)limit,
						.draw = MG_DRAW_LINE, .ink = MG_INK_VERMILLION,
						.dash = 4, .width = 1.4,
						.title = MG_STR("OOM limit") });
	kill_rules(t, p);
	return true;
}

bool mg_plan_stuck(struct mg_plan *t)
{
	const struct mg_table *g = mg_series_table(t->s, "goroutines");
	struct mg_panel       *p;

	if (!g)
		return false;
	p = mg_chart_panel(&t->chart, MG_STR("Stuck DeleteCollection goroutines, count in each dump"),
			   MG_AXIS_NUMBER);
	p->weight = 0.7;
	mg_plan_processes(p, g, MG_STR("stuck DeleteCollection"));
	for (uint32_t i = 0; i < p->nlayer; i++) {
		p->layer[i].draw = MG_DRAW_STEPS;
		p->layer[i].width = 2;
		if (p->layer[i].title.n > strlen("stuck DeleteCollection "))
			p->layer[i].title = mg_str_from(p->layer[i].title,
							strlen("stuck DeleteCollection "));
	}
	if (p->nlayer == 0) {
		p->title = MG_STR("Goroutines, count");
		mg_plan_processes(p, g, MG_STR(""));
	}
	return true;
}

/* --- requests --------------------------------------------------------------------------- */

/* " (audit log)" of a title. */
static struct mg_str source_of(const struct mg_table *t)
{
	struct mg_str s = mg_strz(t->title);
	ptrdiff_t     i = mg_str_rfind(s, MG_STR(" ("));

	return i < 0 ? mg_str("", 0) : mg_str_from(s, (size_t)i);
}

bool mg_plan_latency(struct mg_plan *t)
{
	static const struct {
		const char     *name;
		struct mg_layer y;
	} cols[] = {
		{ "p99 list", { .draw = MG_DRAW_DOTTED_LINE, .ink = MG_INK_GREEN, .dash = 2,
				.point = 8, .width = 1 } },
		{ "p99 write", { .draw = MG_DRAW_DOTTED_LINE, .ink = MG_INK_VERMILLION, .dash = 1,
				 .point = 4, .width = 1 } },
		{ "p99 read", { .draw = MG_DRAW_DOTTED_LINE, .ink = MG_INK_ORANGE, .dash = 4,
				.point = 6, .width = 1 } },
		{ "p99", { .draw = MG_DRAW_LINE, .ink = MG_INK_BLACK, .width = 1.8 } },
		{ "p50", { .draw = MG_DRAW_LINE, .ink = MG_INK_BLUE, .width = 2.4 } },
	};
	const struct mg_table *l = mg_series_table(t->s, "latency");
	struct mg_panel       *p;
	char                   step[24];

	if (!l)
		return false;
	p = mg_chart_panel(&t->chart, mg_chart_printf(&t->chart,
			   "Latency of requests ended in each %s%.*s, seconds (log)",
			   mg_tsv_step(l->step_ns, step, sizeof(step)), MG_FMT(source_of(l))),
			   MG_AXIS_SECONDS);
	p->log = true;
	p->weight = 1.2;
	for (size_t i = 0; i < sizeof(cols) / sizeof(*cols); i++) {
		int             k = mg_plan_column(l, cols[i].name);
		struct mg_layer y = cols[i].y;

		if (k < 0)
			continue;
		y.t = l;
		y.col = (uint32_t)k;
		y.title = mg_strz(cols[i].name);
		mg_plan_layer(p, y);
	}
	return true;
}

bool mg_plan_inflight(struct mg_plan *t)
{
	const struct mg_table *f = mg_series_table(t->s, "inflight");
	struct mg_panel       *p;

	if (!f)
		return mg_plan_inflight_metric(t);
	p = mg_chart_panel(&t->chart, mg_chart_printf(&t->chart, "Requests in flight%.*s, count",
						      MG_FMT(source_of(f))), MG_AXIS_NUMBER);
	p->weight = 0.8;
	mg_plan_layer(p, (struct mg_layer){ .t = f, .draw = MG_DRAW_AREA, .ink = MG_INK_BLUE,
					.title = MG_STR("in flight") });
	return true;
}

/* Classes of very different height need a log axis; 5xx must be seen beside 2xx. */
static bool needs_log(const struct mg_panel *p)
{
	double lo = INFINITY, hi = 0;

	for (uint32_t i = 0; i < p->nlayer; i++) {
		double v = peak(p->layer[i].t, p->layer[i].col);

		lo = v < lo ? v : lo;
		hi = v > hi ? v : hi;
	}
	return p->nlayer > 1 && hi > LOG_RATIO * lo;
}

bool mg_plan_requests(struct mg_plan *t)
{
	static const struct {
		const char     *name;
		struct mg_layer y;
	} cols[] = {
		{ "2xx", { .draw = MG_DRAW_AREA, .ink = MG_INK_SKY } },
		{ "3xx", { .draw = MG_DRAW_DOTTED_LINE, .ink = MG_INK_GREY, .point = 1 } },
		{ "no code", { .draw = MG_DRAW_DOTTED_LINE, .ink = MG_INK_GREY, .point = 2 } },
		{ "other 4xx", { .draw = MG_DRAW_DOTTED_LINE, .ink = MG_INK_GREY, .point = 6 } },
		{ "404", { .draw = MG_DRAW_DOTTED_LINE, .ink = MG_INK_GREEN, .point = 2, .dash = 3 } },
		{ "409", { .draw = MG_DRAW_DOTTED_LINE, .ink = MG_INK_PURPLE, .point = 12, .dash = 2 } },
		{ "401", { .draw = MG_DRAW_DOTTED_LINE, .ink = MG_INK_BLACK, .point = 4, .dash = 3 } },
		{ "403", { .draw = MG_DRAW_DOTTED_LINE, .ink = MG_INK_ORANGE, .point = 6 } },
		{ "429", { .draw = MG_DRAW_DOTTED_LINE, .ink = MG_INK_BLACK, .point = 10, .dash = 2 } },
		{ "5xx", { .draw = MG_DRAW_DOTTED_LINE, .ink = MG_INK_VERMILLION, .point = 7,
			   .width = 2 } },
	};
	const struct mg_table *r = mg_series_table(t->s, "requests");
	struct mg_panel       *p;

	if (!r)
		r = mg_series_table(t->s, "requests_metric");
	if (!r)
		return false;
	p = mg_chart_panel(&t->chart, mg_str("", 0), MG_AXIS_NUMBER);
	p->weight = 1.2;
	for (size_t i = 0; i < sizeof(cols) / sizeof(*cols); i++) {
		int             k = mg_plan_column(r, cols[i].name);
		struct mg_layer y = cols[i].y;

		if (k < 0)
			continue;
		y.t = r;
		y.col = (uint32_t)k;
		y.title = mg_strz(cols[i].name);
		mg_plan_layer(p, y);
	}
	p->log = needs_log(p);
	p->title = mg_chart_printf(&t->chart, "Requests ended by status code%.*s, per second%s",
				   MG_FMT(source_of(r)), p->log ? " (log)" : "");
	return true;
}
