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
#include "render/audit_rows.h"
#include "render/audit_table.h"
#include "render/tsv.h"
#include "session/audit_args.h"
#include "session/audit_read.h"
#include "session/session.h"
#include "session/values.h"

struct opts {
	struct mg_audit_args  ask;
	const char           *format, *sort;
	bool                  no_headers;
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
	"  mgaudit --series=10s --by=verb audit.log >verbs.tsv\n"
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
	if ((ask->query.want == MG_AUDIT_OPEN || ask->query.want == MG_AUDIT_FLYING) &&
	    ask->received == 0 && mg_case_has(c, MG_KIND_AUDIT))
		mg_say(t, "no RequestReceived events: the audit policy leaves them out, so requests "
		       "that never ended cannot be seen");
}

/* --- the run ------------------------------------------------------------------------- */

static int set_print(const struct mg_tool *t, struct opts *o, const struct mg_audit_query *q)
{
	struct mg_str sort = mg_strz(o->sort);

	o->how = (struct mg_audit_print){ .top = o->show.rows, .headings = !o->no_headers,
					  .sort = sort };
	mg_sheet_format_parse(o->format ? mg_strz(o->format) : MG_STR("text"), &o->how.format);
	if ((o->format || sort.n) && (o->show.top || q->want == MG_AUDIT_ROWS ||
				      q->want == MG_AUDIT_RAW || q->want == MG_AUDIT_SPLIT ||
				      q->want == MG_AUDIT_EVENTS))
		return mg_usage_error(t, "--%s is for tables: --by=KEY, --series, --slow and the like",
				      o->format ? "format" : "sort");
	if (sort.n && (q->want == MG_AUDIT_SERIES || !mg_audit_can_sort(q, sort)))
		return mg_usage_error(t, "bad value for --sort: '%s': no such column", o->sort);
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
		mg_session_begin();
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

int main(int argc, char **argv)
{
	struct opts           o = { 0 };
	struct mg_audit_args *a = &o.ask;
	const struct mg_opt   table[] = {
		{ MG_OPT_HEAD, 0, NULL, NULL,
		  "Which requests (lists: a,b; -x refuses x; x* is a prefix; ~x a regular expression)", NULL },
		{ MG_OPT_LIST, 0, "verb", "LIST",
		  "get, list, watch, create, update, patch, delete …", &a->on[MG_ON_VERB] },
		{ MG_OPT_LIST, 'n', NULL, "LIST", "namespace; a number: how many rows to show, 0 is all",
		  &a->n },
		{ MG_OPT_LIST, 0, "resource", "LIST",
		  "RESOURCE[.GROUP], either may be *; no group: core", &a->on[MG_ON_RESOURCE] },
		{ MG_OPT_LIST, 0, "code", "LIST",
		  "status code: 404, 5xx, 400-499, !404, none", &a->on[MG_ON_CODE] },
		{ MG_OPT_FLAG, 0, "failed-only", NULL, "status code above 299", &a->failed_only },
		{ MG_OPT_LIST, 0, "annotation", "K[=V]",
		  "annotation K is there, and its value is V; -K: is not", &a->annotations },
		{ MG_OPT_TEXT, 's', "stage", "STAGE",
		  "only this stage, or all (default: one a request)", &a->stage },
		{ MG_OPT_BRIEF, 0, NULL, NULL, "Also by the field of that name", NULL },
		{ MG_OPT_LIST, 0, "user", "LIST", "user name", &a->on[MG_ON_USER] },
		{ MG_OPT_LIST, 0, "group", "LIST", "one of the user's groups", &a->on[MG_ON_GROUP] },
		{ MG_OPT_LIST, 0, "impersonated", "LIST",
		  "user that was impersonated; * is any", &a->on[MG_ON_IMPERSONATED] },
		{ MG_OPT_LIST, 0, "namespace", "LIST", "namespace; '-' is any", &a->on[MG_ON_NAMESPACE] },
		{ MG_OPT_LIST, 0, "subresource", "LIST",
		  "status, log, exec …; '-*' is none", &a->on[MG_ON_SUBRESOURCE] },
		{ MG_OPT_LIST, 0, "name", "LIST", "name of the object", &a->on[MG_ON_NAME] },
		{ MG_OPT_LIST, 0, "object-uid", "LIST", "UID of the object", &a->on[MG_ON_OBJECT_UID] },
		{ MG_OPT_LIST, 0, "uid", "LIST", "audit ID", &a->on[MG_ON_UID] },
		{ MG_OPT_LIST, 0, "user-agent", "LIST", "user agent", &a->on[MG_ON_AGENT] },
		{ MG_OPT_LIST, 0, "source-ip", "LIST", "address of the peer", &a->on[MG_ON_IP] },
		{ MG_OPT_LIST, 0, "field-manager", "LIST",
		  "parameter fieldManager of the URI", &a->on[MG_ON_MANAGER] },
		{ MG_OPT_LIST, 0, "level", "LIST", "Metadata, Request, RequestResponse", &a->on[MG_ON_LEVEL] },
		{ MG_OPT_LIST, 0, "decision", "LIST",
		  "of the authorizer: allow, forbid", &a->on[MG_ON_DECISION] },
		{ MG_OPT_LIST, 0, "reason", "LIST",
		  "of the authorizer, or of the answer", &a->on[MG_ON_REASON] },
		{ MG_OPT_TEXT, 0, "min-duration", "D", "took at least D", &a->min },
		{ MG_OPT_TEXT, 0, "max-duration", "D", "took at most D", &a->max },
		{ MG_OPT_WORD, 0, "podsecurityviolations", "pod|all",
		  "those that violate pod security", &a->pod_security },
		{ MG_OPT_FLAG, 0, "scrub-access-reviews", NULL,
		  "no reviews of access and tokens", &a->no_reviews },
		{ MG_OPT_BRIEF, 0, NULL, NULL, "As kubectl-dev_tool knows them", NULL },
		{ MG_OPT_LIST, 'f', "filename", "FILE", "read FILE, the same as an operand", &a->files },
		{ MG_OPT_LIST, 0, "http-status-code", "LIST", "the same as --code", &a->on[MG_ON_CODE] },
		{ MG_OPT_TEXT, 0, "duration", "D", "the same as --max-duration", &a->peer_max },
		{ MG_OPT_TEXT, 0, "after", "TIME", "received after TIME (RFC 3339)", &a->after },
		{ MG_OPT_TEXT, 0, "before", "TIME", "received before TIME (RFC 3339)", &a->before },
		MG_WINDOW_OPTS(&o.window),
		{ MG_OPT_HEAD, 0, NULL, NULL, "What to show", NULL },
		{ MG_OPT_LIST, 0, "by", "KEY,...",
		  "count by user, verb, resource, product … (see mgaudit(1))", &a->by },
		{ MG_OPT_TEXT, 'o', "output", "FORM",
		  "top[=N] (0: all), table, wide, json, stats, events[=all]", &a->output },
		{ MG_OPT_TEXT, 0, "sort", "COLUMN", "sort the table by this column", &o.sort },
		{ MG_OPT_TEXT, 0, "rows", "N", "rows to show, 0 is all", &a->rows },
		{ MG_OPT_WORD, 0, "format", "text|tsv|csv|json|jsonl", "of tables", &o.format },
		{ MG_OPT_FLAG, 0, "no-headers", NULL, "no headings", &o.no_headers },
		{ MG_OPT_TEXT, 0, "series", "STEP",
		  "rate, codes, latency, in flight per STEP; --by splits it", &a->series },
		{ MG_OPT_OPTTEXT, 0, "slow", "N",
		  "the N slowest requests (20), and where their time went", &a->slow },
		{ MG_OPT_FLAG, 0, "unfinished", NULL, "requests without their end", &a->unfinished },
		{ MG_OPT_TEXT, 0, "inflight-at", "TIME", "requests that were open at TIME", &a->inflight_at },
		{ MG_OPT_FLAG, 0, "lists", NULL,
		  "LISTs that are whole or read from etcd, by what they cost", &a->lists },
		{ MG_OPT_FLAG, 0, "watches", NULL,
		  "watches, how long they lived, how often they came again", &a->watches },
		{ MG_OPT_FLAG, 0, "deletecollections", NULL,
		  "each DELETE of a collection, finished or not", &a->collections },
		{ MG_OPT_TEXT, 0, "who-deleted", "RES/NAME", "who deleted it, or may have", &a->who_deleted },
		{ MG_OPT_TEXT, 0, "history", "RES/NAME",
		  "what was done to it, and to what it owns", &a->history },
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

	if (rc < 0 && !a->files.n)
		rc = mg_opt_stdin(&tool, &operands, &n);
	if (rc < 0) {
		mg_audit_args_files(a, operands, n, &arena, &all);
		rc = run(&tool, &o, &all);
	}
	mg_list_release(&all);
	mg_arena_release(&arena);
	mg_audit_args_release(a);
	mg_list_release(&o.common.limits);
	return rc;
}
