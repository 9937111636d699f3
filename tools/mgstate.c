/* SPDX-License-Identifier: Apache-2.0 */
/* mgstate - what pods, nodes, operators and events say is not as it should be.
 *
 *   mgstate must-gather.tar.gz
 *   mgstate -n openshift-kube-apiserver must-gather/
 *   mgstate --restarts must-gather.tar.gz    every death of a process once
 */
#include <stdio.h>
#include <unistd.h>

#include "event/wire.h"
#include "io/out.h"
#include "render/state.h"
#include "render/state_views.h"
#include "session/session.h"

struct opts {
	struct mg_common      common;
	struct mg_window_args window;
	struct mg_list        namespaces;
	const char           *output, *format, *show;
	enum mg_sheet_format  form;
	bool                  all, no_headers, restarts;
};

/* Is `ns` one of a comma-separated list? */
static bool listed(const struct mg_list *l, struct mg_str ns)
{
	for (size_t i = 0; i < l->n; i++) {
		struct mg_str rest = mg_strz(l->v[i]), one;

		while (rest.n) {
			mg_str_cut(rest, ',', &one, &rest);
			if (mg_str_eq(one, ns))
				return true;
		}
	}
	return false;
}

static bool in_namespace(void *ctx, const struct mg_event *e)
{
	const struct opts *o = ctx;

	return o->namespaces.n == 0 || listed(&o->namespaces, e->ns);
}

static bool shown(void *ctx, const struct mg_event *e)
{
	return mg_state_event(e) && in_namespace(ctx, e);
}

static void events(struct mg_out *out, struct opts *o, const struct mg_case *c, bool tsv)
{
	struct mg_buf b = { 0 };

	if (tsv && !o->no_headers)
		mg_wire_tsv_heading(&b);
	for (size_t i = 0; i < c->events.n; i++) {
		const struct mg_event *e = &c->events.ev[i];

		if (!shown(o, e))
			continue;
		if (tsv)
			mg_wire_tsv(&b, e, mg_case_path(c, e->artifact));
		else
			mg_wire_json(&b, e, mg_case_path(c, e->artifact));
		if (b.n > 1 << 20) {
			mg_out_add(out, mg_buf_str(&b));
			mg_buf_clear(&b);
		}
	}
	mg_out_add(out, mg_buf_str(&b));
	mg_buf_release(&b);
}

static void text(struct mg_out *out, struct opts *o, const struct mg_case *c)
{
	struct mg_state_opts so = { .all = o->all, .headings = !o->no_headers, .shown = shown,
				    .ctx = o };
	struct mg_buf        b = { 0 };

	mg_render_state(&b, c, &so);
	mg_out_add(out, mg_buf_str(&b));
	mg_buf_release(&b);
}

static void view(struct mg_out *out, struct opts *o, const struct mg_case *c)
{
	struct mg_state_view_opts vo = { .format = o->form, .headings = !o->no_headers,
					 .all = o->all, .shown = o->namespaces.n ? in_namespace : NULL,
					 .ctx = o };

	mg_render_state_view(out, mg_strz(o->show), c, &vo);
}

static bool is(const char *given, const char *name)
{
	return given && strcmp(given, name) == 0;
}

