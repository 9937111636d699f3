/* SPDX-License-Identifier: Apache-2.0 */
/* mggoroutine - summarise goroutine dumps: how many stand where, and for how long.
 *
 *   mggoroutine --min-wait=5m goroutines.txt
 *   mggoroutine --diff before.txt after.txt     what is new, grown, older, gone
 *   mggoroutine --follow --match=DeleteCollection profiles/
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
	const char           *match, *state, *min_wait, *by, *output, *format;
	long                  rows;
	bool                  diff, follow, json, stacks, no_headers;
	enum mg_goby          goby;
	int64_t               min_wait_ns;
	pcre2_code           *re;
	pcre2_match_data     *found;
};

#define ROWS_UNSET (-1)

/* --- what is shown ---------------------------------------------------------------------- */

static bool matches(const struct opts *o, struct mg_str s)
{
	return s.n && pcre2_match(o->re, (PCRE2_SPTR)s.p, s.n, 0, 0, o->found, NULL) >= 0;
}

static bool shown(void *ctx, const struct mg_event *e)
{
	const struct opts *o = ctx;

	if (mg_event_attr_i64(e, "wait_max_minutes", 0) < o->min_wait_ns / MG_MIN +
								  (o->min_wait_ns % MG_MIN > 0))
		return false;
	if (o->state && !mg_str_eq(mg_event_attr(e, "state"), mg_strz(o->state)))
		return false;
	return !o->re || matches(o, mg_event_attr(e, "function")) ||
	       matches(o, mg_event_attr(e, "created_by")) || matches(o, mg_event_attr(e, "stack"));
}

