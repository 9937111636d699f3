/* out.h - a buffered writer whose errors cannot be missed.
 *
 * Layer:   io
 * The first error sticks; later writes do nothing; close returns it.  A broken pipe is
 * reported as MG_EOF (end quietly), any other failure as MG_FATAL.
 */
#ifndef MG_IO_OUT_H
#define MG_IO_OUT_H

#include "base/buf.h"
#include "base/err.h"

struct mg_out {
	int           fd;
	struct mg_buf buf;
	char         *tmp, *path; /* atomic files: written to tmp, renamed to path */
	int           leaving;    /* of tmp, see base/leavings.h */
	struct mg_err err;
};

void mg_out_fd(struct mg_out *o, int fd); /* does not own fd: stdout */
/* Create `path` by way of a temporary file beside it; close renames it into place. */
enum mg_status mg_out_file(struct mg_out *o, const char *path);
/* The directory, made when missing (its parent must exist).  MG_OK or MG_FATAL. */
enum mg_status mg_out_dir(const char *path, struct mg_err *err);
void           mg_out_add(struct mg_out *o, struct mg_str s);
void           mg_out_printf(struct mg_out *o, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Flush, rename, close.  MG_OK, MG_EOF (reader went away) or MG_FATAL with o->err. */
enum mg_status mg_out_close(struct mg_out *o);
void           mg_out_abort(struct mg_out *o); /* drop it: no file is left behind */

#endif
