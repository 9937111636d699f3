/* SPDX-License-Identifier: Apache-2.0 */
#include "session/session.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "analysis/coverage.h"
#include "analysis/skew.h"
#include "base/confine.h"
#include "base/leavings.h"
#include "base/mem.h"
#include "cli/progress.h"

/* Faults printed word for word; the rest is counted. */
#define FAULTS_SHOWN 10

void mg_session_begin_writer(void)
{
	signal(SIGPIPE, SIG_IGN);
#ifdef SIGXFSZ
	signal(SIGXFSZ, SIG_IGN); /* a file-size limit is a write error, like a full disk */
#endif
	mg_leavings_on_signals();
}

void mg_session_begin(void)
{
	mg_session_begin_writer();
	mg_confine(&(struct mg_confine){ 0 });
}

int mg_session_limits(const struct mg_tool *tool, const struct mg_list *args,
		      struct mg_limits *out)
{
	*out = mg_limits_default;
	for (size_t i = 0; i < args->n; i++)
		if (!mg_limits_parse(out, mg_strz(args->v[i])))
			return mg_usage_error(tool, "'--limit=%s': expected depth=N, members=N, "
						    "member-size=N or ratio=N", args->v[i]);
	return -1;
}

/* A message that names its object already needs no second one around it. */
static void say_fault(const struct mg_tool *tool, const struct mg_fault *f)
{
	if (mg_str_starts(mg_strz(f->err.msg), MG_STR("cannot open '")))
		mg_say(tool, "%s", f->err.msg);
	else
		mg_say(tool, "cannot read all of '%.*s': %s", MG_FMT(f->path), f->err.msg);
}

static void say_damage(const struct mg_tool *tool, struct mg_str path,
		       const struct mg_leaf_stats *s)
{
	char more[64] = "", line[40] = "";

	if (s->bad > 1)
		snprintf(more, sizeof(more), "; %llu such places in all",
			 (unsigned long long)s->bad);
	if (s->diags[0].line) /* a binary format has none */
		snprintf(line, sizeof(line), "line %llu, ", (unsigned long long)s->diags[0].line);
	mg_say(tool, "cannot parse '%.*s': %s at %sbyte %llu%s", MG_FMT(path), s->diags[0].msg, line,
	       (unsigned long long)s->diags[0].byte, more);
}

static void say_copies(const struct mg_tool *tool, const struct mg_common *common,
		       const struct mg_case *c)
{
	const struct mg_artifact *copy = NULL;
	uint32_t                  n = 0;

	for (uint32_t i = 0; i < c->nartifacts; i++) {
		const struct mg_artifact *a = &c->artifacts[i], *same;

		if (!a->same_as)
			continue;
		same = &c->artifacts[a->same_as - 1];
		if (same->stats.records == 0) /* empty lists are alike, and nothing was counted */
			continue;
		n++;
		copy = a;
		if (common->verbose)
			mg_say(tool, "'%.*s' has the same bytes as '%.*s': counted once", MG_FMT(a->path),
			       MG_FMT(same->path));
	}
	if (common->quiet || common->verbose)
		return;
	if (n == 1)
		mg_say(tool, "'%.*s' has the same bytes as '%.*s': counted once", MG_FMT(copy->path),
		       MG_FMT(mg_case_path(c, copy->same_as - 1)));
	else if (n)
		mg_say(tool, "%u files have the same bytes as another: counted once (-v names them)", n);
}

