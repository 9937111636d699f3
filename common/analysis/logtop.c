/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/logtop.h"

#include <stdlib.h>

#include "base/mem.h"

/* Lines of one entry in one minute. */
struct minute {
	uint32_t entry, minute; /* since 1970 */
	uint64_t n;
};

void mg_logtop_init(struct mg_logtop *t, int64_t bucket_ns, enum mg_severity least)
{
	*t = (struct mg_logtop){ .bucket_ns = bucket_ns, .least = least, .last_id = MG_NONE };
	mg_cells_init(&t->minutes, sizeof(struct minute), 2 * sizeof(uint32_t));
	mg_cells_init(&t->totals, sizeof(struct mg_logtop_total), 2 * sizeof(uint32_t));
	mg_cells_init(&t->buckets, sizeof(struct mg_logtop_bucket), sizeof(int64_t));
}

static uint32_t component_id(struct mg_logtop *t, struct mg_str name)
{
	if (t->last_id != MG_NONE && mg_str_eq(name, t->last_component))
		return t->last_id;
	t->last_id = mg_intern_id(&t->components, name);
	t->last_component = mg_intern_str(&t->components, t->last_id);
	return t->last_id;
}

static void widen(int64_t *first, int64_t *last, int64_t ns)
{
	if (ns == MG_TIME_NONE)
		return;
	if (*first == MG_TIME_NONE || ns < *first)
		*first = ns;
	if (*last == MG_TIME_NONE || ns > *last)
		*last = ns;
}

/* --- entries ---------------------------------------------------------------------- */

static void rehash(struct mg_logtop *t)
{
	uint32_t i;

	t->nslots = t->nslots ? t->nslots * 2 : 256;
	free(t->slots);
	t->slots = mg_zalloc(t->nslots * sizeof(*t->slots));
	for (uint32_t k = 0; k < t->n; k++) {
		for (i = (uint32_t)t->entry[k].hash & (t->nslots - 1); t->slots[i];)
			i = (i + 1) & (t->nslots - 1);
		t->slots[i] = k + 1;
	}
}

/* The entry of a text, made when it is new; NULL: no room for another. */
static struct mg_logtop_entry *entry_of(struct mg_logtop *t, enum mg_severity sev,
					uint32_t component, struct mg_str text)
{
	uint64_t h = mg_str_hash(text, (uint64_t)component << 8 | (uint64_t)sev);
	uint32_t i;

	if (t->n >= t->nslots / 4 * 3)
		rehash(t);
	for (i = (uint32_t)h & (t->nslots - 1); t->slots[i]; i = (i + 1) & (t->nslots - 1)) {
		struct mg_logtop_entry *e = &t->entry[t->slots[i] - 1];

		if (e->hash == h && e->component == component && e->severity == sev &&
		    mg_str_eq(e->text, text))
			return e;
	}
	if (t->n == MG_LOGTOP_MAX)
		return NULL;
	t->slots[i] = t->n + 1;
	MG_PUSH(t->entry, t->n, t->cap,
		((struct mg_logtop_entry){ .text = mg_arena_str(&t->arena, text), .hash = h,
					   .component = component, .severity = sev,
					   .first_ns = MG_TIME_NONE, .last_ns = MG_TIME_NONE,
					   .minute = -1 }));
	return &t->entry[t->n - 1];
}

/* --- minutes ---------------------------------------------------------------------- */

static void add_minute(struct mg_logtop *t, uint32_t entry, uint32_t minute, uint64_t n)
{
	struct minute key = { .entry = entry, .minute = minute };
	bool          added;
	uint32_t      i;

	if (t->minutes.n == MG_LOGTOP_MINUTES) {
		t->minutes_beyond += n;
		return;
	}
	i = mg_cells_find(&t->minutes, &key, &added);
	((struct minute *)mg_cells_at(&t->minutes, i))->n += n;
}

static void flush_minute(struct mg_logtop *t, struct mg_logtop_entry *e)
{
	if (e->in_minute && e->minute >= 0)
		add_minute(t, (uint32_t)(e - t->entry), (uint32_t)e->minute, e->in_minute);
	e->in_minute = 0;
}

static void in_minute(struct mg_logtop *t, struct mg_logtop_entry *e, int64_t ns)
{
	int64_t minute = ns / MG_MIN;

	if (ns < 0 || minute >= UINT32_MAX)
		return;
	if (minute != e->minute || e->in_minute == UINT32_MAX) {
		flush_minute(t, e);
		e->minute = minute;
	}
	e->in_minute++;
}

