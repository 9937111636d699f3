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

/* Each adds its panel; false: there are no data for it. */
bool mg_plan_etcd(struct mg_plan *t);
bool mg_plan_memory(struct mg_plan *t);
bool mg_plan_latency(struct mg_plan *t);
bool mg_plan_inflight(struct mg_plan *t);
bool mg_plan_requests(struct mg_plan *t);
bool mg_plan_stuck(struct mg_plan *t);
bool mg_plan_marks(struct mg_plan *t); /* plot_marks.c */

#endif
