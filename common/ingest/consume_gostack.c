/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "event/from_gostack.h"
#include "ingest/consumer.h"

/* The buckets of a dump are counted over its blocks; the events come at its end. */

static void *gostack_open(const struct mg_source *src)
{
	return mg_zalloc(sizeof(struct mg_godump));
}

static void gostack_block(void *state, const struct mg_source *src, const struct mg_block *b,
			  struct mg_partial *out)
{
	struct mg_godump *d = state;

	out->stats.bytes += b->n;
	out->stats.lines += mg_godump_text(d, mg_str(b->p, b->n), b->first_line);
}

static void report_faults(const struct mg_godump *d, struct mg_leaf_stats *stats)
{
	uint64_t kept = sizeof(d->faults) / sizeof(d->faults[0]);

	for (uint64_t i = 0; i < d->bad && i < kept; i++)
		mg_stats_bad(stats, d->faults[i].line, 0, "%s", d->faults[i].what);
	if (d->bad > kept)
		stats->bad += d->bad - kept;
}

static void gostack_close(void *state, const struct mg_source *src, struct mg_partial *out)
{
	struct mg_godump   *d = state;
	struct mg_dump_time when = mg_gostack_file_time(src);

	mg_godump_end(d);
	mg_event_from_godump(d, src, when, &out->events);
	out->stats.records += d->total;
	out->stats.other += d->other;
	report_faults(d, &out->stats);
	if (d->total)
		mg_stats_time(&out->stats, when.ns);
	mg_godump_release(d);
	free(d);
}

const struct mg_consumer mg_consumer_gostack = {
	.name = "gostack",
	.stateful = true,
	.open = gostack_open,
	.block = gostack_block,
	.close = gostack_close,
};