/* Only what could not be read; special files that were passed over are no damage. */
static uint32_t damage(const struct mg_tool *tool, const struct mg_common *common,
		       const struct mg_case *c)
{
	uint32_t n = 0, bad = 0;

	for (uint32_t i = 0; i < c->nfaults; i++) {
		const struct mg_fault *f = &c->faults[i];

		if (f->err.status == MG_SKIP) {
			if (common->verbose)
				mg_say(tool, "passed over '%.*s': %s", MG_FMT(f->path), f->err.msg);
			continue;
		}
		if (n++ < FAULTS_SHOWN && !common->quiet)
			say_fault(tool, f);
	}
	for (uint32_t i = 0; i < c->nartifacts; i++) {
		const struct mg_leaf_stats *s = &c->artifacts[i].stats;

		if (s->bad == 0)
			continue;
		if (bad++ < FAULTS_SHOWN && !common->quiet && s->ndiags)
			say_damage(tool, c->artifacts[i].path, s);
	}
	if (!common->quiet && (n > FAULTS_SHOWN || bad > FAULTS_SHOWN))
		mg_say(tool, "%u inputs could not be read in full, %u have damaged lines", n, bad);
	return n + bad;
}

/* A pipe can be read once; a file behind standard input again from where it began. */
static bool rereadable(char **operands, int n)
{
	for (int i = 0; i < n; i++)
		if (strcmp(operands[i], "-") == 0 && lseek(STDIN_FILENO, 0, SEEK_CUR) < 0)
			return false;
	return true;
}

static int read_once(const struct mg_tool *tool, const struct mg_common *common,
		     struct mg_ingest_opts *o, char **operands, int n, struct mg_case *c)
{
	off_t              at = lseek(STDIN_FILENO, 0, SEEK_CUR);
	struct mg_err      err = { 0 };
	struct mg_progress bar;
	enum mg_status     st;

	mg_progress_init(&bar, common->progress, common->quiet);
	o->progress = mg_progress_show;
	o->progress_ctx = &bar;
	mg_case_init(c);
	st = mg_ingest_run(c, operands, n, o, &err);
	o->progress = NULL;
	mg_progress_end(&bar);
	if (at >= 0)
		lseek(STDIN_FILENO, at, SEEK_SET);
	if (st != MG_FATAL)
		return -1;
	mg_say(tool, "%s", err.msg);
	mg_case_release(c);
	return MG_EXIT_USAGE;
}

int mg_session_read(const struct mg_tool *tool, const struct mg_common *common,
		    const struct mg_window_args *window, struct mg_ingest_opts *o,
		    char **operands, int n, struct mg_case *c)
{
	struct mg_window w = { MG_TIME_NONE, MG_TIME_NONE };
	int              rc;

	if ((rc = mg_session_limits(tool, &common->limits, &o->limits)) >= 0)
		return rc;
	o->threads = (int)common->threads;
	if (window && (rc = mg_window_resolve(tool, window, MG_TIME_NONE, &w)) == -2) {
		if (!rereadable(operands, n))
			return mg_usage_error(tool, "a relative time needs the data twice, and a "
						    "pipe can be read once: give the file, or "
						    "RFC 3339 times");
		if (common->verbose)
			mg_say(tool, "reading twice: a relative time needs the last time in the data");
		if ((rc = read_once(tool, common, o, operands, n, c)) >= 0)
			return rc;
		rc = mg_window_resolve(tool, window, c->last_ns, &w);
		mg_case_release(c);
	}
	if (window && rc != -1)
		return rc == -2 ? mg_usage_error(tool, "no time in the data to be relative to") : rc;
	o->windowed = w.since_ns != MG_TIME_NONE || w.until_ns != MG_TIME_NONE;
	o->since_ns = w.since_ns;
	o->until_ns = w.until_ns;
	rc = read_once(tool, common, o, operands, n, c);
	if (rc >= 0)
		return rc;
	say_copies(tool, common, c);
	return damage(tool, common, c) ? MG_EXIT_DAMAGED : MG_EXIT_OK;
}

int mg_session_offsets(const struct mg_tool *tool, const struct mg_list *args,
		       struct mg_arena *a, struct mg_ingest_opts *o)
{
	struct mg_clock_offset *list = mg_arena_zalloc(a, sizeof(*list) * (args->n + 1));

