/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/consume_gostack.h"

#include "base/mem.h"
#include "event/from_gostack.h"
#include "parse/unwrap.h"

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

static void finish(void *state, const struct mg_source *src, bool every, struct mg_partial *out)
{
	struct mg_godump   *d = state;
	struct mg_dump_time when = mg_gostack_file_time(src);

	mg_godump_end(d);
	if (every)
		mg_event_every_gobucket(d, src, when, &out->events);
	else
		mg_event_from_godump(d, src, when, &out->events);
	out->stats.records += d->total;
	out->stats.other += d->other;
	report_faults(d, &out->stats);
	if (d->total)
		mg_stats_time(&out->stats, when.ns);
	mg_godump_release(d);
	free(d);
}

static void gostack_close(void *state, const struct mg_source *src, struct mg_partial *out)
{
	finish(state, src, false, out);
}

static void every_close(void *state, const struct mg_source *src, struct mg_partial *out)
{
	finish(state, src, true, out);
}

const struct mg_consumer mg_consumer_gostack = {
	.name = "gostack",
	.stateful = true,
	.open = gostack_open,
	.block = gostack_block,
	.close = gostack_close,
};

const struct mg_consumer mg_consumer_gostack_every = {
	.name = "gostack-every",
	.stateful = true,
	.open = gostack_open,
	.block = gostack_block,
	.close = every_close,
};

/* --- logs, only for the dumps in them ---------------------------------------------------- */

struct log {
	struct mg_gostack *detector;
	struct mg_unwrap   unwrap;
};

static void *log_open(const struct mg_source *src)
{
	struct log *l = mg_zalloc(sizeof(*l));

	l->detector = mg_gostack_new();
	mg_gostack_every(l->detector);
	mg_unwrap_init(&l->unwrap);
	return l;
}

static enum mg_time_source time_source(const struct mg_unwrapped *u)
{
	switch (u->stamp) {
	case MG_STAMP_EXACT: return MG_TIME_EXACT;
	case MG_STAMP_YEAR: return MG_TIME_ASSUMED_YEAR;
	case MG_STAMP_ZONE: return MG_TIME_ASSUMED_ZONE;
	case MG_STAMP_YEARLESS: return MG_TIME_YEARLESS;
	default: return MG_TIME_UNKNOWN;
	}
}

static void log_texts(struct log *l, const struct mg_source *src, const struct mg_unwrapped *u,
		      int n, uint64_t number, struct mg_partial *out)
{
	for (int i = 0; i < n; i++) {
		struct mg_line line = { .text = u[i].text, .time_ns = u[i].time_ns,
					.time_source = time_source(&u[i]), .lineno = number };

		if (mg_gostack_line(l->detector, src, &line, &out->events))
			out->stats.records++;
		else
			out->stats.other++;
	}
}

static void log_block(void *state, const struct mg_source *src, const struct mg_block *b,
		      struct mg_partial *out)
{
	struct log         *l = state;
	struct mg_str       rest = mg_str(b->p, b->n), line;
	struct mg_unwrapped u[2];
	uint64_t            number = b->first_line;

	for (; rest.n; number++) {
		mg_str_cut(rest, '\n', &line, &rest);
		log_texts(l, src, u, mg_unwrap_line(&l->unwrap, line, u), number, out);
	}
	out->stats.bytes += b->n;
	out->stats.lines += number - b->first_line;
}

static void log_close(void *state, const struct mg_source *src, struct mg_partial *out)
{
	struct log         *l = state;
	struct mg_unwrapped u[2];
	int                 n;

	while ((n = mg_unwrap_flush(&l->unwrap, u)) > 0)
		log_texts(l, src, u, n, 0, out);
	mg_gostack_flush(l->detector, src, &out->events);
	mg_gostack_free(l->detector);
	mg_unwrap_release(&l->unwrap);
	free(l);
}

const struct mg_consumer mg_consumer_gostack_log = {
	.name = "gostack-log",
	.stateful = true,
	.open = log_open,
	.block = log_block,
	.close = log_close,
};
