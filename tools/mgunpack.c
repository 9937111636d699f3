/* SPDX-License-Identifier: Apache-2.0 */
/* mgunpack - list, print or extract what an archive holds, whatever it is wrapped in.
 *
 *   mgunpack must-gather.tar.gz                        kind, bytes and path of every file
 *   mgunpack -O --kind=audit must-gather.tar.gz | jq   all audit events, decompressed
 */
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/confine.h"
#include "base/time.h"
#include "cli/opt.h"
#include "io/bundle.h"
#include "io/extract.h"
#include "io/out.h"
#include "session/session.h"
#include "session/values.h"

struct opts {
	bool             list, extract, to_stdout, json, no_headers;
	const char      *dir, *format;
	struct mg_list   kinds, globs;
	struct mg_common common;
	uint64_t         kind_bits; /* 0: all */
};

struct run {
	const struct mg_tool *tool;
	const struct opts    *o;
	struct mg_out         out;
	int                   dir; /* -C, for extraction */
	uint64_t              files, skipped, faults;
	bool                  cannot_write, disk_full;
};

/* --- what can be done with a leaf ------------------------------------------------------------ */

static void extract(struct run *r, const struct mg_leaf *leaf)
{
	if (mg_extract_leaf(r->dir, leaf) == MG_OK)
		return;
	r->disk_full = errno == ENOSPC || errno == EROFS; /* no use to go on */
	mg_say(r->tool, "cannot write '%.*s' below '%s': %s", MG_FMT(leaf->path), r->o->dir,
	       strerror(errno));
	r->cannot_write = true;
}

static uint64_t count_bytes(struct mg_src *src)
{
	struct mg_str s;

	while (mg_src_peek(src, 1, &s, NULL) == MG_OK)
		mg_src_consume(src, s.n);
	return mg_src_offset(src);
}

