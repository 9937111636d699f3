<<<<<<<< HEAD:common/session/pattern_files.h
/* pattern_files.h - read the files that --rules names.
========
/* rulefiles.h - read the files that --rules names.
>>>>>>>> x-klog:common/session/rulefiles.h
 *
 * Layer:   session
 * Format:  docs/man/mg-rules.5
 */
<<<<<<<< HEAD:common/session/pattern_files.h
#ifndef MG_SESSION_PATTERN_FILES_H
#define MG_SESSION_PATTERN_FILES_H
========
#ifndef MG_SESSION_RULEFILES_H
#define MG_SESSION_RULEFILES_H
>>>>>>>> x-klog:common/session/rulefiles.h

#include "cli/opt.h"
#include "event/logrules.h"

/* Add the rules of every file to `rules`.  -1, or the exit status to leave with (a message
 * was printed). */
int mg_session_rules(const struct mg_tool *tool, const struct mg_list *files,
		     struct mg_logrules *rules);

#endif
