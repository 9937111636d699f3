/* SPDX-License-Identifier: Apache-2.0 */
/* mgaudit - ask a Kubernetes audit log: which requests, by whom, how many, how slow.
 *
 *   mgaudit --by=user,verb must-gather.tar.gz              who asked for what, most first
 *   mgaudit --failed-only --resource=leases.* audit_logs/  the requests themselves
 */
#include <stdio.h>
#include <unistd.h>

#include "base/num.h"
#include "event/wire.h"
#include "ingest/ask_audit.h"
#include "render/audit_rows.h"
#include "session/session.h"

struct opts {
	struct mg_list        files, verb, user, uid, name, ns, resource, subresource, code, agent,
			      ip, by;
	const char           *after, *before, *min, *max, *peer_max, *stage, *output;
	bool                  failed_only;
	struct mg_window_args window;
	struct mg_common      common;
	/* worked out */
	bool   sections, wide;
	size_t top;
};

static const char examples[] =
	"  mgaudit --by=user must-gather.tar.gz\n"
	"  mgaudit --by=verb -o top=5 --http-status-code=5xx audit_logs/\n"
	"  mgaudit --min-duration=1s --resource='*.*' --around 03:12 --window 2m audit.log.gz\n"
	"  mgaudit -o json --user='system:serviceaccount:ci:*' --verb=-get,-list audit.log | jq .\n";

static int bad_value(const struct mg_tool *t, const char *option, const char *value)
{
	return mg_usage_error(t, "bad value for --%s: '%s'", option, value);
}

static void fill(struct mg_accept *to, const struct mg_list *from)
{
	for (size_t i = 0; i < from->n; i++)
		mg_accept_add(to, mg_strz(from->v[i]));
}

/* -1, or the exit status to leave with. */
static int set_duration(const struct mg_tool *t, const char *option, const char *text,
			int64_t *ns)
{
	if (text && (!mg_duration_parse(mg_strz(text), ns) || *ns < 0))
		return bad_value(t, option, text);
	return -1;
}

static int set_time(const struct mg_tool *t, const char *option, const char *text, int64_t *ns)
{
	size_t used;
	bool   zoned;

	if (text && (!mg_time_parse(mg_strz(text), ns, &used, &zoned) || text[used]))
		return bad_value(t, option, text);
	return -1;
}

static int set_output(const struct mg_tool *t, struct opts *o, struct mg_audit_query *q)
{
	struct mg_str s = mg_strz(o->output), n;
	uint64_t      top = 10;

	q->want = MG_AUDIT_ROWS;
	if (s.n == 0)
		q->want = o->by.n ? MG_AUDIT_GROUPS : MG_AUDIT_ROWS;
	else if (mg_str_eq(s, MG_STR("wide")))
		o->wide = true;
	else if (mg_str_eq(s, MG_STR("json")))
		q->want = MG_AUDIT_RAW;
	else if (mg_str_eq(s, MG_STR("stats")))
		q->want = MG_AUDIT_SPLIT;
	else if (mg_str_eq(s, MG_STR("events")))
		q->want = MG_AUDIT_EVENTS;
	else if (mg_str_cut(s, '=', &s, &n) ? mg_num_u64(n, &top) && mg_str_eq(s, MG_STR("top"))
					    : mg_str_eq(s, MG_STR("top")))
		q->want = MG_AUDIT_GROUPS;
	else
		return mg_usage_error(t, "bad value for --output: '%s': top[=N], wide, json, stats "
				      "or events", o->output);
	o->top = (size_t)top;
	if (q->want == MG_AUDIT_GROUPS && !o->by.n)
		return mg_usage_error(t, "-o top needs --by=KEY");
	return -1;
}

static int set_keys(const struct mg_tool *t, struct opts *o, struct mg_audit_query *q)
{
	struct mg_str rest, one;

	for (size_t i = 0; i < o->by.n; i++) {
		for (rest = mg_strz(o->by.v[i]); rest.n;) {
			mg_str_cut(rest, ',', &one, &rest);
			if (q->nby == MG_AUDIT_MAX_KEYS)
				return mg_usage_error(t, "--by takes at most %d keys",
						      MG_AUDIT_MAX_KEYS);
			q->by[q->nby] = mg_audit_key_parse(one);
			if (q->by[q->nby++] == MG_BY_KEYS)
				return mg_usage_error(t, "bad value for --by: '%.*s': verb, user, "
						      "resource, httpstatus, namespace, name, "
						      "user-agent, source-ip, uri-pattern or uri-path",
						      MG_FMT(one));
		}
	}
	o->sections = q->nby == 1 && (q->by[0] == MG_BY_VERB || q->by[0] == MG_BY_STATUS);
	if (o->sections) {
		q->by[q->nby++] = MG_BY_PATH;
		q->by[q->nby++] = MG_BY_USER;
	}
	return -1;
}

