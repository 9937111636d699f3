/* etcd_cells.h - cells that several tables of mgetcd have.
 *
 * Layer:   render
 */
#ifndef MG_RENDER_ETCD_CELLS_H
#define MG_RENDER_ETCD_CELLS_H

#include "base/time.h"
#include "render/grid.h"

/* "-" for an unknown time, an empty cell for a duration or size below 0. */
void mg_etcd_cell_time(struct mg_grid *g, int64_t ns, int digits);
void mg_etcd_cell_took(struct mg_grid *g, int64_t ns);
void mg_etcd_cell_bytes(struct mg_grid *g, int64_t bytes);
/* Print and release the grid, and count the rows that are not shown. */
void mg_etcd_print(struct mg_buf *b, struct mg_grid *g, size_t rows, size_t shown);

#endif
