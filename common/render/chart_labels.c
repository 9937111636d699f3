/* SPDX-License-Identifier: Apache-2.0 */
#include "render/chart_internal.h"
#include "render/gnuplot.h"

#define ROWS_MAX 6
#define GAP_CHARS 1.5 /* between two texts of a row */

struct candidate {
	struct mg_placed at;
	double           end; /* of the text */
};

static struct candidate candidate_of(const struct mg_chart *c, const struct mg_layout *l,
				     uint32_t span)
{
	const struct mg_chart_span *s = &c->span[span];
	double                      w, x = mg_layout_x(l, s->start_ns);
	struct candidate            k = { .at = { .span = span, .x = x, .anchor = x } };

	w = (double)mg_gnuplot_chars(s->label, MG_LABEL_CHARS) * l->char_w;
	/* A text may run over the legend's column, but not out of the picture. */
	if (k.at.x + w > l->width - l->char_w)
		k.at.x = l->width - l->char_w - w;
	if (k.at.x < 0)
		k.at.x = 0;
	k.end = k.at.x + w;
	return k;
}

/* Two texts in one row must not touch; the leader of the upper one must not run through
 * the lower one. */
static bool clash(const struct candidate *a, const struct candidate *b, double gap)
{
	const struct candidate *upper = a->at.row > b->at.row ? a : b;
	const struct candidate *lower = upper == a ? b : a;

	if (a->at.row == b->at.row)
		return a->at.x < b->end + gap && b->at.x < a->end + gap;
	return upper->at.anchor > lower->at.x - 2 && upper->at.anchor < lower->end + gap / 2;
}

static bool fits(const struct candidate *placed, uint32_t n, const struct candidate *k, double gap)
{
	for (uint32_t i = 0; i < n; i++)
		if (clash(&placed[i], k, gap))
			return false;
	return true;
}

/* From right to left each label takes the lowest row that is free: what stands right of an
 * anchor never covers its leader. */
static void by_start(const struct mg_chart *c, uint32_t *order, uint32_t n)
{
	for (uint32_t i = 1; i < n; i++)
		for (uint32_t k = i; k > 0 && c->span[order[k]].start_ns >
						      c->span[order[k - 1]].start_ns; k--) {
			uint32_t t = order[k];

			order[k] = order[k - 1];
			order[k - 1] = t;
		}
}

uint32_t mg_labels_place(const struct mg_chart *c, const struct mg_layout *l,
			 struct mg_placed *out, int *rows, uint32_t *left_out)
{
	struct candidate placed[MG_LABELS_MAX];
	uint32_t         order[MG_LABELS_MAX], n = 0, done = 0;
	double           gap = GAP_CHARS * l->char_w;

	*rows = 0;
	*left_out = 0;
	for (uint32_t i = 0; i < c->nspan; i++) {
		if (c->span[i].label.n == 0)
			continue;
		if (n < MG_LABELS_MAX)
			order[n++] = i;
		else
			++*left_out;
	}
	by_start(c, order, n);
	for (uint32_t i = 0; i < n; i++) {
		struct candidate k = candidate_of(c, l, order[i]);

		while (k.at.row < ROWS_MAX && !fits(placed, done, &k, gap))
			k.at.row++;
		if (k.at.row == ROWS_MAX) {
			++*left_out;
			continue;
		}
		if (k.at.row + 1 > *rows)
			*rows = k.at.row + 1;
		placed[done] = k;
		out[done++] = k.at;
	}
	return done;
}
