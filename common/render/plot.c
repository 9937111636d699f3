/* SPDX-License-Identifier: Apache-2.0 */
#include "render/plot.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "render/plot_internal.h"

/* A finding that covers more of the axis than this shades everything and says nothing. */
#define SHADE_MAX 0.7

static const struct {
	const char *name;
	bool (*build)(struct mg_plan *t);
} panels[MG_PANELS] = {
	[MG_PANEL_MEMBERS] = { "members", mg_plan_members },
	[MG_PANEL_LEADERS] = { "leaders", mg_plan_leaders },
	[MG_PANEL_ETCD] = { "etcd", mg_plan_etcd },
	[MG_PANEL_DISK] = { "p99 of fsync", mg_plan_disk },
	[MG_PANEL_DB] = { "database size", mg_plan_db },
	[MG_PANEL_COLLECTIONS] = { "DELETE collections", mg_plan_collections },
	[MG_PANEL_MEMORY] = { "memory", mg_plan_memory },
	[MG_PANEL_CPU] = { "CPU", mg_plan_cpu },
	[MG_PANEL_LISTS] = { "LISTs at once", mg_plan_lists },
	[MG_PANEL_HEAT] = { "latencies", mg_plan_heat },
	[MG_PANEL_LATENCY] = { "latency", mg_plan_latency },
	[MG_PANEL_INFLIGHT] = { "in flight", mg_plan_inflight },
	[MG_PANEL_PRODUCTS] = { "products", mg_plan_products },
	[MG_PANEL_USERS] = { "users", mg_plan_users },
	[MG_PANEL_VERBS] = { "verbs", mg_plan_verbs },
	[MG_PANEL_REQUESTS] = { "requests", mg_plan_requests },
	[MG_PANEL_STUCK] = { "goroutines", mg_plan_stuck },
	[MG_PANEL_MARKS] = { "marks", mg_plan_marks },
};

#define BIT(p) (1u << MG_PANEL_##p)

/* `core`: without one of these the picture has nothing to say. */
static const struct {
	const char *name;
	unsigned    panels, core;
} plots[MG_PLOTS] = {
	[MG_PLOT_TIMELINE] = { "timeline", BIT(ETCD) | BIT(MEMORY) | BIT(LATENCY) | BIT(INFLIGHT) |
			       BIT(REQUESTS) | BIT(STUCK) | BIT(MARKS), ~0u },
	[MG_PLOT_LATENCY] = { "latency", BIT(HEAT) | BIT(LATENCY) | BIT(VERBS), BIT(LATENCY) },
	[MG_PLOT_TALKERS] = { "talkers", BIT(PRODUCTS) | BIT(USERS) | BIT(REQUESTS), BIT(USERS) },
	[MG_PLOT_ETCD] = { "etcd", BIT(MEMBERS) | BIT(LEADERS) | BIT(ETCD) | BIT(DISK) | BIT(DB),
			   BIT(ETCD) | BIT(MEMBERS) | BIT(DISK) },
	[MG_PLOT_MEMORY] = { "memory", BIT(MEMORY) | BIT(CPU) | BIT(LISTS) | BIT(INFLIGHT), BIT(MEMORY) },
	[MG_PLOT_DELETECOLLECTION] = { "deletecollection", BIT(ETCD) | BIT(COLLECTIONS) | BIT(STUCK),
				       BIT(COLLECTIONS) },
};

const char *mg_plot_name(enum mg_plot p)
{
	return plots[p].name;
}

enum mg_plot mg_plot_parse(const char *name)
{
	unsigned p = 0;

	while (p < MG_PLOTS && strcmp(name, plots[p].name) != 0)
		p++;
	return (enum mg_plot)p;
}

/* --- title, footer, findings ------------------------------------------------------- */

/* The last part of what was given, without a trailing slash. */
static struct mg_str operand_name(const struct mg_case *c)
{
	struct mg_str s;

	if (c->ninputs == 0)
		return MG_STR("timeline");
	s = c->inputs[0].operand;
	while (s.n > 1 && s.p[s.n - 1] == '/')
		s.n--;
	s = mg_str_basename(s);
	return s.n == 0 || mg_str_eq(s, MG_STR("-")) ? MG_STR("standard input") : s;
}

