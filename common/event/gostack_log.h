/* gostack_log.h - goroutine dumps inside a log, line by line.
 *
 * Layer:   event (base, parse)
 * Memory:  proportional to the distinct stacks of one dump
 * Threads: one detector belongs to one thread at a time
 * Format:  docs/formats/gostack.md, "Inside logs"
 */
#ifndef MG_EVENT_GOSTACK_LOG_H
#define MG_EVENT_GOSTACK_LOG_H

#include "event/from_gostack.h"

/* Hand in every line without its envelope.  True: the line belongs to a goroutine stack.  A dump
 * ends with the first line that does not; it goes on when the next goroutine follows within a
 * few lines (another writer of the same stream).  A single goroutine is a stack trace, not a
 * dump: it makes no event. */
struct mg_gostack *mg_gostack_new(void);
bool               mg_gostack_line(struct mg_gostack *g, const struct mg_source *src,
				   const struct mg_line *line, struct mg_batch *out);
/* The lines handed in so far were a text of its own: what follows does not continue it. */
void               mg_gostack_break(struct mg_gostack *g, const struct mg_source *src,
				    struct mg_batch *out);
/* End of the log. */
void               mg_gostack_flush(struct mg_gostack *g, const struct mg_source *src,
				    struct mg_batch *out);
void               mg_gostack_free(struct mg_gostack *g); /* NULL is fine */
/* From now on report every stack (mg_event_every_gobucket), also of the dumps that stand in one
 * line with their line ends escaped ("\ngoroutine 1 [running]:\n…"), and at the end of the log
 * its single stack traces as one more dump, of the form "traces". */
void               mg_gostack_every(struct mg_gostack *g);
/* From now on what looks like a dump is only a part of one. */
void               mg_gostack_excerpts(struct mg_gostack *g);

#endif
