/* SPDX-License-Identifier: Apache-2.0 */
/* mgplot - draw tables over time, each as a panel on one clock axis.
 *
 *   mgplot -o graphs.png incident.report/series/latency.tsv incident.report/series/etcd.tsv
 *   awk -f mine.awk audit.log | mgplot --format=txt -
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "analysis/rule.h"
#include "base/mem.h"
#include "base/num.h"
#include "io/out.h"
#include "io/slurp.h"
#include "render/chart.h"
#include "render/gnuplot.h"
#include "render/plot.h"
#include "render/table_export.h"
#include "render/tsv.h"
#include "session/outdir.h"
#include "session/session.h"

#define MAX_BYTES ((size_t)256 << 20) /* of one file */

struct opts {
	struct mg_common common;
	struct mg_window_args window;
	const char      *output, *format, *size, *title, *axis, *plot, *theme;
	bool             dark, script;
};

struct run {
	const struct mg_tool *tool;
	const struct opts    *o;
	struct mg_chart       chart;
	enum mg_scale         scale;
	enum mg_export        form; /* MG_EXPORTS: a picture */
	struct mg_table      *t; /* that could be read; live as long as the chart */
	size_t                nt, cap;
	bool                  damaged;
};

/* --- reading ----------------------------------------------------------------------- */

static void read_table(struct run *r, const char *path, struct mg_str text, uint64_t line)
{
	struct mg_table t;
	struct mg_err   err = { 0 };
	uint64_t        bad = 0;
	bool            ok = mg_tsv_parse(text, &r->chart.arena, &t, &bad, &err) == MG_OK;

	if (!ok)
		mg_say(r->tool, "cannot parse '%s': %s at line %" PRIu64 "%s", path, err.msg, line + err.line,
		       text.n && memchr(text.p, 0, text.n) ? "; --plot=NAME draws archives" : "");
	if (ok && t.title[0] == '\0')
		t.title = path;
	if (bad)
		mg_say(r->tool, "'%s': rows left out: %" PRIu64 " (no time in the first column, or "
				"more than %d rows)", path, bad, MG_TSV_ROWS);
	if (ok)
		MG_PUSH(r->t, r->nt, r->cap, t);
	r->damaged |= !ok || bad;
}

/* All tables of a file. */
static void read_tables(struct run *r, const char *path)
{
	struct mg_buf text = { 0 };
	struct mg_str rest, one = mg_str("", 0);
	uint64_t      line = 0;

	if (mg_slurp(path, MAX_BYTES, &text)) {
		rest = mg_buf_str(&text);
		if (!mg_tsv_cut(&rest, &one, &line))
			read_table(r, path, one, 0); /* says that it is empty */
		else
			do
				read_table(r, path, one, line);
			while (mg_tsv_cut(&rest, &one, &line));
	} else {
		mg_say(r->tool, "cannot read '%s': %s%s", path, strerror(errno),
		       errno == EISDIR ? "; --plot=NAME draws directories and archives" : "");
		r->damaged = true;
	}
	mg_buf_release(&text);
}

/* --- panels ------------------------------------------------------------------------ */

static void add_panel(struct run *r, const struct mg_table *t)
{
	struct mg_chart *c = &r->chart;
	uint32_t         left_out = mg_chart_table_panel(c, t, r->scale);

	if (left_out)
		c->footer = mg_chart_printf(c, "%.*s%s%u columns of '%.60s' are not shown",
					    MG_FMT(c->footer), c->footer.n ? "; " : "", left_out,
					    t->title);
}

static void set_span(struct run *r)
{
	struct mg_chart *c = &r->chart;

	for (size_t i = 0; i < r->nt; i++) {
		const struct mg_table *t = &r->t[i];
		int64_t end = t->start_ns + (int64_t)t->n * t->step_ns;

		if (i == 0 || t->start_ns < c->first_ns)
			c->first_ns = t->start_ns;
		if (i == 0 || end > c->last_ns)
			c->last_ns = end;
		add_panel(r, t);
	}
}

