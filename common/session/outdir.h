/* outdir.h - the one directory that a tool writes into.
 *
 * Layer: session
 * The directory is made before anything is read, so that the process can be confined to it;
 * when nothing came of the run, it is removed again.
 */
#ifndef MG_SESSION_OUTDIR_H
#define MG_SESSION_OUTDIR_H

#include "base/arena.h"
#include "cli/opt.h"

struct mg_outdir {
	char *made; /* by this run; NULL: none */
	int   slot;
};

/* `dir` when given, else the base name of the operand without the suffixes of archives, and
 * the suffix: "data/a.tar.gz" -> "a.report".  In `a`, ended by NUL. */
struct mg_str mg_outdir_name(struct mg_arena *a, const char *dir, const char *operand,
			     const char *suffix);

/* Make `path` and confine the process to it (NULL: it may write no file).  `file`: it may also
 * write this one, by way of another beside it (NULL: none).  `exec`: gnuplot will be started.
 * What exists, of both, is refused unless `force`.  -1, or the status to leave with after a
 * message. */
int mg_outdir_begin(const struct mg_tool *tool, const char *path, const char *file, bool force,
		    bool exec, struct mg_outdir *d);
/* Confine a tool whose one output is the file `path`, which need not exist (NULL: standard
 * output): a regular file is made by way of another in its directory. */
void mg_outfile_confine(const char *path, bool exec);

/* At the end of the run, whatever became of it. */
void mg_outdir_end(struct mg_outdir *d);

#endif
