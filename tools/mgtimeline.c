/* SPDX-License-Identifier: Apache-2.0 */
/* mgtimeline - merge event streams into one timeline and cut out what matters.
 *
 *   mgaudit -o events audit.log | mgtimeline - etcd.jsonl --around=03:12:43 --window=2m
 *   mgtimeline --severity=error --kind=etcd,leader_election *.jsonl
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/window.h"
#include "event/filter.h"
#include "event/merge.h"
#include "ingest/event_stream.h"
#include "ingest/ingest.h"
#include "io/out.h"
#include "render/timeline.h"
#include "session/session.h"
#include "session/values.h"

struct opts {
	struct mg_window_args window;
	const char      *severity, *format, *group, *step;
	struct mg_list   kinds, nodes, components;
	long             max;
	bool             no_headers, intervals;
	struct mg_common common;
};

struct run {
	const struct mg_tool *tool;
	const struct opts    *o;
	struct mg_event_stream **in; /* the merge's streams, in its order */
	size_t                nin;
	struct mg_intern      paths;
	struct mg_merge      *merge;
	struct mg_filter      filter;
	struct mg_timeline    view;
	struct mg_out         out;
	uint64_t              bad;
	bool                  readable;
	struct mg_case        c;
};

/* --- input --------------------------------------------------------------------------------- */

static void on_bad(void *ctx, size_t stream, const struct mg_err *err)
{
	struct run *r = ctx;

	if (r->bad++ < 10)
		mg_say(r->tool, "cannot parse '%s': %s at line %" PRIu64 ", byte %" PRIu64,
		       mg_event_stream_name(r->in[stream]), err->msg, err->line, err->byte);
}

/* Operands that are no event streams go through the whole pipeline: archives, directories,
 * raw logs.  Their events join the merge as one sorted array. */
static bool read_archives(struct run *r, char **operands, int n)
{
	struct mg_ingest_opts io = { .threads = (int)r->o->common.threads,
				    .limits = mg_limits_default };
	struct mg_err         err = { 0 };

	mg_case_init(&r->c);
	if (mg_ingest_run(&r->c, operands, n, &io, &err) == MG_FATAL) {
		mg_say(r->tool, "%s", err.msg);
		return false;
	}
	for (size_t i = 0; i < r->c.events.n; i++) { /* ids of the case -> ids of the merge */
		struct mg_event *e = &r->c.events.ev[i];

		e->artifact = mg_intern_id(&r->paths, mg_case_path(&r->c, e->artifact));
	}
	mg_batch_sort(&r->c.events);
	mg_merge_array(r->merge, r->c.events.ev, r->c.events.n);
	r->bad += r->c.nfaults;
	return true;
}

static void open_all(struct run *r, char **operands, int n)
{
	char **others = mg_alloc(((size_t)n + 1) * sizeof(*others));
	int    nothers = 0;

	r->in = mg_zalloc(((size_t)n + 1) * sizeof(struct mg_event_stream *));
	for (int i = 0; i < n; i++) {
		bool                    consumed;
		struct mg_event_stream *s = mg_event_stream_open(operands[i], &consumed);

		if (s) {
			r->in[r->nin++] = s;
			mg_merge_lines(r->merge, mg_event_stream_line, s);
		} else if (consumed) {
			mg_say(r->tool, "standard input is no event stream: name the file instead");
			r->bad++;
		} else {
			others[nothers++] = operands[i];
		}
	}
	r->readable = r->nin > 0;
	if (nothers && read_archives(r, others, nothers))
		r->readable = true;
	else if (nothers)
		r->bad++;
	free(others);
}

/* --- output -------------------------------------------------------------------------------- */

static void run(struct run *r)
{
	const struct mg_event *e;

	mg_timeline_begin(&r->view);
	while (r->out.err.status == MG_OK && (e = mg_merge_next(r->merge))) {
		if (mg_filter_takes(&r->filter, e))
			mg_timeline_add(&r->view, e,
					e->artifact < r->paths.n ?
						mg_intern_str(&r->paths, e->artifact) :
						mg_str("", 0));
	}
	mg_timeline_end(&r->view);
}

