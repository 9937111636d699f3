/* SPDX-License-Identifier: Apache-2.0 */
#include "session/rulefiles.h"

#include <errno.h>

#include "io/slurp.h"

#define RULES_MAX ((size_t)16 << 20) /* a rule file of this size is something else */

int mg_session_rules(const struct mg_tool *tool, const struct mg_list *files,
		     struct mg_logrules *rules)
{
	for (size_t i = 0; i < files->n; i++) {
		struct mg_buf  b = { 0 };
		struct mg_err  err = { 0 };
		enum mg_status st = MG_OK;
		bool           read = mg_slurp(files->v[i], RULES_MAX, &b);
		int            why = errno;

		if (read)
			st = mg_logrules_read(rules, mg_buf_str(&b), &err);
		mg_buf_release(&b);
		if (!read)
			return mg_usage_error(tool, "cannot read '%s': %s", files->v[i], strerror(why));
		if (st != MG_OK)
			return mg_usage_error(tool, "cannot use '%s': %s", files->v[i], err.msg);
	}
	return -1;
}
