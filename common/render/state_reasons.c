/* SPDX-License-Identifier: Apache-2.0 */
#include "render/state_reasons.h"

#include "base/map.h"
#include "base/mem.h"
#include "render/state_views.h"

/* --- events by reason ----------------------------------------------------------------------- */

struct reasons {
	struct mg_intern keys, objects, seen;
	struct mg_buf    text;
	uint32_t        *first; /* of each of seen: the artifact it was found in */
	size_t           nfirst, first_cap;
	struct mg_reason   *r;
	size_t           n, cap;
};

/* The same Event may be in several files of the archive; alike Events in one file are
 * different ones. */
static bool seen_elsewhere(struct reasons *r, const struct mg_event *e)
{
	uint64_t key[2];
	uint32_t id;

	mg_buf_clear(&r->text);
	mg_buf_printf(&r->text, "%lld\n%u\n%.*s\n%.*s\n%.*s\n", (long long)e->time_ns, e->count,
		      MG_FMT(e->ns), MG_FMT(e->name), MG_FMT(mg_event_attr(e, "reason")));
	mg_buf_add(&r->text, mg_event_attr(e, "first"));
	mg_buf_add(&r->text, e->message);
	/* 128 bits of hash stand for the text: there may be very many */
	key[0] = mg_str_hash(mg_buf_str(&r->text), 1);
	key[1] = mg_str_hash(mg_buf_str(&r->text), 2);
	id = mg_intern_id(&r->seen, mg_str((const char *)key, sizeof(key)));
	if (id == r->nfirst)
		MG_PUSH(r->first, r->nfirst, r->first_cap, e->artifact);
	return r->first[id] != e->artifact;
}

static void reason_event(struct reasons *r, const struct mg_event *e)
{
	struct mg_str  name = mg_event_attr(e, "reason"), kind = mg_event_attr(e, "object_kind");
	struct mg_reason  fresh = { .first_ns = MG_TIME_NONE, .last_ns = MG_TIME_NONE }, *x;
	uint32_t       id, before;
	int64_t        first = e->time_ns;

	mg_buf_clear(&r->text);
	mg_buf_printf(&r->text, "%.*s\n%.*s\n%.*s", MG_FMT(name), MG_FMT(kind), MG_FMT(e->component));
	id = mg_intern_id(&r->keys, mg_buf_str(&r->text));
	if (id == r->n)
		MG_PUSH(r->r, r->n, r->cap, fresh);
	x = &r->r[id];
	mg_buf_printf(&r->text, "\n%.*s\n%.*s", MG_FMT(e->ns), MG_FMT(e->name));
	before = r->objects.n;
	x->objects += mg_intern_id(&r->objects, mg_buf_str(&r->text)) == before;
	x->count += e->count;
	mg_time_parse(mg_event_attr(e, "first"), &first, NULL, NULL);
	if (first != MG_TIME_NONE && (x->first_ns == MG_TIME_NONE || first < x->first_ns))
		x->first_ns = first;
	if (!x->last || e->time_ns >= x->last_ns) {
		x->last = e;
		x->last_ns = e->time_ns;
	}
}

static int by_count(const void *x, const void *y)
{
	const struct mg_reason *a = x, *b = y;

	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return mg_event_cmp(a->last, b->last);
}

/* Only Events in more than one file can be the same. */
static bool one_file(const struct mg_case *c)
{
	const struct mg_event *first = NULL;

	for (size_t i = 0; i < c->events.n; i++) {
		const struct mg_event *e = &c->events.ev[i];

		if (e->kind != MG_EV_K8S_EVENT)
			continue;
		if (first && first->artifact != e->artifact)
			return false;
		first = e;
	}
	return true;
}

struct mg_reason *mg_reasons_collect(const struct mg_case *c, enum mg_severity least,
				     bool (*shown)(void *ctx, const struct mg_event *e), void *ctx,
				     size_t *n)
{
	struct reasons r = { .n = 0 };
	bool           alone = one_file(c);

	for (size_t i = 0; i < c->events.n; i++) {
		const struct mg_event *e = &c->events.ev[i];

		if (e->kind == MG_EV_K8S_EVENT && (!shown || shown(ctx, e)) && e->severity >= least &&
		    (alone || !seen_elsewhere(&r, e)))
			reason_event(&r, e);
	}
	if (r.n)
		qsort(r.r, r.n, sizeof(*r.r), by_count);
	mg_buf_release(&r.text);
	mg_intern_release(&r.keys);
	mg_intern_release(&r.objects);
	mg_intern_release(&r.seen);
	free(r.first);
	*n = r.n;
	return r.r;
}

