/* SPDX-License-Identifier: Apache-2.0 */
#include "render/chart.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "render/chart_internal.h"
#include "render/gnuplot.h"

#define LEGEND_CHARS 27
#define TIME_FORMAT "%Y-%m-%dT%H:%M:%SZ"
#define MARK_COLUMNS 1500 /* marks of one row that fall into the same one are drawn once */

/* --- the chart ------------------------------------------------------------------ */

const char *mg_picture_suffix(enum mg_picture p)
{
	return p == MG_PICTURE_SVG ? "svg" : p == MG_PICTURE_TXT ? "txt" : "png";
}

bool mg_picture_parse(struct mg_str name, enum mg_picture *out)
{
	for (int p = MG_PICTURE_PNG; p <= MG_PICTURE_TXT; p++)
		if (mg_str_eq(name, mg_strz(mg_picture_suffix((enum mg_picture)p)))) {
			*out = (enum mg_picture)p;
			return true;
		}
	return false;
}

struct mg_panel *mg_chart_panel(struct mg_chart *c, struct mg_str title, enum mg_axis axis)
{
	struct mg_panel p = { .title = title, .axis = axis };

	MG_PUSH(c->panel, c->npanel, c->panel_cap, p);
	return &c->panel[c->npanel - 1];
}

struct mg_str mg_chart_printf(struct mg_chart *c, const char *fmt, ...)
{
	struct mg_buf b = { 0 };
	struct mg_str s;
	va_list       ap;

	va_start(ap, fmt);
	mg_buf_vprintf(&b, fmt, ap);
	va_end(ap);
	s = mg_arena_str(&c->arena, mg_buf_str(&b));
	mg_buf_release(&b);
	return s;
}

void mg_chart_release(struct mg_chart *c)
{
	for (uint32_t i = 0; i < c->npanel; i++) {
		free(c->panel[i].layer);
		free(c->panel[i].rule);
		free(c->panel[i].row);
		free(c->panel[i].mark);
	}
	free(c->panel);
	free(c->span);
	mg_arena_release(&c->arena);
	*c = (struct mg_chart){ 0 };
}

/* --- colours --------------------------------------------------------------------- */

static const char *ink(const struct mg_chart *c, enum mg_ink i)
{
	static const char *const light[MG_INKS] = { "#000000", "#e69f00", "#56b4e9", "#009e73",
						    "#0072b2", "#d55e00", "#cc79a7", "#808080",
						    "#c8c8c8" };
	static const char *const dark[MG_INKS] = { "#f0f0f0", "#e69f00", "#56b4e9", "#00b386",
						   "#4aa3df", "#ff7f2a", "#dd9cc0", "#a0a0a0",
						   "#505050" };

	return (c->theme == MG_THEME_DARK ? dark : light)[i < MG_INKS ? i : 0];
}

/* Text, paper, grid, less important text; then shades of a warning, error, critical. */
enum paint { TEXT, PAPER, GRID, DIM, SHADE_WARNING, SHADE_ERROR, SHADE_CRITICAL, PAINTS };

static const char *paint(const struct mg_chart *c, enum paint p)
{
	static const char *const light[PAINTS] = { "#202020", "#ffffff", "#e6e6e6", "#606060",
						   "#f6f1e2", "#fbe9dc", "#f9dccb" };
	static const char *const dark[PAINTS] = { "#e8e8e8", "#16181c", "#33363c", "#a8a8a8",
						  "#2e2b20", "#3a2a20", "#4a2c1e" };

	return (c->theme == MG_THEME_DARK ? dark : light)[p];
}

static const char *shade(const struct mg_chart *c, enum mg_severity s)
{
	return paint(c, s >= MG_SEV_CRITICAL ? SHADE_CRITICAL :
			s >= MG_SEV_ERROR    ? SHADE_ERROR : SHADE_WARNING);
}

/* --- layout ---------------------------------------------------------------------- */

double mg_seconds(int64_t ns)
{
	return (double)(ns / MG_SEC) + (double)(ns % MG_SEC) / (double)MG_SEC;
}

double mg_layout_x(const struct mg_layout *l, int64_t ns)
{
	double x = (mg_seconds(ns) - l->x0) / (l->x1 - l->x0);

	x = x < 0 ? 0 : x > 1 ? 1 : x;
	return l->left + x * (l->right - l->left);
}

static double weight(const struct mg_panel *p)
{
	return p->weight > 0 ? p->weight : 1;
}

