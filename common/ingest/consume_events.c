/* SPDX-License-Identifier: Apache-2.0 */
/* Event streams of these tools, read back: mgklog -o events x | mgdiagnose. */
#include "base/mem.h"
#include "event/wire.h"
#include "ingest/consumer.h"

static void *open_stream(const struct mg_source *src)
{
	return mg_zalloc(sizeof(struct mg_intern));
}

static void read_block(void *state, const struct mg_source *src, const struct mg_block *b,
		       struct mg_partial *out)
{
	struct mg_intern *paths = state;
	struct mg_str     rest = mg_str(b->p, b->n), line;
	uint64_t          lineno = b->first_line;

	out->stats.bytes += b->n;
	for (; rest.n; lineno++) {
		size_t           before = out->events.n;
		struct mg_err    err = { 0 };
		enum mg_status   st;
		struct mg_event *e;

		mg_str_cut(rest, '\n', &line, &rest);
		out->stats.lines++;
		st = mg_wire_read(line, &out->events, paths, &err);
		if (st == MG_FAIL)
			mg_stats_bad(&out->stats, lineno, err.byte, "%s", err.msg);
		if (out->events.n == before)
			continue;
		e = &out->events.ev[before];
		out->stats.records++;
		mg_stats_time(&out->stats, e->time_ns);
		/* The fold replaces the artifact by the one of that path. */
		mg_partial_path(out, e->artifact == MG_NONE
					     ? src->path : mg_intern_str(paths, e->artifact));
	}
}

static void close_stream(void *state, const struct mg_source *src, struct mg_partial *out)
{
	mg_intern_release(state);
	free(state);
}

const struct mg_consumer mg_consumer_events = {
	.name = "events",
	.stateful = true,
	.open = open_stream,
	.block = read_block,
	.close = close_stream,
};
