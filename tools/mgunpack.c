/* SPDX-License-Identifier: Apache-2.0 */
/* mgunpack - list, print or extract what an archive holds, whatever it is wrapped in.
 *
 *   mgunpack must-gather.tar.gz                        kind, size, time span, path of every file
 *   mgunpack --coverage must-gather.tar.gz             what is missing, and how to collect it
 *   mgunpack -O --kind=audit must-gather.tar.gz | jq   all audit events, decompressed
 */
#include <errno.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/confine.h"
#include "base/num.h"
#include "io/extract.h"
#include "io/out.h"
#include "render/inventory.h"
#include "session/session.h"
#include "session/values.h"

struct opts {
	bool                 list, extract, to_stdout, coverage, json, no_headers, flat;
	const char          *dir, *format, *strip;
	struct mg_list       kinds, globs;
	struct mg_common     common;
	uint64_t             kind_bits; /* 0: all */
	enum mg_sheet_format form;
};

struct run {
	const struct mg_tool *tool;
	const struct opts    *o;
	struct mg_out         out;
	struct mg_extract     to;
	struct mg_buf         as; /* the path that a file got */
	uint64_t              skipped, stripped, faults;
	bool                  cannot_write, disk_full;
};

/* --- what can be done with a leaf ------------------------------------------------------------ */

static void extract(struct run *r, const struct mg_leaf *leaf)
{
	enum mg_status st = mg_extract_leaf(&r->to, leaf, &r->as);

	if (st == MG_SKIP) {
		r->stripped++;
		if (r->o->common.verbose)
			mg_say(r->tool, "'%.*s': left out: --strip=%u takes all of its path",
			       MG_FMT(leaf->path), r->to.strip);
	} else if (st != MG_OK) {
		r->disk_full = errno == ENOSPC || errno == EROFS; /* no use to go on */
		mg_say(r->tool, "cannot write '%.*s' below '%s': %s", MG_FMT(leaf->path), r->o->dir,
		       strerror(errno));
		r->cannot_write = true;
	} else if (!r->to.strip && !r->to.flat && !mg_str_eq(mg_buf_str(&r->as), leaf->path) &&
		   !r->o->common.quiet) {
		mg_say(r->tool, "'%.*s': written as '%.*s'", MG_FMT(leaf->path),
		       MG_FMT(mg_buf_str(&r->as)));
	}
}

static void print(struct run *r, const struct mg_leaf *leaf)
{
	struct mg_str s;

	while (r->out.err.status == MG_OK && mg_src_peek(leaf->src, 1, &s, NULL) == MG_OK) {
		mg_out_add(&r->out, s);
		mg_src_consume(leaf->src, s.n);
	}
}

/* --- the walk ------------------------------------------------------------------------------- */

static bool wanted(void *ctx, const struct mg_leaf *leaf)
{
	const struct opts *o = ctx;
	bool               hit = o->globs.n == 0;

	if (o->kind_bits && !(o->kind_bits >> leaf->kind & 1))
		return false;
	for (size_t i = 0; i < o->globs.n && !hit; i++) /* views of leaves end in NUL */
		hit = fnmatch(o->globs.v[i], leaf->path.p, 0) == 0;
	return hit;
}

static bool on_leaf(void *ctx, struct mg_leaf *leaf)
{
	struct run *r = ctx;

	if (!wanted((void *)(uintptr_t)r->o, leaf))
		return true;
	if (r->o->extract)
		extract(r, leaf);
	else
		print(r, leaf);
	return r->out.err.status == MG_OK && !r->disk_full;
}

static void on_fault(void *ctx, struct mg_str path, const struct mg_err *err)
{
	struct run *r = ctx;

	if (err->status == MG_SKIP) {
		r->skipped++;
		if (r->o->common.verbose)
			mg_say(r->tool, "'%.*s': %s", MG_FMT(path), err->msg);
		return;
	}
	r->faults++;
	mg_say(r->tool, "cannot read '%.*s': %s%s", MG_FMT(path), err->msg,
	       err->status == MG_FATAL ? "; what follows in the archive is lost" : "");
}

