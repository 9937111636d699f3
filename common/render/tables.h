/* tables.h - the tables of the reports: about requests, events and the input.
 *
 * Layer:   render
 * Memory:  a filled grid keeps its cells until it is released
 * Rows are made once; report.txt prints the grid, report.html marks it up.
 */
#ifndef MG_RENDER_TABLES_H
#define MG_RENDER_TABLES_H

#include "analysis/coverage.h"
#include "analysis/findings.h"
#include "render/grid.h"

struct mg_tables_entry {
	const char *id, *title; /* "users", "Users by requests" */
	/* Begin `g` and fill in at most `rows` rows; g->more are the others.  False: there is
	 * nothing to show.  The grid is to be released either way. */
	bool (*fill)(struct mg_grid *g, const struct mg_case *c, size_t rows);
	size_t text_rows, page_rows; /* how many a text, how many a page shows */
};

#define MG_TABLES 8
extern const struct mg_tables_entry mg_tables[MG_TABLES];

/* tables_input.c.  Each begins `g`; false: there is nothing to show. */

/* A row a source: files, records, span. */
bool mg_tables_coverage(struct mg_grid *g, const struct mg_case *c,
			const struct mg_coverage *cov);
/* Sources that are wanted and missing, the command that collects each, a remark. */
bool mg_tables_missing(struct mg_grid *g, const struct mg_coverage *cov);
/* Rules that could not look, those with the same need together, and what they need. */
bool mg_tables_not_assessed(struct mg_grid *g, const struct mg_findings *fs);
/* What could not be read: place, fault. */
bool mg_tables_faults(struct mg_grid *g, const struct mg_case *c);

#endif
