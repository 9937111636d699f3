/* db.h - a whole incident as one SQLite database, for questions in SQL.
 *
 * Layer:   render
 * Format:  docs/formats/db.md (mg.db/1)
 * A build without SQLite says so instead.
 */
#ifndef MG_RENDER_DB_H
#define MG_RENDER_DB_H

#include "analysis/findings.h"
#include "analysis/series.h"

struct mg_db_opts {
	const char *version; /* of the program */
};

bool mg_db_built_in(void);

/* Write `path`, which appears when it is complete; a file of that name is replaced.  Every
 * name and message of the input becomes UTF-8 (U+FFFD for what is none).  `c` is changed
 * only in that its requests get sorted.  MG_OK, or MG_FATAL with a message. */
enum mg_status mg_db_write(const char *path, struct mg_case *c, const struct mg_findings *fs,
			   const struct mg_db_opts *o, struct mg_err *err);

#endif
