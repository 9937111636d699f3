/* merge.h - many event streams into one, in time order, with bounded memory.
 *
 * Layer:   event
 * Memory:  an array stream is borrowed; a line stream keeps `window` parsed events
 * Threads: one merge belongs to one thread
 *
 * Order is that of mg_event_cmp; equal events come in the order their streams were added.
 * Arrays must be sorted.  Line streams need only be nearly sorted: an event may come up to
 * `window` - 1 places late; what comes later still is delivered at once, and counted.
 */
#ifndef MG_EVENT_MERGE_H
#define MG_EVENT_MERGE_H

#include "base/err.h"
#include "event/wire.h"

#define MG_MERGE_WINDOW 4096

/* Give the next line (no LF; valid until the next call) and its number.  MG_OK; MG_EOF;
 * MG_FATAL with err when the rest cannot be read. */
typedef enum mg_status (*mg_line_fn)(void *ctx, struct mg_str *line, uint64_t *number,
				     struct mg_err *err);
/* A line that is no event, or (status MG_FATAL) the end of a broken stream. */
typedef void (*mg_merge_bad_fn)(void *ctx, size_t stream, const struct mg_err *err);

struct mg_merge;

/* `paths` receives the artifact paths of line streams.  `bad` may be NULL. */
struct mg_merge *mg_merge_new(struct mg_intern *paths, size_t window, mg_merge_bad_fn bad,
			      void *bad_ctx);
void             mg_merge_array(struct mg_merge *m, const struct mg_event *ev, size_t n);
void             mg_merge_lines(struct mg_merge *m, mg_line_fn next, void *ctx);
/* The next event, valid until the next call; NULL at the end. */
const struct mg_event *mg_merge_next(struct mg_merge *m);
/* The latest time among the events that are read but not delivered: with a window of
 * SIZE_MAX, before the first mg_merge_next, that of all.  MG_TIME_NONE: no time. */
int64_t          mg_merge_last(struct mg_merge *m);
/* Events delivered behind a later one, because they came later than the window allows. */
uint64_t         mg_merge_late(const struct mg_merge *m);
void             mg_merge_free(struct mg_merge *m); /* NULL is fine */

#endif
