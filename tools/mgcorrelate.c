/* SPDX-License-Identifier: Apache-2.0 */
/* mgcorrelate - what broke, when, and who or what did it.
 *
 *   mgcorrelate incident.tar.gz
 *   oc adm must-gather ... && mgcorrelate -o report must-gather.local.*
 */
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "analysis/rule.h"
#include "base/mem.h"
#include "io/out.h"
#include "render/comparison.h"
#include "render/db.h"
#include "render/findings_json.h"
#include "render/report_dir.h"
#include "render/summary.h"
#include "session/judge.h"
#include "session/outdir.h"
#include "session/rulefiles.h"
#include "session/session.h"

#define COMPARE_ROWS 12 /* of each list, on standard output */

struct opts {
	struct mg_common      common;
	struct mg_window_args window;
	struct mg_judge_args  judge;
	const char           *dir, *format, *db;
	struct mg_list        offsets, rules;
	struct mg_logrules    patterns; /* of the rules */
	bool                  force, no_plots, no_report, compare;
	struct mg_outdir     *made;
};

/* Before the work: make the directory, and give up writing anywhere else. */
static int begin_dir(const struct mg_tool *tool, const struct opts *o, const char *dir)
{
	return mg_outdir_begin(tool, o->no_report ? NULL : dir, o->db, o->force, !o->no_plots,
			       o->made);
}

static int write_report(const struct mg_tool *tool, const struct opts *o, struct mg_str dir,
			struct mg_case *c, const struct mg_findings *fs, struct mg_buf *files)
{
	struct mg_report_dir_opts opt = { .version = MG_VERSION, .no_plots = o->no_plots };
	struct mg_err             err = { 0 };
	enum mg_status            st = mg_report_dir_write(dir.p, c, fs, &opt, files, &err);

	if (st == MG_FATAL || (st != MG_OK && !o->common.quiet))
		mg_say(tool, "%s", err.msg);
	return st == MG_FATAL ? MG_EXIT_OUTPUT : -1;
}

static int write_db(const struct mg_tool *tool, const struct opts *o, struct mg_case *c,
		    const struct mg_findings *fs)
{
	struct mg_db_opts opt = { .version = MG_VERSION };
	struct mg_err     err = { 0 };

	if (!o->db || mg_db_write(o->db, c, fs, &opt, &err) == MG_OK)
		return -1;
	mg_say(tool, "%s", err.msg);
	return MG_EXIT_OUTPUT;
}

static int64_t monotonic_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * MG_SEC + t.tv_nsec;
}

/* What was read of one set of inputs, and what the rules say about it. */
struct study {
	struct mg_case     c, baseline;
	struct mg_findings fs;
	int                status; /* of reading: MG_EXIT_OK, _DAMAGED, or _USAGE: of no use */
	bool               known;
};

static void study_release(struct study *s)
{
	mg_findings_release(&s->fs);
	mg_case_release(&s->c);
	mg_case_release(&s->baseline);
}

/* -1, or the status to leave with; nothing is to be released then. */
static int study(const struct mg_tool *tool, const struct opts *o, struct mg_arena *a,
		 const struct mg_judge *judge, const struct mg_window_args *window, char **operands,
		 int n, struct study *out)
{
	struct mg_ingest_opts io = { .rules = &o->patterns };
	int                   rc;

	*out = (struct study){ 0 };
	if ((rc = mg_session_offsets(tool, &o->offsets, a, &io)) >= 0)
		return rc;
	rc = mg_session_read(tool, &o->common, window, &io, operands, n, &out->c);
	if (rc != MG_EXIT_OK && rc != MG_EXIT_DAMAGED)
		return rc;
	rc = mg_session_clocks(tool, &o->common, a, &io, operands, n, &out->c, rc);
	if (rc == MG_EXIT_USAGE)
		return rc;
	out->known = mg_session_knows(tool, &out->c);
	out->status = out->known ? rc : MG_EXIT_USAGE;
	rc = mg_judge_baseline(tool, &o->common, &o->judge, &out->baseline, &out->c);
	if (rc >= 0)
		study_release(out);
	else
		mg_rules_run(&out->fs, &out->c, judge->set, judge->nset);
	return rc;
}

