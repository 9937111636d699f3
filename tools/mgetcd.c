/* SPDX-License-Identifier: Apache-2.0 */
/* mgetcd - what etcd says about itself: slow applies, fdatasync, leaders, space.
 *
 *   mgetcd must-gather.tar.gz
 *   mgetcd --compare must-gather.tar.gz
 *   mgetcd -o events etcd.log | mgtimeline
 */
#include <unistd.h>

#include "base/num.h"
#include "render/etcd_tables.h"
#include "render/events.h"
#include "render/tsv.h"
#include "session/session.h"

struct opts {
	struct mg_common      common;
	struct mg_window_args window;
	const char           *output, *series;
	long                  max;
	bool                  compare, leaders, keys, space;
	int64_t               step_ns;
};

static bool is_etcd(const void *ctx, const struct mg_event *e)
{
	(void)ctx;
	return mg_str_starts(mg_strz(mg_event_kind_name(e->kind)), MG_STR("etcd."));
}

static int series(const struct mg_tool *tool, struct mg_buf *b, const struct mg_etcdview *v,
		  const struct opts *o)
{
	struct mg_arena a = { 0 };
	struct mg_table t;
	bool            ok = mg_etcd_series(v, o->step_ns, &a, &t);

	if (ok)
		mg_tsv_format(b, &t);
	else if (t.n)
		mg_say(tool, "the logs span more than %d steps of %s: give a longer step",
		       MG_ETCD_BUCKETS, o->series);
	else
		mg_say(tool, "no log of etcd with a time");
	mg_arena_release(&a);
	return ok || !t.n ? MG_EXIT_OK : MG_EXIT_USAGE;
}

static int views(const struct mg_tool *tool, struct mg_out *out, const struct opts *o,
		 const struct mg_case *c)
{
	struct mg_etcdview v;
	struct mg_buf      b = { 0 };
	size_t             max = (size_t)o->max;
	int                rc = MG_EXIT_OK;

	mg_etcdview_build(&v, c);
	if (o->series)
		rc = series(tool, &b, &v, o);
	else if (o->compare)
		mg_etcd_compare_table(&b, &v, max);
	else if (o->leaders)
		mg_etcd_leaders_table(&b, &v, max);
	else if (o->keys)
		mg_etcd_keys_table(&b, &v, max);
	else if (o->space)
		mg_etcd_space_table(&b, &v, max);
	else {
		mg_etcd_members_table(&b, &v);
		mg_etcd_kinds_table(&b, &v, max);
	}
	mg_out_add(out, mg_buf_str(&b));
	mg_buf_release(&b);
	mg_etcdview_release(&v);
	return rc;
}

/* One view at a time; -1: the options make sense. */
static int check(const struct mg_tool *tool, struct opts *o, enum mg_events_format *f)
{
	int chosen = o->compare + o->leaders + o->keys + o->space + (o->series != NULL) +
		     (o->output != NULL);

	if (chosen > 1)
		return mg_usage_error(tool, "choose one of --output, --compare, --leaders, --keys, "
					    "--space and --series");
	if (o->output)
		mg_events_format_parse(o->output, f);
	if (o->series &&
	    (!mg_duration_parse(mg_strz(o->series), &o->step_ns) || o->step_ns < MG_SEC))
		return mg_usage_error(tool, "'--series=%s': expected a duration of 1s or more",
				      o->series);
	return -1;
}

static int run(const struct mg_tool *tool, struct opts *o, char **operands, int n)
{
	struct mg_ingest_opts io = { .kinds = 1u << MG_KIND_LOG | 1u << MG_KIND_ETCD_LOG |
					      1u << MG_KIND_JOURNAL | 1u << MG_KIND_ETCD_INFO |
					      1u << MG_KIND_MG_EVENTS };
	enum mg_events_format f = MG_EVENTS_TEXT;
	struct mg_case        c;
	struct mg_out         out;
	int                   rc = check(tool, o, &f), bad = MG_EXIT_OK;

	if (rc >= 0)
		return rc;
	rc = mg_session_read(tool, &o->common, &o->window, &io, operands, n, &c);
	if (rc != MG_EXIT_OK && rc != MG_EXIT_DAMAGED)
		return rc;
	mg_session_lacking(tool, &o->common, &c, io.kinds, "log of etcd");
	mg_out_fd(&out, STDOUT_FILENO);
	if (o->output)
		mg_render_events(&out, &c, f, is_etcd, NULL, (size_t)o->max);
	else
		bad = views(tool, &out, o, &c);
	mg_case_release(&c);
	return mg_session_end(tool, &out, bad != MG_EXIT_OK ? bad : rc);
}

int main(int argc, char **argv)
{
	struct opts         o = { 0 };
	const struct mg_opt table[] = {
		{ MG_OPT_FLAG, 0, "compare", NULL,
		  "members side by side at the same minute, and a verdict", &o.compare },
		{ MG_OPT_FLAG, 0, "leaders", NULL,
		  "who led when, in which term, and times without a leader", &o.leaders },
		{ MG_OPT_FLAG, 0, "keys", NULL, "slow applies by resource and operation", &o.keys },
		{ MG_OPT_FLAG, 0, "space", NULL,
		  "database size, quota, compaction, alarms, object counts", &o.space },
		{ MG_OPT_TEXT, 0, "series", "STEP",
		  "slow operations over time by member, tab-separated", &o.series },
		{ MG_OPT_WORD, 'o', "output", "events|jsonl|tsv|text", "the lines instead of a table",
		  &o.output },
		{ MG_OPT_COUNT, 'n', "rows", "N", "at most N rows (default 0: all)", &o.max },
		{ MG_OPT_COUNT, 0, "max", "N", NULL, &o.max },
		MG_WINDOW_OPTS(&o.window),
		MG_COMMON_OPTS(&o.common),
	};
	const struct mg_tool tool = {
		.name = "mgetcd",
		.summary = "what etcd logs say: slow applies, fdatasync, leaders, space",
		.usage = "[options] [file | directory | archive | -]...",
		.examples = "  mgetcd must-gather.tar.gz\n"
			    "  mgetcd --compare must-gather.tar.gz\n"
			    "  mgetcd --keys etcd.log\n"
			    "  mgetcd -o events must-gather.tar.gz | mgtimeline\n",
		.opts = table,
	};
	char **operands;
	int    n, rc = mg_opt_parse(&tool, argc, argv, &operands, &n);

	mg_session_begin();
	if (rc < 0)
		rc = mg_opt_stdin(&tool, &operands, &n);
	if (rc < 0)
		rc = run(&tool, &o, operands, n);
	mg_list_release(&o.common.limits);
	return rc;
}
