/* plot_internal.h - the builders of the timeline's panels.
 *
 * Layer: render
 */
#ifndef MG_RENDER_PLOT_INTERNAL_H
#define MG_RENDER_PLOT_INTERNAL_H

#include "analysis/signals.h"
#include "render/plot.h"

struct mg_timeline {
	struct mg_chart          chart;
	const struct mg_case    *c;
	const struct mg_series  *s;
	struct mg_signals        sig;
};

/* The panels, title, footer and findings of the timeline; MG_SKIP: nothing to draw.  To be
 * released either way.  `fs` may be NULL. */
enum mg_status mg_timeline_build(struct mg_timeline *t, const struct mg_case *c,
				 const struct mg_findings *fs, const struct mg_series *s,
				 const struct mg_plot_opts *o, struct mg_err *err);
void mg_timeline_release(struct mg_timeline *t);

/* Each adds its panel; false: there are no data for it. */
bool mg_timeline_etcd(struct mg_timeline *t);
bool mg_timeline_memory(struct mg_timeline *t);
bool mg_timeline_latency(struct mg_timeline *t);
bool mg_timeline_inflight(struct mg_timeline *t);
bool mg_timeline_requests(struct mg_timeline *t);
bool mg_timeline_stuck(struct mg_timeline *t);
bool mg_timeline_marks(struct mg_timeline *t); /* plot_marks.c */

#endif
