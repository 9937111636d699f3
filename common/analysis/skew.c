/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/skew.h"

#include <stdlib.h>

#include "base/mem.h"

/* Clocks further apart than this are not guessed from pairs. */
#define REACH_NS (60 * MG_SEC)
/* Pairs that agree lie this close together (recorded: within 20 ms of each other). */
#define TOGETHER_NS (60 * MG_MS)
/* So many must agree; by chance two or three do. */
#define MIN_PAIRS 5

struct write {
	uint32_t               key; /* id of resource, namespace and name */
	const struct mg_event *e;
};

struct pair {
	int64_t                diff; /* end at the API server - end in etcd */
	const struct mg_event *etcd, *api;
	uint32_t               node; /* id */
};

struct writes {
	struct mg_intern keys, nodes;
	struct write    *w; /* sorted by key, then time */
	size_t           n, cap;
	struct pair     *p;
	size_t           np, pcap;
};

/* etcd keys name a resource without its group: "leases", not "leases.coordination.k8s.io". */
static struct mg_str key_of(const struct mg_event *e, char *buf, size_t size)
{
	struct mg_str resource = e->resource, rest;
	size_t        n;

	mg_str_cut(e->resource, '.', &resource, &rest);
	n = resource.n + e->ns.n + e->name.n + 2;
	if (n > size || !e->name.n)
		return mg_str(NULL, 0);
	memcpy(buf, resource.p, resource.n);
	buf[resource.n] = '/';
	if (e->ns.n)
		memcpy(buf + resource.n + 1, e->ns.p, e->ns.n);
	buf[resource.n + 1 + e->ns.n] = '/';
	memcpy(buf + resource.n + 2 + e->ns.n, e->name.p, e->name.n);
	return mg_str(buf, n);
}

static bool is_etcd_write(const struct mg_event *e)
{
	struct mg_str op = mg_event_attr(e, "op");

	return e->kind == MG_EV_ETCD_SLOW_APPLY && e->node.n && e->time_ns != MG_TIME_NONE &&
	       (mg_str_has(op, MG_STR("put")) || mg_str_has(op, MG_STR("delete")));
}

static bool is_api_write(const struct mg_event *e)
{
	static const char *const verbs[] = { "create", "update", "patch", "delete" };

	if ((e->kind != MG_EV_AUDIT_SLOW && e->kind != MG_EV_APISERVER_TRACE) || !e->node.n ||
	    e->time_ns == MG_TIME_NONE || e->time_source != MG_TIME_EXACT)
		return false;
	for (size_t i = 0; i < 4; i++)
		if (mg_str_eq(e->verb, mg_strz(verbs[i])))
			return true;
	return false;
}

static int by_key(const void *va, const void *vb)
{
	const struct write *a = va, *b = vb;

	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	return mg_event_cmp(a->e, b->e);
}

static void collect_writes(struct writes *w, const struct mg_case *c)
{
	char buf[1024];

	for (size_t i = 0; i < c->events.n; i++) {
		const struct mg_event *e = &c->events.ev[i];
		struct mg_str          key;
		struct write           one = { .e = e };

		if (!is_etcd_write(e) || !(key = key_of(e, buf, sizeof(buf))).p)
			continue;
		one.key = mg_intern_id(&w->keys, key);
		MG_PUSH(w->w, w->n, w->cap, one);
	}
	if (w->n)
		qsort(w->w, w->n, sizeof(*w->w), by_key);
}

static size_t first_of(const struct writes *w, uint32_t key)
{
	size_t lo = 0, hi = w->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (w->w[mid].key < key)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static void pair_up(struct writes *w, const struct mg_case *c)
{
	char buf[1024];

	for (size_t i = 0; i < c->events.n && w->n; i++) {
		const struct mg_event *e = &c->events.ev[i];
		struct mg_str          key;
		uint32_t               id;

		if (!is_api_write(e) || !(key = key_of(e, buf, sizeof(buf))).p ||
		    (id = mg_intern_find(&w->keys, key)) == MG_NONE)
			continue;
		for (size_t k = first_of(w, id); k < w->n && w->w[k].key == id; k++) {
			int64_t     d = mg_event_end(e) - mg_event_end(w->w[k].e);
			struct pair p = { d, w->w[k].e, e, mg_intern_id(&w->nodes, e->node) };

			if (llabs(d) <= REACH_NS)
				MG_PUSH(w->p, w->np, w->pcap, p);
		}
	}
}

static int by_node_and_diff(const void *va, const void *vb)
{
	const struct pair *a = va, *b = vb;

	if (a->node != b->node)
		return a->node < b->node ? -1 : 1;
	if (a->diff != b->diff)
		return a->diff < b->diff ? -1 : 1;
	return mg_event_cmp(a->api, b->api);
}

/* The densest window of one node's pairs p[0..n), sorted by difference. */
static size_t densest(const struct pair *p, size_t n, size_t *start)
{
	size_t best = 0;

	for (size_t i = 0, k = 0; i < n; i++) {
		while (k < n && p[k].diff - p[i].diff <= TOGETHER_NS)
			k++;
		if (k - i > best) {
			best = k - i;
			*start = i;
		}
	}
	return best;
}

static void describe(struct mg_skew *s, const struct pair *p, size_t n)
{
	*s = (struct mg_skew){ .node = p->api->node, .reference = p->etcd->node,
			       .offset_ns = p[n / 2].diff, .low_ns = p[0].diff,
			       .high_ns = p[n - 1].diff, .pairs = (uint32_t)n };
	for (size_t i = 0; i < MG_SKEW_PAIRS && i < n; i++) {
		s->etcd[i] = p[i * n / MG_SKEW_PAIRS].etcd;
		s->api[i] = p[i * n / MG_SKEW_PAIRS].api;
	}
}

static int by_name(const void *a, const void *b)
{
	return mg_str_cmp(((const struct mg_skew *)a)->node, ((const struct mg_skew *)b)->node);
}

struct mg_skew *mg_skew_estimate(struct mg_case *c, uint32_t *n)
{
	struct writes   w = { 0 };
	struct mg_skew *out;

	*n = 0;
	collect_writes(&w, c);
	pair_up(&w, c);
	if (w.np)
		qsort(w.p, w.np, sizeof(*w.p), by_node_and_diff);
	out = mg_arena_zalloc(&c->arena, sizeof(*out) * (w.nodes.n + 1));
	for (size_t i = 0, k; i < w.np; i = k) {
		size_t start = 0, agree;

		for (k = i; k < w.np && w.p[k].node == w.p[i].node; k++)
			;
		agree = densest(w.p + i, k - i, &start);
		if (agree >= MIN_PAIRS)
			describe(&out[(*n)++], w.p + i + start, agree);
	}
	if (*n)
		qsort(out, *n, sizeof(*out), by_name);
	free(w.w);
	free(w.p);
	mg_intern_release(&w.keys);
	mg_intern_release(&w.nodes);
	return out;
}
