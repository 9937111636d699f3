/* stats.h - what was read of one leaf: the row of the coverage table.
 *
 * Layer: event
 */
#ifndef MG_EVENT_STATS_H
#define MG_EVENT_STATS_H

#include "base/time.h"

#define MG_DIAGS 8 /* faults kept word for word per leaf; all are counted */

struct mg_diag {
	uint64_t line, byte; /* byte: offset in the line */
	char     msg[96];
};

struct mg_leaf_stats {
	uint64_t       bytes, lines;
	uint64_t       records; /* recognised: audit events, klog headers, objects, samples … */
	uint64_t       other;   /* continuation lines and plain text: no record, no fault     */
	uint64_t       bad;     /* damaged: counted, located, skipped                         */
	uint64_t       duplicates;
	uint64_t       gave_up; /* matches of user rules that cost too much */
	int64_t        first_ns, last_ns; /* MG_TIME_NONE when no (final) time was seen       */
	struct mg_diag diags[MG_DIAGS];
	uint32_t       ndiags;
};

#define MG_LEAF_STATS_INIT { .first_ns = MG_TIME_NONE, .last_ns = MG_TIME_NONE }

/* Widen the span; MG_TIME_NONE is ignored. */
void mg_stats_time(struct mg_leaf_stats *s, int64_t ns);
/* Count a fault and keep the first MG_DIAGS messages. */
void mg_stats_bad(struct mg_leaf_stats *s, uint64_t line, uint64_t byte, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
void mg_stats_merge(struct mg_leaf_stats *to, const struct mg_leaf_stats *from);

#endif
