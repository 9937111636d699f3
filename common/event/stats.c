/* SPDX-License-Identifier: Apache-2.0 */
#include "event/stats.h"

#include <stdarg.h>
#include <stdio.h>

void mg_stats_time(struct mg_leaf_stats *s, int64_t ns)
{
	if (ns == MG_TIME_NONE)
		return;
	if (s->first_ns == MG_TIME_NONE || ns < s->first_ns)
		s->first_ns = ns;
	if (s->last_ns == MG_TIME_NONE || ns > s->last_ns)
		s->last_ns = ns;
}

void mg_stats_bad(struct mg_leaf_stats *s, uint64_t line, uint64_t byte, const char *fmt, ...)
{
	struct mg_diag *d;
	va_list         ap;

	s->bad++;
	if (s->ndiags == MG_DIAGS)
		return;
	d = &s->diags[s->ndiags++];
	d->line = line;
	d->byte = byte;
	va_start(ap, fmt);
	vsnprintf(d->msg, sizeof(d->msg), fmt, ap);
	va_end(ap);
}

void mg_stats_merge(struct mg_leaf_stats *to, const struct mg_leaf_stats *from)
{
	to->bytes += from->bytes;
	to->lines += from->lines;
	to->records += from->records;
	to->other += from->other;
	to->bad += from->bad;
	to->duplicates += from->duplicates;
	to->gave_up += from->gave_up;
	mg_stats_time(to, from->first_ns);
	mg_stats_time(to, from->last_ns);
	for (uint32_t i = 0; i < from->ndiags && to->ndiags < MG_DIAGS; i++)
		to->diags[to->ndiags++] = from->diags[i];
}
