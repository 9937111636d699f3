/* outdir.h - the directory that a tool writes its results into.
 *
 * Layer:   session
 */
#ifndef MG_SESSION_OUTDIR_H
#define MG_SESSION_OUTDIR_H

#include "base/arena.h"
#include "cli/opt.h"

/* `dir` when given, else the base name of the operand without the suffixes of archives, and
 * the suffix: "data/a.tar.gz" -> "a.report".  In `a`, ended by NUL. */
struct mg_str mg_session_outdir(struct mg_arena *a, const char *dir, const char *operand,
				const char *suffix);

/* Before the work: is there anything of that name that must not be written over?  -1, or the
 * exit status after a message. */
int mg_session_outdir_free(const struct mg_tool *tool, const char *dir, bool force);

#endif
