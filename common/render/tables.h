/* tables.h - the tables of report.txt about requests and events.
 *
 * Layer:   render
 * Each appends a heading line and rows and returns true, or appends nothing and returns
 * false when there is nothing to show.  Long tables end in "… and N more".
 */
#ifndef MG_RENDER_TABLES_H
#define MG_RENDER_TABLES_H

#include "analysis/case.h"
#include "base/buf.h"

bool mg_tables_users(struct mg_buf *b, const struct mg_case *c, size_t width);
bool mg_tables_groups(struct mg_buf *b, const struct mg_case *c, size_t width);
bool mg_tables_codes(struct mg_buf *b, const struct mg_case *c, size_t width);
bool mg_tables_slow(struct mg_buf *b, const struct mg_case *c, size_t width);
bool mg_tables_etcd(struct mg_buf *b, const struct mg_case *c, size_t width);
bool mg_tables_restarts(struct mg_buf *b, const struct mg_case *c, size_t width);
bool mg_tables_warnings(struct mg_buf *b, const struct mg_case *c, size_t width);

#endif