/* Everything but the heights, which need to know how many rows the labels take. */
static void layout_begin(const struct mg_chart *c, struct mg_layout *l)
{
	bool   txt = c->picture == MG_PICTURE_TXT;
	double pad;

	l->char_w = txt ? 1 : 6.4;
	l->char_h = txt ? 1 : 16;
	l->width = c->width > 0 ? c->width : txt ? 160 : 1600;
	l->left = txt ? 20 : 140;
	l->right = l->width - (txt ? 30 : 205);
	if (l->right < l->left + 10)
		l->right = l->left + 10;
	l->strip = txt ? 2 : 28;
	l->x0 = mg_seconds(c->first_ns);
	l->x1 = mg_seconds(c->last_ns);
	pad = (l->x1 - l->x0) * 0.004;
	l->x0 -= pad > 0.5 ? pad : 0.5;
	l->x1 += pad > 0.5 ? pad : 0.5;
}

static void layout_end(const struct mg_chart *c, struct mg_layout *l, int label_rows)
{
	bool   txt = c->picture == MG_PICTURE_TXT;
	double title = c->title.n ? (txt ? 2 : 36) : (txt ? 0 : 6);
	double bottom = (txt ? 3 : 46) + (c->footer.n ? l->char_h + (txt ? 0 : 4) : 0);
	double fixed, sum = 0;

	l->label_y = title;
	l->first_y = title + label_rows * l->char_h + l->strip;
	for (uint32_t i = 0; i < c->npanel; i++)
		sum += weight(&c->panel[i]);
	fixed = l->first_y + bottom + (c->npanel - 1) * l->strip;
	l->scale = txt ? 9 : 118;
	l->height = c->height > 0 ? c->height : ceil(fixed + l->scale * sum);
	l->scale = (l->height - fixed) / sum;
	if (l->scale < (txt ? 3 : 20)) {
		l->scale = txt ? 3 : 20;
		l->height = ceil(fixed + l->scale * sum);
	}
}

/* A length from the top as gnuplot's screen coordinate. */
static double screen_y(const struct mg_layout *l, double y)
{
	return 1 - y / l->height;
}

/* --- script: head ------------------------------------------------------------------ */

static void terminal(const struct mg_chart *c, const struct mg_layout *l, struct mg_buf *out)
{
	const char *paper = paint(c, PAPER);
	int         w = (int)l->width, h = (int)l->height;

	switch (c->picture) {
	case MG_PICTURE_TXT:
		mg_buf_printf(out, "set term dumb noenhanced nofeed size %d,%d\n", w, h);
		break;
	case MG_PICTURE_SVG:
		mg_buf_printf(out, "set term svg noenhanced size %d,%d font 'sans-serif,11' "
			      "background rgb '%s'\n", w, h, paper);
		break;
	default:
		mg_buf_printf(out, "if (strstrt(GPVAL_TERMINALS, ' pngcairo ')) {\n"
			      "set term pngcairo noenhanced size %d,%d font 'Sans,9' "
			      "background rgb '%s'\n} else {\n"
			      "set term png noenhanced truecolor size %d,%d font 'Sans,9' "
			      "background rgb '%s'\n}\n", w, h, paper, w, h, paper);
	}
	if (c->output.n) {
		mg_buf_addz(out, "set output ");
		mg_gnuplot_str(out, c->output, 0);
		mg_buf_addc(out, '\n');
	}
}

static void head(const struct mg_chart *c, const struct mg_layout *l, struct mg_buf *out)
{
	mg_buf_addz(out, "# Draws alone: gnuplot -d <this file>, in its own directory.\nreset\n"
			 "set encoding utf8\n");
	terminal(c, l, out);
	mg_buf_addz(out, "set datafile separator \"\\t\"\n");
	/* x and y of column n; a column without a value must break a line, not bridge it */
	if (c->inline_data)
		mg_buf_addz(out, "t(d) = column(1) + d\n");
	else
		mg_buf_addz(out, "t(d) = timecolumn(1, '" TIME_FORMAT "') + d\n");
	mg_buf_addz(out, "y(n) = valid(n) ? column(n) : NaN\npos(n) = valid(n) && column(n) > 0 "
			 "? column(n) : NaN\n");
	mg_buf_printf(out, "set border 3 lc rgb '%s'\nset style fill solid 0.35 noborder\n",
		      paint(c, DIM));
	if (c->picture != MG_PICTURE_TXT)
		mg_buf_printf(out, "set grid xtics ytics lt 1 lw 1 dt 1 lc rgb '%s'\n",
			      paint(c, GRID));
	mg_buf_printf(out, "set tics scale 0.4 textcolor rgb '%s'\n", paint(c, TEXT));
	mg_buf_printf(out, "set lmargin at screen %.6f\nset rmargin at screen %.6f\n",
		      l->left / l->width, l->right / l->width);
	mg_buf_addz(out, "set multiplot\n");
}

