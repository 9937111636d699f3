/* SPDX-License-Identifier: Apache-2.0 */
/* mgklog - what the logs of Kubernetes components say: messages, traces, requests.
 *
 *   mgklog must-gather.tar.gz               components, the most frequent messages, events
 *   mgklog --traces=3 kube-apiserver.log    where slow requests spent their time
 */
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "ingest/ask_log.h"
#include "render/events.h"
#include "render/logs.h"
#include "session/http_args.h"
#include "session/rulefiles.h"
#include "session/session.h"

#define TRACES_MAX 10000 /* that --traces=0 shows */
#define LOGS (1u << MG_KIND_LOG | 1u << MG_KIND_ETCD_LOG | 1u << MG_KIND_JOURNAL | \
	      1u << MG_KIND_KERNEL | 1u << MG_KIND_MG_EVENTS)
#define ROWS 20 /* of a table, unless -n says another */

struct opts {
	struct mg_common      common;
	struct mg_window_args window;
	struct mg_list        rules;
	const char           *output, *severity, *match, *top, *traces, *http, *by, *sort, *series;
	long                  max;
	bool                  stats;
	/* worked out */
	enum mg_events_format format;
	enum mg_severity      least;
	uint64_t              ntop, ntraces;
	int64_t               step_ns;
	struct mg_log_match  *pattern;
	struct mg_logrules    loaded;
	struct mg_audit_query requests;
	struct mg_audit_print print;
};

static int bad_value(const struct mg_tool *t, const char *option, const char *value,
		     const char *expected)
{
	return mg_usage_error(t, "'--%s=%s': expected %s", option, value, expected);
}

/* "": the option stood without a value. */
static int set_count(const struct mg_tool *t, const char *option, const char *text, uint64_t *n)
{
	if (!text || !*text)
		return -1;
	return mg_num_u64(mg_strz(text), n) && *n < UINT32_MAX / 4
		       ? -1 : bad_value(t, option, text, "a number");
}

static int set_match(const struct mg_tool *t, struct opts *o)
{
	struct mg_err err = { 0 };

	if (!o->match)
		return -1;
	o->pattern = mg_log_match_new(mg_strz(o->match), &err);
	if (o->pattern && mg_logrules_add(&o->loaded, MG_STR("match"), mg_strz(o->match), &err) == MG_OK)
		return -1;
	return mg_usage_error(t, "'--match=%s': %s", o->match, err.msg);
}

/* --http=KEYS and --http --by=KEYS are the same. */
static int set_http(const struct mg_tool *t, struct opts *o)
{
	struct mg_str bad;
	int           rc;

	if ((o->by || o->sort) && !o->http)
		return mg_usage_error(t, "--%s goes with --http", o->by ? "by" : "sort");
	o->requests.want = MG_AUDIT_GROUPS;
	if (!o->http) /* how many is all that is asked for */
		return -1;
	if (o->by && *o->http)
		return mg_usage_error(t, "give the keys to --http or to --by");
	if ((rc = mg_http_args_read(t, o->by ? o->by : o->http, &o->requests)) >= 0)
		return rc;
	o->print = (struct mg_audit_print){ .top = (size_t)o->max, .headings = true,
					    .sort = mg_strz(o->sort) };
	if (o->output)
		o->print.format = MG_SHEET_TSV;
	if (o->sort && !mg_audit_has_columns(&o->requests, o->print.sort, &bad))
		return bad_value(t, "sort", o->sort, "a column");
	return -1;
}

static int set(const struct mg_tool *t, struct opts *o)
{
	int rc;

	o->least = MG_SEV_WARNING;
	o->ntop = o->ntraces = (uint64_t)o->max;
	if (o->output)
		mg_events_format_parse(o->output, &o->format);
	if (o->severity)
		mg_severity_parse(mg_strz(o->severity), &o->least);
	if (!o->severity && o->match)
		o->least = MG_SEV_INFO; /* who looks for something wants to find it */
	if (o->series && (!mg_duration_parse(mg_strz(o->series), &o->step_ns) ||
			  o->step_ns < MG_SEC || o->step_ns % MG_SEC))
		return bad_value(t, "series", o->series, "whole seconds, like 10s or 1m");
	if ((rc = set_http(t, o)) >= 0 || (rc = set_count(t, "top", o->top, &o->ntop)) >= 0 ||
	    (rc = set_count(t, "traces", o->traces, &o->ntraces)) >= 0 ||
	    (rc = mg_session_rules(t, &o->rules, &o->loaded)) >= 0)
		return rc;
	return set_match(t, o);
}