static void list(struct run *r, const struct mg_leaf *leaf)
{
	uint64_t      bytes = count_bytes(leaf->src);
	const char   *kind = mg_kind_name(leaf->kind);
	struct mg_buf b = { 0 };
	char          when[40];

	if (!r->o->json) {
		mg_out_printf(&r->out, "%-11s %12" PRIu64 "  %.*s\n", kind, bytes,
			      MG_FMT(leaf->path));
		return;
	}
	mg_buf_addz(&b, "{\"path\":");
	mg_buf_json(&b, leaf->path);
	mg_buf_printf(&b, ",\"kind\":\"%s\",\"bytes\":%" PRIu64, kind, bytes);
	if (leaf->mtime_ns != MG_TIME_NONE)
		mg_buf_printf(&b, ",\"mtime\":\"%s\"",
			      mg_time_format(leaf->mtime_ns, 0, when, sizeof(when)));
	mg_buf_addz(&b, "}\n");
	mg_out_add(&r->out, mg_buf_str(&b));
	mg_buf_release(&b);
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

static bool wanted(const struct opts *o, const struct mg_leaf *leaf)
{
	bool hit = o->globs.n == 0;

	if (o->kind_bits && !(o->kind_bits >> leaf->kind & 1))
		return false;
	for (size_t i = 0; i < o->globs.n && !hit; i++) /* views of leaves end in NUL */
		hit = fnmatch(o->globs.v[i], leaf->path.p, 0) == 0;
	return hit;
}

static bool on_leaf(void *ctx, struct mg_leaf *leaf)
{
	struct run *r = ctx;

	if (!wanted(r->o, leaf))
		return true;
	r->files++;
	if (r->o->extract)
		extract(r, leaf);
	else if (r->o->to_stdout)
		print(r, leaf);
	else
		list(r, leaf);
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

static int check(const struct mg_tool *tool, struct opts *o, struct mg_bundle_opts *b)
{
	int rc;

	for (size_t i = 0; i < o->common.limits.n; i++)
		if (!mg_limits_parse(&b->limits, mg_strz(o->common.limits.v[i])))
			return mg_usage_error(tool, "'--limit=%s': expected depth=N, members=N, "
					      "member-size=N or ratio=N", o->common.limits.v[i]);
	if ((rc = parse_kinds(tool, &o->kinds, &o->kind_bits)) >= 0)
		return rc;
	o->json |= o->format && o->format[0] == 'j';
	if (o->list + o->extract + o->to_stdout > 1)
		return mg_usage_error(tool, "only one of --list, --extract and --stdout");
	return -1;
}

static int run(struct run *r, char **operands, int n, struct mg_bundle_opts *b)
{
	int readable = 0;

	if (r->o->extract && (r->dir = open(r->o->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0) {
		mg_say(r->tool, "cannot open '%s': %s", r->o->dir, strerror(errno));
		return MG_EXIT_OUTPUT;
	}
	if (!r->o->extract && !r->o->to_stdout && !r->o->json && !r->o->no_headers)
		mg_out_printf(&r->out, "%-11s %12s  %s\n", "KIND", "BYTES", "PATH");
	for (int i = 0; i < n && r->out.err.status == MG_OK && !r->disk_full; i++) {
		struct mg_err err = { 0 };

		if (mg_bundle_walk(operands[i], b, on_leaf, r, &err) == MG_OK) {
			readable++;
			continue;
		}
		mg_say(r->tool, "%s", err.msg);
		r->faults++;
	}
	if (mg_out_close(&r->out) == MG_FATAL)
		mg_say(r->tool, "%s", r->out.err.msg);
	if (r->skipped && !r->o->common.quiet)
		mg_say(r->tool, "%" PRIu64 " links, devices and the like skipped", r->skipped);
	if (r->out.err.status == MG_FATAL || r->cannot_write)
		return MG_EXIT_OUTPUT;
	return !readable ? MG_EXIT_USAGE : r->faults ? MG_EXIT_DAMAGED : MG_EXIT_OK;
}

int main(int argc, char **argv)
{
	struct opts         o = { .dir = "." };
	const struct mg_opt table[] = {
		{ MG_OPT_FLAG, 'l', "list", NULL,
		  "kind, bytes and path of each file (default)", &o.list },
		{ MG_OPT_FLAG, 'x', "extract", NULL,
		  "write the files, decompressed, under their paths", &o.extract },
		{ MG_OPT_TEXT, 'C', "directory", "DIR",
		  "extract below DIR (default: here)", &o.dir },
		{ MG_OPT_FLAG, 'O', "stdout", NULL,
		  "print the contents, one after the other", &o.to_stdout },
		{ MG_OPT_LIST, 'k', "kind", "KIND,...",
		  "only these kinds: audit, log, etcd, goroutine, ...", &o.kinds },
		{ MG_OPT_LIST, 'g', "glob", "PATTERN",
		  "only paths that match (* also matches /)", &o.globs },
		{ MG_OPT_FLAG, 0, "json", NULL,
		  "same as --format=jsonl", &o.json },
		{ MG_OPT_WORD, 0, "format", "text|jsonl", "of the list", &o.format },
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
			    "  mgunpack -O --kind=audit must-gather.tar.gz | jq .verb\n"
			    "  mgunpack -x -C out -g '*/kube-apiserver/*' must-gather.tar.gz\n",
		.opts = table,
		.values = values,
	};
	struct run            r = { .tool = &tool, .o = &o, .dir = -1 };
	struct mg_bundle_opts b = { mg_limits_default, on_fault, NULL, &r };
	char                **operands;
	int                   n, rc = mg_opt_parse(&tool, argc, argv, &operands, &n);

	if (rc < 0)
		rc = check(&tool, &o, &b);
	if (rc < 0)
		rc = mg_opt_stdin(&tool, &operands, &n);
	if (rc < 0 && o.extract) {
		mg_session_begin_writer();
		mg_confine(&(struct mg_confine){ .dir = o.dir });
	} else if (rc < 0) {
		mg_session_begin();
	}
	if (rc < 0) {
		mg_out_fd(&r.out, STDOUT_FILENO);
		rc = run(&r, operands, n, &b);
	}
	if (r.dir >= 0)
		close(r.dir);
	mg_list_release(&o.kinds);
	mg_list_release(&o.globs);
	mg_list_release(&o.common.limits);
	return rc;
}
