/* SPDX-License-Identifier: Apache-2.0 */
/* mgaudit - ask a Kubernetes audit log: which requests, by whom, how many, how slow.
 *
 *   mgaudit --by=user,verb must-gather.tar.gz              who asked for what, most first
 *   mgaudit --failed-only --resource=leases.* audit_logs/  the requests themselves
 *   mgaudit --history deployments/shop/web audit_logs/     what was done to it, and by whom
 */
#include <stdio.h>
#include <unistd.h>

#include "event/wire.h"
#include "ingest/ask_audit.h"
#include "ingest/audit_far.h"
#include "render/audit_rows.h"
#include "render/audit_table.h"
#include "render/tsv.h"
#include "session/audit_args.h"
#include "session/audit_read.h"
#include "session/session.h"
#include "session/values.h"

struct opts {
	struct mg_audit_args  ask; /* session/audit_args.h */
	struct mg_window_args window;
	struct mg_common      common;
	/* worked out */
	struct mg_audit_show  show;
	struct mg_audit_print how;
};

static const char examples[] =
	"  mgaudit --by=user must-gather.tar.gz\n"
	"  mgaudit --by=user,verb,resource --code=5xx --sort=sum -n 0 audit_logs/\n"
	"  mgaudit --history deployments/shop/web audit_logs/\n"
	"  mgaudit -o json --user='system:serviceaccount:ci:*' --verb=-get,-list audit.log | jq .\n";

/* --- printing ------------------------------------------------------------------ */

static void print_events(struct mg_out *out, const struct mg_batch *events,
			 const struct mg_case *c)
{
	struct mg_buf line = { 0 };

	for (size_t i = 0; i < events->n; i++) {
		mg_buf_clear(&line);
		mg_wire_json(&line, &events->ev[i], mg_case_path(c, events->ev[i].artifact));
		mg_out_add(out, mg_buf_str(&line));
	}
	mg_buf_release(&line);
}

static void print_series(const struct mg_tool *t, struct mg_out *out, const struct opts *o,
			 struct mg_audit_ask *ask)
{
	struct mg_arena arena = { 0 };
	struct mg_table table;
	uint64_t        left_out;

	mg_audit_series_table(&ask->tally.series, ask->query.step_ns,
			      o->show.rows ? o->show.rows : SIZE_MAX, MG_TSV_ROWS, &arena, &table,
			      &left_out);
	mg_render_audit_series(out, &table, o->how.format);
	if (left_out)
		mg_say(t, "%llu requests lie too far away to be in one table: narrow the time with "
		       "--since and --until", (unsigned long long)left_out);
	mg_arena_release(&arena);
}

static void print(const struct mg_tool *t, struct mg_out *out, const struct opts *o,
		  struct mg_audit_ask *ask, const struct mg_case *c)
{
	switch (ask->query.want) {
	case MG_AUDIT_ROWS:
		mg_render_audit_list(out, &ask->tally, o->show.wide, o->show.rows);
		break;
	case MG_AUDIT_RAW:
		mg_render_audit_json(out, &ask->tally, o->show.rows);
		break;
	case MG_AUDIT_SPLIT:
		mg_render_audit_split(out, &ask->tally);
		break;
	case MG_AUDIT_EVENTS:
		print_events(out, &ask->tally.events, c);
		break;
	case MG_AUDIT_SERIES:
		print_series(t, out, o, ask);
		break;
	case MG_AUDIT_GROUPS:
	case MG_AUDIT_LISTS:
	case MG_AUDIT_WATCHES:
		if (o->show.top)
			mg_render_audit_top(out, &ask->tally, &ask->query, o->show.rows);
		else
			mg_render_audit_groups(out, &ask->tally, &ask->query, &o->how);
		break;
	default:
		mg_render_audit_items(out, &ask->tally, &ask->query, &o->how);
	}
}

/* What was read, but counted once or not at all. */
static void notes(const struct mg_tool *t, const struct mg_audit_ask *ask,
		  const struct mg_case *c)
{
	if (!mg_case_has(c, MG_KIND_AUDIT))
		mg_say(t, "no audit events in the input; mgunpack lists what it holds");
	for (size_t i = 0; i < ask->ncopies; i++)
		mg_say(t, "'%.*s' has the events of '%.*s': counted once",
		       MG_FMT(mg_case_path(c, ask->copy[i].artifact)),
		       MG_FMT(mg_case_path(c, ask->copy[i].of)));
	for (uint32_t i = 0; i < c->nartifacts; i++)
		if (c->artifacts[i].stats.duplicates)
			mg_say(t, "'%.*s' holds %llu events twice: counted once",
			       MG_FMT(c->artifacts[i].path),
			       (unsigned long long)c->artifacts[i].stats.duplicates);
	if (ask->forgot)
		mg_say(t, "a file goes back in time and has more events than can be remembered: those "
		       "that stand twice, more than %d events apart, count twice", MG_AUDIT_FAR_SURE);
	if ((ask->query.want == MG_AUDIT_OPEN || ask->query.want == MG_AUDIT_FLYING) &&
	    ask->received == 0 && mg_case_has(c, MG_KIND_AUDIT))
		mg_say(t, "no RequestReceived events: the audit policy leaves them out, so requests "
		       "that never ended cannot be seen");
}

