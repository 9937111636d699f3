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

/* NODE=+1.2s ...: the node's clock is ahead by so much (strings in arena `a`); -1, or the
 * exit status after a message. */
int mg_session_offsets(const struct mg_tool *tool, const struct mg_list *args,
		       struct mg_arena *a, struct mg_ingest_opts *o);

/* After a first read: estimate the clocks of nodes that --offset does not name.  When one is
 * off by half a second or more and the input can be read again, do so with the clocks put
 * right (`o` keeps the offsets).  Returns the status of the read. */
int mg_session_clocks(const struct mg_tool *tool, const struct mg_common *common,
		      struct mg_arena *a, struct mg_ingest_opts *o, char **operands, int n,
		      struct mg_case *c, int status);

/* "depth=8" … into limits; -1, or the exit status after a message. */
int mg_session_limits(const struct mg_tool *tool, const struct mg_list *args,
		      struct mg_limits *out);

/* Was anything in the input of a kind that the rules can use?  If not, a message says so, and
 * the tool should leave with MG_EXIT_USAGE when it has shown what it looked at. */
bool mg_session_knows(const struct mg_tool *tool, const struct mg_case *c);

/* Say, unless --quiet, that no file of these kinds (bits 1 << MG_KIND_*) was in the input; `what`
 * names them: "log". */
void mg_session_lacking(const struct mg_tool *tool, const struct mg_common *common,
			const struct mg_case *c, uint64_t kinds, const char *what);

/* First of all: errors of writing come as such and not as signals, a signal that ends the
 * tool leaves nothing half-written (base/leavings.h), and no file can be written any more: the
 * output is standard output (base/confine.h). */
void mg_session_begin(void);
/* The same for a tool that writes files; it confines itself once it knows where
 * (session/outdir.h). */
void mg_session_begin_writer(void);

/* Close standard output.  A reader that went away ends quietly with `status`; any other
 * failure is said and gives MG_EXIT_OUTPUT. */
int mg_session_end(const struct mg_tool *tool, struct mg_out *out, int status);

#endif