static bool wants_json(const struct opts *o)
{
	return o->format && strcmp(o->format, "json") == 0;
}

static int correlate(const struct mg_tool *tool, const struct opts *o, struct mg_arena *a,
		     char **operands, int n)
{
	struct mg_render_opts ro = { .color = mg_color_wanted(o->common.color, STDOUT_FILENO) };
	struct mg_str         dir = mg_outdir_name(a, o->dir, operands[0], "report");
	struct mg_buf         files = { 0 };
	int64_t               began = monotonic_ns();
	struct mg_judge       judge;
	struct study          s;
	struct mg_out         out;
	int                   rc;

	if ((rc = mg_judge_parse(tool, &o->judge, a, &judge)) >= 0 ||
	    (rc = begin_dir(tool, o, dir.p)) >= 0 ||
	    (rc = study(tool, o, a, &judge, &o->window, operands, n, &s)) >= 0)
		return rc;
	ro.elapsed_ns = o->common.verbose ? monotonic_ns() - began : 0;
	if (!o->no_report && s.known)
		rc = write_report(tool, o, dir, &s.c, &s.fs, &files);
	if (rc < 0 && s.known)
		rc = write_db(tool, o, &s.c, &s.fs);
	if (rc < 0) {
		ro.report = files.p;
		mg_out_fd(&out, STDOUT_FILENO);
		if (wants_json(o))
			mg_render_findings_json(&out, &s.c, &s.fs);
		else
			mg_render_summary(&out, &s.c, &s.fs, &ro);
		rc = mg_judge_status(&judge, &s.fs, mg_session_end(tool, &out, s.status));
	}
	mg_buf_release(&files);
	study_release(&s);
	return rc;
}

/* --- --compare ------------------------------------------------------------------------- */

/* Both sides: two operands, or one, whose window is B and what lies before it A. */
static int study_both(const struct mg_tool *tool, const struct opts *o, struct mg_arena *a,
		      const struct mg_judge *judge, char **operands, int n, struct study s[2],
		      struct mg_compare_names *names)
{
	struct mg_window_args before = { 0 };
	char                  since[40];
	int                   rc = study(tool, o, a, judge, &o->window, operands + n - 1, 1, &s[1]);

	if (rc >= 0)
		return rc;
	names->side[0] = mg_strz(operands[0]);
	names->side[1] = mg_strz(operands[n - 1]);
	if (n == 1 && s[1].c.since_ns != MG_TIME_NONE) {
		before.until = mg_time_format(s[1].c.since_ns, 9, since, sizeof(since));
		names->side[0] = mg_arena_printf(a, "%s, before %s", operands[0], before.until);
		names->side[1] = mg_arena_printf(a, "%s, from then on", operands[0]);
	} else if (n == 1) {
		study_release(&s[1]);
		return mg_usage_error(tool, "--compare needs two inputs, or one and --since or --around");
	}
	rc = study(tool, o, a, judge, n == 1 ? &before : &o->window, operands, 1, &s[0]);
	if (rc >= 0)
		study_release(&s[1]);
	return rc;
}

static int write_compare(const struct mg_tool *tool, const struct opts *o, struct mg_str dir,
			 const struct mg_comparison *cmp, struct mg_case *const c[2],
			 const struct mg_compare_names *names)
{
	struct mg_err  err = { 0 };
	enum mg_status st = mg_compare_dir_write(dir.p, cmp, c, names, !o->no_plots, &err);

	if (st == MG_FATAL || (st != MG_OK && !o->common.quiet))
		mg_say(tool, "%s", err.msg);
	return st == MG_FATAL ? MG_EXIT_OUTPUT : -1;
}