/* --- the run ------------------------------------------------------------------------- */

/* How the answer is printed.  The plain list is a table when it is for programs or sorted. */
static int set_print(const struct mg_tool *t, struct opts *o, struct mg_audit_query *q)
{
	const char   *format = o->ask.format;
	struct mg_str sort = mg_strz(o->ask.sort), columns = mg_strz(o->ask.columns), bad;
	bool          chosen = sort.n || columns.n;

	o->how = (struct mg_audit_print){ .top = o->show.rows, .headings = !o->ask.no_headers,
					  .sort = sort, .columns = columns };
	mg_sheet_format_parse(format ? mg_strz(format) : MG_STR("text"), &o->how.format);
	if (q->want == MG_AUDIT_ROWS && (chosen || o->how.format != MG_SHEET_PEOPLE))
		q->want = MG_AUDIT_LIST;
	else if ((format || chosen) && (o->show.top || q->want == MG_AUDIT_RAW ||
					q->want == MG_AUDIT_SPLIT || q->want == MG_AUDIT_EVENTS))
		return mg_usage_error(t, "--%s is for lists and tables, not for -o %s",
				      format ? "format" : sort.n ? "sort" : "columns", o->ask.output);
	if (chosen && q->want == MG_AUDIT_SERIES)
		return mg_usage_error(t, "--%s does not go with --series", sort.n ? "sort" : "columns");
	if (sort.n && !mg_audit_has_columns(q, sort, &bad))
		return mg_usage_error(t, "bad value for --sort: '%s': no such column", o->ask.sort);
	if (columns.n && !mg_audit_has_columns(q, columns, &bad))
		return mg_usage_error(t, "bad value for --columns: '%.*s': no such column", MG_FMT(bad));
	if (!o->show.top)
		q->by.detail = mg_audit_print_detail(q, &o->how);
	return -1;
}

/* Read, answer, print; the exit status. */
static int run(const struct mg_tool *t, struct opts *o, const struct mg_list *files)
{
	struct mg_audit_ask   ask;
	struct mg_ingest_opts in = { .pick = mg_audit_ask_pick, .fold = mg_audit_ask_fold,
				     .ctx = &ask };
	struct mg_case        c;
	struct mg_out         out;
	int                   rc;

	mg_audit_ask_init(&ask, &in);
	if ((rc = mg_audit_args_read(t, &o->ask, &ask.query, &o->show)) < 0 &&
	    (rc = set_print(t, o, &ask.query)) < 0)
		rc = mg_audit_read(t, &o->common, &o->window, &ask, &in, files,
				   o->show.at_clock ? o->ask.inflight_at : NULL, &c);
	else
		files = NULL;
	if (files && (rc == MG_EXIT_OK || rc == MG_EXIT_DAMAGED)) {
		if (!o->common.quiet)
			notes(t, &ask, &c);
		mg_out_fd(&out, STDOUT_FILENO);
		print(t, &out, o, &ask, &c);
		rc = mg_session_end(t, &out, rc);
		mg_case_release(&c);
	}
	mg_audit_ask_release(&ask);
	return rc;
}

static const char *verb(size_t i)
{
	static const char *const verbs[] = { "get", "list", "watch", "create", "update", "patch",
					     "delete", "deletecollection" };

	return i < sizeof(verbs) / sizeof(verbs[0]) ? verbs[i] : NULL;
}

static const char *stage(size_t i)
{
	static const char *const stages[] = { "all", "RequestReceived", "ResponseStarted",
					      "ResponseComplete", "Panic" };

	return i < sizeof(stages) / sizeof(stages[0]) ? stages[i] : NULL;
}

/* The options are in session/audit_args.h, table by table. */
int main(int argc, char **argv)
{
	struct opts           o = { 0 };
	const struct mg_opt   table[] = {
		MG_AUDIT_WHO_OPTS(&o.ask),
		MG_AUDIT_WHAT_OPTS(&o.ask),
		MG_AUDIT_RESULT_OPTS(&o.ask),
		MG_AUDIT_LINE_OPTS(&o.ask),
		MG_WINDOW_OPTS(&o.window),
		MG_AUDIT_QUESTION_OPTS(&o.ask),
		MG_AUDIT_TABLE_OPTS(&o.ask),
		MG_COMMON_OPTS(&o.common),
	};
	const struct mg_opt_values values[] = { { "by", mg_values_audit_key },
						{ "verb", verb }, { "stage", stage }, { NULL, NULL } };
	const struct mg_tool tool = { "mgaudit", "ask a Kubernetes audit log: who, what, how many, how slow",
				      "[options] [file | directory | archive | -]...", examples, table, values };
	struct mg_list  all = { 0 };
	struct mg_arena arena = { 0 };
	char          **operands;
	int             n, rc = mg_opt_parse(&tool, argc, argv, &operands, &n);

	mg_session_begin();
	if (rc < 0 && !o.ask.files.n)
		rc = mg_opt_stdin(&tool, &operands, &n);
	if (rc < 0) {
		mg_audit_args_files(&o.ask, operands, n, &arena, &all);
		rc = run(&tool, &o, &all);
	}
	mg_list_release(&all);
	mg_arena_release(&arena);
	mg_audit_args_release(&o.ask);
	mg_list_release(&o.common.limits);
	return rc;
}