static void set_title(struct mg_plan *t, enum mg_plot plot)
{
	struct mg_chart *ch = &t->chart;
	struct mg_str    name = operand_name(t->c), says = mg_plan_message(t, plot);
	uint64_t         span = (uint64_t)ch->last_ns - (uint64_t)ch->first_ns;
	char             from[40], to[40], took[24], more[32] = "";

	mg_time_format(ch->first_ns, 0, from, sizeof(from));
	mg_time_format(ch->last_ns, 0, to, sizeof(to));
	from[10] = ' ';
	from[19] = to[19] = '\0';
	to[10] = ' ';
	if (t->c->ninputs > 1)
		snprintf(more, sizeof(more), " and %u more", t->c->ninputs - 1);
	ch->title = mg_chart_printf(ch, "%.*s%s%.*s%s    %s \xe2\x80\x93 %s UTC  (%s)", MG_FMT(says),
				    says.n ? "    " : "", (int)(name.n < 120 ? name.n : 120), name.p, more, from,
				    memcmp(from, to, 10) == 0 ? to + 11 : to,
				    mg_duration_text(span > INT64_MAX ? INT64_MAX : (int64_t)span,
						     took, sizeof(took)));
}

/* Nothing seen is something else than nothing there. */
static const char *why_left_out(const struct mg_case *c, int panel)
{
	bool requests = mg_requests_count(c->audit) || mg_requests_count(c->http);

	if (panel == MG_PANEL_ETCD && mg_case_has(c, MG_KIND_ETCD_LOG))
		return "nothing slow in its log";
	if (panel == MG_PANEL_INFLIGHT && requests)
		return "none over a full second";
	return panel == MG_PANEL_MARKS ? "none" : "no data";
}

static void set_footer(struct mg_plan *t, unsigned missing)
{
	struct mg_buf b = { 0 };

	for (int i = 0; i < MG_PANELS; i++)
		if (missing & 1u << i)
			mg_buf_printf(&b, "%s%s (%s)", b.n ? ", " : "left out: ", panels[i].name,
				      why_left_out(t->c, i));
	if (t->c->outliers)
		mg_buf_printf(&b, "%s%llu event%s outside of the shown span", b.n ? "; " : "",
			      (unsigned long long)t->c->outliers, t->c->outliers == 1 ? "" : "s");
	t->chart.footer = mg_chart_printf(&t->chart, "%.*s", MG_FMT(mg_buf_str(&b)));
	mg_buf_release(&b);
}

static bool covers_all(const struct mg_chart *ch, const struct mg_finding *f)
{
	double from = (double)(f->start_ns > ch->first_ns ? f->start_ns : ch->first_ns);
	double to = (double)(f->end_ns < ch->last_ns ? f->end_ns : ch->last_ns);

	return to - from > SHADE_MAX * ((double)ch->last_ns - (double)ch->first_ns);
}

static bool shown(const struct mg_chart *ch, const struct mg_finding *f)
{
	return f->severity >= MG_SEV_WARNING && f->start_ns != MG_TIME_NONE &&
	       f->end_ns != MG_TIME_NONE && f->start_ns <= ch->last_ns &&
	       f->end_ns >= ch->first_ns && f->end_ns >= f->start_ns;
}

static void push_span(struct mg_chart *ch, struct mg_chart_span s)
{
	for (uint32_t k = 0; k < ch->nspan; k++)
		if (s.label.n && ch->span[k].start_ns == s.start_ns &&
		    mg_str_eq(ch->span[k].label, s.label))
			return;
	MG_PUSH(ch->span, ch->nspan, ch->span_cap, s);
}

static bool near(int64_t a, int64_t b)
{
	int64_t d;

	return !__builtin_sub_overflow(a, b, &d) && d >= -2 * MG_SEC && d <= 2 * MG_SEC;
}

/* A finding about stalls begins with the first and ends with the last one: shade these and
 * not what lies between them.  False: it is about something else. */