	for (size_t i = 0; i < args->n; i++) {
		struct mg_str value;

		mg_str_cut(mg_strz(args->v[i]), '=', &list[i].node, &value);
		if (!list[i].node.n || !mg_duration_parse(value, &list[i].ns))
			return mg_usage_error(tool, "'--offset=%s': expected NODE=+1.2s", args->v[i]);
		list[i].ns = -list[i].ns; /* ahead by so much: take it off */
	}
	o->offsets = list;
	o->noffsets = (uint32_t)args->n;
	return -1;
}

static bool has_offset(const struct mg_ingest_opts *o, struct mg_str node)
{
	for (uint32_t i = 0; i < o->noffsets; i++)
		if (mg_str_eq(o->offsets[i].node, node))
			return true;
	return false;
}

/* The offsets of `o` and those that are estimated; false when nothing is to be put right. */
static bool learn_offsets(struct mg_arena *a, struct mg_ingest_opts *o, struct mg_case *c)
{
	uint32_t                n;
	struct mg_skew         *s = mg_skew_estimate(c, &n);
	struct mg_clock_offset *list = mg_arena_zalloc(a, sizeof(*list) * (n + o->noffsets + 1));
	uint32_t                k = o->noffsets;

	if (k)
		memcpy(list, o->offsets, sizeof(*list) * k);
	for (uint32_t i = 0; i < n; i++)
		if (llabs(s[i].offset_ns) >= MG_SEC / 2 && !has_offset(o, s[i].node))
			list[k++] = (struct mg_clock_offset){ mg_arena_str(a, s[i].node),
							      -s[i].offset_ns };
	if (k == o->noffsets)
		return false;
	o->offsets = list;
	o->noffsets = k;
	return true;
}

int mg_session_clocks(const struct mg_tool *tool, const struct mg_common *common,
		      struct mg_arena *a, struct mg_ingest_opts *o, char **operands, int n,
		      struct mg_case *c, int status)
{
	int rc;

	if (!learn_offsets(a, o, c))
		return status;
	if (!rereadable(operands, n)) { /* the finding says the offset */
		if (!common->quiet)
			mg_say(tool, "a clock is off, and a pipe can be read once: times stay as "
				     "they are; give the file, or --offset (see the finding)");
		return status;
	}
	if (common->verbose)
		mg_say(tool, "reading again with %u clock%s put right", o->noffsets,
		       o->noffsets == 1 ? "" : "s");
	mg_case_release(c);
	rc = read_once(tool, common, o, operands, n, c);
	return rc >= 0 ? rc : status;
}

bool mg_session_knows(const struct mg_tool *tool, const struct mg_case *c)
{
	struct mg_coverage cov;
	bool               known = c->events.n > 0;

	mg_coverage_build(&cov, c);
	for (int i = 0; i < MG_COV_COUNT; i++)
		known |= i != MG_COV_OTHER && mg_coverage_present(&cov.row[i]);
	mg_coverage_release(&cov);
	if (!known)
		mg_say(tool, "nothing to analyse: no log, audit log, dump, object or metric was "
			     "recognised in the input; mgunpack lists what it holds");
	return known;
}

void mg_session_lacking(const struct mg_tool *tool, const struct mg_common *common,
			const struct mg_case *c, uint64_t kinds, const char *what)
{
	for (uint32_t i = 0; i < c->nartifacts; i++) {
		const struct mg_artifact *a = &c->artifacts[i];

		/* a damaged one has had its message */
		if (kinds >> a->kind & 1 && (a->stats.records || a->stats.bad))
			return;
	}
	if (!common->quiet)
		mg_say(tool, "no %s in the input; mgunpack lists what it holds", what);
}

int mg_session_end(const struct mg_tool *tool, struct mg_out *out, int status)
{
	if (mg_out_close(out) != MG_FATAL)
		return status;
	mg_say(tool, "%s", out->err.msg);
	return MG_EXIT_OUTPUT;
}