void mg_state_reasons(struct mg_sheet *s, const struct mg_case *c,
		      const struct mg_state_view_opts *o)
{
	size_t            n;
	struct mg_reason *r = mg_reasons_collect(c, o->all ? MG_SEV_DEBUG : MG_SEV_WARNING, o->shown,
						 o->ctx, &n);

	mg_sheet_column(s, "count", "count", MG_SHEET_COUNT);
	mg_sheet_column(s, "objects", "objects", MG_SHEET_COUNT);
	mg_sheet_column(s, "type", "type", MG_SHEET_TEXT);
	mg_sheet_column(s, "kind", "kind", MG_SHEET_TEXT);
	mg_sheet_column(s, "reason", "reason", MG_SHEET_TEXT);
	mg_sheet_column(s, "from", "from", MG_SHEET_TEXT);
	mg_sheet_column(s, "first", "first", MG_SHEET_CLOCK);
	mg_sheet_column(s, "last", "last", MG_SHEET_CLOCK);
	mg_sheet_column(s, "message", "last message", MG_SHEET_TEXT);
	for (size_t i = 0; i < n; i++) {
		const struct mg_event *e = r[i].last;
		struct mg_sheet_cell  *x = mg_sheet_row(s);

		*x++ = mg_cell_int((int64_t)r[i].count);
		*x++ = mg_cell_int((int64_t)r[i].objects);
		*x++ = mg_cell_text(mg_event_attr(e, "type"));
		*x++ = mg_cell_text(mg_event_attr(e, "object_kind"));
		*x++ = mg_cell_text(mg_event_attr(e, "reason"));
		*x++ = mg_cell_text(e->component);
		*x++ = mg_cell_time(r[i].first_ns);
		*x++ = mg_cell_time(r[i].last_ns);
		*x++ = mg_cell_text(e->message);
	}
	free(r);
}

/* --- probe failures a minute ------------------------------------------------------------------ */

struct minute {
	int64_t       minute; /* since 1970 */
	struct mg_str ns, pod, node;
	double        events, lines; /* told by Events, by the kubelet's log */
	struct mg_str message;
};

struct probes {
	struct mg_intern keys, seen;
	struct mg_buf    text;
	struct minute   *m;
	size_t           n, cap;
};

static struct minute *minute_of(struct probes *p, const struct mg_event *e, int64_t minute)
{
	struct mg_str pod = e->pod.n ? e->pod : e->name;
	struct minute fresh = { .minute = minute, .ns = e->ns, .pod = pod, .node = e->node };
	uint32_t      id;

	mg_buf_clear(&p->text);
	mg_buf_printf(&p->text, "%lld/%.*s/%.*s", (long long)minute, MG_FMT(e->ns), MG_FMT(pod));
	id = mg_intern_id(&p->keys, mg_buf_str(&p->text));
	if (id == p->n)
		MG_PUSH(p->m, p->n, p->cap, fresh);
	if (e->message.n)
		p->m[id].message = e->message;
	return &p->m[id];
}

/* An Event counts what happened between its first and last time, when is not told: evenly.
 * Longer than a day it says nothing about a minute, and counts as one at its end. */
#define SPREAD_MINUTES (24 * 60)

static void spread(struct probes *p, const struct mg_event *e)
{
	int64_t  first, from, to = e->time_ns / MG_MIN;
	uint32_t before = p->seen.n;

	mg_buf_clear(&p->text);
	mg_buf_printf(&p->text, "%lld %u %.*s %.*s %.*s", (long long)e->time_ns, e->count,
		      MG_FMT(e->ns), MG_FMT(e->name), MG_FMT(e->message));
	if (mg_intern_id(&p->seen, mg_buf_str(&p->text)) != before)
		return; /* the same Event in another file */
	from = mg_time_parse(mg_event_attr(e, "first"), &first, NULL, NULL) ? first / MG_MIN : to;
	if (from > to || to - from > SPREAD_MINUTES) {
		minute_of(p, e, to)->events += 1;
		return;
	}
	for (int64_t m = from; m <= to; m++)
		minute_of(p, e, m)->events += (double)e->count / (double)(to - from + 1);
}

static bool is_probe_event(const struct mg_event *e)
{
	struct mg_str reason = mg_event_attr(e, "reason");

	return e->kind == MG_EV_K8S_EVENT && (mg_str_eq(reason, MG_STR("Unhealthy")) ||
					      mg_str_eq(reason, MG_STR("ProbeError")) ||
					      mg_str_eq(reason, MG_STR("ProbeWarning")));
}

/* The kubelet's log and its Event tell the same failure: the higher of the two counts. */
void mg_state_probes(struct mg_sheet *s, const struct mg_case *c, const struct mg_state_view_opts *o)
{
	struct probes p = { .n = 0 };

	mg_sheet_column(s, "minute", "minute", MG_SHEET_CLOCK);
	mg_sheet_column(s, "failures", "failures", MG_SHEET_REAL);
	mg_sheet_column(s, "namespace", "namespace", MG_SHEET_TEXT);
	mg_sheet_column(s, "pod", "pod", MG_SHEET_TEXT);
	mg_sheet_column(s, "node", "node", MG_SHEET_TEXT);
	mg_sheet_column(s, "message", "message", MG_SHEET_TEXT);
	for (size_t i = 0; i < c->events.n; i++) {
		const struct mg_event *e = &c->events.ev[i];

		if (e->time_ns == MG_TIME_NONE || !mg_state_shown(o, e))
			continue;
		if (is_probe_event(e))
			spread(&p, e);
		else if (e->kind == MG_EV_KUBELET_PROBE)
			minute_of(&p, e, e->time_ns / MG_MIN)->lines += e->count;
	}
	for (size_t i = 0; i < p.n; i++) {
		const struct minute  *m = &p.m[i];
		struct mg_sheet_cell *x = mg_sheet_row(s);

		*x++ = mg_cell_time(m->minute * MG_MIN);
		*x++ = mg_cell_real(m->lines > m->events ? m->lines : m->events);
		*x++ = mg_cell_text(m->ns);
		*x++ = mg_cell_text(m->pod);
		*x++ = mg_cell_text(m->node);
		*x++ = mg_cell_text(m->message);
	}
	mg_intern_release(&p.keys);
	mg_intern_release(&p.seen);
	mg_buf_release(&p.text);
	free(p.m);
}