/* --- what to print ---------------------------------------------------------------- */

static bool wanted(const void *ctx, const struct mg_event *e)
{
	const struct opts *o = ctx;

	if (o->severity && e->severity < o->least)
		return false;
	return !o->match || (e->kind == MG_EV_PATTERN &&
			     mg_str_eq(mg_event_attr(e, "rule"), MG_STR("match")));
}

static void blank(struct mg_out *out)
{
	mg_out_add(out, MG_STR("\n"));
}

static void overview(struct mg_out *out, struct opts *o, struct mg_log_ask *q, struct mg_case *c)
{
	char a[32], b[32];

	mg_render_log_components(out, &q->top);
	blank(out);
	mg_render_log_top(out, &q->top, c, (size_t)o->ntop, mg_terminal_width(STDOUT_FILENO));
	if (q->messages_only)
		return;
	blank(out);
	mg_render_log_kinds(out, c, wanted, o, (size_t)o->max);
	if (q->traces.count || q->http.count)
		mg_out_printf(out, "\n%s traces (--traces shows their steps), %s requests in HTTP "
			      "lines (--http)\n", mg_num_grouped(q->traces.count, a, sizeof(a)),
			      mg_num_grouped(q->http.count, b, sizeof(b)));
}

static void print(struct mg_out *out, struct opts *o, struct mg_log_ask *q, struct mg_case *c)
{
	bool tsv = o->output && o->format == MG_EVENTS_TSV;

	if (o->series)
		mg_render_log_series(out, &q->top);
	else if (o->top && tsv)
		mg_render_log_top_tsv(out, &q->top, c);
	else if (o->http && (tsv || !o->output))
		mg_render_log_http(out, &q->http, &o->requests, &o->print);
	else if (o->output)
		mg_render_events(out, c, o->format, wanted, o, o->output && o->format == MG_EVENTS_TEXT
								       ? (size_t)o->max : 0);
	else if (o->stats)
		mg_render_log_lines(out, c);
	else if (o->top)
		mg_render_log_top(out, &q->top, c, (size_t)o->ntop, mg_terminal_width(STDOUT_FILENO));
	else if (o->traces)
		mg_render_log_traces(out, &q->traces, c, (size_t)o->ntraces,
				     mg_terminal_width(STDOUT_FILENO));
	else
		overview(out, o, q, c);
}

/* How sure the times are, and what the rules cost. */
static void say_more(const struct mg_tool *t, const struct opts *o, const struct mg_case *c)
{
	uint64_t how[MG_TIME_UNKNOWN + 1] = { 0 }, gave_up = 0;

	for (size_t i = 0; i < c->events.n; i++)
		how[c->events.ev[i].time_source]++;
	for (uint32_t i = 0; i < c->nartifacts; i++)
		gave_up += c->artifacts[i].stats.gave_up;
	if (gave_up && !o->common.quiet)
		mg_say(t, "%llu matches of patterns were given up: they cost too much",
		       (unsigned long long)gave_up);
	if (!o->common.verbose)
		return;
	if (o->loaded.without_pattern)
		mg_say(t, "%u rules have no pattern and were passed over", o->loaded.without_pattern);
	for (int i = 0; i <= MG_TIME_UNKNOWN; i++)
		if (how[i])
			mg_say(t, "times of %llu events: %s", (unsigned long long)how[i],
			       mg_time_source_name((enum mg_time_source)i));
}