/* What the form of the output has no place for. */
static void say_hidden(const struct run *r)
{
	const struct mg_timeline *t = &r->view;

	if (t->hidden && t->form == MG_TIMELINE_GROUPS_TSV)
		mg_say(r->tool, "%" PRIu64 " events without a time or of too many groups left out",
		       t->hidden);
	else if (t->hidden && t->form != MG_TIMELINE_TEXT && t->form != MG_TIMELINE_BARS)
		mg_say(r->tool, "\xe2\x80\xa6 and %" PRIu64 " more", t->hidden);
	if (!t->shown)
		mg_say(r->tool, "no event in the input, or none that was asked for");
}

static int finish(struct run *r)
{
	uint64_t late = mg_merge_late(r->merge);

	if (mg_out_close(&r->out) == MG_FATAL) {
		mg_say(r->tool, "%s", r->out.err.msg);
		return MG_EXIT_OUTPUT;
	}
	if (!r->o->common.quiet)
		say_hidden(r);
	if (r->bad > 10)
		mg_say(r->tool, "\xe2\x80\xa6 and %" PRIu64 " more bad lines", r->bad - 10);
	if (late && !r->o->common.quiet)
		mg_say(r->tool, "%" PRIu64 " events are out of order in their stream: sort it", late);
	if (!r->readable)
		return MG_EXIT_USAGE;
	return r->bad ? MG_EXIT_DAMAGED : MG_EXIT_OK;
}

static void release(struct run *r)
{
	mg_merge_free(r->merge);
	for (size_t i = 0; i < r->nin; i++)
		mg_event_stream_close(r->in[i]);
	mg_case_release(&r->c);
	free(r->in);
	mg_intern_release(&r->paths);
}

/* --format, --group, --step and --intervals together say in which form. */
static int check_form(struct run *r)
{
	const struct opts  *o = r->o;
	struct mg_timeline *t = &r->view;

	if (o->format)
		mg_timeline_form_parse(o->format, &t->form);
	if (o->intervals && (o->group || t->form != MG_TIMELINE_TEXT))
		return mg_usage_error(r->tool, "--intervals is a text, and not with --group");
	if (o->intervals)
		t->form = MG_TIMELINE_BARS;
	t->counts.step_ns = MG_SEC;
	if (o->step && !o->group)
		return mg_usage_error(r->tool, "--step is for --group");
	if (o->step && (!mg_duration_parse(mg_strz(o->step), &t->counts.step_ns) ||
			t->counts.step_ns < MG_MS || t->counts.step_ns > MG_DAY))
		return mg_usage_error(r->tool, "'--step=%s': expected a duration from 1ms to 24h",
				      o->step);
	if (!o->group)
		return -1;
	t->counts.by = mg_event_key_parse(o->group);
	if (t->counts.by == MG_KEY_COUNT)
		return mg_opt_no_such(r->tool, "group", mg_strz(o->group), "key");
	if (t->form != MG_TIMELINE_TEXT && t->form != MG_TIMELINE_TSV)
		return mg_usage_error(r->tool, "--group is for --format=text or tsv");
	t->form = t->form == MG_TIMELINE_TSV ? MG_TIMELINE_GROUPS_TSV : MG_TIMELINE_GROUPS;
	return -1;
}

static int check(struct run *r)
{
	const struct opts *o = r->o;
	struct mg_str      unknown;

	if (o->severity)
		mg_severity_parse(mg_strz(o->severity), &r->filter.severity);
	r->view.states = o->kinds.n || o->severity;
	r->filter.kinds = (struct mg_words){ o->kinds.v, o->kinds.n };
	r->filter.nodes = (struct mg_words){ o->nodes.v, o->nodes.n };
	r->filter.components = (struct mg_words){ o->components.v, o->components.n };
	unknown = mg_filter_unknown_kind(&r->filter);
	if (unknown.n)
		return mg_opt_no_such(r->tool, "kind", unknown, "kind");
	r->view.out = &r->out;
	r->view.max = (size_t)o->max;
	r->view.headings = !o->no_headers;
	r->view.text.width = mg_terminal_width(STDOUT_FILENO);
	r->view.text.color = mg_color_wanted(o->common.color, STDOUT_FILENO);
	return check_form(r);
}