/* Only kinds that can hold a dump. */
static const struct mg_consumer *pick_every(void *ctx, const struct mg_leaf *leaf)
{
	switch (leaf->kind) {
	case MG_KIND_GOROUTINE:
		return &mg_consumer_gostack_every;
	case MG_KIND_PPROF:
		return &mg_consumer_gostack_pprof;
	case MG_KIND_KUBE_YAML:
	case MG_KIND_KUBE_JSON:
		return &mg_consumer_gostack_objects;
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

static bool is(const char *given, const char *name)
{
	return given && strcmp(given, name) == 0;
}

static size_t rows_of(const struct opts *o, bool json)
{
	if (o->rows != ROWS_UNSET)
		return (size_t)o->rows;
	return json ? 0 : o->follow ? 5 : 20;
}

/* NULL, or why there is nothing to show. */
static const char *lacking(const struct opts *o, const struct mg_gocount *g)
{
	struct mg_goseries *s;
	size_t              n;

	if (g->ndumps == 0)
		return "no goroutine dump in the input; mgunpack lists what it holds";
	if (!o->diff && !o->follow)
		return NULL;
	s = mg_goseries_find(g, &n);
	mg_goseries_free(s, n);
	return n ? NULL : "no process with several goroutine dumps";
}

/* MG_EXIT_OK, or MG_EXIT_USAGE after a message. */
static int groups(const struct mg_tool *tool, struct mg_out *out, struct opts *o, const struct mg_case *c)
{
	bool                      json = is(o->format, "json");
	struct mg_gocount_opts    how = { .by = o->goby, .compare = o->diff || o->follow, .shown = shown,
					  .ctx = o };
	struct mg_goroutines_opts ro = { .rows = rows_of(o, json), .headings = !o->no_headers,
					 .stacks = o->stacks, .waits = o->state || o->min_wait_ns };
	struct mg_gocount         g;
	struct mg_buf             b = { 0 };
	const char               *why;

	ro.filtered = o->re || ro.waits;
	mg_gocount_build(&g, c, &how);
	if ((why = lacking(o, &g)))
		mg_say(tool, "%s", why);
	if (json)
		mg_render_goroutines_json(&b, c, &g, o->diff ? MG_GOVIEW_DIFF : o->follow ?
					  MG_GOVIEW_FOLLOW : MG_GOVIEW_DUMPS, &ro);
	else if (o->diff)
		mg_render_goroutine_diff(&b, c, &g, &ro);
	else if (o->follow)
		mg_render_goroutine_follow(&b, c, &g, &ro);
	else
		mg_render_goroutines(&b, c, &g, &ro);
	mg_out_add(out, mg_buf_str(&b));
	mg_buf_release(&b);
	mg_gocount_release(&g);
	return why ? MG_EXIT_USAGE : MG_EXIT_OK;
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
			   1u << MG_KIND_JOURNAL | 1u << MG_KIND_PPROF;
	else
		io.pick = pick_every;
	rc = mg_session_read(tool, &o->common, &o->window, &io, operands, n, &c);
	if (rc != MG_EXIT_OK && rc != MG_EXIT_DAMAGED)
		return rc;
	if (wire || is(o->format, "jsonl") || is(o->format, "tsv"))
		events(out, o, &c, is(o->format, "tsv"));
	else if (groups(tool, out, o, &c) != MG_EXIT_OK)
		rc = MG_EXIT_USAGE;
	mg_case_release(&c);
	return rc;
}

/* --- options ------------------------------------------------------------------------------ */

static int check_views(const struct mg_tool *tool, struct opts *o)
{
	bool rows = o->output || is(o->format, "jsonl") || is(o->format, "tsv");

	if (o->by)
		mg_goby_parse(mg_strz(o->by), &o->goby);
	if (o->diff && o->follow)
		return mg_usage_error(tool, "--diff and --follow are two views: give one");
	if (rows && (o->diff || o->follow || o->by))
		return mg_usage_error(tool, "'--%s' has no events: only --format=text or json",
				      o->diff ? "diff" : o->follow ? "follow" : "by");
	return -1;
}

/* -1, or the exit status to leave with. */
static int check(const struct mg_tool *tool, struct opts *o)
{
	int        code, rc;
	PCRE2_SIZE at;

	if (o->json && o->format && !is(o->format, "json"))
		return mg_usage_error(tool, "--json and '--format=%s'", o->format);
	if (o->json)
		o->format = "json";
	if (o->output && (is(o->format, "text") || is(o->format, "json")))
		return mg_usage_error(tool, "'-o events' has the formats jsonl and tsv");
	if (o->min_wait && !mg_duration_parse(mg_strz(o->min_wait), &o->min_wait_ns))
		return mg_usage_error(tool, "'--min-wait=%s': expected a duration like 5m", o->min_wait);
	if ((rc = check_views(tool, o)) >= 0 || !o->match)
		return rc;
	o->re = pcre2_compile((PCRE2_SPTR)o->match, PCRE2_ZERO_TERMINATED, 0, &code, &at, NULL);
	if (!o->re)
		return mg_usage_error(tool, "'--match=%s': not a regular expression at byte %zu",
				      o->match, (size_t)at);
	o->found = pcre2_match_data_create_from_pattern(o->re, NULL);
	return -1;
}

int main(int argc, char **argv)
{
	struct opts         o = { .rows = ROWS_UNSET };
	const struct mg_opt table[] = {
		{ MG_OPT_TEXT, 0, "match", "REGEX", "only stacks with a matching frame or creator",
		  &o.match },
		{ MG_OPT_TEXT, 0, "state", "STATE", "only this state, like \"chan send\"", &o.state },
		{ MG_OPT_TEXT, 0, "min-wait", "DURATION", "only stacks of which one waits at least this long",
		  &o.min_wait },
		{ MG_OPT_WORD, 0, "by", "stack|state|function|package|created-by", "group by this",
		  &o.by },
		{ MG_OPT_FLAG, 0, "diff", NULL,
		  "the first dump against the last: new, grown, older, fewer, gone", &o.diff },
		{ MG_OPT_FLAG, 0, "follow", NULL, "each group over all dumps of its process", &o.follow },
		{ MG_OPT_FLAG, 0, "stacks", NULL, "a sample stack of each group", &o.stacks },
		{ MG_OPT_WORD, 'o', "output", "events", "the dumps and their notable stacks", &o.output },
		{ MG_OPT_WORD, 0, "format", "text|json|jsonl|tsv", "jsonl is the events", &o.format },
		{ MG_OPT_FLAG, 0, "json", NULL, "the same as --format=json", &o.json },
		{ MG_OPT_FLAG, 0, "no-headers", NULL, "leave out the heading line of tables",
		  &o.no_headers },
		{ MG_OPT_COUNT, 'n', "rows", "N", "at most N rows a table (default 20, --follow 5); 0 is all",
		  &o.rows },
		MG_WINDOW_OPTS(&o.window),
		MG_COMMON_OPTS(&o.common),
	};
	const struct mg_tool tool = {
		.name = "mggoroutine",
		.summary = "summarise goroutine dumps",
		.usage = "[options] [file | directory | archive | -]...",
		.examples = "  mggoroutine --min-wait=5m goroutines.txt\n"
			    "  mggoroutine --diff before.txt after.txt\n"
			    "  mggoroutine --follow --match=DeleteCollection profiles/\n",
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
	pcre2_match_data_free(o.found);
	pcre2_code_free(o.re);
	mg_list_release(&o.common.limits);
	return mg_session_end(&tool, &out, rc);
}
