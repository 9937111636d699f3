/* from_kernel.h - kernel reports of killed and hung processes as events.
 *
 * Layer:   event (base, parse)
 * Memory:  a report is collected (up to a few hundred KB for its task table) until it is
 *          complete; events are copied into the batch
 * Threads: lines of one leaf, in order, by one thread at a time
 * Format:  docs/formats/kernel.md; attributes: docs/man/mg-events.5
 *
 * The kernel says in ten or more lines what happened, which ones and in which order depends
 * on its version, and some may be lost.  Lines within 30 s of each other are put together; a
 * report ends with the next one, with a pause, or at flush.
 */
#ifndef MG_EVENT_FROM_KERNEL_H
#define MG_EVENT_FROM_KERNEL_H

#include "event/batch.h"
#include "event/source.h"

struct mg_kernel;

struct mg_kernel *mg_kernel_new(void);
/* `line` of a kernel leaf, or of a journal (then its ident must be "kernel" or empty).  True:
 * the line is part of a report.  An event appears in `out` when its report is complete, which
 * may be during a later call. */
bool mg_kernel_line(struct mg_kernel *k, const struct mg_source *src, const struct mg_line *line,
		    struct mg_batch *out);
/* End of the leaf: what is still collected becomes events. */
void mg_kernel_flush(struct mg_kernel *k, const struct mg_source *src, struct mg_batch *out);
void mg_kernel_free(struct mg_kernel *k); /* NULL is fine */

#endif
