/* SPDX-License-Identifier: Apache-2.0 */
/* A heat map as boxes: they lie right on a logarithmic axis too, which an image would not. */
#include <math.h>
#include <stdio.h>

#include "base/num.h"
#include "render/chart_internal.h"
#include "render/gnuplot.h"

/* From the paper to the ink: few to many. */
static const char *palette(const struct mg_chart *c)
{
	return c->theme == MG_THEME_DARK ?
		       "0 '#1f2a38', 0.35 '#2f5d8a', 0.7 '#56b4e9', 1 '#f0f6ff'" :
		       "0 '#dcebf7', 0.35 '#8fc1e3', 0.7 '#2a7ab9', 1 '#0b2a4a'";
}

static uint64_t most(const struct mg_panel *p)
{
	uint64_t max = 1;

	for (uint32_t i = 0; i < p->nheat; i++)
		max = p->heat[i].count > max ? p->heat[i].count : max;
	return max;
}

/* The scale in words: a colour box would take the place of the legend's column. */
static void scale(const struct mg_chart *c, const struct mg_layout *l, double top, uint64_t max,
		  struct mg_buf *out)
{
	struct mg_buf text = { 0 };
	char          more[80], n[32];

	mg_buf_printf(&text, "pale: 1 request, dark: %s", mg_num_grouped(max, n, sizeof(n)));
	if (c->theme == MG_THEME_DARK) {
		mg_buf_clear(&text);
		mg_buf_printf(&text, "dim: 1 request, bright: %s", n);
	}
	snprintf(more, sizeof(more), "left textcolor rgb '%s'%s", mg_chart_paint(c, MG_PAINT_TEXT),
		 mg_chart_is_txt(c) ? "" : " font ',9'");
	mg_layout_text(l, l->right + l->char_w * (mg_chart_is_txt(c) ? 1 : 1.5),
		       top + l->char_h * 0.5, more, mg_buf_str(&text), 34, out);
	mg_buf_release(&text);
}

void mg_panel_heat(const struct mg_chart *c, const struct mg_layout *l, double top, uint32_t k,
		   struct mg_buf *out)
{
	const struct mg_panel *p = &c->panel[k];
	uint64_t               max = most(p);

	scale(c, l, top, max, out);
	mg_buf_printf(out, "$h%u << EOD\n", k);
	for (uint32_t i = 0; i < p->nheat; i++) {
		const struct mg_heat_cell *h = &p->heat[i];
		double from = mg_seconds(h->start_ns), to = from + mg_seconds(h->step_ns);

		mg_buf_printf(out, "%.3f\t%.3f\t%.6g\t%.6g\t%.4f\n", from, to, h->lo, h->hi,
			      log10((double)h->count));
	}
	/* a text terminal has no boxes: the middle of each cell is a point */
	mg_buf_printf(out, "EOD\nset palette defined (%s)\nset cbrange [0:%.4f]\nunset colorbox\n"
		      "unset key\n", palette(c), max > 1 ? log10((double)max) : 1);
	if (mg_chart_is_txt(c))
		mg_buf_printf(out, "plot $h%u using (($1+$2)/2):(sqrt($3*$4)) with dots notitle\n", k);
	else
		mg_buf_printf(out, "plot $h%u using (($1+$2)/2):(sqrt($3*$4)):1:2:3:4:5 with boxxyerror "
			      "fs solid 1 noborder lc palette notitle\n", k);
}
