/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/spread.h"

#include "base/mem.h"

static struct mg_hist *hist_of(struct mg_spread *s)
{
	if (!s->hist) {
		s->hist = mg_alloc(sizeof(*s->hist));
		mg_hist_init(s->hist, MG_HIST_BITS);
		for (uint64_t i = 0; i < s->n && i < MG_SPREAD_FEW; i++)
			mg_hist_add(s->hist, s->few[i]);
	}
	return s->hist;
}

static void add_sum(struct mg_spread *s, int64_t sum, int64_t max)
{
	if (__builtin_add_overflow(s->sum, sum, &s->sum))
		s->sum = INT64_MAX;
	s->max = max > s->max ? max : s->max;
}

void mg_spread_add(struct mg_spread *s, int64_t v)
{
	if (s->n < MG_SPREAD_FEW)
		s->few[s->n] = v;
	else
		mg_hist_add(hist_of(s), v);
	s->n++;
	add_sum(s, v, v);
}

void mg_spread_merge(struct mg_spread *s, struct mg_spread *from)
{
	if (!from->hist) {
		for (uint64_t i = 0; i < from->n; i++)
			mg_spread_add(s, from->few[i]);
		return;
	}
	if (s->n == 0) {
		s->hist = from->hist;
		from->hist = NULL;
	} else {
		mg_hist_merge(hist_of(s), from->hist);
	}
	s->n += from->n;
	add_sum(s, from->sum, from->max);
}

int64_t mg_spread_quantile(const struct mg_spread *s, double q)
{
	int64_t  v[MG_SPREAD_FEW];
	uint64_t n = s->n, rank;

	if (n == 0)
		return -1;
	if (s->hist)
		return mg_hist_quantile(s->hist, q);
	for (uint64_t i = 0, k; i < n; i++) { /* sorted by insertion */
		for (k = i; k > 0 && v[k - 1] > s->few[i]; k--)
			v[k] = v[k - 1];
		v[k] = s->few[i];
	}
	rank = (uint64_t)(q * (double)n);
	if ((double)rank < q * (double)n)
		rank++;
	return v[rank ? rank - 1 : 0];
}

void mg_spread_release(struct mg_spread *s)
{
	if (s->hist)
		mg_hist_release(s->hist);
	free(s->hist);
	*s = (struct mg_spread){ 0 };
}
