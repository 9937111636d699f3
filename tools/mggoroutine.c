/* SPDX-License-Identifier: Apache-2.0 */
/* mggoroutine - summarise goroutine dumps: how many stand where, and for how long.
 *
 *   mggoroutine --min-wait=5m goroutines.txt
 *   mggoroutine --diff profiles/                what grew from dump to dump
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdio.h>
#include <unistd.h>

#include "event/wire.h"
#include "ingest/consume_gostack.h"
#include "io/out.h"
#include "render/goroutines.h"
#include "session/session.h"

struct opts {
	struct mg_common      common;
	struct mg_window_args window;
	const char           *grep, *state, *min_wait, *output, *format;
	long                  rows;
	bool                  diff, stacks, no_headers;
	int64_t               min_wait_ns;
	pcre2_code           *re;
	pcre2_match_data     *match;
};

/* --- what is shown ---------------------------------------------------------------------- */

static bool grep(const struct opts *o, struct mg_str s)
{
	return s.n && pcre2_match(o->re, (PCRE2_SPTR)s.p, s.n, 0, 0, o->match, NULL) >= 0;
}

static bool shown(void *ctx, const struct mg_event *e)
{
	const struct opts *o = ctx;

	if (mg_event_attr_i64(e, "wait_max_minutes", 0) < o->min_wait_ns / MG_MIN +
								  (o->min_wait_ns % MG_MIN > 0))
		return false;
	if (o->state && !mg_str_eq(mg_event_attr(e, "state"), mg_strz(o->state)))
		return false;
	return !o->re || grep(o, mg_event_attr(e, "function")) ||
	       grep(o, mg_event_attr(e, "created_by")) || grep(o, mg_event_attr(e, "stack"));
}

/* Only kinds that can hold a dump. */
static const struct mg_consumer *pick_every(void *ctx, const struct mg_leaf *leaf)
{
	switch (leaf->kind) {
	case MG_KIND_GOROUTINE:
		return &mg_consumer_gostack_every;
	case MG_KIND_LOG:
	case MG_KIND_ETCD_LOG:
	case MG_KIND_JOURNAL:
	case MG_KIND_TEXT:
		return &mg_consumer_gostack_log;
	default:
		return NULL;
	}
}

/* --- output ------------------------------------------------------------------------------- */

static void events(struct mg_out *out, const struct opts *o, const struct mg_case *c, bool tsv)
{
	struct mg_buf b = { 0 };

	if (tsv && !o->no_headers)
		mg_wire_tsv_heading(&b);
	for (size_t i = 0; i < c->events.n; i++) {
		const struct mg_event *e = &c->events.ev[i];
		struct mg_str          path = mg_case_path(c, e->artifact);

		if (e->kind != MG_EV_GOROUTINE_DUMP &&
		    (e->kind != MG_EV_GOROUTINE_STUCK || !shown((void *)o, e)))
			continue;
		if (tsv)
			mg_wire_tsv(&b, e, path);
		else
			mg_wire_json(&b, e, path);
	}
	mg_out_add(out, mg_buf_str(&b));
	mg_buf_release(&b);
}

static void text(struct mg_out *out, struct opts *o, const struct mg_case *c)
{
	struct mg_goroutines_opts ro = { .rows = (size_t)o->rows, .headings = !o->no_headers,
					 .stacks = o->stacks, .shown = shown, .ctx = o };
	struct mg_buf             b = { 0 };

	if (o->diff)
		mg_render_goroutine_growth(&b, c, &ro);
	else
		mg_render_goroutines(&b, c, &ro);
	mg_out_add(out, mg_buf_str(&b));
	mg_buf_release(&b);
}

static bool is(const char *given, const char *name)
{
	return given && strcmp(given, name) == 0;
}