static int summarise(const struct mg_tool *tool, struct opts *o, struct mg_out *out,
		     char **operands, int n)
{
	struct mg_ingest_opts io = { .kinds = 1u << MG_KIND_KUBE_YAML | 1u << MG_KIND_KUBE_JSON |
					      1u << MG_KIND_ETCD_INFO | 1u << MG_KIND_APF |
					      1u << MG_KIND_KUBE_TEXT | 1u << MG_KIND_PEM };
	struct mg_case        c;
	int                   rc;

	/* Objects go through one strand: small blocks keep less in memory and cost no speed. */
	io.block_size = (size_t)256 << 10;
	io.changes = o->show && is(o->show, "changes");
	if (o->show && mg_state_view_reads_logs(mg_strz(o->show))) {
		io.block_size = 0; /* as is usual */
		io.kinds |= 1u << MG_KIND_LOG | 1u << MG_KIND_ETCD_LOG | 1u << MG_KIND_JOURNAL |
			    1u << MG_KIND_KERNEL | 1u << MG_KIND_AUDIT;
	}
	if (o->show && mg_state_view_reads_metrics(mg_strz(o->show)))
		io.kinds |= 1u << MG_KIND_METRICS | 1u << MG_KIND_METRICS_CSV;
	rc = mg_session_read(tool, &o->common, &o->window, &io, operands, n, &c);
	if (rc != MG_EXIT_OK && rc != MG_EXIT_DAMAGED)
		return rc;
	if (o->show)
		view(out, o, &c);
	else if (o->output || is(o->format, "jsonl") || is(o->format, "tsv"))
		events(out, o, &c, is(o->format, "tsv"));
	else
		text(out, o, &c);
	mg_case_release(&c);
	return rc;
}

/* -1, or the exit status to leave with. */
static int check(const struct mg_tool *tool, struct opts *o)
{
	struct mg_buf names = { 0 };
	bool          known;

	if (o->output && !is(o->output, "events"))
		return mg_usage_error(tool, "'-o %s': only events", o->output);
	if (o->restarts && o->show && !is(o->show, "restarts"))
		return mg_usage_error(tool, "'--restarts' and '--show=%s': one table at a time", o->show);
	if (o->restarts)
		o->show = "restarts";
	if (o->show && o->output)
		return mg_usage_error(tool, "'-o events' and a table: one of them");
	if (!o->show && o->format && !is(o->format, "text") && !is(o->format, "jsonl") &&
	    !is(o->format, "tsv"))
		return mg_usage_error(tool, "'--format=%s': text, jsonl or tsv", o->format);
	if (!o->show)
		return -1;
	if (!mg_sheet_format_parse(o->format ? mg_strz(o->format) : MG_STR("text"), &o->form))
		return mg_usage_error(tool, "'--format=%s': text, tsv, csv, json or jsonl", o->format);
	known = mg_state_view_exists(mg_strz(o->show), &names);
	if (!known)
		mg_usage_error(tool, "'--show=%s': expected %.*s", o->show, MG_FMT(mg_buf_str(&names)));
	mg_buf_release(&names);
	return known ? -1 : MG_EXIT_USAGE;
}

int main(int argc, char **argv)
{
	struct opts         o = { 0 };
	const struct mg_opt table[] = {
		{ MG_OPT_LIST, 'n', "namespace", "NAME,...", "only these namespaces", &o.namespaces },
		{ MG_OPT_FLAG, 0, "all", NULL, "also what is well", &o.all },
		{ MG_OPT_FLAG, 0, "restarts", NULL, "deaths and restarts, each once, as all sources "
		  "tell them", &o.restarts },
		{ MG_OPT_TEXT, 0, "show", "TABLE", "one table: events, reasons, nodes, leases, "
		  "certificates ...", &o.show },
		{ MG_OPT_TEXT, 'o', "output", "WHAT", "events: instead of a summary", &o.output },
		{ MG_OPT_TEXT, 0, "format", "FORMAT", "text, jsonl or tsv; of a table also csv and json",
		  &o.format },
		{ MG_OPT_FLAG, 0, "no-headers", NULL, "leave out the heading line of tables",
		  &o.no_headers },
		MG_WINDOW_OPTS(&o.window),
		MG_COMMON_OPTS(&o.common),
	};
	const struct mg_tool tool = {
		.name = "mgstate",
		.summary = "show the state of pods, nodes and operators",
		.usage = "[options] [file | directory | archive | -]...",
		.examples = "  mgstate must-gather.tar.gz\n"
			    "  mgstate -n openshift-kube-apiserver must-gather/\n"
			    "  mgstate --restarts must-gather.tar.gz\n",
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
	mg_list_release(&o.namespaces);
	mg_list_release(&o.common.limits);
	if (mg_out_close(&out) == MG_FATAL) {
		mg_say(&tool, "%s", out.err.msg);
		return MG_EXIT_OUTPUT;
	}
	return rc;
}
