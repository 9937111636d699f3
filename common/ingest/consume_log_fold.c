/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "ingest/consume_log.h"

#define SLOTS 1024 /* a power of two; flushed when half full */

void mg_log_fold_init(struct mg_log_fold *f, int64_t width_ns)
{
	*f = (struct mg_log_fold){ .width_ns = width_ns, .bucket = MG_TIME_NONE };
	f->keys = mg_zalloc(SLOTS * sizeof(*f->keys));
	f->index = mg_zalloc(SLOTS * sizeof(*f->index));
}

void mg_log_fold_release(struct mg_log_fold *f)
{
	mg_batch_release(&f->pending);
	free(f->keys);
	free(f->index);
}

void mg_log_fold_flush(struct mg_log *s, struct mg_log_fold *f)
{
	if (!f->pending.n)
		return;
	mg_batch_append(&s->out->events, &f->pending);
	memset(f->keys, 0, SLOTS * sizeof(*f->keys));
}

struct mg_event *mg_log_fold(struct mg_log *s, struct mg_log_fold *f, uint64_t key, int64_t ns,
			     enum mg_event_kind kind, enum mg_severity sev, struct mg_event **fresh)
{
	int64_t  bucket = ns == MG_TIME_NONE ? 0 : ns / f->width_ns;
	uint32_t i;

	if (bucket != f->bucket || f->pending.n >= SLOTS / 2) {
		mg_log_fold_flush(s, f);
		f->bucket = bucket;
	}
	key |= 1; /* 0 means free */
	for (i = (uint32_t)(key >> 32) & (SLOTS - 1); f->keys[i]; i = (i + 1) & (SLOTS - 1)) {
		struct mg_event *e = &f->pending.ev[f->index[i]];

		if (f->keys[i] != key || e->kind != kind)
			continue;
		e->count += e->count < UINT32_MAX;
		return e;
	}
	f->keys[i] = key;
	f->index[i] = (uint32_t)f->pending.n;
	*fresh = mg_batch_add(&f->pending, kind, sev);
	return NULL;
}

void mg_log_held_flush(struct mg_log *s, enum mg_log_hold h)
{
	struct mg_batch *b = &s->held[h].batch;

	if (!b->n)
		return;
	/* a line since may have told whose log this is */
	if (!b->ev[0].component.n)
		b->ev[0].component = s->src.component;
	if (b->ev[0].kind == MG_EV_PROCESS_START &&
	    mg_str_eq(b->ev[0].component, MG_STR("kube-apiserver")))
		b->ev[0].kind = MG_EV_APISERVER_START;
	mg_batch_append(&s->out->events, b);
}

void mg_log_held_release(struct mg_log *s, int64_t ns)
{
	for (int h = 0; h < MG_HOLD_COUNT; h++)
		if (s->held[h].batch.n && (ns == MG_TIME_NONE || ns > s->held[h].until_ns))
			mg_log_held_flush(s, (enum mg_log_hold)h);
}
