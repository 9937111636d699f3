/* audit_read.h - read audit logs as often as a question about them needs it.
 *
 * Layer: session
 */
#ifndef MG_SESSION_AUDIT_READ_H
#define MG_SESSION_AUDIT_READ_H

#include "ingest/ask_audit.h"
#include "session/session.h"

/* Put `ask` (initialised with `in`) to all `files`; the answer is complete when this returns
 * MG_EXIT_OK or MG_EXIT_DAMAGED, and *c is to be released then.
 * Files are read once; a second time when some event is there twice, and a time before that
 * when `at_clock` (NULL: none) is a time of the day the data ends, which becomes
 * ask->query.at_ns. */
int mg_audit_read(const struct mg_tool *t, const struct mg_common *common,
		  const struct mg_window_args *window, struct mg_audit_ask *ask,
		  struct mg_ingest_opts *in, const struct mg_list *files, const char *at_clock,
		  struct mg_case *c);

#endif