static bool shade_stalls(struct mg_plan *t, const struct mg_finding *f)
{
	const struct mg_signals *g = &t->sig;

	if (g->nstall < 2 || !near(f->start_ns, g->stall[0].start_ns) ||
	    !near(f->end_ns, g->stall[g->nstall - 1].end_ns))
		return false;
	for (uint32_t i = 0; i < g->nstall; i++)
		push_span(&t->chart, (struct mg_chart_span){ g->stall[i].start_ns,
			  g->stall[i].end_ns, f->severity, true, mg_str("", 0), 0 });
	return true;
}

/* Findings in their rank.  Causes are shaded; effects, which lie in their shade, and what
 * spans everything have their bar among the labels only. */
static void set_spans(struct mg_plan *t, const struct mg_findings *fs)
{
	for (uint32_t i = 0; fs && i < fs->n; i++) {
		const struct mg_finding *f = &fs->f[i];
		struct mg_chart_span     s = { f->start_ns, f->end_ns, f->severity, false,
					       f->label.n ? f->label : mg_strz(f->id), i + 1 };

		if (!shown(&t->chart, f))
			continue;
		if (f->ncaused_by == 0 && !shade_stalls(t, f))
			s.shaded = !covers_all(&t->chart, f);
		push_span(&t->chart, s);
	}
}

/* --- the script ---------------------------------------------------------------------- */

static void set_chart(struct mg_plan *t, const struct mg_plot_opts *o)
{
	struct mg_chart *ch = &t->chart;

	ch->picture = o->picture;
	ch->theme = o->theme;
	ch->width = o->width;
	ch->height = o->height;
	ch->inline_data = o->alone;
	ch->first_ns = o->first_ns || o->last_ns ? o->first_ns : t->c->first_ns;
	ch->last_ns = o->first_ns || o->last_ns ? o->last_ns : t->c->last_ns;
}

enum mg_status mg_plan_build(struct mg_plan *t, const struct mg_case *c,
			     const struct mg_findings *fs, const struct mg_series *s,
			     const struct mg_plot_opts *o, struct mg_err *err)
{
	unsigned want = o->panels ? o->panels : plots[o->plot].panels, got = 0;

	*t = (struct mg_plan){ .c = c, .s = s };
	set_chart(t, o);
	if (t->chart.first_ns == MG_TIME_NONE || t->chart.last_ns < t->chart.first_ns)
		return mg_err_set(err, MG_SKIP, "nothing to draw: no record has a time");
	mg_signals_build(&t->sig, c);
	for (int i = 0; i < MG_PANELS; i++)
		if ((want & 1u << i) && panels[i].build(t))
			got |= 1u << i;
	if (!(got & plots[o->plot].core))
		return mg_err_set(err, MG_SKIP, "nothing to draw: no data for %s",
				  o->plot == MG_PLOT_TIMELINE ? "any panel" : plots[o->plot].name);
	set_title(t, o->plot);
	set_footer(t, want & ~got);
	set_spans(t, fs);
	return MG_OK;
}

void mg_plan_release(struct mg_plan *t)
{
	mg_signals_release(&t->sig);
	mg_chart_release(&t->chart);
}

enum mg_status mg_plot_script(const struct mg_case *c, const struct mg_findings *fs,
			      const struct mg_series *s, const struct mg_plot_opts *o,
			      struct mg_buf *out, struct mg_err *err)
{
	struct mg_plan t;
	enum mg_status st = mg_plan_build(&t, c, fs, s, o, err);

	if (st == MG_OK)
		mg_chart_script(&t.chart, out);
	mg_plan_release(&t);
	return st;
}

enum mg_status mg_plot_draw(const char *dir, const struct mg_case *c,
			    const struct mg_findings *fs, const struct mg_series *s,
			    const struct mg_plot_opts *o, struct mg_err *err)
{
	struct mg_plan t;
	enum mg_status st = mg_plan_build(&t, c, fs, s, o, err);

	if (st == MG_OK)
		st = mg_chart_draw(&t.chart, dir, plots[o->plot].name, o->seconds, err);
	mg_plan_release(&t);
	return st;
}
