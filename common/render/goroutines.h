/* goroutines.h - goroutine dumps as tables: what stands where, and what grew.
 *
 * Layer:   render
 * Reads the events of mg_consumer_gostack_every: goroutine.dump, and goroutine.stuck with
 * attrs dump_line and stack.
 * Memory:  the text is appended to a buffer
 */
#ifndef MG_RENDER_GOROUTINES_H
#define MG_RENDER_GOROUTINES_H

#include "analysis/case.h"
#include "base/buf.h"

struct mg_goroutines_opts {
	size_t rows;     /* a table, 0: all                       */
	bool   headings;
	bool   stacks;   /* a sample of each row below the table  */
	/* Which goroutine.stuck to show; NULL: all. */
	bool (*shown)(void *ctx, const struct mg_event *e);
	void *ctx;
};

/* A table for every dump: notable stacks first, then by count. */
void mg_render_goroutines(struct mg_buf *b, const struct mg_case *c,
			  const struct mg_goroutines_opts *o);
/* For every process with several dumps (the last MG_GOROUTINE_DUMPS): the stacks of which there
 * are more in the last one than in the first. */
#define MG_GOROUTINE_DUMPS 12
void mg_render_goroutine_growth(struct mg_buf *b, const struct mg_case *c,
				const struct mg_goroutines_opts *o);

#endif