/* -1, or the exit status to leave with. */
static int parse_kinds(const struct mg_tool *tool, const struct mg_list *l, uint64_t *bits)
{
	for (size_t i = 0; i < l->n; i++) {
		struct mg_str rest = mg_strz(l->v[i]), one;

		while (rest.n) {
			enum mg_kind k;

			mg_str_cut(rest, ',', &one, &rest);
			k = mg_kind_parse(one);
			if (k == MG_KIND_COUNT)
				return mg_opt_no_such(tool, "kind", one, "kind");
			*bits |= UINT64_C(1) << k;
		}
	}
	return -1;
}

static int check(const struct mg_tool *tool, struct opts *o, struct run *r)
{
	uint64_t strip = 0;
	int      rc = parse_kinds(tool, &o->kinds, &o->kind_bits);

	if (rc >= 0)
		return rc;
	if (o->format)
		mg_sheet_format_parse(mg_strz(o->format), &o->form);
	if (o->json)
		o->form = MG_SHEET_JSONL;
	if (o->list + o->extract + o->to_stdout + o->coverage > 1)
		return mg_usage_error(tool, "only one of --list, --extract, --stdout and --coverage");
	if (o->coverage && o->form != MG_SHEET_PEOPLE)
		return mg_usage_error(tool, "'--coverage' is text; for programs it is in findings.json "
				      "of mgcorrelate");
	if ((o->strip || o->flat) && !o->extract)
		return mg_usage_error(tool, "'--strip' and '--flat' go with --extract");
	if (o->strip && (!mg_num_u64(mg_strz(o->strip), &strip) || strip > 1000))
		return mg_usage_error(tool, "'--strip=%s': expected a number up to 1000", o->strip);
	r->to.strip = (unsigned)strip;
	r->to.flat = o->flat;
	return -1;
}

/* Print or extract: nothing is parsed. */
static int unpack(struct run *r, char **operands, int n)
{
	struct mg_bundle_opts b = { mg_limits_default, on_fault, NULL, r };
	int                   readable = 0, rc;

	if ((rc = mg_session_limits(r->tool, &r->o->common.limits, &b.limits)) >= 0)
		return rc;
	for (int i = 0; i < n && r->out.err.status == MG_OK && !r->disk_full; i++) {
		struct mg_err err = { 0 };

		if (mg_bundle_walk(operands[i], &b, on_leaf, r, &err) == MG_OK) {
			readable++;
			continue;
		}
		mg_say(r->tool, "%s", err.msg);
		r->faults++;
	}
	if (r->stripped && !r->o->common.quiet)
		mg_say(r->tool, "%" PRIu64 " files left out: --strip=%u takes all of their path",
		       r->stripped, r->to.strip);
	if (r->cannot_write)
		return MG_EXIT_OUTPUT;
	return !readable ? MG_EXIT_USAGE : r->faults ? MG_EXIT_DAMAGED : MG_EXIT_OK;
}

/* List or coverage: every file is read as the other tools read it. */
static int survey(struct run *r, char **operands, int n)
{
	const struct opts    *o = r->o;
	struct mg_ingest_opts io = { .count_all = true, .wants = wanted, .ctx = (void *)(uintptr_t)o };
	struct mg_case        c;
	int                   rc = mg_session_read(r->tool, &o->common, NULL, &io, operands, n, &c);

	if (rc != MG_EXIT_OK && rc != MG_EXIT_DAMAGED)
		return rc;
	if (o->coverage)
		mg_render_coverage(&r->out, &c, !o->no_headers);
	else
		mg_render_inventory(&r->out, &c, o->form, !o->no_headers);
	r->skipped = c.passed_over;
	mg_case_release(&c);
	return rc;
}

