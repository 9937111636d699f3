/* session.h - what every tool does around its work: inputs, faults, exit status.
 *
 * Layer: session (everything below the tools)
 */
#ifndef MG_SESSION_SESSION_H
#define MG_SESSION_SESSION_H

#include "analysis/case.h"
#include "cli/opt.h"
#include "cli/window.h"
#include "ingest/ingest.h"
#include "io/out.h"

/* Read all operands into `c` with the common options, inside the window.  A relative window
 * costs a first pass that only looks for the last time in the data.  Faults are printed.
 * MG_EXIT_OK, MG_EXIT_DAMAGED (read, but not all of it), or the status to leave with. */
int mg_session_read(const struct mg_tool *tool, const struct mg_common *common,
		    const struct mg_window_args *window, struct mg_ingest_opts *o,
		    char **operands, int n, struct mg_case *c);

/* "depth=8" … into limits; -1, or the exit status after a message. */
int mg_session_limits(const struct mg_tool *tool, const struct mg_list *args,
		      struct mg_limits *out);

/* Was anything in the input of a kind that the rules can use?  If not, a message says so, and
 * the tool should leave with MG_EXIT_USAGE when it has shown what it looked at. */
bool mg_session_knows(const struct mg_tool *tool, const struct mg_case *c);

/* Before anything is written: SIGPIPE must not kill the tool. */
void mg_session_begin(void);

/* Close standard output.  A reader that went away ends quietly with `status`; any other
 * failure is said and gives MG_EXIT_OUTPUT. */
int mg_session_end(const struct mg_tool *tool, struct mg_out *out, int status);

#endif
