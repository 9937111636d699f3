/* SPDX-License-Identifier: Apache-2.0 */
#include "render/chart.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/num.h"
#include "render/chart_internal.h"
#include "render/gnuplot.h"

#define TIME_FORMAT "%Y-%m-%dT%H:%M:%SZ"

/* --- the chart ------------------------------------------------------------------ */

const char *mg_picture_suffix(enum mg_picture p)
{
	return p == MG_PICTURE_SVG ? "svg" : p == MG_PICTURE_TXT ? "txt" : "png";
}

bool mg_picture_size_parse(struct mg_str text, int *w, int *h)
{
	struct mg_str a, b;
	uint64_t      x, y;

	if (!mg_str_cut(text, 'x', &a, &b) || !mg_num_u64(a, &x) || !mg_num_u64(b, &y) ||
	    x < 40 || x > 20000 || y < 10 || y > 20000)
		return false;
	*w = (int)x;
	*h = (int)y;
	return true;
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

static void release_panel(struct mg_panel *p)
{
	free(p->layer);
	free(p->rule);
	free(p->row);
	free(p->mark);
	free(p->heat);
}

void mg_chart_drop_panel(struct mg_chart *c)
{
	release_panel(&c->panel[--c->npanel]);
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
	for (uint32_t i = 0; i < c->npanel; i++)
		release_panel(&c->panel[i]);
	free(c->panel);
	free(c->span);
	mg_arena_release(&c->arena);
	*c = (struct mg_chart){ 0 };
}

/* --- colours --------------------------------------------------------------------- */

const char *mg_chart_ink(const struct mg_chart *c, enum mg_ink i)
{
	static const char *const light[MG_INKS] = { "#000000", "#e69f00", "#56b4e9", "#009e73",
						    "#0072b2", "#d55e00", "#cc79a7", "#808080",
						    "#c8c8c8" };
	static const char *const dark[MG_INKS] = { "#f0f0f0", "#e69f00", "#56b4e9", "#00b386",
						   "#4aa3df", "#ff7f2a", "#dd9cc0", "#a0a0a0",
						   "#505050" };

	return (c->theme == MG_THEME_DARK ? dark : light)[i < MG_INKS ? i : 0];
}

/* In the order of enum mg_paint; a shade is the pale form of its bar. */
const char *mg_chart_paint(const struct mg_chart *c, enum mg_paint p)
{
	static const char *const light[MG_PAINTS] = { "#202020", "#ffffff", "#e6e6e6", "#606060",
						      "#f8f4e6", "#fcefe4", "#fbe6d9",
						      "#f3e3ac", "#f9cfae", "#f4b48c" };
	static const char *const dark[MG_PAINTS] = { "#e8e8e8", "#16181c", "#33363c", "#a8a8a8",
						     "#28261d", "#2f2520", "#3a261c",
						     "#5a5028", "#6b4628", "#85421c" };

	return (c->theme == MG_THEME_DARK ? dark : light)[p];
}

/* --- script: head ------------------------------------------------------------------ */

static void terminal(const struct mg_chart *c, const struct mg_layout *l, struct mg_buf *out)
{
	const char *paper = mg_chart_paint(c, MG_PAINT_PAPER);
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
	/* a solid fill mixes with white, whatever the paper */
	mg_buf_printf(out, "set style fill%s solid 0.35 noborder\n",
		      c->theme == MG_THEME_DARK ? " transparent" : "");
	if (!mg_chart_is_txt(c))
		mg_buf_printf(out, "set grid xtics ytics lt 1 lw 1 dt 1 lc rgb '%s'\n",
			      mg_chart_paint(c, MG_PAINT_GRID));
	mg_buf_printf(out, "set tics scale 0.4 textcolor rgb '%s'\n", mg_chart_paint(c, MG_PAINT_TEXT));
	mg_buf_printf(out, "set lmargin at screen %.6f\nset rmargin at screen %.6f\n",
		      l->left / l->width, l->right / l->width);
	mg_buf_addz(out, "set multiplot\n");
}

/* --- script: texts above and below --------------------------------------------------- */

static void title_and_footer(const struct mg_chart *c, const struct mg_layout *l,
			     struct mg_buf *out)
{
	bool txt = mg_chart_is_txt(c);
	char more[80];

	if (c->title.n) {
		snprintf(more, sizeof(more), "left textcolor rgb '%s'%s", mg_chart_paint(c, MG_PAINT_TEXT),
			 txt ? "" : " font ',12'");
		mg_layout_text(l, txt ? 1 : 14, txt ? 0.5 : 18, more, c->title,
			(size_t)((double)mg_layout_chars(l, 14, l->width) * (txt ? 1 : 0.72)), out);
	}
	if (c->footer.n) {
		snprintf(more, sizeof(more), "left textcolor rgb '%s'", mg_chart_paint(c, MG_PAINT_DIM));
		mg_layout_text(l, txt ? 1 : 14, l->height - (txt ? 0.5 : 11), more, c->footer,
			mg_layout_chars(l, 14, l->width), out);
	}
}

static enum mg_paint bar_paint(enum mg_severity s)
{
	return s >= MG_SEV_CRITICAL ? MG_PAINT_BAR_CRITICAL :
	       s >= MG_SEV_ERROR    ? MG_PAINT_BAR_ERROR : MG_PAINT_BAR_WARNING;
}

/* The rows of labels are a panel of their own, so that the clock's grid runs through them. */
static void labels_frame(const struct mg_chart *c, const struct mg_layout *l, int rows,
			 struct mg_buf *out)
{
	mg_buf_printf(out, "\n# labels\nset tmargin at screen %.6f\nset bmargin at screen %.6f\n",
		      mg_layout_screen_y(l, l->label_y),
		      mg_layout_screen_y(l, l->label_y + rows * l->char_h + 4));
	mg_axis_x(c, l, false, out);
	mg_buf_addz(out, "unset logscale y\nset yrange [0:1]\nset tics scale 0\nunset ytics\n"
			 "unset key\nunset border\n");
}

/* A bar for how long, the text on it. */
static void label(const struct mg_chart *c, const struct mg_layout *l, const struct mg_placed *at,
		  struct mg_buf *out)
{
	const struct mg_chart_span *s = &c->span[at->span];
	double                      y = l->label_y + at->row * l->char_h;
	char                        more[80];

	if (!mg_chart_is_txt(c))
		mg_buf_printf(out, "set object rect from screen %.6f, screen %.6f to screen %.6f, "
			      "screen %.6f behind noclip fc rgb '%s' fs solid 1 noborder\n",
			      at->from / l->width, mg_layout_screen_y(l, y + 1), at->to / l->width,
			      mg_layout_screen_y(l, y + l->char_h - 1),
			      mg_chart_paint(c, bar_paint(s->severity)));
	snprintf(more, sizeof(more), "left front textcolor rgb '%s'",
		 mg_chart_paint(c, MG_PAINT_TEXT));
	mg_layout_text(l, at->x + l->char_w * 0.5, y + l->char_h * 0.5, more, s->label,
		       MG_LABEL_CHARS, out);
}

static void labels(const struct mg_chart *c, const struct mg_layout *l,
		   const struct mg_placed *at, uint32_t n, int rows, uint32_t left_out,
		   struct mg_buf *out)
{
	struct mg_buf t = { 0 };
	char          more[80];

	labels_frame(c, l, rows, out);
	for (uint32_t i = 0; i < n; i++)
		label(c, l, &at[i], out);
	snprintf(more, sizeof(more), "right textcolor rgb '%s'", mg_chart_paint(c, MG_PAINT_TEXT));
	mg_layout_text(l, l->left - l->char_w * 1.2, l->label_y + l->char_h * 0.5, more,
		       MG_STR("Findings"), 0, out);
	if (left_out) {
		mg_buf_printf(&t, "+%u more", left_out);
		mg_layout_text(l, l->left - l->char_w * 1.2, l->label_y + (rows - 0.5) * l->char_h,
			       more, mg_buf_str(&t), 0, out);
	}
	mg_buf_addz(out, "plot NaN notitle\n");
	mg_buf_release(&t);
}

/* --- script: all --------------------------------------------------------------------------- */

static enum mg_paint shade_paint(enum mg_severity s)
{
	return s >= MG_SEV_CRITICAL ? MG_PAINT_SHADE_CRITICAL :
	       s >= MG_SEV_ERROR    ? MG_PAINT_SHADE_ERROR : MG_PAINT_SHADE_WARNING;
}

/* Shading reaches up to the panel above.  Backwards, so that the most important lies on
 * top. */
static void shades(const struct mg_chart *c, const struct mg_layout *l, double height,
		   struct mg_buf *out)
{
	if (mg_chart_is_txt(c))
		return;
	for (uint32_t i = c->nspan; i-- > 0;) {
		const struct mg_chart_span *s = &c->span[i];
		double                      a = mg_layout_x(l, s->start_ns);
		double                      b = mg_layout_x(l, s->end_ns);

		if (!s->shaded || s->start_ns > c->last_ns || s->end_ns < c->first_ns)
			continue;
		if (b < a + 2)
			b = a + 2;
		mg_buf_printf(out, "set object rect from screen %.6f, graph 0 to screen %.6f, "
			      "graph %.4f behind noclip fc rgb '%s' fs solid 1 noborder\n",
			      a / l->width, b / l->width, 1 + (l->strip - 3) / height,
			      mg_chart_paint(c, shade_paint(s->severity)));
	}
}

static void panel(const struct mg_chart *c, const struct mg_layout *l, double top, uint32_t k,
		  struct mg_buf *out)
{
	double height = mg_panel_weight(&c->panel[k]) * l->scale;

	mg_buf_printf(out, "\n# panel %u\nunset label\nunset object\nunset arrow\n", k + 1);
	mg_buf_printf(out, "set border 3 lc rgb '%s'\nset tics scale 0.4\nset tmargin at screen %.6f\n"
		      "set bmargin at screen %.6f\n", mg_chart_paint(c, MG_PAINT_DIM),
		      mg_layout_screen_y(l, top), mg_layout_screen_y(l, top + height));
	mg_axis_x(c, l, k + 1 == c->npanel, out);
	mg_axis_y(c, &c->panel[k], out);
	shades(c, l, height, out);
	/* each text once, with the first panel */
	if (k == 0)
		title_and_footer(c, l, out);
	mg_panel_script(c, l, top, k, out);
}

void mg_chart_script(struct mg_chart *c, struct mg_buf *out)
{
	struct mg_layout l;
	struct mg_placed at[MG_LABELS_MAX];
	int              rows;
	uint32_t         left_out, n;
	double           top;

	mg_layout_begin(c, &l);
	n = mg_labels_place(c, &l, at, &rows, &left_out);
	mg_layout_end(c, &l, rows);
	head(c, &l, out);
	if (n)
		labels(c, &l, at, n, rows, left_out, out);
	top = l.first_y;
	for (uint32_t k = 0; k < c->npanel; k++) {
		panel(c, &l, top, k, out);
		top += mg_panel_weight(&c->panel[k]) * l.scale + l.strip;
	}
	mg_buf_addz(out, "unset multiplot\nunset output\n");
}
