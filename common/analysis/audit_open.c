/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/audit_open.h"

#include "base/mem.h"

/* --- identity ---------------------------------------------------------------------- */

/* "-2026-11-21T03-11-49.904" in a name: its offset, or the length. */
static size_t rotation(struct mg_str s)
{
	for (size_t i = 0; i + 11 < s.n; i++)
		if ((s.p[i] == '-' || s.p[i] == '.') && mg_is_digit(s.p[i + 1]) &&
		    mg_is_digit(s.p[i + 4]) && s.p[i + 5] == '-' && mg_is_digit(s.p[i + 6]) &&
		    s.p[i + 8] == '-' && mg_is_digit(s.p[i + 9]))
			return i;
	return s.n;
}

uint64_t mg_audit_stream(struct mg_str path)
{
	static const char *const tails[] = { ".gz", ".xz", ".zst", ".bz2", ".log" };
	struct mg_str            base = mg_str_basename(path);
	struct mg_str            dir = mg_str_head(path, path.n - base.n);

	for (size_t i = 0; i < sizeof(tails) / sizeof(*tails); i++)
		if (mg_str_ends(base, mg_strz(tails[i])))
			base.n -= strlen(tails[i]);
	while (base.n && mg_is_digit(base.p[base.n - 1])) /* audit.log.1 */
		base.n--;
	if (mg_str_ends(base, MG_STR(".log.")))
		base.n -= 5;
	base = mg_str_head(base, rotation(base));
	return mg_str_hash(base, mg_str_hash(dir, 1));
}

uint64_t mg_audit_open_id(uint64_t stream, struct mg_json_text audit_id)
{
	uint64_t id = mg_str_hash(mg_str(audit_id.p, audit_id.n), stream);

	return id ? id : 1;
}

/* --- a table from which can be deleted ------------------------------------------------ */

static uint32_t place_of(const struct mg_audit_opens *o, uint64_t id)
{
	uint32_t mask = o->nslots - 1, i = (uint32_t)id & mask;

	while (o->item[i] && o->id[i] != id)
		i = (i + 1) & mask;
	return i;
}

static void put(struct mg_audit_opens *o, uint64_t id, struct mg_audit_item *item);

static void grow(struct mg_audit_opens *o)
{
	struct mg_audit_opens old = *o;

	o->nslots = old.nslots ? old.nslots * 2 : 64;
	o->item = mg_zalloc(o->nslots * sizeof(*o->item));
	o->id = mg_zalloc(o->nslots * sizeof(*o->id));
	o->n = 0;
	for (uint32_t i = 0; i < old.nslots; i++)
		if (old.item[i])
			put(o, old.id[i], old.item[i]);
	free(old.item);
	free(old.id);
}

/* A later stage takes the place of an earlier one. */
static void put(struct mg_audit_opens *o, uint64_t id, struct mg_audit_item *item)
{
	uint32_t i;

	if (o->n * 2 >= o->nslots)
		grow(o);
	i = place_of(o, id);
	if (o->item[i])
		free(o->item[i]);
	else
		o->n++;
	o->item[i] = item;
	o->id[i] = id;
}

/* Empty slot `i` and move up what was put behind it for want of room. */
static void delete(struct mg_audit_opens *o, uint32_t i)
{
	uint32_t mask = o->nslots - 1, k = i;

	free(o->item[i]);
	o->item[i] = NULL;
	o->n--;
	for (k = (k + 1) & mask; o->item[k]; k = (k + 1) & mask) {
		uint32_t home = (uint32_t)o->id[k] & mask;

		if (((k - home) & mask) < ((k - i) & mask))
			continue; /* it may not stand before its home */
		o->item[i] = o->item[k];
		o->id[i] = o->id[k];
		o->item[k] = NULL;
		i = k;
	}
}

