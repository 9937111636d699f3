/* logmatch.h - private to logmatch.c and logrules.c: one compiled pattern and its groups.
 *
 * Layer: event
 */
#ifndef MG_EVENT_LOGMATCH_H
#define MG_EVENT_LOGMATCH_H

#ifndef PCRE2_CODE_UNIT_WIDTH
#define PCRE2_CODE_UNIT_WIDTH 8
#endif
#include <pcre2.h>

#include "base/literals.h"
#include "event/logrules.h"

#define MG_LOGRULE_GROUPS 32 /* groups whose text can be told */

struct mg_log_match {
	pcre2_code   *code;
	struct mg_literals literals; /* one of them is in every match */
	char         *text;          /* of the literals                */
};

struct mg_log_matcher {
	const struct mg_log_match *match;
	pcre2_match_data          *data;
	pcre2_match_context       *context;
	pcre2_jit_stack           *stack;
	uint64_t                   gave_up;
};

bool          mg_log_match_try(struct mg_log_matcher *t, const struct mg_log_match *m,
			       struct mg_str text);
/* Text of a group of the last match; empty when it took no part. */
struct mg_str mg_log_match_group(const struct mg_log_matcher *t, struct mg_str text, int group);
int           mg_log_match_groups(const struct mg_log_match *m); /* how many it has */
int           mg_log_match_named(const struct mg_log_match *m, const char *name); /* < 0: none */

#endif
