/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/etcdcompact.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"

struct done { /* one compaction by one member */
	int64_t  revision, took_ns, time_ns;
	uint32_t member;
};

static int by_revision(const void *va, const void *vb)
{
	const struct done *a = va, *b = vb;

	if (a->revision != b->revision)
		return a->revision < b->revision ? -1 : 1;
	if (a->took_ns != b->took_ns)
		return a->took_ns < b->took_ns ? -1 : 1;
	return a->member < b->member ? -1 : a->member > b->member;
}

static struct done *collect(const struct mg_etcdview *v, size_t *n)
{
	struct done *d = NULL;
	size_t       cap = 0;

	*n = 0;
	for (size_t i = 0; i < v->c->events.n; i++) {
		const struct mg_event *e = &v->c->events.ev[i];
		struct done            x = { .took_ns = e->duration_ns, .time_ns = e->time_ns };

		if (e->kind != MG_EV_ETCD_COMPACTION || e->duration_ns < 0)
			continue;
		x.revision = mg_event_attr_i64(e, "revision", -1);
		x.member = mg_etcdview_member(v, e);
		if (x.revision >= 0 && x.member != MG_NONE)
			MG_PUSH(d, *n, cap, x);
	}
	if (*n)
		qsort(d, *n, sizeof(*d), by_revision);
	return d;
}

/* Those of one revision, the quickest first: between the ends lie the others. */
static void compare(struct mg_etcd_compact *o, const struct done *quick, const struct done *slow)
{
	int64_t apart = slow->took_ns - quick->took_ns;

	if (slow->member == quick->member) /* a log that was given twice */
		return;
	o->compared++;
	o->apart += apart >= MG_ETCD_COMPACT_APART;
	if (o->slow != MG_NONE && apart <= o->slow_ns - o->quick_ns)
		return;
	o->slow = slow->member;
	o->quick = quick->member;
	o->slow_ns = slow->took_ns;
	o->quick_ns = quick->took_ns;
	o->revision = slow->revision;
	o->time_ns = slow->time_ns;
}

void mg_etcd_compact_build(struct mg_etcd_compact *o, const struct mg_etcdview *v)
{
	size_t       n, from = 0;
	struct done *d = collect(v, &n);

	*o = (struct mg_etcd_compact){ .slow = MG_NONE, .quick = MG_NONE, .time_ns = MG_TIME_NONE };
	for (size_t i = 1; i <= n; i++) {
		if (i < n && d[i].revision == d[from].revision)
			continue;
		compare(o, &d[from], &d[i - 1]);
		from = i;
	}
	free(d);
}
