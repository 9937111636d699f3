/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "render/chart_internal.h"
#include "render/gnuplot.h"

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

double mg_layout_screen_y(const struct mg_layout *l, double y)
{
	return 1 - y / l->height;
}

double mg_panel_weight(const struct mg_panel *p)
{
	return p->weight > 0 ? p->weight : 1;
}

size_t mg_layout_chars(const struct mg_layout *l, double x0, double x1)
{
	double n = (x1 - x0) / l->char_w;

	return n < 4 ? 4 : (size_t)n;
}

void mg_layout_text(const struct mg_layout *l, double x, double y, const char *more,
		    struct mg_str s, size_t max, struct mg_buf *out)
{
	mg_buf_addz(out, "set label ");
	mg_gnuplot_str(out, s, max);
	mg_buf_printf(out, " at screen %.6f, screen %.6f %s\n", x / l->width,
		      mg_layout_screen_y(l, y), more);
}

/* Everything but the heights, which need to know how many rows the labels take. */
void mg_layout_begin(const struct mg_chart *c, struct mg_layout *l)
{
	bool   txt = mg_chart_is_txt(c);
	double pad;

	l->char_w = txt ? 1 : 6.4;
	l->char_h = txt ? 1 : 17;
	l->width = c->width > 0 ? c->width : txt ? 160 : 1600;
	l->left = txt ? 23 : 164;
	l->right = l->width - (txt ? 32 : 214);
	if (l->right < l->left + 10)
		l->right = l->left + 10;
	l->strip = txt ? 2 : 28;
	l->x0 = mg_seconds(c->first_ns);
	l->x1 = mg_seconds(c->last_ns);
	pad = (l->x1 - l->x0) * 0.004;
	l->x0 -= pad > 0.5 ? pad : 0.5;
	l->x1 += pad > 0.5 ? pad : 0.5;
}

void mg_layout_end(const struct mg_chart *c, struct mg_layout *l, int label_rows)
{
	bool   txt = mg_chart_is_txt(c);
	double title = c->title.n ? (txt ? 2 : 36) : (txt ? 0 : 6);
	double bottom = (txt ? 3 : 46) + (c->footer.n ? l->char_h + (txt ? 0 : 4) : 0);
	double fixed, sum = 0;

	l->label_y = title;
	l->first_y = title + label_rows * l->char_h + l->strip;
	for (uint32_t i = 0; i < c->npanel; i++)
		sum += mg_panel_weight(&c->panel[i]);
	fixed = l->first_y + bottom + (c->npanel - 1) * l->strip;
	l->scale = txt ? 9 : 118;
	l->height = c->height > 0 ? c->height : ceil(fixed + l->scale * sum);
	l->scale = (l->height - fixed) / sum;
	if (l->scale < (txt ? 3 : 20)) {
		l->scale = txt ? 3 : 20;
		l->height = ceil(fixed + l->scale * sum);
	}
}
