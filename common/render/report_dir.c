/* SPDX-License-Identifier: Apache-2.0 */
#include "render/report_dir.h"

#include <unistd.h>

#include "analysis/series.h"
#include "render/events.h"
#include "render/findings_json.h"
#include "render/html.h"
#include "render/plot.h"
#include "render/report.h"
#include "render/tsv.h"

#define SERIES_BUCKETS 600 /* a bucket every two to three pixels of the picture */

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

/* The series as tables, and the picture of them. */
static enum mg_status write_series(const struct report *r, bool *drawn, struct mg_err *err)
{
	struct mg_plot_opts po = { 0 };
	struct mg_err       why = { 0 };
	enum mg_status      st = mg_tsv_write_dir(r->dir, r->s, &why);

	if (st != MG_OK)
		return mg_err_set(err, MG_FATAL, "cannot write the series: %s", why.msg);
	if (r->o->no_plots)
		return MG_OK;
	st = mg_plot_timeline(r->dir, r->c, r->fs, r->s, &po, &why);
	*drawn = st == MG_OK;
	return *drawn ? MG_OK : mg_err_set(err, MG_SKIP, "no picture: %s", why.msg);
}

static void remove_pictures(const char *dir)
{
	struct mg_buf path = { 0 };

	unlink(path_in(&path, dir, "timeline.png"));
	unlink(path_in(&path, dir, "timeline.gp"));
	mg_buf_release(&path);
}

enum mg_status mg_report_dir_write(const char *dir, struct mg_case *c, const struct mg_findings *fs,
				   const struct mg_report_dir_opts *o, struct mg_buf *list,
				   struct mg_err *err)
{
	struct mg_series s = { 0 };
	struct report    r = { .dir = dir, .c = c, .fs = fs, .o = o };
	enum mg_status   st = mg_out_dir(dir, err);
	bool             drawn = false;

	if (st != MG_OK)
		return st;
	remove_pictures(dir);
	if (c->first_ns != MG_TIME_NONE) {
		mg_series_build(&s, c, c->first_ns, c->last_ns, SERIES_BUCKETS);
		r.s = &s;
	}
	for (size_t i = 0; st == MG_OK && i < sizeof(files) / sizeof(*files); i++)
		st = write_file(&r, i, err);
	if (st == MG_OK && r.s)
		st = write_series(&r, &drawn, err);
	mg_buf_printf(list, "%s/report.html  report.txt%s  findings.json  events.jsonl  series/", dir,
		      drawn ? "  timeline.png" : "");
	mg_series_release(&s);
	return st;
}