/* --- script: texts above and below --------------------------------------------------- */

static void text_at(const struct mg_layout *l, double x, double y, const char *more,
		    struct mg_str s, size_t max, struct mg_buf *out)
{
	mg_buf_addz(out, "set label ");
	mg_gnuplot_str(out, s, max);
	mg_buf_printf(out, " at screen %.6f, screen %.6f %s\n", x / l->width, screen_y(l, y), more);
}

static size_t chars_between(const struct mg_layout *l, double x0, double x1)
{
	double n = (x1 - x0) / l->char_w;

	return n < 4 ? 4 : (size_t)n;
}

static void title_and_footer(const struct mg_chart *c, const struct mg_layout *l,
			     struct mg_buf *out)
{
	bool txt = c->picture == MG_PICTURE_TXT;
	char more[80];

	if (c->title.n) {
		snprintf(more, sizeof(more), "left textcolor rgb '%s'%s", paint(c, TEXT),
			 txt ? "" : " font ',12'");
		text_at(l, txt ? 1 : 14, txt ? 0.5 : 18, more, c->title,
			(size_t)((double)chars_between(l, 14, l->width) * (txt ? 1 : 0.72)), out);
	}
	if (c->footer.n) {
		snprintf(more, sizeof(more), "left textcolor rgb '%s'", paint(c, DIM));
		text_at(l, txt ? 1 : 14, l->height - (txt ? 0.5 : 11), more, c->footer,
			chars_between(l, 14, l->width), out);
	}
}

/* Labels of spans with their leaders; all stand in the first panel, so that each is drawn
 * once. */
static void span_labels(const struct mg_chart *c, const struct mg_layout *l,
			const struct mg_placed *at, uint32_t n, int rows, uint32_t left_out,
			struct mg_buf *out)
{
	char more[80];

	snprintf(more, sizeof(more), "left front textcolor rgb '%s'", paint(c, TEXT));
	for (uint32_t i = 0; i < n; i++) {
		double y = l->label_y + (rows - at[i].row - 0.5) * l->char_h;

		if (c->picture != MG_PICTURE_TXT)
			mg_buf_printf(out, "set arrow from screen %.6f, screen %.6f to screen %.6f, "
				      "screen %.6f nohead lw 1 lc rgb '%s'\n",
				      at[i].anchor / l->width, screen_y(l, y - l->char_h * 0.4),
				      at[i].anchor / l->width, screen_y(l, l->first_y),
				      ink(c, MG_INK_VERMILLION));
		text_at(l, at[i].x + l->char_w * 0.6, y, more, c->span[at[i].span].label,
			MG_LABEL_CHARS, out);
	}
	if (left_out) {
		struct mg_buf t = { 0 };

		mg_buf_printf(&t, "+%u more findings", left_out);
		snprintf(more, sizeof(more), "right textcolor rgb '%s'", paint(c, DIM));
		text_at(l, l->left - l->char_w, l->label_y + (rows - 0.5) * l->char_h, more,
			mg_buf_str(&t), 0, out);
		mg_buf_release(&t);
	}
}

/* --- script: one panel ----------------------------------------------------------------- */

/* Shading reaches up to the panel above. */
static void spans(const struct mg_chart *c, const struct mg_layout *l, double height, bool first,
		  struct mg_buf *out)
{
	double top = 1 + (first ? 0 : l->strip / height);

	if (c->picture == MG_PICTURE_TXT)
		return;
	/* Backwards, so that the most important lies on top; what is long is drawn before
	 * what is short by the caller's order. */
	for (uint32_t i = c->nspan; i-- > 0;) {
		const struct mg_chart_span *s = &c->span[i];
		double                      a = mg_layout_x(l, s->start_ns);
		double                      b = mg_layout_x(l, s->end_ns);

		if (b < a + 2)
			b = a + 2;
		mg_buf_printf(out, "set object rect from screen %.6f, graph 0 to screen %.6f, "
			      "graph %.4f behind noclip fc rgb '%s' fs solid 1 noborder\n",
			      a / l->width, b / l->width, top, shade(c, s->severity));
	}
}