static int run(struct run *r, char **operands, int n)
{
	int rc = r->o->extract || r->o->to_stdout ? unpack(r, operands, n) : survey(r, operands, n);

	if (r->skipped && !r->o->common.quiet)
		mg_say(r->tool, "%" PRIu64 " links, devices and the like skipped", r->skipped);
	return mg_session_end(r->tool, &r->out, rc);
}

/* What is extracted goes below one directory, which must be there before the tool gives up
 * writing anywhere else. */
static int begin(struct run *r)
{
	if (!r->o->extract) {
		mg_session_begin();
		return -1;
	}
	mg_session_begin_writer();
	if (!mg_extract_open(&r->to, r->o->dir)) {
		mg_say(r->tool, "cannot open '%s': %s", r->o->dir, strerror(errno));
		return MG_EXIT_OUTPUT;
	}
	mg_confine(&(struct mg_confine){ .dir = r->o->dir });
	return -1;
}

int main(int argc, char **argv)
{
	struct opts         o = { .dir = "." };
	const struct mg_opt table[] = {
		{ MG_OPT_FLAG, 'l', "list", NULL,
		  "kind, size, lines, time span, path of each file (default)", &o.list },
		{ MG_OPT_FLAG, 0, "coverage", NULL,
		  "what is there, what is missing, how to collect it", &o.coverage },
		{ MG_OPT_FLAG, 'x', "extract", NULL,
		  "write the files, decompressed, under their paths", &o.extract },
		{ MG_OPT_TEXT, 'C', "directory", "DIR",
		  "extract below DIR, made when missing (default: here)", &o.dir },
		{ MG_OPT_TEXT, 0, "strip", "N",
		  "extract without the first N components of each path", &o.strip },
		{ MG_OPT_FLAG, 0, "flat", NULL,
		  "extract into one directory: a/b becomes a__b", &o.flat },
		{ MG_OPT_FLAG, 'O', "stdout", NULL,
		  "print the contents, one after the other", &o.to_stdout },
		{ MG_OPT_LIST, 'k', "kind", "KIND,...",
		  "only these kinds: audit, log, etcd, goroutine, ...", &o.kinds },
		{ MG_OPT_LIST, 'g', "glob", "PATTERN",
		  "only paths that match (* also matches /)", &o.globs },
		{ MG_OPT_FLAG, 0, "json", NULL,
		  "same as --format=jsonl", &o.json },
		{ MG_OPT_WORD, 0, "format", "text|tsv|csv|json|jsonl", "of the list", &o.format },
		{ MG_OPT_FLAG, 0, "no-headers", NULL,
		  "no heading above the list", &o.no_headers },
		MG_COMMON_OPTS(&o.common),
	};
	const struct mg_opt_values values[] = { { "kind", mg_values_file_kind }, { NULL, NULL } };
	const struct mg_tool tool = {
		.name = "mgunpack",
		.summary = "list, print or extract what an archive holds",
		.usage = "[options] [file | directory | archive | -]...",
		.examples = "  mgunpack must-gather.tar.gz\n"
			    "  mgunpack --coverage must-gather.tar.gz\n"
			    "  mgunpack -O --kind=audit must-gather.tar.gz | jq .verb\n"
			    "  mgunpack -x -C out -g '*/kube-apiserver/*' must-gather.tar.gz\n",
		.opts = table,
		.values = values,
	};
	struct run r = { .tool = &tool, .o = &o, .to = { .dir = -1 } };
	char     **operands;
	int        n, rc = mg_opt_parse(&tool, argc, argv, &operands, &n);

	if (rc < 0)
		rc = check(&tool, &o, &r);
	if (rc < 0)
		rc = mg_opt_stdin(&tool, &operands, &n);
	if (rc < 0)
		rc = begin(&r);
	if (rc < 0) {
		mg_out_fd(&r.out, STDOUT_FILENO);
		rc = run(&r, operands, n);
	}
	mg_extract_close(&r.to);
	mg_buf_release(&r.as);
	mg_list_release(&o.kinds);
	mg_list_release(&o.globs);
	mg_list_release(&o.common.limits);
	return rc;
}
