/* SPDX-License-Identifier: Apache-2.0 */
/* mgheap - what holds the memory: profiles counted by function.
 *
 *   mgheap heap.pb.gz                           the functions that hold most
 *   mgheap --peek='Store..DeleteCollection$' heap.pb.gz
 *   mgheap --diff before.pb.gz after.pb.gz      what grew
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <unistd.h>

#include "event/wire.h"
#include "ingest/consume_heap.h"
#include "render/profiles.h"
#include "session/session.h"

#define ROWS 20
#define ROWS_UNSET (-1)

struct regex {
	pcre2_code       *code;
	pcre2_match_data *data;
};

struct opts {
	struct mg_common        common;
	struct mg_window_args   window;
	const char             *sample, *sort, *peek, *focus, *format, *output;
	long                    rows;
	bool                    diff, no_headers;
	struct regex            peek_re, focus_re;
	struct mg_heap_profile **p; /* in the order of the input */
	size_t                  n, cap;
};

static bool is(const char *given, const char *name)
{
	return given && strcmp(given, name) == 0;
}

static bool matches(void *ctx, struct mg_str s)
{
	const struct regex *r = ctx;

	return pcre2_match(r->code, (PCRE2_SPTR)s.p, s.n, 0, 0, r->data, NULL) >= 0;
}

/* --- reading ---------------------------------------------------------------------------------- */

static void forget(struct opts *o)
{
	for (size_t i = 0; i < o->n; i++)
		mg_heap_profile_free(o->p[i]);
	o->n = 0;
}

static void take(void *ctx, struct mg_partial *partial)
{
	struct opts            *o = ctx;
	struct mg_heap_profile *h = partial->extra;

	if (!h)
		return;
	partial->extra = NULL;
	/* A relative time reads the input twice; the artifacts then count from 0 again. */
	if (o->n && o->p[o->n - 1]->artifact >= h->artifact)
		forget(o);
	MG_PUSH(o->p, o->n, o->cap, h);
}

static const struct mg_consumer *pick(void *ctx, const struct mg_leaf *leaf)
{
	return leaf->kind == MG_KIND_HEAP || leaf->kind == MG_KIND_PPROF ? &mg_consumer_heap_keep : NULL;
}

static bool in_window(const struct mg_case *c, int64_t ns)
{
	return (c->since_ns == MG_TIME_NONE || ns >= c->since_ns) &&
	       (c->until_ns == MG_TIME_NONE || ns < c->until_ns);
}

/* Only profiles that have the sample type and lie in the window. */
static void select_profiles(struct opts *o, const struct mg_case *c)
{
	size_t n = 0;

	for (size_t i = 0; i < o->n; i++) {
		if (mg_prof_type_index(&o->p[i]->prof, mg_strz(o->sample)) >= 0 &&
		    in_window(c, o->p[i]->time_ns))
			o->p[n++] = o->p[i];
		else
			mg_heap_profile_free(o->p[i]);
	}
	o->n = n;
}

/* --- output ------------------------------------------------------------------------------------- */

static uint32_t type_of(const struct opts *o, const struct mg_heap_profile *h)
{
	return (uint32_t)mg_prof_type_index(&h->prof, mg_strz(o->sample));
}

static int64_t below(const struct mg_heap_profile *h, uint32_t type, const char *method)
{
	return mg_profile_below(&h->prof, type, mg_profile_is_store_method, (void *)method);
}

/* `base`: NULL, or what is subtracted. */
static void show(struct mg_buf *b, struct opts *o, const struct mg_case *c,
		 const struct mg_heap_profile *h, const struct mg_heap_profile *base)
{
	uint32_t                type = type_of(o, h);
	struct mg_profile_match focus = { o->focus ? matches : NULL, &o->focus_re };
	bool                    text = !o->format || is(o->format, "text");
	struct mg_profile_view  v = { .headings = !o->no_headers, .ctx = &o->peek_re };
	struct mg_profile_head  head = { .process = h->process, .time_ns = h->time_ns };
	struct mg_profile       g;

	v.rows = o->rows != ROWS_UNSET ? (size_t)o->rows : text ? ROWS : 0;
	v.peek = o->peek ? matches : NULL;
	head.artifact = mg_case_path(c, h->artifact);
	head.base = base ? mg_case_path(c, base->artifact) : mg_str("", 0);
	if (!base && mg_str_ends(h->prof.types[type].type, MG_STR("space"))) {
		head.deletes = below(h, type, "DeleteCollection");
		head.lists = below(h, type, "List");
	}
	mg_profile_init(&g, o->peek != NULL);
	mg_profile_add(&g, &h->prof, type, false, &focus);
	if (base)
		mg_profile_add(&g, &base->prof, type_of(o, base), true, &focus);
	mg_profile_order(&g, is(o->sort, "cum"));
	if (text)
		mg_render_profile_text(b, &g, &head, &v);
	else if (is(o->format, "tsv"))
		mg_render_profile_tsv(b, &g, &head, &v);
	else
		mg_render_profile_json(b, &g, &head, &v);
	mg_profile_release(&g);
}

