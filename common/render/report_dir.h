/* report_dir.h - the report as a directory: page, text, findings, events, series, pictures.
 *
 * Layer:   render
 * Each file is complete or absent; those of an earlier run are replaced, and pictures that
 * are not drawn again are removed: an old one beside new numbers would mislead.
 */
#ifndef MG_RENDER_REPORT_DIR_H
#define MG_RENDER_REPORT_DIR_H

#include "analysis/findings.h"
#include "base/buf.h"

struct mg_report_dir_opts {
	const char *version;  /* of the program, for the page; NULL: not said */
	bool        no_plots; /* do not run gnuplot                            */
};

/* Write all into `dir`, which is made when missing, and append to `files` what there is, for
 * people.  MG_OK; MG_SKIP: a picture could not be drawn, all else is there; MG_FATAL: a file
 * could not be written.  err says why. */
enum mg_status mg_report_dir_write(const char *dir, struct mg_case *c, const struct mg_findings *fs,
				   const struct mg_report_dir_opts *o, struct mg_buf *files,
				   struct mg_err *err);

#endif
