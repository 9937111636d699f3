/* audit_table.h - groups, series and single requests of the audit log as tables.
 *
 * Layer:   render
 * Output:  UTC; for people or, with raw numbers, for programs (render/sheet.h)
 */
#ifndef MG_RENDER_AUDIT_TABLE_H
#define MG_RENDER_AUDIT_TABLE_H

#include "analysis/audit_query.h"
#include "render/sheet.h"

struct mg_audit_print {
	enum mg_sheet_format format;
	size_t               top; /* rows, 0: all */
	bool                 headings;
	struct mg_str        sort; /* name of a column, empty: by count or cost */
	struct mg_str        columns; /* names with commas, empty: all          */
	bool                 untitled; /* the caller has said how many, and when */
};

/* Groups with count, share, rate, peak, errors, latencies, first and last; also --lists and
 * --watches.  `how->sort` must be one of their columns, see mg_audit_has_columns. */
void mg_render_audit_groups(struct mg_out *o, const struct mg_audit_tally *t,
			    const struct mg_audit_query *query, const struct mg_audit_print *how);
/* Single requests: --slow, --unfinished, --history and the like. */
void mg_render_audit_items(struct mg_out *o, const struct mg_audit_tally *t,
			   const struct mg_audit_query *query, const struct mg_audit_print *how);
/* Has the table that answers the question all columns of these names?  Else the first one
 * that it has not in *bad. */
bool mg_audit_has_columns(const struct mg_audit_query *query, struct mg_str names,
			  struct mg_str *bad);
/* What must be counted to print like that: for query->by.detail. */
unsigned mg_audit_print_detail(const struct mg_audit_query *query, const struct mg_audit_print *how);
/* The columns of single requests. */
void mg_audit_item_columns(struct mg_sheet *s, const struct mg_audit_query *query);
/* A table over time. */
void mg_render_audit_series(struct mg_out *o, const struct mg_table *t,
			    enum mg_sheet_format format);

#endif
