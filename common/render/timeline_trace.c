/* SPDX-License-Identifier: Apache-2.0 */
/* The Trace Event Format of Chrome, "JSON Object Format": a node is a process, a source on it
 * a thread.  Slices of one thread must nest, requests overlap freely: a source gets as many
 * threads as it has intervals at once, up to LANES. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/mem.h"
#include "render/text.h"
#include "render/timeline_internal.h"

#define LANES 64 /* of one source */

struct source {
	uint32_t node;
	uint32_t nlanes;
	int64_t  end[LANES]; /* of the last interval in each lane */
};

struct mg_timeline_lanes {
	struct mg_intern sources, nodes;
	struct source   *s;
	uint32_t         cap;
	uint64_t         crowded, timeless;
	bool             any;
};

void mg_timeline_trace_begin(struct mg_timeline *t)
{
	t->lanes = mg_zalloc(sizeof(*t->lanes));
	mg_out_add(t->out, MG_STR("{\"displayTimeUnit\":\"ms\",\"traceEvents\":["));
}

/* Begin an element of traceEvents. */
static void element(struct mg_timeline_lanes *l, struct mg_buf *b)
{
	mg_buf_addz(b, l->any ? ",\n" : "\n");
	l->any = true;
}

/* The name of a process or of a thread. */
static void put_name(struct mg_timeline_lanes *l, struct mg_buf *b, const char *what, uint32_t pid,
		     uint32_t tid, struct mg_str name)
{
	element(l, b);
	mg_buf_printf(b, "{\"ph\":\"M\",\"name\":\"%s\",\"pid\":%u,\"tid\":%u,\"args\":{\"name\":", what,
		      pid, tid);
	mg_buf_json(b, name);
	mg_buf_addz(b, "}}");
}

static uint32_t thread_id(uint32_t source, uint32_t lane)
{
	return source * LANES + lane + 1;
}

static uint32_t source_of(struct mg_timeline_lanes *l, struct mg_buf *b, const struct mg_event *e)
{
	struct mg_buf name = { 0 };
	uint32_t      had = l->sources.n, nodes = l->nodes.n, id, node;

	mg_event_text_source(&name, e);
	mg_buf_addc(&name, '\0'); /* hosts may be cut in the name: the whole node tells apart */
	mg_buf_add(&name, e->node);
	id = mg_intern_id(&l->sources, mg_buf_str(&name));
	if (id == had) {
		node = mg_intern_id(&l->nodes, e->node);
		if (node == nodes)
			put_name(l, b, "process_name", node + 1, 0,
				 e->node.n ? e->node : MG_STR("no node"));
		if (id == l->cap) {
			l->cap = l->cap ? l->cap * 2 : 16;
			l->s = mg_realloc(l->s, l->cap, sizeof(*l->s));
		}
		l->s[id] = (struct source){ .node = node };
	}
	mg_buf_release(&name);
	return id;
}

/* A lane of the source that is free at `start`; LANES when all are taken. */
static uint32_t lane_of(struct mg_timeline_lanes *l, struct mg_buf *b, uint32_t source,
			int64_t start, int64_t end)
{
	struct source *s = &l->s[source];
	struct mg_str  name = mg_strz(mg_intern_str(&l->sources, source).p);
	uint32_t       k = 0;

	while (k < s->nlanes && s->end[k] > start)
		k++;
	if (k == LANES)
		return k;
	if (k == s->nlanes) {
		put_name(l, b, "thread_name", s->node + 1, thread_id(source, k), name);
		s->nlanes++;
		s->end[k] = end;
	}
	if (end > s->end[k])
		s->end[k] = end;
	return k;
}

/* Microseconds with the rest as decimals: a double would lose them. */
static void put_time(struct mg_buf *b, const char *key, int64_t ns)
{
	int64_t rest = ns % 1000;

	if (rest < 0)
		rest += 1000;
	mg_buf_printf(b, ",\"%s\":%" PRId64 ".%03d", key, (ns - rest) / 1000, (int)rest);
}

static void put_args(struct mg_buf *b, const struct mg_event *e, struct mg_str path)
{
	struct mg_buf text = { 0 };

	mg_buf_printf(b, ",\"args\":{\"severity\":\"%s\",\"what\":", mg_severity_name(e->severity));
	mg_event_text_what(&text, e);
	mg_buf_json(b, mg_buf_str(&text));
	if (e->user.n) {
		mg_buf_addz(b, ",\"user\":");
		mg_buf_json(b, e->user);
	}
	if (path.n) {
		mg_buf_clear(&text);
		mg_text_place(&text, path, e->line, MG_TEXT_ALL);
		mg_buf_addz(b, ",\"where\":");
		mg_buf_json(b, mg_buf_str(&text));
	}
	mg_buf_addz(b, "}}");
	mg_buf_release(&text);
}

void mg_timeline_trace_add(struct mg_timeline *t, const struct mg_event *e, struct mg_str path)
{
	struct mg_timeline_lanes *l = t->lanes;
	bool                      point = e->duration_ns < 0;
	struct mg_buf             b = { 0 };
	uint32_t                  source, lane;

	if (e->time_ns == MG_TIME_NONE) {
		l->timeless++;
		return;
	}
	source = source_of(l, &b, e);
	lane = lane_of(l, &b, source, point ? INT64_MAX : e->time_ns, mg_event_end(e));
	if (lane == LANES) {
		l->crowded++;
	} else {
		element(l, &b);
		mg_buf_printf(&b, "{\"ph\":\"%s\",\"pid\":%u,\"tid\":%u", point ? "i\",\"s\":\"t" : "X",
			      l->s[source].node + 1, thread_id(source, lane));
		put_time(&b, "ts", e->time_ns);
		if (!point)
			put_time(&b, "dur", e->duration_ns);
		mg_buf_printf(&b, ",\"name\":\"%s\"", mg_event_kind_name(e->kind));
		put_args(&b, e, path);
	}
	mg_out_add(t->out, mg_buf_str(&b));
	mg_buf_release(&b);
}

void mg_timeline_trace_end(struct mg_timeline *t)
{
	struct mg_timeline_lanes *l = t->lanes;

	mg_out_printf(t->out,
		      "\n],\"otherData\":{\"clock\":\"UTC, microseconds since 1970\",\"not drawn\":{"
		      "\"behind the limit of --rows\":%" PRIu64 ",\"without a time\":%" PRIu64
		      ",\"more than %d at once in one source\":%" PRIu64 "}}}\n",
		      t->hidden, l->timeless, LANES, l->crowded);
	mg_intern_release(&l->sources);
	mg_intern_release(&l->nodes);
	free(l->s);
	free(l);
	t->lanes = NULL;
}
