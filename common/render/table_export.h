/* table_export.h - tables over time in the forms that other programs load.
 *
 * Layer:   render
 * Format:  docs/formats/series.md.  OpenMetrics text 1.0 with timestamps, which
 *          `promtool tsdb create-blocks-from openmetrics` takes; CSV, a row a value, for
 *          Grafana's CSV data source and spreadsheets
 */
#ifndef MG_RENDER_TABLE_EXPORT_H
#define MG_RENDER_TABLE_EXPORT_H

#include "analysis/series.h"
#include "base/buf.h"

enum mg_export { MG_EXPORT_OPENMETRICS, MG_EXPORT_CSV, MG_EXPORTS };

/* "openmetrics", "csv"; MG_EXPORTS for any other. */
enum mg_export mg_export_parse(struct mg_str name);

/* Append all tables.  What is not known is left out.  Tables of one name become one metric
 * whose samples have a label `table` that counts them. */
void mg_export_tables(struct mg_buf *b, enum mg_export how, const struct mg_table *t, size_t n);

#endif
