/* judge.h - --set and --fail-on, the same in every tool that applies the rules.
 *
 * Layer:  session
 * Memory: what is parsed lives in the caller's arena
 */
#ifndef MG_SESSION_JUDGE_H
#define MG_SESSION_JUDGE_H

#include "analysis/rule.h"
#include "cli/opt.h"

struct mg_judge_args {
	struct mg_list set;
	const char    *fail_on, *baseline;
};
#define MG_JUDGE_OPTS(j)                                                                     \
	{ MG_OPT_TEXT, 0, "baseline", "INPUT", "what is usual: an archive of a good time",   \
	  &(j)->baseline },                                                                  \
	{ MG_OPT_LIST, 0, "set", "RULE.X=N", "another threshold for a rule", &(j)->set },    \
	{ MG_OPT_WORD, 0, "fail-on", "info|warning|error|critical",                          \
	  "exit 1 when a finding is at least this bad", &(j)->fail_on }

struct mg_judge {
	struct mg_override *set;
	size_t              nset;
	bool                fails; /* --fail-on was given */
	enum mg_severity    fail_on;
};

/* -1, or the exit status after a message. */
int mg_judge_parse(const struct mg_tool *tool, const struct mg_judge_args *args,
		   struct mg_arena *a, struct mg_judge *out);

/* Read what --baseline names, if anything, into the zeroed *baseline (to be released with
 * mg_case_release either way) and let `c` know what is usual.  -1, or the exit status. */
int mg_judge_baseline(const struct mg_tool *tool, const struct mg_common *common,
		      const struct mg_judge_args *args, struct mg_case *baseline, struct mg_case *c);

/* The exit status with these findings, `status` without them.  Output that was lost counts
 * for more than what it would have said. */
int mg_judge_status(const struct mg_judge *j, const struct mg_findings *fs, int status);

#endif