static int summarise(const struct mg_tool *tool, struct opts *o, struct mg_out *out,
		     char **operands, int n)
{
	bool                  wire = o->output != NULL;
	struct mg_ingest_opts io = { 0 };
	struct mg_case        c;
	int                   rc;

	if (wire) /* what the other tools see: the notable stacks */
		io.kinds = 1u << MG_KIND_GOROUTINE | 1u << MG_KIND_LOG | 1u << MG_KIND_ETCD_LOG |
			   1u << MG_KIND_JOURNAL;
	else
		io.pick = pick_every;
	rc = mg_session_read(tool, &o->common, &o->window, &io, operands, n, &c);
	if (rc != MG_EXIT_OK && rc != MG_EXIT_DAMAGED)
		return rc;
	if (wire || (o->format && !is(o->format, "text")))
		events(out, o, &c, is(o->format, "tsv"));
	else
		text(out, o, &c);
	mg_case_release(&c);
	return rc;
}

/* --- options ------------------------------------------------------------------------------ */

/* -1, or the exit status to leave with. */
static int check(const struct mg_tool *tool, struct opts *o)
{
	int        code;
	PCRE2_SIZE at;

	if (o->output && !is(o->output, "events"))
		return mg_usage_error(tool, "'-o %s': only events", o->output);
	if (o->format && !is(o->format, "text") && !is(o->format, "jsonl") && !is(o->format, "tsv"))
		return mg_usage_error(tool, "'--format=%s': text, jsonl or tsv", o->format);
	if (o->min_wait && !mg_duration_parse(mg_strz(o->min_wait), &o->min_wait_ns))
		return mg_usage_error(tool, "'--min-wait=%s': expected a duration like 5m", o->min_wait);
	if (!o->grep)
		return -1;
	o->re = pcre2_compile((PCRE2_SPTR)o->grep, PCRE2_ZERO_TERMINATED, 0, &code, &at, NULL);
	if (!o->re)
		return mg_usage_error(tool, "'--grep=%s': not a regular expression at byte %zu",
				      o->grep, (size_t)at);
	o->match = pcre2_match_data_create_from_pattern(o->re, NULL);
	return -1;
}

int main(int argc, char **argv)
{
	struct opts         o = { .rows = 20 };
	const struct mg_opt table[] = {
		{ MG_OPT_TEXT, 0, "grep", "REGEX", "only groups with a matching frame", &o.grep },
		{ MG_OPT_TEXT, 0, "state", "STATE", "only this state, like \"chan send\"", &o.state },
		{ MG_OPT_TEXT, 0, "min-wait", "DURATION", "only groups that wait at least this long",
		  &o.min_wait },
		{ MG_OPT_FLAG, 0, "diff", NULL, "compare the dumps of a process: what grew", &o.diff },
		{ MG_OPT_FLAG, 0, "stacks", NULL, "a sample stack of each group", &o.stacks },
		{ MG_OPT_TEXT, 'o', "output", "WHAT", "events: the dumps and their notable stacks",
		  &o.output },
		{ MG_OPT_TEXT, 0, "format", "FORMAT", "text, jsonl or tsv", &o.format },
		{ MG_OPT_FLAG, 0, "no-headers", NULL, "leave out the heading line of tables",
		  &o.no_headers },
		{ MG_OPT_COUNT, 'n', "rows", "N", "at most N rows a table (default 20); 0 is all",
		  &o.rows },
		MG_WINDOW_OPTS(&o.window),
		MG_COMMON_OPTS(&o.common),
	};
	const struct mg_tool tool = {
		.name = "mggoroutine",
		.summary = "summarise goroutine dumps",
		.usage = "[options] [file | directory | archive | -]...",
		.examples = "  mggoroutine --min-wait=5m goroutines.txt\n"
			    "  mggoroutine --diff profiles/\n",
		.opts = table,
	};
	struct mg_out out;
	char        **operands;
	int           n, rc;

	mg_session_begin();
	if ((rc = mg_opt_parse(&tool, argc, argv, &operands, &n)) >= 0)
		return rc;
	mg_out_fd(&out, STDOUT_FILENO);
	if ((rc = check(&tool, &o)) < 0 && (rc = mg_opt_stdin(&tool, &operands, &n)) < 0)
		rc = summarise(&tool, &o, &out, operands, n);
	pcre2_match_data_free(o.match);
	pcre2_code_free(o.re);
	mg_list_release(&o.common.limits);
	if (mg_out_close(&out) == MG_FATAL) {
		mg_say(&tool, "%s", out.err.msg);
		return MG_EXIT_OUTPUT;
	}
	return rc;
}
