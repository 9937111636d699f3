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
};

/* Begin with the headings: "time|>count|~message": '>' aligns right, '~' marks the flexible
 * column, '|' separates. */
void mg_grid_init(struct mg_grid *g, const char *headings);
/* Add the next cell, in order; the text is escaped and copied. */
void mg_grid_cell(struct mg_grid *g, struct mg_str s);
void mg_grid_cellf(struct mg_grid *g, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* A count with thousands separators; a place in a file. */
void mg_grid_count(struct mg_grid *g, uint64_t v);
void mg_grid_place(struct mg_grid *g, struct mg_str path, uint64_t line, size_t cols);
/* Append heading and rows, indented; `width` 0: nothing is cut.  No blanks at line ends. */
void mg_grid_print(const struct mg_grid *g, struct mg_buf *b, size_t indent, size_t width,
		   bool headings);
void mg_grid_release(struct mg_grid *g);

#endif
