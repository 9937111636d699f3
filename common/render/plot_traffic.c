/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "base/mem.h"
#include "render/plot_internal.h"
#include "render/tsv.h"

#define HALF_POWERS 2 /* rows of the heat map for each power of two */

static const enum mg_ink inks[] = { MG_INK_BLUE, MG_INK_ORANGE, MG_INK_GREEN, MG_INK_PURPLE,
				    MG_INK_SKY, MG_INK_VERMILLION, MG_INK_BLACK, MG_INK_GREY,
				    MG_INK_PALE };
#define INKS (sizeof(inks) / sizeof(*inks))

/* --- heat map ----------------------------------------------------------------------- */

static void heat_cells(struct mg_panel *p, const struct mg_table *l, size_t step,
		       const struct mg_hist *h)
{
	struct mg_heat_cell cell = { .start_ns = l->start_ns + (int64_t)step * l->step_ns,
				     .step_ns = l->step_ns };
	int64_t  upper;
	size_t   i = 0;
	uint32_t n;
	int      row = INT32_MIN;

	while (mg_hist_next(h, &i, &upper, &n)) {
		int at = (int)floor(log2((double)upper / 1e9 + 1e-9) * HALF_POWERS);

		if (at != row && cell.count)
			MG_PUSH(p->heat, p->nheat, p->heat_cap, cell);
		if (at != row) {
			row = at;
			cell.lo = exp2((double)at / HALF_POWERS);
			cell.hi = exp2((double)(at + 1) / HALF_POWERS);
			cell.count = 0;
		}
		cell.count += n;
	}
	if (cell.count)
		MG_PUSH(p->heat, p->nheat, p->heat_cap, cell);
}

/* How many requests took how long, in the steps of the latency table. */
bool mg_plan_heat(struct mg_plan *t)
{
	const struct mg_table          *l = mg_series_table(t->s, "latency");
	struct mg_requests             *r = mg_case_requests(t->c);
	const struct mg_latency_bucket *b;
	struct mg_hist                 *sum;
	struct mg_panel                *p;
	int64_t                         width, at;
	size_t                          n;
	char                            step[24];

	if (!l)
		return false;
	b = mg_requests_latency(r, &n, &width);
	sum = mg_zalloc(l->n * sizeof(*sum));
	for (size_t i = 0; i < n; i++) {
		if (__builtin_mul_overflow(b[i].index, width, &at) || at < l->start_ns ||
		    (uint64_t)(at - l->start_ns) / (uint64_t)l->step_ns >= l->n)
			continue;
		at = (at - l->start_ns) / l->step_ns;
		if (sum[at].bits == 0)
			mg_hist_init(&sum[at], b[i].all.bits);
		mg_hist_merge(&sum[at], &b[i].all);
	}
	p = mg_chart_panel(&t->chart, mg_chart_printf(&t->chart,
			   "How many requests took how long, in each %s (log)",
			   mg_tsv_step(l->step_ns, step, sizeof(step))), MG_AXIS_SECONDS);
	p->log = true;
	p->weight = 1.8;
	for (size_t i = 0; i < l->n; i++) {
		heat_cells(p, l, i, &sum[i]);
		mg_hist_release(&sum[i]);
	}
	free(sum);
	if (p->nheat)
		return true;
	mg_chart_drop_panel(&t->chart);
	return false;
}

/* --- stacks ----------------------------------------------------------------------------- */

#define NAME_CHARS 24 /* of a legend */

/* "openshift-example:pruner" of a service account; of a long name its end tells most. */
static struct mg_str short_name(struct mg_plan *t, struct mg_str name)
{
	struct mg_str account = MG_STR("system:serviceaccount:");

	if (mg_str_starts(name, account))
		name = mg_str_from(name, account.n);
	if (name.n <= NAME_CHARS)
		return name;
	name = mg_str_from(name, name.n - NAME_CHARS + 1);
	while (name.n && ((unsigned char)name.p[0] & 0xc0) == 0x80) /* not within a character */
		name = mg_str_from(name, 1);
	return mg_chart_printf(&t->chart, "\xe2\x80\xa6%.*s", MG_FMT(name));
}

/* All columns over each other, the first at the bottom: drawn from the top down, each over
 * the one before. */
static bool stack(struct mg_plan *t, const char *table, const char *title, double weight)
{
	const struct mg_table *s = mg_series_table(t->s, table);
	struct mg_panel       *p;
	char                   step[24];

	if (!s)
		return false;
	p = mg_chart_panel(&t->chart, mg_chart_printf(&t->chart, "%s, per second in each %s", title,
						      mg_tsv_step(s->step_ns, step, sizeof(step))),
			   MG_AXIS_NUMBER);
	p->weight = weight;
	for (uint32_t i = s->ncol; i-- > 0;)
		mg_plan_layer(p, (struct mg_layer){ .t = s, .col = i, .draw = MG_DRAW_STACK,
						    .ink = inks[i < INKS ? i : INKS - 1],
						    .title = short_name(t, s->col[i].name) });
	return true;
}

bool mg_plan_users(struct mg_plan *t)
{
	return stack(t, "users", "Requests by user, stacked", 1.6);
}

bool mg_plan_products(struct mg_plan *t)
{
	return stack(t, "products", "Requests by product (users with a common name), stacked", 1.6);
}

bool mg_plan_verbs(struct mg_plan *t)
{
	return stack(t, "verbs", "Requests by verb, stacked", 1.2);
}

bool mg_plan_lists(struct mg_plan *t)
{
	const struct mg_table *l = mg_series_table(t->s, "lists");
	struct mg_panel       *p;

	if (!l)
		return false;
	p = mg_chart_panel(&t->chart, MG_STR("LISTs without a limit at once (100 ms and more), count"),
			   MG_AXIS_NUMBER);
	p->weight = 0.8;
	mg_plan_layer(p, (struct mg_layer){ .t = l, .draw = MG_DRAW_AREA, .ink = MG_INK_VERMILLION,
					    .title = l->col[0].name });
	return true;
}