/* --- lines ------------------------------------------------------------------------ */

static struct mg_logtop_total *total_of(struct mg_logtop *t, uint32_t component)
{
	struct mg_logtop_total  key = { .component = component }, *x;
	bool                    added;

	x = mg_cells_at(&t->totals, mg_cells_find(&t->totals, &key, &added));
	if (added)
		x->first_ns = x->last_ns = MG_TIME_NONE;
	return x;
}

static struct mg_logtop_bucket *bucket_of(struct mg_logtop *t, int64_t index)
{
	bool added;

	return mg_cells_at(&t->buckets, mg_cells_find(&t->buckets, &index, &added));
}

void mg_logtop_add(struct mg_logtop *t, const struct mg_logtop_line *l)
{
	char                    buf[MG_LOGTOP_TEXT];
	uint32_t                id = component_id(t, l->component);
	struct mg_logtop_total *total = total_of(t, id);
	struct mg_logtop_entry *e;

	t->lines++;
	total->n[l->severity]++;
	widen(&total->first_ns, &total->last_ns, l->time_ns);
	if (t->bucket_ns > 0 && l->time_ns != MG_TIME_NONE)
		bucket_of(t, l->time_ns / t->bucket_ns)->n[l->severity]++;
	if (l->severity < t->least)
		return;
	e = entry_of(t, l->severity, id, mg_logtop_normalise(l->message, buf, sizeof(buf)));
	if (!e) {
		t->beyond++;
		return;
	}
	if (e->count++ == 0) {
		e->artifact = l->artifact;
		e->line = l->line;
	}
	widen(&e->first_ns, &e->last_ns, l->time_ns);
	if (l->time_ns != MG_TIME_NONE)
		in_minute(t, e, l->time_ns);
}

/* --- merging ---------------------------------------------------------------------- */

static void flush_minutes(struct mg_logtop *t)
{
	for (uint32_t i = 0; i < t->n; i++)
		flush_minute(t, &t->entry[i]);
}

static void moved(int64_t *ns, int64_t (*move)(const void *, int64_t), const void *ctx)
{
	if (*ns != MG_TIME_NONE)
		*ns = move(ctx, *ns);
}

/* A whole day's distance keeps the seconds, so a bucket moves as its start does. */
static void move_buckets(struct mg_logtop *t, int64_t (*move)(const void *, int64_t),
			 const void *ctx)
{
	struct mg_cells old = t->buckets;

	mg_cells_init(&t->buckets, sizeof(struct mg_logtop_bucket), sizeof(int64_t));
	for (uint32_t i = 0; i < old.n; i++) {
		const struct mg_logtop_bucket *b = mg_cells_at(&old, i);
		struct mg_logtop_bucket       *to =
			bucket_of(t, move(ctx, b->index * t->bucket_ns) / t->bucket_ns);

		for (int s = 0; s <= MG_SEV_CRITICAL; s++)
			to->n[s] += b->n[s];
	}
	mg_cells_release(&old);
}

void mg_logtop_move(struct mg_logtop *t, int64_t (*move)(const void *, int64_t), const void *ctx)
{
	struct mg_cells old = t->minutes;

	flush_minutes(t);
	old = t->minutes;
	mg_cells_init(&t->minutes, sizeof(struct minute), 2 * sizeof(uint32_t));
	for (uint32_t i = 0; i < old.n; i++) {
		const struct minute *m = mg_cells_at(&old, i);
		int64_t              ns = move(ctx, (int64_t)m->minute * MG_MIN);

		if (ns >= 0)
			add_minute(t, m->entry, (uint32_t)(ns / MG_MIN), m->n);
	}
	mg_cells_release(&old);
	for (uint32_t i = 0; i < t->n; i++) {
		moved(&t->entry[i].first_ns, move, ctx);
		moved(&t->entry[i].last_ns, move, ctx);
	}
	for (uint32_t i = 0; i < t->totals.n; i++) {
		struct mg_logtop_total *x = mg_cells_at(&t->totals, i);

		moved(&x->first_ns, move, ctx);
		moved(&x->last_ns, move, ctx);
	}
	move_buckets(t, move, ctx);
}

/* The id in `t` of a component of `from`. */
static uint32_t component_in(struct mg_logtop *t, const struct mg_logtop *from, uint32_t id,
			     struct mg_str nameless)
{
	struct mg_str name = mg_intern_str(&from->components, id);

	return component_id(t, name.n ? name : nameless);
}