static void rules(const struct mg_chart *c, const struct mg_panel *p, struct mg_buf *out)
{
	for (uint32_t i = 0; i < p->nrule; i++) {
		const struct mg_chart_rule *r = &p->rule[i];

		if (r->start_ns > c->last_ns || (r->end_ns < c->first_ns && r->start_ns < c->first_ns))
			continue;
		if (r->end_ns > r->start_ns && c->picture != MG_PICTURE_TXT)
			mg_buf_printf(out, "set object rect from %.3f, graph 0.93 to %.3f, graph 1 front "
				      "fc rgb '%s' fs solid 1 noborder\n",
				      mg_seconds(r->start_ns), mg_seconds(r->end_ns), ink(c, r->ink));
		else
			mg_buf_printf(out, "set arrow from %.3f, graph 0 to %.3f, graph 1 nohead front "
				      "lw 1.6 dt 2 lc rgb '%s'\n", mg_seconds(r->start_ns),
				      mg_seconds(r->start_ns), ink(c, r->ink));
	}
}

static void legend_rules(const struct mg_chart *c, const struct mg_panel *p, bool *first,
			 struct mg_buf *out)
{
	for (uint32_t i = 0; i < p->nrule; i++) {
		bool bar = p->rule[i].end_ns > p->rule[i].start_ns, seen = false;

		for (uint32_t k = 0; k < i && !seen; k++)
			seen = strcmp(p->rule[k].title, p->rule[i].title) == 0;
		if (seen)
			continue;
		mg_buf_printf(out, "%s NaN with lines lw %s lc rgb '%s' title ", *first ? "" : ", \\\n",
			      bar ? "7" : "1.6 dt 2", ink(c, p->rule[i].ink));
		mg_gnuplot_str(out, mg_strz(p->rule[i].title), LEGEND_CHARS);
		*first = false;
	}
}

static void data_source(const struct mg_chart *c, const struct mg_panel *p,
			const struct mg_table *t, struct mg_buf *out)
{
	if (c->inline_data)
		mg_buf_printf(out, "$p%u", (unsigned)(p - c->panel));
	else
		mg_buf_printf(out, "'series/%s.tsv' skip 2", t->name);
}

static void layer_style(const struct mg_chart *c, const struct mg_layer *y, struct mg_buf *out)
{
	const char *rgb = ink(c, y->ink);
	double      w = y->width > 0 ? y->width : 1.4;
	int         dash = y->dash > 0 ? y->dash : 1, point = y->point > 0 ? y->point : 7;

	switch (y->draw) {
	case MG_DRAW_AREA:
		mg_buf_printf(out, "with boxes lc rgb '%s'", rgb);
		break;
	case MG_DRAW_IMPULSES:
		mg_buf_printf(out, "with impulses lw %.1f lc rgb '%s'", w, rgb);
		break;
	case MG_DRAW_POINTS:
		mg_buf_printf(out, "with points pt %d ps 0.9 lc rgb '%s'", point, rgb);
		break;
	case MG_DRAW_STEPS:
		mg_buf_printf(out, "with steps lw %.1f dt %d lc rgb '%s'", w, dash, rgb);
		break;
	case MG_DRAW_DOTTED_LINE:
		mg_buf_printf(out, "with linespoints lw %.1f dt %d pt %d ps 0.5 lc rgb '%s'", w, dash,
			      point, rgb);
		break;
	default:
		/* the tiny point shows a value between two unknown ones */
		mg_buf_printf(out, "with linespoints lw %.1f dt %d pt 7 ps 0.15 lc rgb '%s'", w, dash,
			      rgb);
	}
}

static void layers(const struct mg_chart *c, const struct mg_panel *p, bool *first,
		   struct mg_buf *out)
{
	for (uint32_t i = 0; i < p->nlayer; i++) {
		const struct mg_layer *y = &p->layer[i];
		double half = y->draw == MG_DRAW_STEPS ? 0 : mg_seconds(y->t->step_ns) / 2;

		mg_buf_addz(out, *first ? " " : ", \\\n ");
		data_source(c, p, y->t, out);
		mg_buf_printf(out, " using (t(%.6g)):(%s(%u)) ", half, p->log ? "pos" : "y",
			      y->col + 2);
		layer_style(c, y, out);
		mg_buf_addz(out, " title ");
		mg_gnuplot_str(out, y->title, LEGEND_CHARS);
		*first = false;
	}
}

