/* timeline_internal.h - the forms of a timeline that are more than a line an event.
 *
 * Layer: render
 */
#ifndef MG_RENDER_TIMELINE_INTERNAL_H
#define MG_RENDER_TIMELINE_INTERNAL_H

#include "render/timeline.h"

/* timeline_trace.c */
void mg_timeline_trace_begin(struct mg_timeline *t);
void mg_timeline_trace_add(struct mg_timeline *t, const struct mg_event *e, struct mg_str path);
void mg_timeline_trace_end(struct mg_timeline *t);

/* timeline_bars.c */
void mg_timeline_bars_begin(struct mg_timeline *t);
void mg_timeline_bars_add(struct mg_timeline *t, const struct mg_event *e, struct mg_str path);
void mg_timeline_bars_end(struct mg_timeline *t);

/* timeline_groups.c */
void mg_timeline_groups_end(struct mg_timeline *t);
void mg_timeline_groups_tsv_end(struct mg_timeline *t);

#endif
