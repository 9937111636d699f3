/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>

#include "render/chart_internal.h"
#include "render/html_internal.h"
#include "render/text.h"

#define WIDTH    1280
#define CLOCK_W  80  /* one label of the clock needs so much */
#define LEGEND_H 13
#define LEGEND_CHARS 27
#define MARK_GAP 2   /* marks of one row closer than this are drawn once */

struct picture {
	struct mg_buf            *b;
	struct mg_chart          *c;
	const struct mg_findings *fs;
	struct mg_layout          l;
	struct mg_tics            x;
	struct mg_placed          placed[MG_LABELS_MAX];
	uint32_t                  nplaced, left_out;
	int                       rows; /* of labels */
};

/* At most `max` columns of `s` at x, y. */
static void text(struct mg_buf *b, double x, double y, const char *class, struct mg_str s,
		 size_t max)
{
	struct mg_buf cut = { 0 };

	mg_text_escape(&cut, s, max);
	mg_buf_printf(b, "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">", x, y, class);
	mg_html_text(b, mg_buf_str(&cut));
	mg_buf_addz(b, "</text>");
	mg_buf_release(&cut);
}

static void rect(struct mg_buf *b, double x, double y, double w, double h, const char *class)
{
	mg_buf_printf(b, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" class=\"%s\"",
		      x, y, w, h, class);
	mg_buf_addz(b, "/>");
}

/* --- findings: shades and labels ------------------------------------------------------- */

static void shades(struct picture *p, double bottom)
{
	for (uint32_t i = p->c->nspan; i-- > 0;) { /* the most important one on top */
		const struct mg_chart_span *s = &p->c->span[i];
		double                      x = mg_layout_x(&p->l, s->start_ns);
		double                      w = mg_layout_x(&p->l, s->end_ns) - x;
		char                        class[40];

		if (!s->shaded)
			continue;
		snprintf(class, sizeof(class), "shade %s", mg_html_severity(s->severity));
		rect(p->b, x, p->l.first_y, w > 1 ? w : 1, bottom - p->l.first_y, class);
	}
	mg_buf_addc(p->b, '\n');
}

static void label(struct picture *p, const struct mg_placed *at)
{
	const struct mg_chart_span *s = &p->c->span[at->span];
	double                      y = p->l.label_y + at->row * p->l.char_h;
	char                        class[40];

	if (s->number) {
		mg_buf_addz(p->b, "<a href=\"#");
		mg_html_anchor(p->b, p->fs, s->number - 1);
		mg_buf_addz(p->b, "\">");
	}
	snprintf(class, sizeof(class), "bar %s", mg_html_severity(s->severity));
	rect(p->b, at->from, y + 1, at->to - at->from, p->l.char_h - 2, class);
	text(p->b, at->x + p->l.char_w * 0.5, y + p->l.char_h * 0.5 + 4, "lb", s->label,
	     MG_LABEL_CHARS);
	mg_buf_addz(p->b, s->number ? "</a>\n" : "\n");
}

static void labels(struct picture *p)
{
	char   more[40];
	double x = p->l.left - p->l.char_w * 1.2, y = p->l.label_y + p->l.char_h * 0.5 + 4;

	if (p->nplaced == 0)
		return;
	text(p->b, x, y, "e", MG_STR("Findings"), 20);
	if (p->left_out) {
		snprintf(more, sizeof(more), "+%u more", p->left_out);
		text(p->b, x, y + p->l.char_h * (p->rows > 1 ? p->rows - 1 : 0), "e dim",
		     mg_strz(more), 20);
	}
	for (uint32_t i = 0; i < p->nplaced; i++)
		label(p, &p->placed[i]);
}

/* --- frames and axes -------------------------------------------------------------------- */

static double clock_x(const struct picture *p, double seconds)
{
	return p->l.left + (seconds - p->l.x0) / (p->l.x1 - p->l.x0) * (p->l.right - p->l.left);
}

static void clock_grid(struct picture *p, double top, double bottom)
{
	mg_buf_addz(p->b, "<path class=\"grid\" d=\"");
	for (int i = 0; i < p->x.n; i++)
		mg_buf_printf(p->b, "M%.1f %.1fV%.1f", clock_x(p, p->x.tic[i].at), top, bottom);
	mg_buf_addz(p->b, "\"/>\n");
}

/* What mg_html_layer does for a value, without a layer. */
static double tic_y(const struct mg_tics *t, double v, double top, double bottom)
{
	double part = t->log ? log(v / t->lo) / log(t->hi / t->lo) : (v - t->lo) / (t->hi - t->lo);

	return bottom - part * (bottom - top);
}

static void value_axis(struct picture *p, const struct mg_tics *t, double top, double bottom)
{
	mg_buf_addz(p->b, "<path class=\"grid\" d=\"");
	for (int i = 0; i < t->n; i++)
		mg_buf_printf(p->b, "M%.1f %.1fH%.1f", p->l.left, tic_y(t, t->tic[i].at, top, bottom),
			      p->l.right);
	mg_buf_addz(p->b, "\"/>");
	for (int i = 0; i < t->n; i++)
		text(p->b, p->l.left - 7, tic_y(t, t->tic[i].at, top, bottom) + 4, "e",
		     mg_strz(t->tic[i].text), 20);
	mg_buf_addc(p->b, '\n');
}

static void clock_axis(struct picture *p, double y)
{
	char          from[40], to[40];
	struct mg_buf name = { 0 };

	for (int i = 0; i < p->x.n; i++)
		text(p->b, clock_x(p, p->x.tic[i].at), y + 16, "m", mg_strz(p->x.tic[i].text), 24);
	mg_time_format(p->c->first_ns, 0, from, sizeof(from));
	mg_time_format(p->c->last_ns, 0, to, sizeof(to));
	from[10] = to[10] = '\0';
	mg_buf_printf(&name, "clock (UTC), %s", from);
	if (strcmp(from, to) != 0)
		mg_buf_printf(&name, " to %s", to);
	text(p->b, (p->l.left + p->l.right) / 2, y + 33, "m", mg_buf_str(&name), 60);
	mg_buf_release(&name);
}

/* --- legend and rules -------------------------------------------------------------------- */

struct legend {
	struct mg_buf *b;
	double         x, y;
};

static void legend_text(struct legend *g, struct mg_str s)
{
	text(g->b, g->x + 28, g->y + 4, "lg", s, LEGEND_CHARS);
	mg_buf_addc(g->b, '\n');
	g->y += LEGEND_H;
}

static void legend_layer(struct legend *g, const struct mg_layer *y)
{
	int  type = y->point > 0 ? y->point : 7;
	bool points = y->draw == MG_DRAW_POINTS || y->draw == MG_DRAW_DOTTED_LINE;

	if (y->draw == MG_DRAW_AREA || y->draw == MG_DRAW_STACK)
		mg_buf_printf(g->b, "<path class=\"%s i%d\" d=\"M%.1f %.1fh22v8h-22z\"/>",
			      y->draw == MG_DRAW_AREA ? "ar" : "fl", (int)y->ink, g->x, g->y - 4);
	else if (y->draw != MG_DRAW_POINTS)
		mg_buf_printf(g->b, "<path class=\"ln i%d d%d\" d=\"M%.1f %.1fh22\" "
			      "stroke-width=\"%.1f\"/>", (int)y->ink, y->dash, g->x, g->y,
			      y->width > 0 ? y->width : 1.4);
	if (points) {
		mg_buf_printf(g->b, "<path class=\"%s i%d\" d=\"",
			      mg_html_marker_filled(type) ? "fl" : "mk", (int)y->ink);
		mg_html_marker(g->b, type, g->x + 11, g->y, 3);
		mg_buf_addz(g->b, "\"/>");
	}
	legend_text(g, y->title);
}

static void rule(struct mg_buf *b, const struct mg_chart_rule *r, bool bar, double x, double w,
		 double y, double h)
{
	if (bar)
		mg_buf_printf(b, "<rect class=\"fl i%d\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
			      "height=\"%.1f\"/>", (int)r->ink, x, y, w < 1 ? 1 : w, h);
	else
		mg_buf_printf(b, "<path class=\"ln i%d d2\" d=\"M%.1f %.1fv%.1f\" "
			      "stroke-width=\"1.6\"/>", (int)r->ink, x, y, h);
}

static void rules(struct picture *p, const struct mg_panel *q, double top, double bottom,
		  struct legend *g)
{
	for (uint32_t i = 0; i < q->nrule; i++) {
		const struct mg_chart_rule *r = &q->rule[i];
		bool   bar = r->end_ns > r->start_ns, told = false;
		double x = mg_layout_x(&p->l, r->start_ns);

		for (uint32_t k = 0; k < i && !told; k++)
			told = strcmp(q->rule[k].title, r->title) == 0;
		if (!told) {
			rule(p->b, r, bar, bar ? g->x : g->x + 11, 22, bar ? g->y - 3 : g->y - 6,
			     bar ? 6 : 12);
			legend_text(g, mg_strz(r->title));
		}
		if (r->start_ns > p->c->last_ns ||
		    (bar ? r->end_ns : r->start_ns) < p->c->first_ns)
			continue;
		rule(p->b, r, bar, x, bar ? mg_layout_x(&p->l, r->end_ns) - x : 0, top,
		     bar ? (bottom - top) * 0.07 : bottom - top);
	}
}

/* --- panels ------------------------------------------------------------------------------- */

/* What the script needs to say the values under the pointer. */
static void open_values(struct picture *p, const struct mg_panel *q, const struct mg_tics *t,
			double top, double bottom)
{
	static const char *const units[] = { [MG_AXIS_NUMBER] = "number", [MG_AXIS_SECONDS] = "seconds",
					     [MG_AXIS_BYTES] = "bytes", [MG_AXIS_ROWS] = "rows" };

	mg_buf_printf(p->b, "<g class=\"p\" data-top=\"%.1f\" data-bottom=\"%.1f\" data-unit=\"%s\"", top,
		      bottom, units[q->axis]);
	if (q->nheat)
		mg_buf_printf(p->b, " data-lo=\"%.6g\" data-hi=\"%.6g\"", t->lo, t->hi);
	mg_buf_addz(p->b, ">\n");
}

static void value_panel(struct picture *p, const struct mg_panel *q, double top, double bottom)
{
	struct mg_tics       t;
	struct legend        g = { p->b, p->l.right + p->l.char_w * 1.5, top + 4 };
	struct mg_html_frame f = { p->c, &p->l, &t, top, bottom };

	mg_tics_y(p->c, q, &t);
	value_axis(p, &t, top, bottom);
	open_values(p, q, &t, top, bottom);
	if (q->nheat)
		g.y += mg_html_heat(p->b, &f, q, g.x, g.y);
	for (uint32_t i = 0; i < q->nlayer; i++) {
		mg_html_layer(p->b, &f, &q->layer[i]);
		legend_layer(&g, &q->layer[i]);
	}
	mg_buf_addz(p->b, "</g>\n");
	rules(p, q, top, bottom, &g);
}

static double row_y(const struct mg_panel *q, int row, double top, double bottom)
{
	return top + (row + 0.5) / q->nrow * (bottom - top);
}

static void mark(struct picture *p, const struct mg_panel *q, const struct mg_chart_mark *m,
		 double y)
{
	const struct mg_chart_row *r = &q->row[m->row];
	int                        type = r->point > 0 ? r->point : 7;
	char                       clock[24];
	double                     x = mg_layout_x(&p->l, m->start_ns);

	mg_buf_addz(p->b, "<path class=\"");
	if (m->end_ns > m->start_ns) {
		mg_buf_printf(p->b, "ln i%d\" stroke-width=\"5\" d=\"M%.1f %.1fH%.1f", (int)r->ink, x, y,
			      mg_layout_x(&p->l, m->end_ns));
	} else {
		mg_buf_printf(p->b, "%s i%d\" d=\"", mg_html_marker_filled(type) ? "fl" : "mk",
			      (int)r->ink);
		mg_html_marker(p->b, type, x, y, 3.8);
	}
	mg_buf_printf(p->b, "\"><title>%s ", mg_time_clock(m->start_ns, 3, clock, sizeof(clock)));
	mg_html_text(p->b, m->text.n ? m->text : r->title);
	mg_buf_addz(p->b, "</title></path>\n");
}

/* Marks are by row, then by time: of several in one place one is drawn. */
static void marks(struct picture *p, const struct mg_panel *q, double top, double bottom)
{
	double last = -1;
	int    row = -1;

	for (uint32_t i = 0; i < q->nmark; i++) {
		const struct mg_chart_mark *m = &q->mark[i];
		double                      x = mg_layout_x(&p->l, m->start_ns);
		bool                        bar = m->end_ns > m->start_ns;

		if (!bar && (m->start_ns < p->c->first_ns || m->start_ns > p->c->last_ns))
			continue;
		if (!bar && m->row == row && x - last < MARK_GAP)
			continue;
		row = m->row;
		last = x;
		mark(p, q, m, row_y(q, m->row, top, bottom));
	}
}

static void row_panel(struct picture *p, const struct mg_panel *q, double top, double bottom)
{
	struct mg_buf t = { 0 };
	uint32_t      next = 0;
	int64_t       at;

	for (uint32_t i = 0; i < q->nrow; i++)
		text(p->b, p->l.left - 7, row_y(q, (int)i, top, bottom) + 4, "e", q->row[i].title, 24);
	marks(p, q, top, bottom);
	while (mg_rows_text(p->c, &p->l, q, &next, &t, &at))
		text(p->b, mg_layout_x(&p->l, at) + 9,
		     row_y(q, q->mark[next - 1].row, top, bottom) + 4, "dim", mg_buf_str(&t),
		     MG_ROW_CHARS);
	mg_buf_release(&t);
}

static void panel(struct picture *p, const struct mg_panel *q, double top, double bottom)
{
	text(p->b, p->l.left, top - 8, "pt", q->title, mg_layout_chars(&p->l, p->l.left, p->l.right));
	mg_buf_addc(p->b, '\n');
	clock_grid(p, top, bottom);
	if (q->axis == MG_AXIS_ROWS)
		row_panel(p, q, top, bottom);
	else
		value_panel(p, q, top, bottom);
	mg_buf_printf(p->b, "<path class=\"frame\" d=\"M%.1f %.1fV%.1fH%.1f\"/>\n", p->l.left, top,
		      bottom, p->l.right);
}

/* --- the picture ---------------------------------------------------------------------------- */

static void open_svg(struct picture *p, const char *name, double bottom)
{
	mg_buf_printf(p->b, "<div class=\"wide plot\"><svg class=\"chart\" viewBox=\"0 0 %.0f %.0f\" "
		      "role=\"img\" aria-label=\"%s\" data-left=\"%.1f\" data-right=\"%.1f\" "
		      "data-top=\"%.1f\" data-bottom=\"%.1f\" data-x0=\"%.0f\" data-x1=\"%.0f\">\n",
		      p->l.width, p->l.height, name, p->l.left, p->l.right, p->l.label_y, bottom,
		      p->l.x0 * 1000, p->l.x1 * 1000);
}

void mg_html_chart(struct mg_buf *b, struct mg_chart *c, const struct mg_findings *fs,
		   const char *name)
{
	struct picture p = { .b = b, .c = c, .fs = fs };
	struct mg_str  footer = c->footer;
	double         top, bottom;

	c->picture = MG_PICTURE_SVG;
	c->width = WIDTH;
	c->title = c->footer = mg_str("", 0); /* the page has them */
	mg_layout_begin(c, &p.l);
	p.nplaced = mg_labels_place(c, &p.l, p.placed, &p.rows, &p.left_out);
	mg_layout_end(c, &p.l, p.rows);
	mg_tics_x(c, (int64_t)((p.l.right - p.l.left) / CLOCK_W), &p.x);
	top = bottom = p.l.first_y;
	for (uint32_t i = 0; i < c->npanel; i++)
		bottom += mg_panel_weight(&c->panel[i]) * p.l.scale + (i ? p.l.strip : 0);
	open_svg(&p, name, bottom);
	shades(&p, bottom);
	labels(&p);
	for (uint32_t i = 0; i < c->npanel; i++) {
		bottom = top + mg_panel_weight(&c->panel[i]) * p.l.scale;
		panel(&p, &c->panel[i], top, bottom);
		top = bottom + p.l.strip;
	}
	clock_axis(&p, bottom);
	mg_buf_addz(b, "</svg></div>\n");
	if (footer.n) {
		mg_buf_addz(b, "<p class=\"dim\">");
		mg_html_text(b, footer);
		mg_buf_addz(b, "</p>\n");
	}
}
