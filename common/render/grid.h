/* grid.h - rows of cells in aligned columns.
 *
 * Layer:   render
 * Memory:  the grid keeps its cells until it is released
 * A row is cells in order; a column is as wide as its widest cell, but for one flexible
 * column, which gets what is left of the width and is cut there.
 */
#ifndef MG_RENDER_GRID_H
#define MG_RENDER_GRID_H

#include "base/arena.h"
#include "base/buf.h"

enum mg_align { MG_LEFT, MG_RIGHT };

#define MG_GRID_COLUMNS 12

struct mg_grid {
	struct mg_arena arena;
	struct mg_str  *cell; /* ncol a row; the first row is the heading */
	size_t          n, cap;
	unsigned        ncol;
	enum mg_align   align[MG_GRID_COLUMNS];
	int             flex; /* index of the flexible column, -1: none */
	size_t          place[MG_GRID_COLUMNS]; /* columns for a place in a file, 0: no place */
	size_t          more; /* rows that were left out at the end */
};

static inline size_t mg_grid_rows(const struct mg_grid *g) /* without the heading */
{
	return g->n / g->ncol - 1;
}

/* Begin with the headings: "time|>count|~message": '>' aligns right, '~' marks the flexible
 * column, '|' separates. */
void mg_grid_init(struct mg_grid *g, const char *headings);
/* Add the next cell, in order; the text is escaped and copied. */
void mg_grid_cell(struct mg_grid *g, struct mg_str s);
void mg_grid_cellf(struct mg_grid *g, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* A count with thousands separators. */
void mg_grid_count(struct mg_grid *g, uint64_t v);
/* A place in a file, kept whole; printed in at most `cols` columns (mg_text_place), which is
 * the same for all of a column. */
void mg_grid_place(struct mg_grid *g, struct mg_str path, uint64_t line, size_t cols);
/* Append heading and rows, indented, and "… and N more" if there are; `width` 0: the flexible
 * column is not cut.  No blanks at line ends. */
void mg_grid_print(const struct mg_grid *g, struct mg_buf *b, size_t indent, size_t width,
		   bool headings);
void mg_grid_release(struct mg_grid *g);

#endif