/* Numbers only: nothing of the input can end the block. */
static void inline_block(const struct mg_chart *c, uint32_t k, struct mg_buf *out)
{
	const struct mg_panel *p = &c->panel[k];
	const struct mg_table *t = p->nlayer ? p->layer[0].t : NULL;

	if (!t)
		return;
	mg_buf_printf(out, "$p%u << EOD\n", k);
	for (size_t i = 0; i < t->n; i++) {
		mg_buf_printf(out, "%.3f", mg_seconds(t->start_ns + (int64_t)i * t->step_ns));
		for (uint32_t col = 0; col < t->ncol; col++) {
			mg_buf_addc(out, '\t');
			if (isfinite(t->col[col].v[i]))
				mg_buf_printf(out, "%.10g", t->col[col].v[i]);
		}
		mg_buf_addc(out, '\n');
	}
	mg_buf_addz(out, "EOD\n");
}

/* --- script: rows of marks --------------------------------------------------------------- */

/* Marks as data: x, y.  Of several within a pixel and a row one is drawn. */
static void mark_block(const struct mg_chart *c, const struct mg_layout *l, uint32_t k,
		       uint32_t row, struct mg_buf *out)
{
	const struct mg_panel *p = &c->panel[k];
	long                   last = -1;

	mg_buf_printf(out, "$m%u_%u << EOD\n", k, row);
	for (uint32_t i = 0; i < p->nmark; i++) {
		const struct mg_chart_mark *m = &p->mark[i];
		long at = lround((mg_seconds(m->start_ns) - l->x0) / (l->x1 - l->x0) * MARK_COLUMNS);

		if (m->row != (int)row || at == last || m->start_ns < c->first_ns ||
		    m->start_ns > c->last_ns)
			continue;
		last = at;
		mg_buf_printf(out, "%.3f\t%u\n", mg_seconds(m->start_ns), row);
	}
	/* an empty block would be an error */
	mg_buf_addz(out, "NaN\tNaN\nEOD\n");
}

static void mark_bars(const struct mg_chart *c, const struct mg_panel *p, struct mg_buf *out)
{
	for (uint32_t i = 0; i < p->nmark; i++) {
		const struct mg_chart_mark *m = &p->mark[i];
		int64_t from = m->start_ns < c->first_ns ? c->first_ns : m->start_ns;
		int64_t to = m->end_ns > c->last_ns ? c->last_ns : m->end_ns;

		if (to > from)
			mg_buf_printf(out, "set arrow from %.3f, %d to %.3f, %d nohead lw 4 lc rgb "
				      "'%s'\n", mg_seconds(from), m->row, mg_seconds(to), m->row,
				      ink(c, p->row[m->row].ink));
	}
}

/* A text beside its mark, where it ends before the next mark of its row begins. */
static void mark_texts(const struct mg_chart *c, const struct mg_layout *l,
		       const struct mg_panel *p, struct mg_buf *out)
{
	for (uint32_t i = 0; i < p->nmark; i++) {
		const struct mg_chart_mark *m = &p->mark[i];
		double from = mg_layout_x(l, m->end_ns > m->start_ns ? m->end_ns : m->start_ns);
		double limit = l->width, need;

		if (m->text.n == 0 || m->start_ns < c->first_ns || m->start_ns > c->last_ns)
			continue;
		need = (double)mg_gnuplot_chars(m->text, 40) * l->char_w + 2 * l->char_w;
		/* marks come by row, then by time */
		if (i + 1 < p->nmark && p->mark[i + 1].row == m->row)
			limit = mg_layout_x(l, p->mark[i + 1].start_ns);
		if (from + need > limit)
			continue;
		mg_buf_addz(out, "set label ");
		mg_gnuplot_str(out, m->text, 40);
		mg_buf_printf(out, " at %.3f, %d left offset character 1, 0 textcolor rgb '%s'%s\n",
			      mg_seconds(m->end_ns > m->start_ns ? m->end_ns : m->start_ns), m->row,
			      paint(c, DIM), c->picture == MG_PICTURE_TXT ? "" : " font ',8'");
	}
}