static void show_all(struct mg_out *out, struct opts *o, const struct mg_case *c)
{
	bool          json = is(o->format, "json"), tsv = is(o->format, "tsv");
	size_t        n = o->diff ? 1 : o->n;
	struct mg_buf b = { 0 };

	if (tsv && !o->no_headers)
		mg_render_profile_tsv_heading(&b, o->peek != NULL);
	mg_buf_addz(&b, json ? "{\"profiles\":[" : "");
	for (size_t i = 0; i < n; i++) {
		mg_buf_addz(&b, i == 0 || tsv ? "" : json ? ",\n" : "\n");
		show(&b, o, c, o->diff ? o->p[o->n - 1] : o->p[i], o->diff ? o->p[0] : NULL);
	}
	mg_buf_addz(&b, json ? "]}\n" : "");
	mg_out_add(out, mg_buf_str(&b));
	mg_buf_release(&b);
}

static void events(struct mg_out *out, const struct mg_case *c)
{
	struct mg_buf b = { 0 };

	for (size_t i = 0; i < c->events.n; i++)
		mg_wire_json(&b, &c->events.ev[i], mg_case_path(c, c->events.ev[i].artifact));
	mg_out_add(out, mg_buf_str(&b));
	mg_buf_release(&b);
}

/* --- run ------------------------------------------------------------------------------------------ */

static int run(const struct mg_tool *tool, struct opts *o, struct mg_out *out, char **operands, int n)
{
	struct mg_ingest_opts io = { .pick = pick, .fold = take, .ctx = o };
	struct mg_case        c;
	int                   rc = mg_session_read(tool, &o->common, &o->window, &io, operands, n, &c);
	size_t                before = o->n;

	if (rc != MG_EXIT_OK && rc != MG_EXIT_DAMAGED)
		return rc;
	if (o->output) {
		events(out, &c);
	} else {
		select_profiles(o, &c);
		if (o->diff)
			o->n = mg_heap_profile_pair(o->p, o->n, mg_strz(o->sample));
		if (o->n > (o->diff ? 1u : 0u)) {
			show_all(out, o, &c);
		} else {
			mg_say(tool, before == 0 ? "no profile in the input; mgunpack lists what it holds"
				     : o->n ? "--diff needs two profiles of the same kind"
					    : "no profile has this sample type in this window");
			rc = MG_EXIT_USAGE;
		}
	}
	mg_case_release(&c);
	return rc;
}

static int compile(const struct mg_tool *tool, const char *name, const char *text, struct regex *r)
{
	int        code;
	PCRE2_SIZE at;

	if (!text)
		return -1;
	r->code = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, 0, &code, &at, NULL);
	if (!r->code)
		return mg_usage_error(tool, "'--%s=%s': not a regular expression at byte %zu", name, text,
				      (size_t)at);
	r->data = pcre2_match_data_create_from_pattern(r->code, NULL);
	return -1;
}

/* -1, or the exit status to leave with. */
static int check(const struct mg_tool *tool, struct opts *o)
{
	int rc;

	rc = compile(tool, "peek", o->peek, &o->peek_re);
	return rc < 0 ? compile(tool, "focus", o->focus, &o->focus_re) : rc;
}

int main(int argc, char **argv)
{
	struct opts         o = { .rows = ROWS_UNSET };
	bool                top;
	const struct mg_opt table[] = {
		{ MG_OPT_FLAG, 0, "top", NULL, "list functions by what they hold (default)", &top },
		{ MG_OPT_TEXT, 0, "peek", "REGEX", "callers and callees of these functions", &o.peek },
		{ MG_OPT_FLAG, 0, "diff", NULL, "subtract the first profile from the last", &o.diff },
		{ MG_OPT_TEXT, 0, "focus", "REGEX", "only stacks with such a function or file", &o.focus },
		{ MG_OPT_TEXT, 0, "sample", "TYPE", "inuse_space (default), inuse_objects, alloc_space …",
		  &o.sample },
		{ MG_OPT_WORD, 0, "sort", "flat|cum", "sort by itself, or with callees", &o.sort },
		{ MG_OPT_COUNT, 'n', "rows", "N", "at most N functions (default 20); 0 is all", &o.rows },
		{ MG_OPT_WORD, 0, "format", "text|tsv|json", "of standard output", &o.format },
		{ MG_OPT_FLAG, 0, "no-headers", NULL, "leave out the heading line of tables",
		  &o.no_headers },
		{ MG_OPT_WORD, 'o', "output", "events", "one for each heap profile", &o.output },
		MG_WINDOW_OPTS(&o.window),
		MG_COMMON_OPTS(&o.common),
	};
	const struct mg_tool tool = {
		.name = "mgheap",
		.summary = "show what holds memory in heap profiles",
		.usage = "[options] [file | directory | archive | -]...",
		.examples = "  mgheap heap.pb.gz\n"
			    "  mgheap --diff before.pb.gz after.pb.gz\n"
			    "  mgheap --peek='[*]Store[)].DeleteCollection$' heap.pb.gz\n",
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
		rc = run(&tool, &o, &out, operands, n);
	forget(&o);
	free(o.p);
	pcre2_match_data_free(o.peek_re.data);
	pcre2_code_free(o.peek_re.code);
	pcre2_match_data_free(o.focus_re.data);
	pcre2_code_free(o.focus_re.code);
	mg_list_release(&o.common.limits);
	return mg_session_end(&tool, &out, rc);
}
