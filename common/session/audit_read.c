/* SPDX-License-Identifier: Apache-2.0 */
#include "session/audit_read.h"

static bool has_stdin(const struct mg_list *files)
{
	for (size_t i = 0; i < files->n; i++)
		if (strcmp(files->v[i], "-") == 0)
			return true;
	return false;
}

static int read_once(const struct mg_tool *t, const struct mg_common *common,
		     const struct mg_window_args *window, struct mg_ingest_opts *in,
		     const struct mg_list *files, struct mg_case *c)
{
	/* operands are not written to */
	return mg_session_read(t, common, window, in, (char **)(uintptr_t)files->v, (int)files->n,
			       c);
}

static bool was_read(int rc)
{
	return rc == MG_EXIT_OK || rc == MG_EXIT_DAMAGED;
}

/* -1, or the status to leave with. */
static int find_clock(const struct mg_tool *t, const struct mg_common *common,
		      const struct mg_window_args *window, struct mg_audit_ask *ask,
		      struct mg_ingest_opts *in, const struct mg_list *files, const char *at_clock)
{
	struct mg_common   quiet = *common;
	enum mg_audit_want want = ask->query.want;
	struct mg_case     c;
	int64_t            last;
	int                rc;

	if (ask->in_order)
		return mg_usage_error(t, "the time '%s' needs the data twice; standard input can be "
				      "read once: give an RFC 3339 time", at_clock);
	ask->query.want = MG_AUDIT_SPAN;
	quiet.quiet = true; /* all is said when it is read again */
	rc = read_once(t, &quiet, window, in, files, &c);
	if (!was_read(rc))
		return rc;
	last = c.last_ns;
	mg_case_release(&c);
	mg_audit_ask_reset(ask);
	ask->query.want = want;
	if (!mg_time_parse_when(mg_strz(at_clock), last, &ask->query.at_ns))
		return mg_usage_error(t, "'%s' is no time: RFC 3339, or 03:12 on the day the data ends",
				      at_clock);
	return -1;
}

int mg_audit_read(const struct mg_tool *t, const struct mg_common *common,
		  const struct mg_window_args *window, struct mg_audit_ask *ask,
		  struct mg_ingest_opts *in, const struct mg_list *files, const char *at_clock,
		  struct mg_case *c)
{
	struct mg_common again = *common;
	int              rc = -1;

	ask->in_order = has_stdin(files);
	if (at_clock && (rc = find_clock(t, common, window, ask, in, files, at_clock)) >= 0)
		return rc;
	rc = read_once(t, common, window, in, files, c);
	if (!was_read(rc) || !mg_audit_ask_end(ask))
		return rc;
	if (common->verbose)
		mg_say(t, "reading twice: some events may be there twice, which needs them in order");
	again.quiet = true; /* what is damaged was said */
	mg_case_release(c);
	mg_audit_ask_reset(ask);
	rc = read_once(t, &again, window, in, files, c);
	if (was_read(rc))
		mg_audit_ask_end(ask);
	return rc;
}