static void rows(const struct mg_chart *c, uint32_t k, struct mg_buf *out)
{
	const struct mg_panel *p = &c->panel[k];

	for (uint32_t r = 0; r < p->nrow; r++)
		mg_buf_printf(out, "%s $m%u_%u using 1:2 with points pt %d ps 1 lc rgb '%s' notitle",
			      r ? ", \\\n" : "", k, r, p->row[r].point > 0 ? p->row[r].point : 7,
			      ink(c, p->row[r].ink));
}

/* --- script: all --------------------------------------------------------------------------- */

static void panel_title(const struct mg_chart *c, const struct mg_layout *l, double top,
			const struct mg_panel *p, struct mg_buf *out)
{
	bool txt = c->picture == MG_PICTURE_TXT;
	char more[80];

	snprintf(more, sizeof(more), "left front textcolor rgb '%s'%s", paint(c, TEXT),
		 txt ? "" : " font ',10'");
	text_at(l, l->left, top - (txt ? 0.5 : 9), more, p->title,
		chars_between(l, l->left, l->right), out);
}

static double boxwidth(const struct mg_panel *p)
{
	for (uint32_t i = 0; i < p->nlayer; i++)
		if (p->layer[i].draw == MG_DRAW_AREA)
			return mg_seconds(p->layer[i].t->step_ns);
	return 1;
}

/* What a panel draws over and under its data. */
static void panel_data(const struct mg_chart *c, const struct mg_layout *l, uint32_t k,
		       struct mg_buf *out)
{
	const struct mg_panel *p = &c->panel[k];
	bool                   first = true;

	if (p->axis == MG_AXIS_ROWS) {
		for (uint32_t r = 0; r < p->nrow; r++)
			mark_block(c, l, k, r, out);
		mark_bars(c, p, out);
		mark_texts(c, l, p, out);
		mg_buf_addz(out, "unset key\nplot");
		rows(c, k, out);
		mg_buf_addz(out, p->nrow ? "\n" : " NaN notitle\n");
		return;
	}
	if (c->inline_data)
		inline_block(c, k, out);
	rules(c, p, out);
	mg_buf_printf(out, "set boxwidth %.6g\nplot", boxwidth(p));
	layers(c, p, &first, out);
	legend_rules(c, p, &first, out);
	mg_buf_addz(out, first ? " NaN notitle\n" : "\n");
}

static void legend(const struct mg_chart *c, const struct mg_layout *l, double top,
		   struct mg_buf *out)
{
	bool txt = c->picture == MG_PICTURE_TXT;

	mg_buf_printf(out, "set key at screen %.6f, screen %.6f left top vertical Left reverse "
		      "noenhanced samplen %s spacing %s textcolor rgb '%s'%s\n",
		      (l->right + l->char_w * (txt ? 1 : 1.5)) / l->width,
		      screen_y(l, top - (txt ? 0 : 4)), txt ? "1" : "2", txt ? "1" : "0.95",
		      paint(c, TEXT), txt ? "" : " font ',9'");
}

void mg_chart_script(struct mg_chart *c, struct mg_buf *out)
{
	struct mg_layout l;
	struct mg_placed at[MG_LABELS_MAX];
	int              label_rows;
	uint32_t         left_out, n;
	double           top;

	layout_begin(c, &l);
	n = mg_labels_place(c, &l, at, &label_rows, &left_out);
	layout_end(c, &l, label_rows);
	head(c, &l, out);
	top = l.first_y;
	for (uint32_t k = 0; k < c->npanel; k++) {
		double height = weight(&c->panel[k]) * l.scale;

		mg_buf_printf(out, "\n# panel %u\nunset label\nunset object\nunset arrow\n", k + 1);
		mg_buf_printf(out, "set tmargin at screen %.6f\nset bmargin at screen %.6f\n",
			      screen_y(&l, top), screen_y(&l, top + height));
		mg_axis_x(c, &l, k + 1 == c->npanel, out);
		mg_axis_y(c, &c->panel[k], out);
		if (k == 0) {
			title_and_footer(c, &l, out);
			span_labels(c, &l, at, n, label_rows, left_out, out);
		}
		spans(c, &l, height, k == 0, out);
		panel_title(c, &l, top, &c->panel[k], out);
		legend(c, &l, top, out);
		panel_data(c, &l, k, out);
		top += height + l.strip;
	}
	mg_buf_addz(out, "unset multiplot\nunset output\n");
}
