/* SPDX-License-Identifier: Apache-2.0 */
/* mgplot - draw tables over time, each as a panel on one clock axis.
 *
 *   mgplot -o graphs.png incident.report/series/latency.tsv incident.report/series/etcd.tsv
 *   awk -f mine.awk audit.log | mgplot --format=txt -
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "io/out.h"
#include "render/chart.h"
#include "render/gnuplot.h"
#include "render/tsv.h"
#include "session/session.h"

#define MAX_BYTES ((size_t)256 << 20) /* of one table */

struct opts {
	struct mg_common common;
	const char      *output, *format, *size, *title, *axis;
	bool             dark, script;
};

struct run {
	const struct mg_tool *tool;
	const struct opts    *o;
	struct mg_chart       chart;
	enum mg_scale         scale;
	struct mg_table      *t; /* that could be read; live as long as the chart */
	size_t                nt, cap;
	bool                  damaged;
};

/* --- reading ----------------------------------------------------------------------- */

static bool slurp(struct run *r, const char *path, struct mg_buf *text)
{
	FILE  *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
	size_t n = 0;
	bool   ok = f;

	while (ok && !feof(f) && text->n < MAX_BYTES) {
		mg_buf_reserve(text, 65536);
		n = fread(text->p + text->n, 1, 65536, f);
		text->n += n;
		ok = !ferror(f);
	}
	if (ok && text->n >= MAX_BYTES) {
		errno = EFBIG;
		ok = false;
	}
	if (!ok)
		mg_say(r->tool, "cannot read '%s': %s", path, strerror(errno));
	if (f && f != stdin)
		fclose(f);
	return ok;
}