static int set_query(const struct mg_tool *t, struct opts *o, struct mg_audit_query *q)
{
	int rc;

	*q = (struct mg_audit_query){ .after_ns = MG_TIME_NONE, .before_ns = MG_TIME_NONE,
				      .min_ns = -1, .max_ns = -1, .failed_only = o->failed_only,
				      .default_stage = !o->stage, .stage = mg_strz(o->stage) };
	fill(&q->verb, &o->verb);
	fill(&q->user, &o->user);
	fill(&q->uid, &o->uid);
	fill(&q->name, &o->name);
	fill(&q->ns, &o->ns);
	fill(&q->resource, &o->resource);
	fill(&q->subresource, &o->subresource);
	fill(&q->code, &o->code);
	fill(&q->agent, &o->agent);
	fill(&q->ip, &o->ip);
	if ((rc = set_duration(t, "min-duration", o->min, &q->min_ns)) >= 0 ||
	    (rc = set_duration(t, "max-duration", o->max, &q->max_ns)) >= 0 ||
	    (rc = set_duration(t, "duration", o->peer_max, &q->max_ns)) >= 0 ||
	    (rc = set_time(t, "after", o->after, &q->after_ns)) >= 0 ||
	    (rc = set_time(t, "before", o->before, &q->before_ns)) >= 0 ||
	    (rc = set_output(t, o, q)) >= 0)
		return rc;
	return set_keys(t, o, q);
}

static void release_query(struct mg_audit_query *q)
{
	struct mg_accept *all[] = { &q->verb, &q->user,	 &q->uid,   &q->name,  &q->ns,
				    &q->resource, &q->subresource, &q->code, &q->agent, &q->ip };

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		mg_accept_release(all[i]);
}

static void print_events(struct mg_out *out, struct mg_batch *events, const struct mg_case *c)
{
	struct mg_buf line = { 0 };

	mg_batch_sort(events);
	for (size_t i = 0; i < events->n; i++) {
		mg_buf_clear(&line);
		mg_wire_json(&line, &events->ev[i], mg_case_path(c, events->ev[i].artifact));
		mg_out_add(out, mg_buf_str(&line));
	}
	mg_buf_release(&line);
}

static void print(struct mg_out *out, const struct opts *o, struct mg_audit_ask *ask,
		  const struct mg_case *c)
{
	switch (ask->query.want) {
	case MG_AUDIT_ROWS:
		mg_render_audit_list(out, &ask->tally, o->wide);
		break;
	case MG_AUDIT_RAW:
		mg_render_audit_json(out, &ask->tally);
		break;
	case MG_AUDIT_GROUPS:
		mg_render_audit_top(out, &ask->tally, &ask->query, o->sections, o->top);
		break;
	case MG_AUDIT_SPLIT:
		mg_render_audit_split(out, &ask->tally);
		break;
	case MG_AUDIT_EVENTS:
		print_events(out, &ask->tally.events, c);
		break;
	}
}

/* Read, answer, print; the exit status. */
static int run(const struct mg_tool *t, struct opts *o, char **operands, int n)
{
	struct mg_audit_ask   ask = { 0 };
	struct mg_ingest_opts in = { .pick = mg_audit_ask_pick, .fold = mg_audit_ask_fold,
				     .ctx = &ask };
	struct mg_case        c;
	struct mg_out         out;
	enum mg_status        st;
	int                   rc = set_query(t, o, &ask.query);

	ask.opts = &in;
	mg_audit_tally_init(&ask.tally);
	if (rc < 0)
		rc = mg_session_read(t, &o->common, &o->window, &in, operands, n, &c);
	if (rc == MG_EXIT_OK || rc == MG_EXIT_DAMAGED) {
		if (!mg_case_has(&c, MG_KIND_AUDIT) && !o->common.quiet)
			mg_say(t, "no audit events in the input");
		mg_session_begin();
		mg_out_fd(&out, STDOUT_FILENO);
		print(&out, o, &ask, &c);
		st = mg_out_close(&out);
		if (st == MG_FATAL)
			mg_say(t, "%s", out.err.msg);
		rc = st == MG_FATAL ? MG_EXIT_OUTPUT : rc;
		mg_case_release(&c);
	}
	mg_audit_tally_release(&ask.tally);
	release_query(&ask.query);
	return rc;
}

