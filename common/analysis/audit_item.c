/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/audit_item.h"

#include "analysis/audit_filter.h"
#include "base/mem.h"

#define TEXT_MAX 4096 /* of a message or an audit ID */

static void read_split(struct mg_audit_item *item, const struct mg_audit *a)
{
	static const struct mg_str prefix = { "apiserver.latency.k8s.io/", 25 };
	static const char *const   names[MG_SPLITS] = {
#define X(id, name, head) name,
		MG_AUDIT_SPLITS(X)
#undef X
	};
	struct mg_json_iter  it;
	struct mg_json_value k, v;

	for (int i = 0; i < MG_SPLITS; i++)
		item->split[i] = -1;
	if (!a->annotations.n || !mg_str_has(a->annotations, prefix))
		return;
	mg_json_iter_init(&it, a->annotations);
	while (mg_json_member(&it, &k, &v) == MG_OK) {
		if (v.type != MG_JSON_STRING || !mg_str_starts(k.raw, prefix))
			continue;
		for (int i = 0; i < MG_SPLITS; i++)
			if (mg_str_eq(mg_str_from(k.raw, prefix.n), mg_strz(names[i])) &&
			    !mg_duration_parse(v.raw, &item->split[i]))
				item->split[i] = -1;
	}
}

struct mg_audit_item *mg_audit_item_new(const struct mg_audit *a, const struct mg_request *q)
{
	char                  id[TEXT_MAX], reason[256], message[TEXT_MAX], *p;
	struct mg_audit_item  item = { .q = *q, .stage = a->stage }, *out;
	struct mg_str        *text[] = { &item.q.verb, &item.q.user, &item.q.user_agent,
					 &item.q.source_ip, &item.q.resource, &item.q.subresource,
					 &item.q.ns, &item.q.name, &item.q.uri, &item.audit_id,
					 &item.reason, &item.message };
	const size_t          n = sizeof(text) / sizeof(*text);
	size_t                size = sizeof(item);

	item.audit_id = mg_json_plain(a->audit_id, id, sizeof(id));
	item.reason = mg_json_plain(a->reason, reason, sizeof(reason));
	item.message = mg_json_plain(a->message, message, sizeof(message));
	read_split(&item, a);
	for (size_t i = 0; i < n; i++)
		size += text[i]->n;
	out = mg_alloc(size);
	p = (char *)(out + 1);
	for (size_t i = 0; i < n; i++) {
		if (text[i]->n)
			memcpy(p, text[i]->p, text[i]->n);
		text[i]->p = p;
		p += text[i]->n;
	}
	*out = item;
	return out;
}

/* --- order ------------------------------------------------------------------------ */

int mg_audit_item_by_time(const void *va, const void *vb)
{
	const struct mg_audit_item *a = *(struct mg_audit_item *const *)va;
	const struct mg_audit_item *b = *(struct mg_audit_item *const *)vb;

	if (a->q.start_ns != b->q.start_ns)
		return a->q.start_ns < b->q.start_ns ? -1 : 1;
	if (a->q.artifact != b->q.artifact)
		return a->q.artifact < b->q.artifact ? -1 : 1;
	return a->q.line < b->q.line ? -1 : a->q.line > b->q.line;
}

int mg_audit_item_by_weight(const void *va, const void *vb)
{
	const struct mg_audit_item *a = *(struct mg_audit_item *const *)va;
	const struct mg_audit_item *b = *(struct mg_audit_item *const *)vb;

	if (a->q.long_running != b->q.long_running)
		return a->q.long_running ? 1 : -1;
	return mg_audit_item_by_time(va, vb);
}

int mg_audit_item_by_duration(const void *va, const void *vb)
{
	int64_t a = mg_audit_duration(&(*(struct mg_audit_item *const *)va)->q);
	int64_t b = mg_audit_duration(&(*(struct mg_audit_item *const *)vb)->q);

	if (a != b)
		return a > b ? -1 : 1;
	return mg_audit_item_by_time(va, vb);
}

/* --- lists ------------------------------------------------------------------------- */

void mg_audit_items_add(struct mg_audit_items *l, struct mg_audit_item *item)
{
	MG_PUSH(l->v, l->n, l->cap, item);
}

void mg_audit_items_merge(struct mg_audit_items *l, struct mg_audit_items *from)
{
	for (size_t i = 0; i < from->n; i++)
		mg_audit_items_add(l, from->v[i]);
	from->n = 0;
	mg_audit_items_release(from);
}

void mg_audit_items_longest(struct mg_audit_items *l, size_t n)
{
	if (l->n > 1)
		qsort(l->v, l->n, sizeof(*l->v), mg_audit_item_by_duration);
	while (l->n > n)
		free(l->v[--l->n]);
}

void mg_audit_items_sort(struct mg_audit_items *l, int (*order)(const void *, const void *))
{
	if (l->n > 1)
		qsort(l->v, l->n, sizeof(*l->v), order);
}

void mg_audit_items_release(struct mg_audit_items *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->v[i]);
	free(l->v);
	*l = (struct mg_audit_items){ 0 };
}