static void read_table(struct run *r, const char *path, struct mg_str text, uint64_t line)
{
	struct mg_table t;
	struct mg_err   err = { 0 };
	uint64_t        bad = 0;
	bool            ok = mg_tsv_parse(text, &r->chart.arena, &t, &bad, &err) == MG_OK;

	if (!ok)
		mg_say(r->tool, "cannot parse '%s': %s at line %" PRIu64, path, err.msg,
		       line + err.line);
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

	if (slurp(r, path, &text)) {
		rest = mg_buf_str(&text);
		if (!mg_tsv_cut(&rest, &one, &line))
			read_table(r, path, one, 0); /* says that it is empty */
		else
			do
				read_table(r, path, one, line);
			while (mg_tsv_cut(&rest, &one, &line));
	} else {
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

static bool parse_size(const char *text, int *w, int *h)
{
	struct mg_str a, b;
	uint64_t      x, y;

	if (!mg_str_cut(mg_strz(text), 'x', &a, &b) || !mg_num_u64(a, &x) || !mg_num_u64(b, &y) ||
	    x < 40 || x > 20000 || y < 10 || y > 20000)
		return false;
	*w = (int)x;
	*h = (int)y;
	return true;
}

/* --format, else the suffix of the output, else text for a terminal. */
static int set_picture(struct run *r)
{
	const struct opts *o = r->o;
	struct mg_str      name = mg_strz(o->output);
	ptrdiff_t          dot = mg_str_rchr(name, '.');
	struct mg_chart   *c = &r->chart;

	c->picture = o->output || !isatty(STDOUT_FILENO) ? MG_PICTURE_PNG : MG_PICTURE_TXT;
	if (o->format && !mg_picture_parse(mg_strz(o->format), &c->picture))
		return mg_usage_error(r->tool, "'--format=%s': expected png, svg or txt", o->format);
	if (!o->format && dot >= 0)
		mg_picture_parse(mg_str_from(name, (size_t)dot + 1), &c->picture);
	if (o->size && !parse_size(o->size, &c->width, &c->height))
		return mg_usage_error(r->tool, "'--size=%s': expected WIDTHxHEIGHT, at most 20000 each",
				      o->size);
	r->scale = !o->axis ? MG_SCALE_AUTO : strcmp(o->axis, "log") == 0 ? MG_SCALE_LOG :
		   MG_SCALE_LINEAR;
	if (o->axis && r->scale == MG_SCALE_LINEAR && strcmp(o->axis, "linear") != 0)
		return mg_usage_error(r->tool, "'--axis=%s': expected log or linear", o->axis);
	if (!o->output && !o->script && c->picture == MG_PICTURE_PNG && isatty(STDOUT_FILENO))
		return mg_usage_error(r->tool, "a terminal shows no PNG: use -o FILE.png");
	c->theme = o->dark ? MG_THEME_DARK : MG_THEME_LIGHT;
	c->title = mg_strz(o->title);
	c->inline_data = true;
	return -1;
}

/* gnuplot reads the script from a file that has no name any more and writes the picture to
 * the output's temporary file. */
static bool draw(struct run *r, const struct mg_buf *script, int fd)
{
	FILE                 *f = tmpfile();
	struct mg_gnuplot_job job = { .stdout_fd = fd };
	struct mg_err         err = { 0 };
	bool                  ok = false;

	if (!f || fwrite(script->p, 1, script->n, f) != script->n || fflush(f) != 0 ||
	    lseek(fileno(f), 0, SEEK_SET) != 0) {
		mg_say(r->tool, "cannot write a temporary file: %s", strerror(errno));
	} else {
		job.script_fd = fileno(f);
		ok = mg_gnuplot_run(&job, &err) == MG_OK;
		if (!ok)
			mg_say(r->tool, "%s", err.msg);
	}
	if (f)
		fclose(f);
	return ok;
}

static int write_out(struct run *r)
{
	struct mg_buf script = { 0 };
	struct mg_out out;
	bool          ok = true;
	int           rc = r->damaged ? MG_EXIT_DAMAGED : MG_EXIT_OK;

	mg_chart_script(&r->chart, &script);
	if (!r->o->output) {
		mg_out_fd(&out, STDOUT_FILENO);
	} else if (mg_out_file(&out, r->o->output) != MG_OK) {
		mg_say(r->tool, "%s", out.err.msg);
		mg_out_abort(&out);
		mg_buf_release(&script);
		return MG_EXIT_OUTPUT;
	}
	if (r->o->script)
		mg_out_add(&out, mg_buf_str(&script));
	else
		ok = draw(r, &script, out.fd);
	mg_buf_release(&script);
	if (ok)
		return mg_session_end(r->tool, &out, rc);
	mg_out_abort(&out);
	return MG_EXIT_OUTPUT;
}

static int run(const struct mg_tool *tool, const struct opts *o, char **operands, int n)
{
	struct run r = { .tool = tool, .o = o };
	int        rc = set_picture(&r);

	for (int i = 0; i < n && rc < 0; i++)
		read_tables(&r, operands[i]);
	if (rc < 0 && r.nt == 0)
		rc = MG_EXIT_USAGE;
	if (rc < 0) {
		set_span(&r);
		rc = write_out(&r);
	}
	mg_chart_release(&r.chart);
	free(r.t);
	return rc;
}

int main(int argc, char **argv)
{
	struct opts         o = { 0 };
	const struct mg_opt table[] = {
		{ MG_OPT_TEXT, 'o', "output", "FILE", "the picture (default: standard output)",
		  &o.output },
		{ MG_OPT_TEXT, 0, "format", "FORMAT",
		  "png, svg or txt (default: by FILE's suffix; txt for a terminal)", &o.format },
		{ MG_OPT_TEXT, 0, "size", "WxH", "pixels, or characters of txt", &o.size },
		{ MG_OPT_TEXT, 0, "title", "TEXT", "above everything", &o.title },
		{ MG_OPT_TEXT, 0, "axis", "KIND", "log or linear (default: as the values need it)",
		  &o.axis },
		{ MG_OPT_FLAG, 0, "dark", NULL, "light on dark", &o.dark },
		{ MG_OPT_FLAG, 0, "script", NULL, "the gnuplot script instead of the picture", &o.script },
		MG_COMMON_OPTS(&o.common),
	};
	const struct mg_tool tool = {
		.name = "mgplot",
		.summary = "draw tables over time, each as a panel on one clock axis",
		.usage = "[options] [series.tsv | -]...",
		.examples = "  mgplot -o graphs.png incident.report/series/*.tsv\n"
			    "  mgplot --format=txt incident.report/series/latency.tsv\n"
			    "  mgplot --script - <mine.tsv >mine.gp\n",
		.opts = table,
	};
	char **operands;
	int    n, rc = mg_opt_parse(&tool, argc, argv, &operands, &n);

	mg_session_begin();
	if (rc < 0)
		rc = mg_opt_stdin(&tool, &operands, &n);
	if (rc < 0)
		rc = run(&tool, &o, operands, n);
	mg_list_release(&o.common.limits);
	return rc;
}