/* --- options and output ---------------------------------------------------------------- */

/* --format, else the suffix of the output, else text for a terminal. */
static int set_picture(struct run *r)
{
	const struct opts *o = r->o;
	struct mg_str      name = mg_strz(o->output);
	ptrdiff_t          dot = mg_str_rchr(name, '.');
	struct mg_chart   *c = &r->chart;

	c->picture = o->output || !isatty(STDOUT_FILENO) ? MG_PICTURE_PNG : MG_PICTURE_TXT;
	r->form = mg_export_parse(mg_strz(o->format));
	if (r->form != MG_EXPORTS)
		return o->plot || o->script ?
			       mg_usage_error(r->tool, "--format=%s is of tables, without --plot and "
					      "--script", o->format) : -1;
	if (o->format)
		mg_picture_parse(mg_strz(o->format), &c->picture);
	if (!o->format && dot >= 0)
		mg_picture_parse(mg_str_from(name, (size_t)dot + 1), &c->picture);
	if (o->size && !mg_picture_size_parse(mg_strz(o->size), &c->width, &c->height))
		return mg_usage_error(r->tool, "'--size=%s': expected WIDTHxHEIGHT, at most 20000 each",
				      o->size);
	r->scale = !o->axis ? MG_SCALE_AUTO : strcmp(o->axis, "log") == 0 ? MG_SCALE_LOG :
		   MG_SCALE_LINEAR;
	if (!o->output && !o->script && c->picture == MG_PICTURE_PNG && isatty(STDOUT_FILENO))
		return mg_usage_error(r->tool, "a terminal shows no PNG: use -o FILE.png");
	c->theme = o->dark || (o->theme && *o->theme == 'd') ? MG_THEME_DARK : MG_THEME_LIGHT;
	c->title = mg_strz(o->title);
	c->inline_data = true;
	return -1;
}

/* The script, or the picture it draws. */
static int write_out(struct run *r, struct mg_str script)
{
	struct mg_err err = { 0 };
	struct mg_out out;
	bool          ok = true;
	int           rc = r->damaged ? MG_EXIT_DAMAGED : MG_EXIT_OK;

	if (!r->o->output) {
		mg_out_fd(&out, STDOUT_FILENO);
	} else if (mg_out_file(&out, r->o->output) != MG_OK) {
		mg_say(r->tool, "%s", out.err.msg);
		mg_out_abort(&out);
		return MG_EXIT_OUTPUT;
	}
	if (r->o->script || r->form != MG_EXPORTS)
		mg_out_add(&out, script);
	else if (!(ok = mg_gnuplot_text(script, out.fd, &err) == MG_OK))
		mg_say(r->tool, "%s", err.msg);
	if (ok)
		return mg_session_end(r->tool, &out, rc);
	mg_out_abort(&out);
	return MG_EXIT_OUTPUT;
}

static int draw_tables(struct run *r, char **operands, int n)
{
	struct mg_buf script = { 0 };
	int           rc = MG_EXIT_USAGE;

	for (int i = 0; i < n; i++)
		read_tables(r, operands[i]);
	if (r->nt) {
		if (r->form == MG_EXPORTS) {
			set_span(r);
			mg_chart_script(&r->chart, &script);
		} else {
			mg_export_tables(&script, r->form, r->t, r->nt);
		}
		rc = write_out(r, mg_buf_str(&script));
	}
	mg_buf_release(&script);
	free(r->t);
	return rc;
}

