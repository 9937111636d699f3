/* SPDX-License-Identifier: Apache-2.0 */
#include "render/chart_internal.h"
#include "render/gnuplot.h"

#define GAP_CHARS 1.5 /* between two things of a row */

struct candidate {
	struct mg_placed at;
	double           begin, end; /* of text and bar together */
};

static struct candidate candidate_of(const struct mg_chart *c, const struct mg_layout *l,
				     uint32_t span)
{
	const struct mg_chart_span *s = &c->span[span];
	struct candidate            k = { .at = { .span = span } };
	double                      w;

	k.at.from = mg_layout_x(l, s->start_ns);
	k.at.to = mg_layout_x(l, s->end_ns);
	if (k.at.to < k.at.from + 2)
		k.at.to = k.at.from + (mg_chart_is_txt(c) ? 1 : 2);
	w = ((double)mg_gnuplot_chars(s->label, MG_LABEL_CHARS) + 1) * l->char_w;
	/* A text may run over the legend's column, but not out of the picture. */
	k.at.x = k.at.from;
	if (k.at.x + w > l->width - l->char_w)
		k.at.x = l->width - l->char_w - w;
	if (k.at.x < 0)
		k.at.x = 0;
	k.begin = k.at.x < k.at.from ? k.at.x : k.at.from;
	k.end = k.at.x + w > k.at.to ? k.at.x + w : k.at.to;
	return k;
}

static bool fits(const struct candidate *placed, uint32_t n, const struct candidate *k, double gap)
{
	for (uint32_t i = 0; i < n; i++)
		if (placed[i].at.row == k->at.row && placed[i].begin < k->end + gap &&
		    k->begin < placed[i].end + gap)
			return false;
	return true;
}

/* By start; of equal ones the more important stays first. */
static void by_start(const struct mg_chart *c, uint32_t *order, uint32_t n)
{
	for (uint32_t i = 1; i < n; i++)
		for (uint32_t k = i; k > 0 && c->span[order[k]].start_ns <
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
	uint32_t         order[MG_LABELS_MAX], n = 0;
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
		placed[i] = candidate_of(c, l, order[i]);
		while (!fits(placed, i, &placed[i], gap))
			placed[i].at.row++;
		if (placed[i].at.row + 1 > *rows)
			*rows = placed[i].at.row + 1;
		out[i] = placed[i].at;
	}
	return n;
}
