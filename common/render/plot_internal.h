/* plot_internal.h - the builders of the timeline's panels.
 *
 * Layer: render
 */
#ifndef MG_RENDER_PLOT_INTERNAL_H
#define MG_RENDER_PLOT_INTERNAL_H

#include "analysis/signals.h"
#include "render/plot.h"

struct mg_plan {
	struct mg_chart          chart;
	const struct mg_case    *c;
	const struct mg_series  *s;
	struct mg_signals        sig;
};

/* The panels, title, footer and findings of the timeline; MG_SKIP: nothing to draw.  To be
 * released either way.  `fs` may be NULL. */
enum mg_status mg_plan_build(struct mg_plan *t, const struct mg_case *c,
				 const struct mg_findings *fs, const struct mg_series *s,
				 const struct mg_plot_opts *o, struct mg_err *err);
void mg_plan_release(struct mg_plan *t);

/* What the picture says, as far as its data say anything: "p99 reached 37.2 s at 03:13:00".
 * plot_titles.c */
struct mg_str mg_plan_message(struct mg_plan *t, enum mg_plot plot);
/* A DELETE collection, of those of the API server's traces only what the audit log leaves out. */
bool mg_is_collection(const struct mg_case *c, const struct mg_event *e);

/* A layer, or a rule across; plot_panels.c */
void mg_plan_layer(struct mg_panel *p, struct mg_layer y);
/* Index of the column of that name; -1: there is none, or no table. */
int  mg_plan_column(const struct mg_table *t, const char *name);

/* One line a process whose column begins with `prefix`, the highest first; at most six a panel. */
void mg_plan_processes(struct mg_panel *p, const struct mg_table *t, struct mg_str prefix);

/* Each adds its panel; false: there are no data for it.  plot_panels.c */
bool mg_plan_etcd(struct mg_plan *t);
bool mg_plan_memory(struct mg_plan *t);
bool mg_plan_latency(struct mg_plan *t);
bool mg_plan_inflight(struct mg_plan *t);
bool mg_plan_requests(struct mg_plan *t);
bool mg_plan_stuck(struct mg_plan *t);
/* plot_traffic.c */
bool mg_plan_heat(struct mg_plan *t);
bool mg_plan_verbs(struct mg_plan *t);
bool mg_plan_users(struct mg_plan *t);
bool mg_plan_products(struct mg_plan *t);
bool mg_plan_lists(struct mg_plan *t);
/* plot_metrics.c */
bool mg_plan_disk(struct mg_plan *t);
bool mg_plan_db(struct mg_plan *t);
bool mg_plan_cpu(struct mg_plan *t);
bool mg_plan_inflight_metric(struct mg_plan *t); /* where there is no request log */
/* plot_rows.c */
bool mg_plan_members(struct mg_plan *t);
bool mg_plan_leaders(struct mg_plan *t);
bool mg_plan_collections(struct mg_plan *t);
bool mg_plan_marks(struct mg_plan *t); /* plot_marks.c */

#endif
