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

/* Each adds its panel; false: there are no data for it. */
bool mg_timeline_etcd(struct mg_timeline *t);
bool mg_timeline_memory(struct mg_timeline *t);
bool mg_timeline_latency(struct mg_timeline *t);
bool mg_timeline_inflight(struct mg_timeline *t);
bool mg_timeline_requests(struct mg_timeline *t);
bool mg_timeline_stuck(struct mg_timeline *t);
bool mg_timeline_marks(struct mg_timeline *t); /* plot_marks.c */

#endif
