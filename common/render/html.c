/* SPDX-License-Identifier: Apache-2.0 */
#include "render/html.h"

#include <stdio.h>

#include "render/finding_text.h"
#include "render/html_internal.h"
#include "render/tables.h"

/* --- head -------------------------------------------------------------------------------- */

static void input_name(struct mg_buf *b, const struct mg_case *c)
{
	struct mg_str s = c->ninputs ? c->inputs[0].operand : MG_STR("-");

	while (s.n > 1 && s.p[s.n - 1] == '/')
		s.n--;
	s = mg_str_basename(s);
	mg_html_text(b, s.n && !mg_str_eq(s, MG_STR("-")) ? s : MG_STR("standard input"));
	if (c->ninputs > 1)
		mg_buf_printf(b, " and %u more", c->ninputs - 1);
}

static void head(struct mg_html_page *p)
{
	mg_buf_printf(&p->b, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		"style-src 'sha256-%s'; script-src 'sha256-%s'; base-uri 'none'; form-action 'none'\">\n"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		"<meta name=\"color-scheme\" content=\"light dark\">\n"
		"<meta name=\"referrer\" content=\"no-referrer\">\n<title>", mg_html_css_hash,
		mg_html_js_hash);
	input_name(&p->b, p->c);
	mg_buf_addz(&p->b, " \xe2\x80\x93 incident report</title>\n<style>");
	mg_buf_addz(&p->b, mg_html_css);
	mg_buf_addz(&p->b, "</style>\n</head>\n<body>\n");
}

/* The lines of the text heading: the inputs, then span, nodes and versions. */
static void heading(struct mg_html_page *p)
{
	struct mg_buf t = { 0 };
	struct mg_str rest, line;
	bool          more = true;

	mg_heading(&t, p->c, 0);
	rest = mg_buf_str(&t);
	mg_buf_addz(&p->b, "<header>\n<h1>");
	input_name(&p->b, p->c);
	mg_buf_addz(&p->b, "</h1>\n");
	while (more) {
		more = mg_str_cut(rest, '\n', &line, &rest);
		mg_buf_addz(&p->b, more ? "<p class=\"dim\">" : "<p>");
		mg_html_text(&p->b, line);
		mg_buf_addz(&p->b, "</p>\n");
	}
	mg_buf_addz(&p->b, "</header>\n");
	mg_buf_release(&t);
}

static void navigation(struct mg_html_page *p)
{
	mg_buf_addz(&p->b, "<nav>");
	mg_buf_printf(&p->b, "<a href=\"#findings\">Findings (%u)</a>", p->fs->n);
	mg_buf_addz(&p->b, "<a href=\"#timeline\">Timeline</a>"
		"<a href=\"#pictures\">Pictures</a><a href=\"#tables\">Numbers</a>"
		"<a href=\"#unknown\">Not known</a><a href=\"#coverage\">Coverage</a>"
		"<a href=\"#events\">Events</a></nav>\n<main>\n");
}

static void verdict(struct mg_html_page *p, const struct mg_coverage *cov)
{
	struct mg_buf t = { 0 };

	mg_finding_text_verdict(&t, p->c, p->fs, cov, p->notable > 0);
	mg_buf_addz(&p->b, "<section id=\"verdict\">\n<h2>Verdict</h2>\n<p>");
	mg_html_prose(&p->b, mg_buf_str(&t));
	mg_buf_addz(&p->b, "</p>\n");
	if (p->notable) {
		mg_buf_clear(&t);
		mg_heading_looked_at(&t, p->c, cov);
		mg_buf_addz(&p->b, "<p class=\"dim\">Looked at ");
		mg_html_text(&p->b, mg_buf_str(&t));
		mg_buf_addz(&p->b, ".</p>\n");
	}
	mg_html_section_end(p);
	mg_buf_release(&t);
}

/* --- sections ------------------------------------------------------------------------------ */

/* A grid under its own title, released; its words where it is empty. */
static void grid(struct mg_html_page *p, const char *id, const char *title, struct mg_grid *g,
		 bool any, int code)
{
	if (any) {
		mg_buf_printf(&p->b, "<h3 id=\"%s\">%s</h3>\n", id, title);
		mg_html_grid(&p->b, g, code);
	}
	mg_grid_release(g);
}

static void tables(struct mg_html_page *p)
{
	struct mg_buf none = { 0 };

	mg_html_section(p, "tables", "Numbers");
	for (size_t i = 0; i < MG_TABLES; i++) {
		const struct mg_tables_entry *e = &mg_tables[i];
		struct mg_grid                g;
		char                          id[40];
		bool                          any = e->fill(&g, p->c, e->page_rows);

		snprintf(id, sizeof(id), "t-%s", e->id);
		grid(p, id, e->title, &g, any, -1);
		if (!any)
			mg_buf_printf(&none, "%s%s", none.n ? "; " : "", e->title);
	}
	if (none.n) {
		mg_buf_addz(&p->b, "<p class=\"dim\">No data for: ");
		mg_html_text(&p->b, mg_buf_str(&none));
		mg_buf_addz(&p->b, ".</p>\n");
	}
	mg_html_section_end(p);
	mg_buf_release(&none);
}