static int compare(const struct mg_tool *tool, const struct opts *o, struct mg_arena *a,
		   char **operands, int n)
{
	struct mg_str           dir = mg_outdir_name(a, o->dir, operands[n - 1], "compare");
	struct mg_compare_names names;
	struct mg_comparison    cmp;
	struct mg_judge         judge;
	struct study            s[2];
	struct mg_case         *c[2] = { &s[0].c, &s[1].c };
	const struct mg_findings *fs[2] = { &s[0].fs, &s[1].fs };
	struct mg_out           out;
	int                     rc;

	for (int i = 0; i < n; i++)
		if (strcmp(operands[i], "-") == 0)
			return mg_usage_error(tool, "--compare cannot read standard input");
	if (n > 2)
		return mg_usage_error(tool, "--compare needs two inputs, or one and --since or --around");
	if ((rc = mg_judge_parse(tool, &o->judge, a, &judge)) >= 0 ||
	    (rc = begin_dir(tool, o, dir.p)) >= 0 ||
	    (rc = study_both(tool, o, a, &judge, operands, n, s, &names)) >= 0)
		return rc;
	mg_compare(&cmp, c, fs);
	if (!o->no_report)
		rc = write_compare(tool, o, dir, &cmp, c, &names);
	if (rc < 0) {
		mg_out_fd(&out, STDOUT_FILENO);
		if (wants_json(o))
			mg_render_compare_json(&out, &cmp, c, &names);
		else
			mg_render_compare_text(&out, &cmp, c, &names, COMPARE_ROWS);
		rc = mg_session_end(tool, &out, s[0].status > s[1].status ? s[0].status : s[1].status);
		rc = mg_judge_status(&judge, &s[1].fs, rc);
	}
	mg_comparison_release(&cmp);
	study_release(&s[0]);
	study_release(&s[1]);
	return rc;
}

int main(int argc, char **argv)
{
	struct mg_outdir    made = { 0 };
	struct opts         o = { .made = &made };
	const struct mg_opt table[] = {
		{ MG_OPT_TEXT, 'o', "output", "DIR", "directory of the report (default: NAME.report)",
		  &o.dir },
		{ MG_OPT_FLAG, 'f', "force", NULL, "write into a directory that exists", &o.force },
		{ MG_OPT_FLAG, 0, "no-report", NULL, "only print the summary", &o.no_report },
		{ MG_OPT_TEXT, 0, "db", "FILE", "also everything as an SQLite database", &o.db },
		{ MG_OPT_FLAG, 0, "no-plots", NULL, "do not run gnuplot", &o.no_plots },
		{ MG_OPT_WORD, 0, "format", "text|json", "of standard output", &o.format },
		{ MG_OPT_LIST, 0, "offset", "NODE=+1.2s", "a node's clock is ahead by this", &o.offsets },
		{ MG_OPT_LIST, 0, "rules", "FILE", "make events of what the patterns in FILE match",
		  &o.rules },
		{ MG_OPT_FLAG, 0, "compare", NULL, "two inputs, or the window and what was before", &o.compare },
		MG_JUDGE_OPTS(&o.judge),
		MG_WINDOW_OPTS(&o.window),
		MG_COMMON_OPTS(&o.common),
	};
	const struct mg_tool tool = {
		.name = "mgcorrelate",
		.summary = "explain an API-server incident from the archive of it",
		.usage = "[options] [file | directory | archive | -]...",
		.examples = "  mgcorrelate must-gather.tar.gz\n"
			    "  mgcorrelate -o report --around 03:12 must-gather.local.*/\n"
			    "  mgcorrelate --compare healthy.tar.gz incident.tar.gz\n"
			    "  mgcorrelate --format=json --no-report a.tar.gz | jq '.findings[].claim'\n",
		.opts = table,
	};
	struct mg_arena a = { 0 };
	char          **operands;
	int             n, rc = mg_opt_parse(&tool, argc, argv, &operands, &n);

	mg_session_begin_writer();
	if (rc < 0 && o.db && (o.compare || !mg_db_built_in()))
		rc = mg_usage_error(&tool, o.compare ? "--db and --compare do not go together" :
				    "--db: this program was built without SQLite; install its development "
				    "files (scripts/install-deps) and build again");
	if (rc < 0)
		rc = mg_session_rules(&tool, &o.rules, &o.patterns);
	if (rc < 0)
		rc = mg_opt_stdin(&tool, &operands, &n);
	if (rc < 0)
		rc = o.compare ? compare(&tool, &o, &a, operands, n) :
				 correlate(&tool, &o, &a, operands, n);
	mg_outdir_end(&made);
	mg_arena_release(&a);
	mg_logrules_release(&o.patterns);
	mg_list_release(&o.rules);
	mg_list_release(&o.judge.set);
	mg_list_release(&o.offsets);
	mg_list_release(&o.common.limits);
	return rc;
}
