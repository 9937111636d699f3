/* events.h - the events of a case as a stream for the next tool, or as lines for people.
 *
 * Layer:   render
 * Format:  docs/man/mg-events.5
 */
#ifndef MG_RENDER_EVENTS_H
#define MG_RENDER_EVENTS_H

#include "analysis/case.h"
#include "io/out.h"

enum mg_events_format { MG_EVENTS_TEXT, MG_EVENTS_JSONL, MG_EVENTS_TSV };

/* "jsonl" (also "events", "json"), "tsv", "text"; false: no such format. */
bool mg_events_format_parse(const char *name, enum mg_events_format *out);

typedef bool (*mg_event_wanted)(const void *ctx, const struct mg_event *e);

/* Write the wanted events (NULL: all), at most `max` (0: all); text says how many more there
 * are.  Returns how many were wanted. */
size_t mg_render_events(struct mg_out *o, const struct mg_case *c, enum mg_events_format f,
			mg_event_wanted wanted, const void *ctx, size_t max);

#endif
