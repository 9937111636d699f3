/* SPDX-License-Identifier: Apache-2.0 */
#include "base/num.h"
#include "render/logs.h"

void mg_render_log_http(struct mg_out *o, const struct mg_audit_tally *t,
			const struct mg_audit_query *query, const struct mg_audit_print *how)
{
	struct mg_audit_print untitled = *how;
	char                  n[32], first[40], last[40];

	untitled.untitled = true;
	if (how->format == MG_SHEET_PEOPLE) {
		mg_out_printf(o, "%s requests in HTTP lines of the logs",
			      mg_num_grouped(t->count, n, sizeof(n)));
		if (t->first_ns != MG_TIME_NONE)
			mg_out_printf(o, ", %s to %s",
				      mg_log_time_text(t->first_ns, first, sizeof(first)),
				      mg_log_time_text(t->last_ns, last, sizeof(last)));
		mg_out_add(o, MG_STR("\n"));
	}
	if (t->count || how->format != MG_SHEET_PEOPLE)
		mg_render_audit_groups(o, t, query, &untitled);
}
