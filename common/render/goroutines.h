/* goroutines.h - goroutine dumps as tables: what stands where, what changed, how one group fared.
 *
 * Layer:   render
 * Memory:  the text is appended to a buffer
 * Format:  the JSON is mg.goroutines/1, docs/schemas/goroutines-1.json
 */
#ifndef MG_RENDER_GOROUTINES_H
#define MG_RENDER_GOROUTINES_H

#include "analysis/gocount.h"
#include "base/buf.h"

enum mg_goview { MG_GOVIEW_DUMPS, MG_GOVIEW_DIFF, MG_GOVIEW_FOLLOW };

struct mg_goroutines_opts {
	size_t rows;      /* a table, 0: all                                       */
	bool   headings;
	bool   stacks;    /* a sample of each row below the table; always in JSON  */
	bool   filtered;  /* some stacks are left out because nobody asked for them */
	bool   waits;     /* ... by their state or wait, which not every form knows */
};

/* A table for every dump: notable stacks first, then by count. */
void mg_render_goroutines(struct mg_buf *b, const struct mg_case *c, const struct mg_gocount *g,
			  const struct mg_goroutines_opts *o);
/* For every series of dumps what is new, grown, older, fewer or gone between its first and its
 * last; the counts of the last MG_GOROUTINE_DUMPS of it. */
#define MG_GOROUTINE_DUMPS 12
void mg_render_goroutine_diff(struct mg_buf *b, const struct mg_case *c, const struct mg_gocount *g,
			      const struct mg_goroutines_opts *o);
/* For every series of dumps the groups one by one: how many and the longest wait in each dump. */
void mg_render_goroutine_follow(struct mg_buf *b, const struct mg_case *c, const struct mg_gocount *g,
				const struct mg_goroutines_opts *o);
/* The same as one JSON document. */
void mg_render_goroutines_json(struct mg_buf *b, const struct mg_case *c, const struct mg_gocount *g,
			       enum mg_goview view, const struct mg_goroutines_opts *o);

#endif