/* Close an open request; false when it is not open.  *stage is the last one seen of it. */
static bool close_one(struct mg_audit_opens *o, uint64_t id, enum mg_audit_stage *stage)
{
	uint32_t i;

	if (o->n == 0)
		return false;
	i = place_of(o, id);
	if (!o->item[i])
		return false;
	*stage = o->item[i]->stage;
	delete(o, i);
	return true;
}

/* --- events ---------------------------------------------------------------------------- */

void mg_audit_opens_begin(struct mg_audit_opens *o, uint64_t id, struct mg_audit_item *item)
{
	item->open = true;
	item->q.end_ns = MG_TIME_NONE;
	put(o, id, item);
}

static void keep_end(struct mg_audit_opens *o, struct mg_audit_end e)
{
	MG_PUSH(o->end, o->nends, o->ends_cap, e);
}

void mg_audit_opens_end(struct mg_audit_opens *o, uint64_t id, int64_t start_ns)
{
	enum mg_audit_stage stage;

	/* what was only seen to be answered may have been received in an earlier block */
	if (!close_one(o, id, &stage) || stage == MG_STAGE_STARTED)
		keep_end(o, (struct mg_audit_end){ id, start_ns });
}

void mg_audit_opens_merge(struct mg_audit_opens *o, struct mg_audit_opens *from, int64_t since_ns)
{
	size_t              before = o->nends;
	enum mg_audit_stage stage;

	for (size_t i = 0; i < from->nends; i++)
		if (!close_one(o, from->end[i].id, &stage) && from->end[i].start_ns < since_ns)
			keep_end(o, from->end[i]);
	for (uint32_t i = 0; i < from->nslots; i++) {
		bool ended = false;

		for (size_t k = 0; from->item[i] && k < before && !ended; k++)
			ended = o->end[k].id == from->id[i];
		if (!from->item[i] || ended)
			continue;
		put(o, from->id[i], from->item[i]);
		from->item[i] = NULL;
	}
	o->received += from->received;
	mg_audit_opens_release(from);
}

void mg_audit_opens_drop(struct mg_audit_opens *o, uint32_t artifact)
{
	for (uint32_t i = 0; i < o->nslots;) {
		if (o->item[i] && o->item[i]->q.artifact == artifact)
			delete(o, i); /* another one may stand here now */
		else
			i++;
	}
}

void mg_audit_opens_take(struct mg_audit_opens *o, struct mg_audit_items *out)
{
	for (uint32_t i = 0; i < o->nslots; i++) {
		if (o->item[i])
			mg_audit_items_add(out, o->item[i]);
		o->item[i] = NULL;
	}
	mg_audit_opens_release(o);
}

void mg_audit_opens_release(struct mg_audit_opens *o)
{
	for (uint32_t i = 0; i < o->nslots; i++)
		free(o->item[i]);
	free(o->item);
	free(o->id);
	free(o->end);
	*o = (struct mg_audit_opens){ 0 };
}

struct mg_event *mg_audit_open_event(struct mg_batch *b, const struct mg_audit_item *i)
{
	struct mg_event *e = mg_batch_add(b, MG_EV_AUDIT_UNFINISHED, MG_SEV_WARNING);

	e->time_ns = i->q.start_ns;
	e->time_source = i->q.start_ns == MG_TIME_NONE ? MG_TIME_UNKNOWN : MG_TIME_EXACT;
	if (i->q.long_running)
		e->severity = MG_SEV_DEBUG; /* an open watch is nothing special */
	e->artifact = i->q.artifact;
	e->line = i->q.line;
	e->verb = mg_batch_str(b, i->q.verb);
	e->user = mg_batch_str(b, i->q.user);
	e->resource = mg_batch_str(b, i->q.resource);
	e->ns = mg_batch_str(b, i->q.ns);
	e->name = mg_batch_str(b, i->q.name);
	e->audit_id = mg_batch_str(b, i->audit_id);
	e->message = mg_batch_str(b, i->q.uri);
	mg_batch_attr(b, e, "user_agent", i->q.user_agent);
	mg_batch_attr(b, e, "source_ip", i->q.source_ip);
	return e;
}
