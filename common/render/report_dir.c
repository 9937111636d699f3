/* SPDX-License-Identifier: Apache-2.0 */
#include "render/report_dir.h"

#include <errno.h>
#include <unistd.h>

#include "analysis/series.h"
#include "render/events.h"
#include "render/findings_json.h"
#include "render/html.h"
#include "render/plot.h"
#include "render/report.h"
#include "render/tsv.h"

/* All that the files are made of. */
struct report {
	const char               *dir;
	struct mg_case           *c;
	const struct mg_findings *fs;
	const struct mg_series   *s; /* NULL: no time in the data */
	const struct mg_report_dir_opts *o;
};

static const char *path_in(struct mg_buf *b, const char *dir, const char *name)
{
	mg_buf_clear(b);
	mg_buf_printf(b, "%s/%s", dir, name);
	return b->p;
}

static void write_text(struct mg_out *out, const struct report *r)
{
	mg_render_report(out, r->c, r->fs, &(struct mg_render_opts){ 0 });
}

static void write_findings(struct mg_out *out, const struct report *r)
{
	mg_render_findings_json(out, r->c, r->fs);
}

static void write_events(struct mg_out *out, const struct report *r)
{
	mg_render_events(out, r->c, MG_EVENTS_JSONL, NULL, NULL, 0);
}

static void write_page(struct mg_out *out, const struct report *r)
{
	mg_render_html(out, r->c, r->fs,
		       &(struct mg_html_opts){ .series = r->s, .version = r->o->version });
}

static const struct {
	const char *name;
	void (*write)(struct mg_out *out, const struct report *r);
} files[] = {
	{ "report.html", write_page },
	{ "report.txt", write_text },
	{ "findings.json", write_findings },
	{ "events.jsonl", write_events },
};

static enum mg_status write_file(const struct report *r, size_t i, struct mg_err *err)
{
	struct mg_buf path = { 0 };
	struct mg_out out;
	enum mg_status st = mg_out_file(&out, path_in(&path, r->dir, files[i].name));

	if (st == MG_OK) {
		files[i].write(&out, r);
		st = mg_out_close(&out);
	}
	mg_buf_release(&path);
	return st == MG_OK ? MG_OK : mg_err_set(err, MG_FATAL, "%s", out.err.msg);
}

/* One picture of each kind that has data; `list` gets their names. */
static enum mg_status draw_all(const struct report *r, struct mg_buf *list, struct mg_err *err)
{
	enum mg_status worst = MG_OK;

	for (int p = 0; p < MG_PLOTS; p++) {
		struct mg_plot_opts o = { .plot = (enum mg_plot)p };
		struct mg_err       why = { 0 };
		enum mg_status      st = mg_plot_draw(r->dir, r->c, r->fs, r->s, &o, &why);

		if (st == MG_OK)
			mg_buf_printf(list, "  %s.png", mg_plot_name(o.plot));
		else if (st == MG_FATAL)
			return mg_err_set(err, st, "%s", why.msg);
		else if (worst == MG_OK && (st != MG_SKIP || p == MG_PLOT_TIMELINE))
			worst = mg_err_set(err, MG_SKIP, "no %s.png: %s", mg_plot_name(o.plot), why.msg);
		if (why.sys_errno == ETIMEDOUT) /* the next ones would hang as well */
			break;
	}
	return worst;
}

static void remove_pictures(const char *dir)
{
	struct mg_buf path = { 0 };

	for (int p = 0; p < MG_PLOTS; p++) {
		mg_buf_clear(&path);
		mg_buf_printf(&path, "%s/%s.png", dir, mg_plot_name((enum mg_plot)p));
		unlink(path.p);
		memcpy(path.p + path.n - 3, "gp", 3);
		unlink(path.p);
	}
	mg_buf_release(&path);
}

enum mg_status mg_report_dir_write(const char *dir, struct mg_case *c, const struct mg_findings *fs,
				   const struct mg_report_dir_opts *o, struct mg_buf *list,
				   struct mg_err *err)
{
	struct mg_series s = { 0 };
	struct report    r = { .dir = dir, .c = c, .fs = fs, .o = o };
	enum mg_status   st = mg_out_dir(dir, err);
	struct mg_buf    pictures = { 0 };
	struct mg_err    why = { 0 };

	if (st != MG_OK)
		return st;
	remove_pictures(dir);
	if (c->first_ns != MG_TIME_NONE) {
		mg_series_build(&s, c, c->first_ns, c->last_ns, MG_PLOT_BUCKETS);
		r.s = &s;
	}
	for (size_t i = 0; st == MG_OK && i < sizeof(files) / sizeof(*files); i++)
		st = write_file(&r, i, err);
	if (st == MG_OK && r.s && mg_tsv_write_dir(dir, r.s, &why) != MG_OK)
		st = mg_err_set(err, MG_FATAL, "cannot write the series: %s", why.msg);
	if (st == MG_OK && r.s && !o->no_plots)
		st = draw_all(&r, &pictures, err);
	mg_buf_printf(list, "%s/report.html  report.txt%s  findings.json  events.jsonl  series/", dir,
		      pictures.n ? pictures.p : "");
	mg_buf_release(&pictures);
	mg_series_release(&s);
	return st;
}
