/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/tracetop.h"

#include <stdlib.h>

#include "analysis/logtop.h"
#include "base/mem.h"

void mg_tracetop_init(struct mg_tracetop *t, uint32_t keep)
{
	*t = (struct mg_tracetop){ .keep = keep };
}

/* --- rows ------------------------------------------------------------------------- */

static struct mg_tracetop_row *row_of(struct mg_tracetop *t, uint32_t operation, uint32_t step)
{
	uint32_t               pair[2] = { operation, step };
	uint32_t               id = mg_intern_id(&t->keys, mg_str((char *)pair, sizeof(pair)));
	struct mg_tracetop_row fresh = { .operation = operation, .step = step };

	if (id == t->nrows) {
		mg_hist_init(&fresh.took, MG_HIST_BITS);
		MG_PUSH(t->row, t->nrows, t->rows_cap, fresh);
	}
	return &t->row[id];
}

static void count(struct mg_tracetop *t, uint32_t operation, struct mg_str step, int64_t ns)
{
	char     buf[MG_LOGTOP_TEXT];
	uint32_t id = MG_NONE;

	if (step.p)
		id = mg_intern_id(&t->texts, mg_logtop_normalise(step, buf, sizeof(buf)));
	mg_hist_add(&row_of(t, operation, id)->took, ns);
}

/* "List pods", "cacher list /pods", "Call validating webhook": what, and on which resource. */
static uint32_t operation_of(struct mg_tracetop *t, const struct mg_trace *x,
			     const struct mg_event *e)
{
	char          buf[MG_LOGTOP_TEXT + 64];
	struct mg_str name = x->name, head, tail;
	size_t        n;

	if (mg_str_cut(name, ' ', &head, &tail) && tail.n && tail.p[0] == '/')
		name = head;
	if (!name.n)
		name = MG_STR("(first line missing)");
	n = mg_logtop_normalise(name, buf, MG_LOGTOP_TEXT - 100).n;
	if (e && e->resource.n && e->resource.n < 100) {
		buf[n++] = ' ';
		memcpy(buf + n, e->resource.p, e->resource.n);
		n += e->resource.n;
	}
	return mg_intern_id(&t->texts, mg_str(buf, n));
}

/* --- the slowest ------------------------------------------------------------------ */

static int by_total(const void *pa, const void *pb)
{
	const struct mg_tracetop_block *a = pa, *b = pb;

	if (a->total_ns != b->total_ns)
		return a->total_ns > b->total_ns ? -1 : 1;
	if (a->artifact != b->artifact)
		return a->artifact < b->artifact ? -1 : 1;
	return a->line < b->line ? -1 : a->line > b->line;
}

void mg_tracetop_rank(struct mg_tracetop *t)
{
	if (t->nslow)
		qsort(t->slow, t->nslow, sizeof(*t->slow), by_total);
	if (t->nslow > t->keep)
		t->nslow = t->keep;
}

static void keep_steps(struct mg_tracetop *t, const struct mg_trace *x,
		       struct mg_tracetop_block *b)
{
	b->nsteps = x->nsteps;
	b->steps = mg_arena_alloc(&t->arena, x->nsteps * sizeof(*b->steps));
	for (uint32_t i = 0; i < x->nsteps; i++)
		b->steps[i] = (struct mg_tracetop_step){
			.msg = mg_arena_str(&t->arena, x->steps[i].msg),
			.delta_ns = x->steps[i].delta_ns,
			.at_ns = x->steps[i].at_ns,
			.depth = x->steps[i].depth,
		};
}

static void keep_slow(struct mg_tracetop *t, const struct mg_trace *x, const struct mg_event *e)
{
	struct mg_tracetop_block b = { .start_ns = x->start_ns, .total_ns = x->total_ns,
				       .how = MG_TIME_ASSUMED_ZONE, .line = x->first_line };

	if (!t->keep || x->total_ns < 0)
		return;
	/* ranked after each doubling: the last of the ranked ones is the least of interest */
	if (t->nslow >= t->keep && x->total_ns < t->slow[t->keep - 1].total_ns)
		return;
	if (e) {
		b.start_ns = e->time_ns;
		b.how = e->time_source;
		b.artifact = e->artifact;
	}
	b.name = mg_arena_str(&t->arena, x->name);
	b.fields = mg_arena_str(&t->arena, x->fields);
	keep_steps(t, x, &b);
	MG_PUSH(t->slow, t->nslow, t->slow_cap, b);
	if (t->nslow == t->keep || t->nslow >= 2 * t->keep)
		mg_tracetop_rank(t);
}

/* --- all -------------------------------------------------------------------------- */

void mg_tracetop_add(struct mg_tracetop *t, const struct mg_trace *x, const struct mg_event *e)
{
	uint32_t operation = operation_of(t, x, e);

	t->count++;
	t->truncated += x->truncated;
	t->lines += x->lines;
	if (x->total_ns >= 0)
		count(t, operation, mg_str(NULL, 0), x->total_ns);
	for (uint32_t i = 0; i < x->nsteps; i++) {
		t->steps++;
		count(t, operation, x->steps[i].msg.p ? x->steps[i].msg : MG_STR(""),
		      x->steps[i].delta_ns);
	}
	keep_slow(t, x, e);
}

void mg_tracetop_merge(struct mg_tracetop *t, struct mg_tracetop *from)
{
	for (uint32_t i = 0; i < from->nrows; i++) {
		const struct mg_tracetop_row *f = &from->row[i];
		uint32_t step = f->step, op = mg_intern_id(&t->texts,
							   mg_tracetop_text(from, f->operation));

		if (step != MG_NONE)
			step = mg_intern_id(&t->texts, mg_tracetop_text(from, f->step));
		mg_hist_merge(&row_of(t, op, step)->took, &f->took);
	}
	for (uint32_t i = 0; i < from->nslow; i++)
		MG_PUSH(t->slow, t->nslow, t->slow_cap, from->slow[i]);
	mg_arena_adopt(&t->arena, &from->arena);
	mg_tracetop_rank(t);
	t->count += from->count;
	t->truncated += from->truncated;
	t->steps += from->steps;
	t->lines += from->lines;
	mg_tracetop_release(from);
}

struct mg_str mg_tracetop_text(const struct mg_tracetop *t, uint32_t id)
{
	return id == MG_NONE ? mg_str("", 0) : mg_intern_str(&t->texts, id);
}

void mg_tracetop_release(struct mg_tracetop *t)
{
	for (uint32_t i = 0; i < t->nrows; i++)
		mg_hist_release(&t->row[i].took);
	free(t->row);
	free(t->slow);
	mg_intern_release(&t->texts);
	mg_intern_release(&t->keys);
	mg_arena_release(&t->arena);
	*t = (struct mg_tracetop){ 0 };
}
