/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/consume_gostack.h"

#include "base/mem.h"
#include "event/gostack_log.h"
#include "ingest/ingest.h"
#include "parse/jsonitems.h"
#include "parse/kubeobj.h"
#include "parse/unwrap.h"
#include "parse/yamlitems.h"

/* The buckets of a dump are counted over its blocks; the events come at its end, which is that of
 * the file, or where another dump begins. */

struct file {
	struct mg_godump        dump;
	bool                    every; /* stacks, not only the notable ones */
	const struct mg_source *src;   /* of the call that is running */
	struct mg_partial      *out;
};

static void report_faults(const struct mg_godump *d, struct mg_leaf_stats *stats)
{
	uint64_t kept = sizeof(d->faults) / sizeof(d->faults[0]);

	for (uint64_t i = 0; i < d->bad && i < kept; i++)
		mg_stats_bad(stats, d->faults[i].line, 0, "%s", d->faults[i].what);
	if (d->bad > kept)
		stats->bad += d->bad - kept;
}

static void report(struct mg_godump *d, const struct mg_source *src, bool every,
		   struct mg_dump_time when, struct mg_partial *out)
{
	if (every)
		mg_event_every_gobucket(d, src, when, &out->events);
	else
		mg_event_from_godump(d, src, when, &out->events);
	out->stats.records += d->total;
	out->stats.other += d->other;
	report_faults(d, &out->stats);
	if (d->total)
		mg_stats_time(&out->stats, when.ns);
}

static void on_dump(void *ctx, struct mg_godump *d)
{
	struct file *f = ctx;

	report(d, f->src, f->every, mg_gostack_file_time(f->src), f->out);
}

static struct file *file_new(bool every)
{
	struct file *f = mg_zalloc(sizeof(*f));

	f->every = every;
	f->dump.next = on_dump;
	f->dump.next_ctx = f;
	return f;
}

static void *gostack_open(const struct mg_source *src)
{
	return file_new(false);
}

static void *every_open(const struct mg_source *src)
{
	return file_new(true);
}

static void gostack_block(void *state, const struct mg_source *src, const struct mg_block *b,
			  struct mg_partial *out)
{
	struct file *f = state;

	f->src = src;
	f->out = out;
	out->stats.bytes += b->n;
	out->stats.lines += mg_godump_text(&f->dump, mg_str(b->p, b->n), b->first_line);
}

static void gostack_close(void *state, const struct mg_source *src, struct mg_partial *out)
{
	struct file *f = state;

	mg_godump_end(&f->dump);
	report(&f->dump, src, f->every, mg_gostack_file_time(src), out);
	mg_godump_release(&f->dump);
	free(f);
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
	.open = every_open,
	.block = gostack_block,
	.close = gostack_close,
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

/* --- texts in objects: terminated.message ------------------------------------------------ */

struct objects {
	struct mg_gostack      *detector;
	struct mg_yamlitems     yaml;
	struct mg_jsonitems     json;
	enum { UNDECIDED, YAML, JSON } form;
	const struct mg_source *src; /* of the call that is running */
	struct mg_partial      *out;
};

/* Where a text stands: what the objects around it say of it. */
struct place {
	struct mg_source src;
	uint64_t         line;    /* of the object */
	int64_t          time_ns;
};

static void object_text(struct objects *o, const struct place *at, const struct mg_knode *n)
{
	struct mg_line line = { .time_ns = at->time_ns, .lineno = at->line + n->line - 1 };
	struct mg_str  rest = n->value;

	if (!mg_str_has(rest, MG_STR("goroutine ")))
		return;
	line.time_source = at->time_ns == MG_TIME_NONE ? MG_TIME_UNKNOWN : MG_TIME_EXACT;
	while (rest.n) {
		mg_str_cut(rest, '\n', &line.text, &rest);
		if (mg_gostack_line(o->detector, &at->src, &line, &o->out->events))
			o->out->stats.records++;
	}
	mg_gostack_break(o->detector, &at->src, &o->out->events);
}

static void walk(struct objects *o, struct place at, const struct mg_knode *n)
{
	struct mg_str name = mg_knode_text(n, "name");
	int64_t       end = mg_knode_time(n, "finishedAt");

	if (end != MG_TIME_NONE)
		at.time_ns = end;
	if (name.n && mg_knode_at(n, "containerID"))
		at.src.component = mg_batch_str(&o->out->events, mg_component_of(name));
	if (n->type == MG_KSCALAR)
		object_text(o, &at, n);
	for (const struct mg_knode *k = n->child; k; k = k->next)
		walk(o, at, k);
}

static void on_item(void *ctx, const struct mg_item *it)
{
	struct objects  *o = ctx;
	struct mg_arena  arena = { 0 };
	struct mg_knode *root = NULL;
	struct mg_err    err = { 0 };
	struct place     at = { .src = *o->src, .line = it->line, .time_ns = MG_TIME_NONE };

	/* A folded text may end its line behind the word. */
	if (!it->fault && !mg_str_has(it->text, MG_STR("goroutine")))
		return;
	if (it->fault || (o->form == JSON ? mg_kobj_json(it->text, &arena, &root, &err)
					  : mg_kobj_yaml(it->text, &arena, &root, &err)) != MG_OK)
		mg_stats_bad(&o->out->stats, it->line + (err.line ? err.line - 1 : 0), err.byte, "%s",
			     it->fault ? it->fault : err.msg);
	if (root) {
		if (!at.src.pod.n)
			at.src.pod = mg_batch_str(&o->out->events, mg_knode_text(root, "metadata.name"));
		if (!at.src.ns.n)
			at.src.ns = mg_batch_str(&o->out->events, mg_knode_text(root, "metadata.namespace"));
		walk(o, at, root);
	}
	mg_arena_release(&arena);
}

static void *objects_open(const struct mg_source *src)
{
	struct objects *o = mg_zalloc(sizeof(*o));

	o->detector = mg_gostack_new();
	mg_gostack_every(o->detector);
	mg_gostack_excerpts(o->detector);
	o->yaml.fn = o->json.fn = on_item;
	o->yaml.ctx = o->json.ctx = o;
	return o;
}

static void objects_block(void *state, const struct mg_source *src, const struct mg_block *b,
			  struct mg_partial *out)
{
	struct objects *o = state;
	struct mg_str   text = mg_str(b->p, b->n), first = mg_str_trim(text);

	o->src = src;
	o->out = out;
	out->stats.bytes += b->n;
	if (o->form == UNDECIDED && first.n)
		o->form = first.p[0] == '{' || first.p[0] == '[' ? JSON : YAML;
	if (o->form == JSON)
		mg_jsonitems_text(&o->json, text, b->first_line);
	else if (o->form == YAML)
		mg_yamlitems_text(&o->yaml, text, b->first_line);
}

static void objects_close(void *state, const struct mg_source *src, struct mg_partial *out)
{
	struct objects *o = state;

	o->src = src;
	o->out = out;
	mg_yamlitems_end(&o->yaml);
	mg_jsonitems_end(&o->json);
	mg_yamlitems_release(&o->yaml);
	mg_jsonitems_release(&o->json);
	mg_gostack_flush(o->detector, src, &out->events);
	mg_gostack_free(o->detector);
	free(o);
}

const struct mg_consumer mg_consumer_gostack_objects = {
	.name = "gostack-objects",
	.stateful = true,
	.open = objects_open,
	.block = objects_block,
	.close = objects_close,
};