static int timeline(struct run *r, char **operands, int n)
{
	const struct mg_window_args *args = &r->o->window;
	struct mg_window             w;
	int                          rc = mg_window_resolve(r->tool, args, MG_TIME_NONE, &w);
	bool                         late = rc == -2; /* all must be read first */

	if (rc >= 0)
		return rc;
	mg_session_begin();
	mg_out_fd(&r->out, STDOUT_FILENO);
	r->merge = mg_merge_new(&r->paths, late ? SIZE_MAX : MG_MERGE_WINDOW, on_bad, r);
	open_all(r, operands, n);
	if (late)
		rc = mg_window_resolve(r->tool, args, mg_merge_last(r->merge), &w);
	if (rc == -2)
		rc = mg_usage_error(r->tool, "no time in the data to be relative to");
	r->filter.since = w.since_ns;
	r->filter.until = w.until_ns;
	if (rc < 0) {
		if (r->readable)
			run(r);
		rc = finish(r);
	}
	release(r);
	return rc;
}

int main(int argc, char **argv)
{
	struct opts         o = { 0 };
	const struct mg_opt table[] = {
		{ MG_OPT_LIST, 'k', "kind", "KIND,...", "these kinds; etcd means all etcd.*", &o.kinds },
		{ MG_OPT_LIST, 0, "node", "NODE,...", "of these nodes", &o.nodes },
		{ MG_OPT_LIST, 0, "component", "NAME,...", "of these components", &o.components },
		{ MG_OPT_WORD, 's', "severity", "debug|info|warning|error|critical", "and above", &o.severity },
		{ MG_OPT_COUNT, 'n', "rows", "N", "the first N events or groups, 0: all (default)", &o.max },
		{ MG_OPT_COUNT, 0, "max", "N", NULL, &o.max },
		{ MG_OPT_FLAG, 0, "intervals", NULL, "only what lasted, each with a bar on the clock",
		  &o.intervals },
		{ MG_OPT_TEXT, 0, "group", "KEY", "count over time by kind, severity, source, node, user ...",
		  &o.group },
		{ MG_OPT_TEXT, 0, "step", "DURATION", "smallest step of --group (default 1s)", &o.step },
		{ MG_OPT_WORD, 0, "format", "text|jsonl|json|tsv|log|trace", "log: for lnav, trace: for Perfetto",
		  &o.format },
		{ MG_OPT_FLAG, 0, "no-headers", NULL, "tsv without the line of column names", &o.no_headers },
		MG_WINDOW_OPTS(&o.window),
		MG_COMMON_OPTS(&o.common),
	};
	const struct mg_opt_values values[] = { { "kind", mg_values_event_kind },
						{ "group", mg_values_event_key }, { NULL, NULL } };
	const struct mg_tool tool = {
		.name = "mgtimeline",
		.summary = "merge event streams into one timeline",
		.usage = "[options] [events.jsonl | archive | directory | -]...",
		.examples = "  mgtimeline etcd.jsonl apiserver.jsonl --around=03:12:43 --window=2m\n"
			    "  mgaudit -o events audit.log | mgtimeline - etcd.jsonl --severity=error\n"
			    "  mgtimeline --group=kind incident.tar.gz\n"
			    "  mgtimeline --kind=etcd,leader_election --format=jsonl *.jsonl | jq .message\n",
		.opts = table,
		.values = values,
	};
	struct run r = { .tool = &tool, .o = &o };
	char     **operands;
	int        n, rc = mg_opt_parse(&tool, argc, argv, &operands, &n);

	if (rc < 0)
		rc = check(&r);
	if (rc < 0)
		rc = mg_opt_stdin(&tool, &operands, &n);
	if (rc < 0)
		rc = timeline(&r, operands, n);
	mg_list_release(&o.kinds);
	mg_list_release(&o.nodes);
	mg_list_release(&o.components);
	mg_list_release(&o.common.limits);
	return rc;
}