static void unknown(struct mg_html_page *p, const struct mg_coverage *cov)
{
	struct mg_grid g;
	bool           any;

	mg_html_section(p, "unknown", "Not known");
	any = mg_tables_not_assessed(&g, p->fs);
	grid(p, "not-assessed", "Not assessed", &g, any, -1);
	if (!any)
		mg_buf_addz(&p->b, "<p>Every rule could look.</p>\n");
	if (p->fs->nblind_spots)
		mg_buf_addz(&p->b, "<h3 id=\"blind\">Blind spots</h3>\n<ul>\n");
	for (uint32_t i = 0; i < p->fs->nblind_spots; i++) {
		mg_buf_addz(&p->b, "<li>");
		mg_html_prose(&p->b, p->fs->blind_spots[i]);
		mg_buf_addz(&p->b, "</li>\n");
	}
	if (p->fs->nblind_spots)
		mg_buf_addz(&p->b, "</ul>\n");
	any = mg_tables_missing(&g, cov);
	grid(p, "missing", "Missing, and how to collect it", &g, any, 1);
	mg_html_section_end(p);
}

/* Sources that fell silent, in the words of their events. */
static void gaps(struct mg_html_page *p)
{
	bool any = false;

	for (size_t i = 0; i < p->c->events.n; i++) {
		const struct mg_event *e = &p->c->events.ev[i];

		if (e->kind != MG_EV_GAP)
			continue;
		mg_buf_addz(&p->b, any ? "<li>" : "<h3 id=\"gaps\">Gaps</h3>\n<ul>\n<li>");
		mg_clock_interval(&p->b, p->clock, e->time_ns, mg_event_end(e));
		mg_buf_addc(&p->b, ' ');
		mg_html_text(&p->b, e->message);
		mg_buf_addc(&p->b, ' ');
		mg_html_place(&p->b, mg_case_path(p->c, e->artifact), e->line);
		mg_buf_addz(&p->b, "</li>\n");
		any = true;
	}
	if (any)
		mg_buf_addz(&p->b, "</ul>\n");
}

static void coverage(struct mg_html_page *p, const struct mg_coverage *cov)
{
	struct mg_grid g;
	bool           any;

	mg_html_section(p, "coverage", "Coverage");
	mg_tables_coverage(&g, p->c, cov);
	mg_html_grid(&p->b, &g, -1);
	mg_grid_release(&g);
	if (cov->empty)
		mg_buf_printf(&p->b, "<p>0 bytes: %u of %u files.</p>\n", cov->empty, cov->files);
	if (p->c->outliers)
		mg_buf_printf(&p->b, "<p>Outside of the span above: %llu events.</p>\n",
			      (unsigned long long)p->c->outliers);
	gaps(p);
	any = mg_tables_faults(&g, p->c);
	grid(p, "faults", "Faults of the input", &g, any, -1);
	mg_html_section_end(p);
}

static void foot(struct mg_html_page *p)
{
	mg_buf_addz(&p->b, "</main>\n<footer><p>Times are UTC. Beside this page: <code>report.txt</code>, "
			   "<code>findings.json</code>, <code>events.jsonl</code>, "
			   "<code>series/*.tsv</code>.");
	if (p->opt->version) {
		mg_buf_addz(&p->b, " mgtools ");
		mg_html_text(&p->b, mg_strz(p->opt->version));
		mg_buf_addc(&p->b, '.');
	}
	mg_buf_addz(&p->b, "</p></footer>\n<script>");
	mg_buf_addz(&p->b, mg_html_js);
	mg_buf_addz(&p->b, "</script>\n</body>\n</html>\n");
}

void mg_render_html(struct mg_out *o, const struct mg_case *c, const struct mg_findings *fs,
		    const struct mg_html_opts *opt)
{
	struct mg_html_page p = { .c = c, .fs = fs, .opt = opt, .clock = mg_clock_of(c) };
	struct mg_coverage  cov;

	mg_coverage_build(&cov, c);
	mg_outline_build(&p.outline, fs, MG_SEV_WARNING, &p.notable);
	head(&p);
	heading(&p);
	navigation(&p);
	verdict(&p, &cov);
	mg_html_findings(&p);
	mg_html_timeline(&p);
	mg_html_pictures(&p);
	tables(&p);
	unknown(&p, &cov);
	coverage(&p, &cov);
	mg_html_events(&p);
	foot(&p);
	mg_out_add(o, mg_buf_str(&p.b));
	mg_buf_release(&p.b);
	mg_outline_release(&p.outline);
	mg_coverage_release(&cov);
}
