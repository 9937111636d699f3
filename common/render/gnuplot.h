/* gnuplot.h - strings that are safe in a gnuplot script, and running gnuplot on one.
 *
 * Layer:   render
 * Safety:  every string of the input goes through mg_gnuplot_str.  Scripts select their
 *          terminal with `noenhanced`, so no byte of a string is markup, and single quotes
 *          keep backslashes, backticks and '@' what they are; a newline cannot get in.
 */
#ifndef MG_RENDER_GNUPLOT_H
#define MG_RENDER_GNUPLOT_H

#include "base/buf.h"
#include "base/err.h"

/* Append `s` as a gnuplot string in single quotes, valid UTF-8 on one line.  A single quote
 * becomes U+2019, so that nothing can end the string; control characters become a space;
 * bytes that are no UTF-8, invisible and direction-changing characters become '?'.  More than
 * `max_chars` characters (0: no limit) are cut and end in "...", as one character. */
void mg_gnuplot_str(struct mg_buf *out, struct mg_str s, size_t max_chars);
/* Characters (not bytes) that mg_gnuplot_str would show of `s`. */
size_t mg_gnuplot_chars(struct mg_str s, size_t max_chars);

struct mg_gnuplot_job {
	const char *dir;       /* to run in; NULL: here                       */
	const char *script;    /* file name as seen from dir; NULL: script_fd */
	int         script_fd; /* read as stdin when there is no script       */
	int         stdout_fd; /* -1: /dev/null                               */
	int         seconds;   /* time limit, 0: 20                           */
};

/* Run gnuplot (from PATH, no shell, without the user's start-up files) and wait for it.
 * MG_OK: it succeeded; err->msg holds its first warning or is empty.
 * MG_SKIP: there is no gnuplot; err says how to get one.
 * MG_FAIL: it failed, err holds the first line it wrote to stderr; or it ran out of time,
 * then err->sys_errno is ETIMEDOUT. */
enum mg_status mg_gnuplot_run(const struct mg_gnuplot_job *job, struct mg_err *err);

/* Run it on a script in memory, the picture going to `stdout_fd`; as mg_gnuplot_run, and
 * MG_FATAL when there is no place for a temporary file. */
enum mg_status mg_gnuplot_text(struct mg_str script, int stdout_fd, struct mg_err *err);

#endif
