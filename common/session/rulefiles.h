/* rulefiles.h - read the files that --rules names.
 *
 * Layer:   session
 * Format:  docs/man/mg-rules.5
 */
#ifndef MG_SESSION_RULEFILES_H
#define MG_SESSION_RULEFILES_H

#include "cli/opt.h"
#include "event/logrules.h"

/* Add the rules of every file to `rules`.  -1, or the exit status to leave with (a message
 * was printed). */
int mg_session_rules(const struct mg_tool *tool, const struct mg_list *files,
		     struct mg_logrules *rules);

#endif