static int run(const struct mg_tool *t, struct opts *o, char **operands, int n)
{
	struct mg_log_ask     q;
	struct mg_ingest_opts in = { .pick = mg_log_ask_pick, .fold = mg_log_ask_fold, .ctx = &q };
	struct mg_case        c;
	struct mg_out         out;
	int                   rc = set(t, o);
	bool                  counts = o->series || o->top; /* of messages, and nothing else */
	bool                  other = o->output || o->stats || o->traces || o->http;

	if (rc >= 0)
		return rc;
	mg_log_ask_init(&q, o->step_ns, o->series && !o->severity ? MG_SEV_INFO : o->least,
			o->ntraces ? (uint32_t)o->ntraces : TRACES_MAX);
	q.opts = &in;
	q.match = o->pattern;
	q.messages = counts || !other;
	counts = counts && (!o->output || o->format == MG_EVENTS_TSV);
	q.messages_only = counts || (o->match && !other && !o->rules.n);
	q.in_window = o->window.since || o->window.until || o->window.around;
	q.want_traces = !q.messages_only;
	q.totals = !counts && !o->severity;
	q.requests = q.messages_only || (o->output && !o->http) ? NULL : &o->requests;
	q.least = o->severity ? o->least : MG_SEV_DEBUG;
	in.rules = o->loaded.n ? &o->loaded : NULL;
	rc = mg_session_read(t, &o->common, &o->window, &in, operands, n, &c);
	if (rc == MG_EXIT_OK || rc == MG_EXIT_DAMAGED) {
		mg_log_ask_finish(&q, &c);
		mg_out_fd(&out, STDOUT_FILENO);
		print(&out, o, &q, &c);
		say_more(t, o, &c);
		mg_session_lacking(t, &o->common, &c, LOGS, "log");
		mg_case_release(&c);
		rc = mg_session_end(t, &out, rc);
	}
	mg_log_ask_release(&q);
	return rc;
}

int main(int argc, char **argv)
{
	struct opts         o = { .max = ROWS };
	const struct mg_opt table[] = {
		{ MG_OPT_HEAD, 0, NULL, NULL,
		  "What to show (default: components, messages, kinds of events)", NULL },
		{ MG_OPT_OPTTEXT, 0, "top", "N", "the most frequent messages, numbers and names folded", &o.top },
		{ MG_OPT_OPTTEXT, 0, "traces", "N", "slow operations by step, and the slowest N", &o.traces },
		{ MG_OPT_OPTTEXT, 0, "http", "KEY,...",
		  "requests in HTTP lines by user-agent,verb,resource,code", &o.http },
		{ MG_OPT_TEXT, 0, "by", "KEY,...", "the same keys, as mgaudit takes them", &o.by },
		{ MG_OPT_TEXT, 0, "sort", "COLUMN", "sort the table of --http by this column", &o.sort },
		{ MG_OPT_TEXT, 0, "series", "STEP", "lines per second and severity over time, as TSV", &o.series },
		{ MG_OPT_FLAG, 0, "stats", NULL, "what became of the lines of each file", &o.stats },
		{ MG_OPT_WORD, 'o', "output", "events|jsonl|tsv|text", "the events, not a summary", &o.output },
		{ MG_OPT_COUNT, 'n', "rows", "N", "at most N rows a table (default 20; 0: all)", &o.max },
		{ MG_OPT_COUNT, 0, "max", "N", NULL, &o.max },
		{ MG_OPT_HEAD, 0, NULL, NULL, "Which lines", NULL },
		{ MG_OPT_WORD, 's', "severity", "debug|info|warning|error|critical", "and above (default warning)",
		  &o.severity },
		{ MG_OPT_TEXT, 0, "match", "REGEX", "only lines whose message matches", &o.match },
		{ MG_OPT_LIST, 0, "rules", "FILE",
		  "make events of what the patterns in FILE match (mg-rules(5))", &o.rules },
		MG_WINDOW_OPTS(&o.window),
		MG_COMMON_OPTS(&o.common),
	};
	const struct mg_opt_values values[] = { { "http", mg_http_args_key }, { "by", mg_http_args_key },
						{ NULL, NULL } };
	const struct mg_tool tool = {
		.name = "mgklog",
		.summary = "what the logs of Kubernetes components say: messages, traces, requests",
		.usage = "[options] [file | directory | archive | -]...",
		.examples = "  mgklog must-gather.tar.gz\n"
			    "  mgklog --top=10 --around 03:12 --window 2m kube-apiserver.log\n"
			    "  mgklog --traces=3 kube-apiserver.log\n"
			    "  mgklog --match 'lease.*conflict' -o text kubelet.log\n"
			    "  mgklog -o events must-gather.tar.gz | mgtimeline\n",
		.opts = table,
		.values = values,
	};
	char **operands;
	int    n, rc = mg_opt_parse(&tool, argc, argv, &operands, &n);

	mg_session_begin();
	if (rc < 0)
		rc = mg_opt_stdin(&tool, &operands, &n);
	if (rc < 0)
		rc = run(&tool, &o, operands, n);
	mg_log_match_free(o.pattern);
	mg_logrules_release(&o.loaded);
	mg_list_release(&o.rules);
	mg_list_release(&o.common.limits);
	return rc;
}