/* -f a,b and the operands, in this order. */
static void join_operands(struct mg_list *all, const struct mg_list *files, char **operands,
			  int n)
{
	for (size_t i = 0; i < files->n; i++)
		MG_PUSH(all->v, all->n, all->cap, files->v[i]);
	for (int i = 0; i < n; i++)
		MG_PUSH(all->v, all->n, all->cap, operands[i]);
}

int main(int argc, char **argv)
{
	struct opts         o = { 0 };
	const struct mg_opt table[] = {
		{ MG_OPT_HEAD, 0, NULL, NULL, "Which requests (lists: a,b; -x refuses x; x* is a prefix)", NULL },
		{ MG_OPT_LIST, 'f', "filename", "FILE", "read FILE, the same as an operand", &o.files },
		{ MG_OPT_LIST, 0, "verb", "LIST", "get, list, watch, create, update, patch, delete …", &o.verb },
		{ MG_OPT_LIST, 0, "user", "LIST", "user name", &o.user },
		{ MG_OPT_LIST, 0, "uid", "LIST", "audit ID", &o.uid },
		{ MG_OPT_LIST, 0, "name", "LIST", "name of the object", &o.name },
		{ MG_OPT_LIST, 'n', "namespace", "LIST", "namespace; '-' is any", &o.ns },
		{ MG_OPT_LIST, 0, "resource", "LIST", "RESOURCE[.GROUP], either may be *; no group: core", &o.resource },
		{ MG_OPT_LIST, 0, "subresource", "LIST", "status, log, exec …; '-*' is none", &o.subresource },
		{ MG_OPT_LIST, 0, "http-status-code", "LIST", "404, 5xx …", &o.code },
		{ MG_OPT_FLAG, 0, "failed-only", NULL, "status code above 299", &o.failed_only },
		{ MG_OPT_LIST, 0, "user-agent", "LIST", "user agent", &o.agent },
		{ MG_OPT_LIST, 0, "source-ip", "LIST", "address of the peer", &o.ip },
		{ MG_OPT_TEXT, 0, "after", "TIME", "received after TIME (RFC 3339)", &o.after },
		{ MG_OPT_TEXT, 0, "before", "TIME", "received before TIME (RFC 3339)", &o.before },
		{ MG_OPT_TEXT, 0, "min-duration", "D", "took at least D", &o.min },
		{ MG_OPT_TEXT, 0, "max-duration", "D", "took at most D", &o.max },
		{ MG_OPT_TEXT, 0, "duration", "D", "the same as --max-duration", &o.peer_max },
		{ MG_OPT_TEXT, 's', "stage", "STAGE", "only this stage; empty: all (default: one a request)", &o.stage },
		MG_WINDOW_OPTS(&o.window),
		{ MG_OPT_HEAD, 0, NULL, NULL, "What to show", NULL },
		{ MG_OPT_TEXT, 'o', "output", "FORM", "top[=N] (0: all), wide, json, stats or events", &o.output },
		{ MG_OPT_LIST, 0, "by", "KEYS", "count by verb, user, resource, namespace … (see mgaudit(1))", &o.by },
		MG_COMMON_OPTS(&o.common),
	};
	const struct mg_tool tool = { "mgaudit", "ask a Kubernetes audit log: who, what, how many, how slow",
				      "[options] [file | directory | archive | -]...", examples, table };
	struct mg_list all = { 0 };
	char         **operands;
	int            n, rc = mg_opt_parse(&tool, argc, argv, &operands, &n);

	if (rc >= 0)
		return rc;
	if (!o.files.n && (rc = mg_opt_stdin(&tool, &operands, &n)) >= 0)
		return rc;
	join_operands(&all, &o.files, operands, n);
	rc = run(&tool, &o, (char **)(uintptr_t)all.v, (int)all.n);
	mg_list_release(&all);
	struct mg_list *lists[] = { &o.files, &o.verb, &o.user, &o.uid, &o.name, &o.ns,
				    &o.resource, &o.subresource, &o.code, &o.agent, &o.ip, &o.by,
				    &o.common.limits };
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		mg_list_release(lists[i]);
	return rc;
}
