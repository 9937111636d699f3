/* SPDX-License-Identifier: Apache-2.0 */
/* mgcorrelate - what broke, when, and who or what did it.
 *
 *   mgcorrelate incident.tar.gz
 *   oc adm must-gather ... && mgcorrelate -o report must-gather.local.*
 */
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "analysis/rule.h"
#include "base/mem.h"
#include "io/out.h"
#include "render/findings_json.h"
#include "render/report_dir.h"
#include "render/summary.h"
#include "session/judge.h"
#include "session/rulefiles.h"
#include "session/session.h"

struct opts {
	struct mg_common      common;
	struct mg_window_args window;
	struct mg_judge_args  judge;
	const char           *dir, *format;
	struct mg_list        offsets, rules;
	struct mg_logrules    patterns; /* of the rules */
	bool                  force, no_plots, no_report;
};

/* The directory of the report: -o, or the operand's base name and ".report". */
static struct mg_str report_dir(struct mg_arena *a, const struct opts *o, const char *operand)
{
	static const char *const suffixes[] = { ".gz", ".xz", ".zst", ".bz2", ".tgz", ".tar",
						".zip" };
	struct mg_str            s = mg_strz(operand);

	if (o->dir)
		return mg_arena_str(a, mg_strz(o->dir));
	while (s.n > 1 && s.p[s.n - 1] == '/')
		s.n--;
	s = mg_str_basename(s);
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
		if (s.n > strlen(suffixes[i]) && mg_str_ends(s, mg_strz(suffixes[i])))
			s.n -= strlen(suffixes[i]);
	if (s.n == 0 || mg_str_eq(s, MG_STR("-")) || mg_str_eq(s, MG_STR(".")) ||
	    mg_str_eq(s, MG_STR("..")))
		s = MG_STR("incident");
	return mg_arena_printf(a, "%.*s.report", MG_FMT(s));
}

/* Before the work: is there anything that must not be written over? */
static int check_dir(const struct mg_tool *tool, const char *dir, bool force)
{
	struct stat st;

	if (force || stat(dir, &st) != 0)
		return -1;
	return mg_usage_error(tool, "'%s' exists already; -f overwrites it, -o DIR chooses another",
			      dir);
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

static int64_t monotonic_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * MG_SEC + t.tv_nsec;
}

static int correlate(const struct mg_tool *tool, const struct opts *o, struct mg_arena *a,
		     char **operands, int n)
{
	struct mg_ingest_opts io = { .rules = &o->patterns };
	struct mg_render_opts ro = { .color = mg_color_wanted(o->common.color, STDOUT_FILENO) };
	struct mg_findings    fs = { 0 };
	struct mg_judge       judge;
	struct mg_case        c;
	struct mg_buf         files = { 0 };
	struct mg_out         out;
	int64_t               began = monotonic_ns();
	struct mg_str         dir = report_dir(a, o, operands[0]);
	bool                  known;
	int                   status, rc;

	if ((rc = mg_judge_parse(tool, &o->judge, a, &judge)) >= 0 ||
	    (rc = mg_session_offsets(tool, &o->offsets, a, &io)) >= 0 ||
	    (!o->no_report && (rc = check_dir(tool, dir.p, o->force)) >= 0))
		return rc;
	status = mg_session_read(tool, &o->common, &o->window, &io, operands, n, &c);
	if (status != MG_EXIT_OK && status != MG_EXIT_DAMAGED)
		return status;
	status = mg_session_clocks(tool, &o->common, a, &io, operands, n, &c, status);
	if (status == MG_EXIT_USAGE)
		return status;
	if (!(known = mg_session_knows(tool, &c)))
		status = MG_EXIT_USAGE;
	mg_rules_run(&fs, &c, judge.set, judge.nset);
	ro.elapsed_ns = o->common.verbose ? monotonic_ns() - began : 0;
	rc = -1;
	if (!o->no_report && known)
		rc = write_report(tool, o, dir, &c, &fs, &files);
	if (rc < 0) {
		ro.report = files.p;
		mg_out_fd(&out, STDOUT_FILENO);
		if (o->format && strcmp(o->format, "json") == 0)
			mg_render_findings_json(&out, &c, &fs);
		else
			mg_render_summary(&out, &c, &fs, &ro);
		rc = mg_judge_status(&judge, &fs, mg_session_end(tool, &out, status));
	}
	mg_buf_release(&files);
	mg_findings_release(&fs);
	mg_case_release(&c);
	return rc;
}

int main(int argc, char **argv)
{
	struct opts         o = { 0 };
	const struct mg_opt table[] = {
		{ MG_OPT_TEXT, 'o', "output", "DIR", "directory of the report (default: NAME.report)",
		  &o.dir },
		{ MG_OPT_FLAG, 'f', "force", NULL, "write into a directory that exists", &o.force },
		{ MG_OPT_FLAG, 0, "no-report", NULL, "only print the summary", &o.no_report },
		{ MG_OPT_FLAG, 0, "no-plots", NULL, "do not run gnuplot", &o.no_plots },
		{ MG_OPT_TEXT, 0, "format", "FORMAT", "of standard output: text or json", &o.format },
		{ MG_OPT_LIST, 0, "offset", "NODE=+1.2s", "the clock of a node is ahead by this, "
							   "whatever is estimated", &o.offsets },
		{ MG_OPT_LIST, 0, "rules", "FILE", "make events of what the patterns in FILE match",
		  &o.rules },
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
			    "  mgcorrelate --format=json --no-report a.tar.gz | jq '.findings[].claim'\n",
		.opts = table,
	};
	struct mg_arena a = { 0 };
	char          **operands;
	int             n, rc = mg_opt_parse(&tool, argc, argv, &operands, &n);

	mg_session_begin();
	if (rc < 0 && o.format && strcmp(o.format, "json") != 0 && strcmp(o.format, "text") != 0)
		rc = mg_usage_error(&tool, "'--format=%s': expected text or json", o.format);
	if (rc < 0)
		rc = mg_session_rules(&tool, &o.rules, &o.patterns);
	if (rc < 0)
		rc = mg_opt_stdin(&tool, &operands, &n);
	if (rc < 0)
		rc = correlate(&tool, &o, &a, operands, n);
	mg_arena_release(&a);
	mg_logrules_release(&o.patterns);
	mg_list_release(&o.rules);
	mg_list_release(&o.judge.set);
	mg_list_release(&o.offsets);
	mg_list_release(&o.common.limits);
	return rc;
}
