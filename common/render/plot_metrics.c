/* SPDX-License-Identifier: Apache-2.0 */
#include "render/plot_internal.h"

/* Panels of what was measured rather than logged. */

bool mg_plan_disk(struct mg_plan *t)
{
	const struct mg_table *d = mg_series_table(t->s, "etcd_disk");
	struct mg_panel       *p;

	if (!d)
		return false;
	p = mg_chart_panel(&t->chart, MG_STR("etcd: p99 of WAL fsync and backend commit (metrics), "
					     "seconds (log)"), MG_AXIS_SECONDS);
	p->log = true;
	mg_plan_processes(p, d, MG_STR("fsync"));
	mg_plan_processes(p, d, MG_STR("commit"));
	return true;
}

bool mg_plan_db(struct mg_plan *t)
{
	const struct mg_table *d = mg_series_table(t->s, "db");
	struct mg_panel       *p;

	if (!d)
		return false;
	p = mg_chart_panel(&t->chart, MG_STR("Size of etcd's database, bytes"), MG_AXIS_BYTES);
	p->weight = 0.7;
	mg_plan_processes(p, d, MG_STR("size "));
	for (uint32_t i = 0; i < d->ncol; i++) { /* the quota is the same for all */
		if (!mg_str_starts(d->col[i].name, MG_STR("quota ")))
			continue;
		mg_plan_layer(p, (struct mg_layer){ .t = d, .col = i, .draw = MG_DRAW_LINE,
						.ink = MG_INK_VERMILLION, .dash = 4, .width = 1.4,
						.title = MG_STR("quota") });
		break;
	}
	return true;
}

bool mg_plan_cpu(struct mg_plan *t)
{
	const struct mg_table *c = mg_series_table(t->s, "cpu");
	struct mg_panel       *p;

	if (!c)
		return false;
	p = mg_chart_panel(&t->chart, MG_STR("CPU of processes, cores in use"), MG_AXIS_NUMBER);
	p->weight = 0.7;
	mg_plan_processes(p, c, MG_STR(""));
	return true;
}

bool mg_plan_inflight_metric(struct mg_plan *t)
{
	const struct mg_table *f = mg_series_table(t->s, "inflight_metric");
	struct mg_panel       *p;

	if (!f)
		return false;
	p = mg_chart_panel(&t->chart, MG_STR("Requests in flight (metrics), count"), MG_AXIS_NUMBER);
	p->weight = 0.8;
	mg_plan_processes(p, f, MG_STR(""));
	return true;
}