/* --plot: one of the pictures of mgcorrelate, from the same inputs. */
static int draw_plot(struct run *r, char **operands, int n)
{
	const struct opts    *o = r->o;
	struct mg_plot_opts   po = { .plot = mg_plot_parse(o->plot), .picture = r->chart.picture,
				     .theme = r->chart.theme, .width = r->chart.width,
				     .height = r->chart.height, .alone = true };
	struct mg_ingest_opts io = { 0 };
	struct mg_findings    fs = { 0 };
	struct mg_series      s;
	struct mg_buf         script = { 0 };
	struct mg_err         err = { 0 };
	struct mg_case        c;
	int                   rc;

	if (po.plot == MG_PLOTS)
		return mg_opt_no_such(r->tool, "plot", mg_strz(o->plot), "plot");
	rc = mg_session_read(r->tool, &o->common, &o->window, &io, operands, n, &c);
	if (rc != MG_EXIT_OK && rc != MG_EXIT_DAMAGED)
		return rc;
	r->damaged = rc == MG_EXIT_DAMAGED;
	mg_rules_run(&fs, &c, NULL, 0);
	mg_series_build(&s, &c, c.first_ns, c.last_ns, MG_PLOT_BUCKETS);
	if (mg_plot_script(&c, &fs, &s, &po, &script, &err) == MG_OK) {
		rc = write_out(r, mg_buf_str(&script));
	} else {
		mg_say(r->tool, "%s", err.msg);
		rc = MG_EXIT_USAGE;
	}
	mg_buf_release(&script);
	mg_series_release(&s);
	mg_findings_release(&fs);
	mg_case_release(&c);
	return rc;
}

static int run(const struct mg_tool *tool, const struct opts *o, char **operands, int n)
{
	struct run r = { .tool = tool, .o = o };
	int        rc = set_picture(&r);

	if (rc < 0)
		rc = o->plot ? draw_plot(&r, operands, n) : draw_tables(&r, operands, n);
	mg_chart_release(&r.chart);
	return rc;
}

static const char *plot_name(size_t i)
{
	return i < MG_PLOTS ? mg_plot_name((enum mg_plot)i) : NULL;
}

int main(int argc, char **argv)
{
	struct opts         o = { 0 };
	const struct mg_opt table[] = {
		{ MG_OPT_TEXT, 'o', "output", "FILE", "the picture (default: standard output)",
		  &o.output },
		{ MG_OPT_TEXT, 0, "plot", "NAME", "of archives: timeline, latency, talkers, etcd, memory, "
						  "...", &o.plot },
		{ MG_OPT_WORD, 0, "format", "png|svg|txt|csv|openmetrics",
		  "default: by FILE's suffix; txt for a terminal", &o.format },
		{ MG_OPT_TEXT, 0, "size", "WxH", "pixels, or characters of txt", &o.size },
		{ MG_OPT_TEXT, 0, "title", "TEXT", "above everything", &o.title },
		{ MG_OPT_WORD, 0, "axis", "log|linear", "default: as the values need it", &o.axis },
		{ MG_OPT_WORD, 0, "theme", "light|dark", "colours of the picture", &o.theme },
		{ MG_OPT_FLAG, 0, "dark", NULL, "the same as --theme=dark", &o.dark },
		{ MG_OPT_FLAG, 0, "script", NULL, "the gnuplot script instead of the picture", &o.script },
		MG_WINDOW_OPTS(&o.window),
		MG_COMMON_OPTS(&o.common),
	};
	const struct mg_opt_values values[] = { { "plot", plot_name }, { NULL, NULL } };
	const struct mg_tool tool = {
		.name = "mgplot",
		.summary = "draw tables over time, each as a panel on one clock axis",
		.usage = "[options] [series.tsv | --plot=NAME archive | -]...",
		.examples = "  mgplot -o graphs.png incident.report/series/*.tsv\n"
			    "  mgplot --format=txt incident.report/series/latency.tsv\n"
			    "  mgplot --plot=latency -o latency.png must-gather.tar.gz\n"
			    "  mgplot --script - <mine.tsv >mine.gp\n",
		.opts = table,
		.values = values,
	};
	char **operands;
	int    n, rc = mg_opt_parse(&tool, argc, argv, &operands, &n);

	mg_session_begin_writer();
	if (rc < 0)
		mg_outfile_confine(o.output, !o.script);
	if (rc < 0)
		rc = mg_opt_stdin(&tool, &operands, &n);
	if (rc < 0)
		rc = run(&tool, &o, operands, n);
	mg_list_release(&o.common.limits);
	return rc;
}
