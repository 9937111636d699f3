/* SPDX-License-Identifier: Apache-2.0 */
#include "render/html_internal.h"
#include "render/text.h"

static const char *entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void mg_html_text(struct mg_buf *b, struct mg_str s)
{
	struct mg_buf clean = { 0 };
	size_t        from = 0;

	mg_text_escape(&clean, s, MG_TEXT_ALL);
	for (size_t i = 0; i < clean.n; i++) {
		const char *e = entity(clean.p[i]);

		if (!e)
			continue;
		mg_buf_add(b, mg_str(clean.p + from, i - from));
		mg_buf_addz(b, e);
		from = i + 1;
	}
	mg_buf_add(b, mg_str_from(mg_buf_str(&clean), from));
	mg_buf_release(&clean);
}

void mg_html_prose(struct mg_buf *b, struct mg_str s)
{
	struct mg_str head, rest, code, tail;

	while (mg_str_cut(s, '`', &head, &rest) && mg_str_cut(rest, '`', &code, &tail)) {
		mg_html_text(b, head);
		mg_buf_addz(b, "<code>");
		mg_html_text(b, code);
		mg_buf_addz(b, "</code>");
		s = tail;
	}
	/* an odd backtick stays what it is */
	mg_html_text(b, s);
}

void mg_html_place(struct mg_buf *b, struct mg_str path, uint64_t line)
{
	struct mg_str part;
	bool          more = true;

	mg_buf_addz(b, "<code class=\"where\">");
	while (more) {
		more = mg_str_cut(path, '/', &part, &path);
		mg_html_text(b, part);
		if (more)
			mg_buf_addz(b, "/<wbr>");
	}
	if (line)
		mg_buf_printf(b, ":%llu", (unsigned long long)line);
	mg_buf_addz(b, "</code>");
}

void mg_html_short_place(struct mg_buf *b, struct mg_str path, uint64_t line, size_t cols)
{
	struct mg_buf whole = { 0 }, text = { 0 };

	mg_text_place(&whole, path, line, MG_TEXT_ALL);
	mg_text_place(&text, path, line, cols);
	mg_buf_addz(b, "<code");
	if (!mg_str_eq(mg_buf_str(&whole), mg_buf_str(&text))) {
		mg_buf_addz(b, " title=\"");
		mg_html_text(b, mg_buf_str(&whole));
		mg_buf_addc(b, '"');
	}
	mg_buf_addc(b, '>');
	mg_html_text(b, mg_buf_str(&text));
	mg_buf_addz(b, "</code>");
	mg_buf_release(&whole);
	mg_buf_release(&text);
}

void mg_html_time(struct mg_html_page *p, int64_t ns, int digits)
{
	char iso[40];

	if (ns == MG_TIME_NONE) {
		mg_buf_addz(&p->b, "\xe2\x80\x93");
		return;
	}
	mg_buf_printf(&p->b, "<time title=\"%s\">", mg_time_format(ns, 9, iso, sizeof(iso)));
	mg_clock_point(&p->b, p->clock, ns, digits);
	mg_buf_addz(&p->b, "</time>");
}

void mg_html_section(struct mg_html_page *p, const char *id, const char *title)
{
	mg_buf_printf(&p->b, "\n<section id=\"%s\">\n<h2>%s<a class=\"anchor\" href=\"#%s\" "
		      "aria-label=\"link to this section\">#</a></h2>\n", id, title, id);
}

void mg_html_section_end(struct mg_html_page *p)
{
	mg_buf_addz(&p->b, "</section>\n");
}

/* How the cells of a column behave: numbers to the right, times and places whole, the
 * flexible column broken anywhere. */
static const char *class_of(const struct mg_grid *g, unsigned c)
{
	static const char *const times[] = { "start", "first", "last", "time", "minute" };

	if (g->align[c] == MG_RIGHT)
		return " class=\"n\"";
	if ((int)c == g->flex)
		return " class=\"flex\"";
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		if (mg_str_eq(g->cell[c], mg_strz(times[i])))
			return " class=\"t\"";
	return g->place[c] ? " class=\"t\"" : "";
}

static void cell(struct mg_buf *b, const struct mg_grid *g, size_t i, int code)
{
	unsigned      c = (unsigned)(i % g->ncol);
	struct mg_str s = g->cell[i];

	/* on a narrow window rows are cards, whose cells say what they are */
	mg_buf_printf(b, "<td%s data-h=\"", class_of(g, c));
	mg_html_text(b, g->cell[c]);
	mg_buf_addz(b, "\">");
	if (g->place[c]) {
		mg_html_short_place(b, s, 0, g->place[c]);
	} else if ((int)c == code && s.n) {
		mg_buf_addz(b, "<code>");
		mg_html_text(b, s);
		mg_buf_addz(b, "</code>");
	} else {
		mg_html_prose(b, s);
	}
	mg_buf_addz(b, "</td>");
}

void mg_html_grid(struct mg_buf *b, const struct mg_grid *g, int code)
{
	mg_buf_addz(b, "<div class=\"wide\"><table>\n<thead><tr>");
	for (unsigned c = 0; c < g->ncol; c++) {
		mg_buf_printf(b, "<th%s>", class_of(g, c));
		mg_html_text(b, g->cell[c]);
		mg_buf_addz(b, "</th>");
	}
	mg_buf_addz(b, "</tr></thead>\n<tbody>\n");
	for (size_t i = g->ncol; i + g->ncol <= g->n; i += g->ncol) {
		mg_buf_addz(b, "<tr>");
		for (unsigned c = 0; c < g->ncol; c++)
			cell(b, g, i + c, code);
		mg_buf_addz(b, "</tr>\n");
	}
	mg_buf_addz(b, "</tbody></table></div>\n");
	if (g->more)
		mg_buf_printf(b, "<p class=\"more\">\xe2\x80\xa6 and %zu more</p>\n", g->more);
}

const char *mg_html_severity(enum mg_severity s)
{
	return mg_severity_name(s);
}

void mg_html_anchor(struct mg_buf *b, const struct mg_findings *fs, uint32_t finding)
{
	struct mg_str id = mg_strz(fs->f[finding].id);
	unsigned      nth = 1;

	for (uint32_t i = 0; i < finding; i++)
		nth += mg_str_eq(mg_strz(fs->f[i].id), id);
	mg_buf_addz(b, "f-");
	for (size_t i = 0; i < id.n; i++) /* rules may come from files: only what an id may hold */
		mg_buf_addc(b, mg_is_digit(id.p[i]) || (id.p[i] >= 'a' && id.p[i] <= 'z') ? id.p[i] : '-');
	if (nth > 1)
		mg_buf_printf(b, "-%u", nth);
}