/* Entries of `from` in `t`; ids[i] is where entry i went, MG_NONE: no room. */
static uint32_t *merge_entries(struct mg_logtop *t, const struct mg_logtop *from,
			       struct mg_str nameless)
{
	uint32_t *ids = mg_alloc((from->n + 1) * sizeof(*ids));

	for (uint32_t i = 0; i < from->n; i++) {
		const struct mg_logtop_entry *f = &from->entry[i];
		uint32_t id = component_in(t, from, f->component, nameless);
		struct mg_logtop_entry *e = entry_of(t, f->severity, id, f->text);

		ids[i] = e ? (uint32_t)(e - t->entry) : MG_NONE;
		if (!e) {
			t->beyond += f->count;
			continue;
		}
		if (e->count == 0) {
			e->artifact = f->artifact;
			e->line = f->line;
		}
		e->count += f->count;
		widen(&e->first_ns, &e->last_ns, f->first_ns);
		widen(&e->first_ns, &e->last_ns, f->last_ns);
		if (f->in_minute && f->minute >= 0)
			add_minute(t, ids[i], (uint32_t)f->minute, f->in_minute);
	}
	return ids;
}

static void merge_totals(struct mg_logtop *t, const struct mg_logtop *from,
			 struct mg_str nameless)
{
	for (uint32_t i = 0; i < from->totals.n; i++) {
		const struct mg_logtop_total *f = mg_cells_at(&from->totals, i);
		struct mg_logtop_total       *x =
			total_of(t, component_in(t, from, f->component, nameless));

		for (int s = 0; s <= MG_SEV_CRITICAL; s++)
			x->n[s] += f->n[s];
		widen(&x->first_ns, &x->last_ns, f->first_ns);
		widen(&x->first_ns, &x->last_ns, f->last_ns);
	}
}

void mg_logtop_merge(struct mg_logtop *t, const struct mg_logtop *from, struct mg_str nameless)
{
	uint32_t *ids = merge_entries(t, from, nameless);

	for (uint32_t i = 0; i < from->minutes.n; i++) {
		const struct minute *m = mg_cells_at(&from->minutes, i);

		if (ids[m->entry] != MG_NONE)
			add_minute(t, ids[m->entry], m->minute, m->n);
	}
	for (uint32_t i = 0; i < from->buckets.n; i++) {
		const struct mg_logtop_bucket *f = mg_cells_at(&from->buckets, i);
		struct mg_logtop_bucket       *b = bucket_of(t, f->index);

		for (int s = 0; s <= MG_SEV_CRITICAL; s++)
			b->n[s] += f->n[s];
	}
	merge_totals(t, from, nameless);
	t->lines += from->lines;
	t->beyond += from->beyond;
	t->minutes_beyond += from->minutes_beyond;
	free(ids);
}

/* --- order ------------------------------------------------------------------------ */

static int by_count(const void *pa, const void *pb)
{
	const struct mg_logtop_entry *a = *(struct mg_logtop_entry *const *)pa;
	const struct mg_logtop_entry *b = *(struct mg_logtop_entry *const *)pb;
	int                           c;

	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	if (a->severity != b->severity)
		return a->severity > b->severity ? -1 : 1;
	c = mg_str_cmp(a->text, b->text);
	return c ? c : a->component < b->component ? -1 : a->component > b->component;
}

struct mg_logtop_entry **mg_logtop_rank(struct mg_logtop *t)
{
	struct mg_logtop_entry **v = mg_alloc((t->n + 1) * sizeof(*v));

	flush_minutes(t);
	for (uint32_t i = 0; i < t->minutes.n; i++) {
		const struct minute    *m = mg_cells_at(&t->minutes, i);
		struct mg_logtop_entry *e = &t->entry[m->entry];

		if (m->n > e->peak || (m->n == e->peak && m->minute < e->peak_minute)) {
			e->peak = m->n;
			e->peak_minute = m->minute;
		}
	}
	for (uint32_t i = 0; i < t->n; i++)
		v[i] = &t->entry[i];
	qsort(v, t->n, sizeof(struct mg_logtop_entry *), by_count);
	return v;
}

void mg_logtop_release(struct mg_logtop *t)
{
	mg_arena_release(&t->arena);
	mg_intern_release(&t->components);
	free(t->entry);
	free(t->slots);
	mg_cells_release(&t->minutes);
	mg_cells_release(&t->totals);
	mg_cells_release(&t->buckets);
	*t = (struct mg_logtop){ 0 };
}
