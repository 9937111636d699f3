/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "base/mem.h"
#include "render/chart_internal.h"

#define MAX_LINES 14 /* of one panel */
#define LOG_RATIO 50 /* columns this far apart get a log axis */

static enum mg_axis axis_of(const struct mg_table *t)
{
	if (strcmp(t->unit, "bytes") == 0)
		return MG_AXIS_BYTES;
	return strcmp(t->unit, "s") == 0 ? MG_AXIS_SECONDS : MG_AXIS_NUMBER;
}

static double peak(const struct mg_table *t, uint32_t c)
{
	double max = 0;

	for (size_t i = 0; i < t->n; i++)
		if (t->col[c].v[i] > max)
			max = t->col[c].v[i];
	return max;
}

/* Does a linear axis press something that matters flat? */
static bool wants_log(const struct mg_table *t)
{
	double lo = INFINITY, hi = 0;

	for (uint32_t c = 0; c < t->ncol; c++) {
		double p = peak(t, c);

		lo = p > 0 ? fmin(lo, p) : lo;
		hi = fmax(hi, p);
	}
	return hi > 0 && (axis_of(t) == MG_AXIS_SECONDS || hi > LOG_RATIO * lo);
}

uint32_t mg_chart_table_panel(struct mg_chart *c, const struct mg_table *t, enum mg_scale scale)
{
	static const enum mg_ink inks[7] = { MG_INK_BLUE, MG_INK_ORANGE, MG_INK_GREEN,
					     MG_INK_VERMILLION, MG_INK_PURPLE, MG_INK_SKY,
					     MG_INK_BLACK };
	struct mg_panel *p = mg_chart_panel(c, mg_str("", 0), axis_of(t));
	uint32_t         left_out = 0;

	for (uint32_t k = 0; k < t->ncol; k++) {
		struct mg_layer y = { .t = t, .col = k, .title = t->col[k].name, .width = 1.5 };

		if (p->nlayer == MAX_LINES || !t->col[k].any) {
			left_out += t->col[k].any;
			continue;
		}
		y.draw = t->ncol > 1 ? MG_DRAW_DOTTED_LINE : MG_DRAW_LINE;
		y.ink = inks[p->nlayer % 7];
		y.dash = p->nlayer < 7 ? 1 : 2;
		y.point = 4 + (int)p->nlayer;
		MG_PUSH(p->layer, p->nlayer, p->layer_cap, y);
	}
	p->log = scale == MG_SCALE_LOG || (scale == MG_SCALE_AUTO && wants_log(t));
	p->weight = p->nlayer > 8 ? p->nlayer / 8.0 : 1;
	p->title = mg_chart_printf(c, "%.150s%s%.40s%s", t->title, t->unit[0] ? ", " : "", t->unit,
				   p->log ? " (log)" : "");
	return left_out;
}
