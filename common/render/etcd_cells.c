/* SPDX-License-Identifier: Apache-2.0 */
#include "render/etcd_cells.h"

#include "base/num.h"

void mg_etcd_cell_time(struct mg_grid *g, int64_t ns, int digits)
{
	char b[40];

	mg_grid_cell(g, ns == MG_TIME_NONE ? MG_STR("-")
					   : mg_strz(mg_time_format(ns, digits, b, sizeof(b))));
}

void mg_etcd_cell_took(struct mg_grid *g, int64_t ns)
{
	char b[24];

	mg_grid_cell(g, ns < 0 ? MG_STR("") : mg_strz(mg_duration_text(ns, b, sizeof(b))));
}

void mg_etcd_cell_bytes(struct mg_grid *g, int64_t bytes)
{
	char b[24];

	mg_grid_cell(g, bytes < 0 ? MG_STR("")
				  : mg_strz(mg_num_bytes_text((double)bytes, b, sizeof(b))));
}

void mg_etcd_print(struct mg_buf *b, struct mg_grid *g, size_t rows, size_t shown)
{
	mg_grid_print(g, b, 0, 0, true);
	if (rows > shown)
		mg_buf_printf(b, "\xe2\x80\xa6 and %zu more (-n 0 shows all)\n", rows - shown);
	mg_grid_release(g);
}
