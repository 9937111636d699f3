/* SPDX-License-Identifier: Apache-2.0 */
/* What happened inside a slow request: storage operations, webhook calls, etcd's own lines. */
#include "analysis/join.h"

#include <stdlib.h>

#include "base/mem.h"

/* Rows to look back over for the one that an inner event belongs to: inner events begin soon
 * after their request, so it is among the last that began. */
#define LOOK_BACK 256

const char *mg_spent_name(enum mg_spent s)
{
	static const char *const names[] = { "queue", "webhook", "etcd", "serialisation" };

	return names[s];
}

/* --- which request ---------------------------------------------------------------------- */

enum inner { STORAGE, WEBHOOK, ETCD };

static const struct mg_event **part_of(struct mg_joined *r, enum inner what)
{
	return what == STORAGE ? &r->storage : what == WEBHOOK ? &r->webhook : &r->etcd;
}

static bool one_of(struct mg_str s, const char *const *set)
{
	for (; *set; set++)
		if (mg_str_eq(s, mg_strz(*set)))
			return true;
	return false;
}

/* "*core.ConfigMap" and "configmaps": the plural changes at most the last letter. */
static bool is_type(struct mg_str type, struct mg_str resource)
{
	ptrdiff_t dot = mg_str_rchr(type, '.');
	struct mg_str name = mg_str_from(type, (size_t)(dot + 1));

	return name.n > 1 && resource.n > name.n &&
	       mg_str_eq_nocase(mg_str_head(name, name.n - 1), mg_str_head(resource, name.n - 1));
}

static bool same_object(const struct mg_event *r, const struct mg_event *e)
{
	if (e->resource.n == 0)
		return is_type(mg_event_attr(e, "type"), mg_join_plain(r->resource));
	return mg_str_eq(mg_join_plain(r->resource), mg_join_plain(e->resource)) &&
	       (!r->ns.n || !e->ns.n || mg_str_eq(r->ns, e->ns)) &&
	       (!r->name.n || !e->name.n || mg_str_eq(r->name, e->name));
}

/* Can a request of this verb ask for that? */
static bool may_ask(struct mg_str verb, const struct mg_event *e, enum inner what)
{
	static const char *const writes[] = { "create", "update", "patch", "apply", "delete",
					      "deletecollection", NULL };
	static const char *const lists[] = { "list", "watch", "deletecollection", NULL };
	struct mg_str op = mg_event_attr(e, what == ETCD ? "op" : "operation");

	if (what == WEBHOOK) {
		if (mg_str_eq(op, MG_STR("UPDATE")))
			return one_of(verb, (const char *const[]){ "update", "patch", "apply", NULL });
		return !op.n || mg_str_eq_nocase(op, verb);
	}
	if (mg_str_has(op, MG_STR("put")) || mg_str_has(op, MG_STR("delete")) ||
	    mg_str_starts(op, MG_STR("GuaranteedUpdate")))
		return one_of(verb, writes);
	if (mg_str_starts(op, MG_STR("List")) || mg_event_attr(e, "range_end").n)
		return one_of(verb, lists);
	return !one_of(verb, (const char *const[]){ "list", "watch", NULL });
}

static size_t first_after(const struct mg_join *j, size_t n, int64_t ns)
{
	size_t lo = 0, hi = n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (j->row[mid].start_ns <= ns)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* Is `e` a part of what the request did? */
static bool is_part(const struct mg_joined *r, const struct mg_event *e, enum inner what)
{
	bool other_node = what != ETCD && r->first->node.n && e->node.n &&
			  !mg_str_eq(r->first->node, e->node);

	return r->request && !other_node &&
	       mg_event_end(e) <= r->start_ns + r->took_ns + MG_JOIN_NEAR_NS &&
	       same_object(r->first, e) && may_ask(r->first->verb, e, what);
}

/* Give `e` to the request that it is part of; false: there is none. */
static bool place(struct mg_join *j, size_t n, const struct mg_event *e, enum inner what)
{
	size_t after = first_after(j, n, e->time_ns + MG_JOIN_NEAR_NS);

	for (size_t i = after; i-- > 0 && after - i <= LOOK_BACK;) {
		const struct mg_event **part = part_of(&j->row[i], what);

		if (!is_part(&j->row[i], e, what))
			continue;
		if (*part && what == ETCD && (*part)->duration_ns == e->duration_ns)
			continue; /* one line a request, where several wait alike */
		if (!*part || e->duration_ns > (*part)->duration_ns)
			*part = e;
		return true;
	}
	return false;
}

const struct mg_joined *mg_join_around(const struct mg_join *j, const struct mg_event *etcd)
{
	size_t after = first_after(j, j->n, etcd->time_ns + MG_JOIN_NEAR_NS);

	for (size_t i = after; i-- > 0 && after - i <= LOOK_BACK;)
		if (is_part(&j->row[i], etcd, ETCD))
			return &j->row[i];
	return NULL;
}

static void add_operation(struct mg_join *j, const struct mg_event *e)
{
	struct mg_joined r = { .first = e, .told_by = 1, .start_ns = e->time_ns,
			       .took_ns = e->duration_ns };

	r.by[MG_WITNESS_TRACE] = e;
	MG_PUSH(j->row, j->n, j->cap, r);
}

static void place_all(struct mg_join *j, const struct mg_case *c)
{
	size_t n = j->n; /* requests; operations of their own follow */

	for (size_t i = 0; i < c->events.n; i++) {
		const struct mg_event *e = &c->events.ev[i];
		bool call = e->kind == MG_EV_WEBHOOK_SLOW;
		bool operation = e->kind == MG_EV_APISERVER_TRACE && !e->verb.n;

		if (e->time_ns == MG_TIME_NONE || e->duration_ns < 0)
			continue;
		if (e->kind == MG_EV_ETCD_SLOW_APPLY)
			place(j, n, e, ETCD);
		else if ((call || (operation && !mg_event_attr(e, "webhook").n)) &&
			 !place(j, n, e, call ? WEBHOOK : STORAGE) && e->duration_ns >= MG_JOIN_SLOW_NS)
			add_operation(j, e);
	}
}

/* --- where the time went ---------------------------------------------------------------- */

/* The annotations of 1.24 and later, in ns; -1: not said. */
static int64_t said(const struct mg_event *e, const char *a, const char *b)
{
	int64_t x = mg_event_attr_i64(e, a, -1), y = b ? mg_event_attr_i64(e, b, -1) : -1;

	return x < 0 ? y : y < 0 ? x : x + y;
}

static void at_least(int64_t *spent, int64_t ns)
{
	*spent = ns > *spent ? ns : *spent;
}

/* Steps that are nothing but storage, and those that only turn objects into bytes.  "Object
 * stored in database" is neither: admission webhooks are called inside it. */
static void from_step(struct mg_joined *r, const struct mg_event *trace)
{
	static const char *const storage[] = { "Listing from storage done", "Transaction committed",
					       "initial value restored", "Transaction prepared", NULL };
	static const char *const writing[] = { "Writing http response done", "Self-linking done",
					       "Transformed response object",
					       "after About to write a response",
					       "after Listing from storage done", NULL };
	struct mg_str step = mg_event_attr(trace, "slow_step");
	int64_t       ns = mg_event_attr_i64(trace, "slow_step_ns", -1);
	bool          get = mg_str_eq(trace->verb, MG_STR("get"));

	if (one_of(step, storage) || (get && mg_str_eq(step, MG_STR("About to write a response"))))
		at_least(&r->spent[MG_SPENT_ETCD], ns);
	else if (one_of(step, writing))
		at_least(&r->spent[MG_SPENT_SERIALIZE], ns);
}

/* A storage operation is etcd's time, but for updates: they call webhooks inside. */
static void from_storage(struct mg_joined *r)
{
	struct mg_str op = mg_event_attr(r->storage, "operation");

	if (mg_str_starts(op, MG_STR("GuaranteedUpdate")))
		from_step(r, r->storage);
	else
		at_least(&r->spent[MG_SPENT_ETCD], r->storage->duration_ns);
}

static void spend(struct mg_joined *r)
{
	const struct mg_event *a = r->by[MG_WITNESS_AUDIT];

	for (int s = 0; s < MG_SPENTS; s++)
		r->spent[s] = -1;
	if (a) {
		r->spent[MG_SPENT_QUEUE] = said(a, "apf_queue_wait_ns", NULL);
		r->spent[MG_SPENT_WEBHOOK] = said(a, "mutating_webhook_ns", "validating_webhook_ns");
		r->spent[MG_SPENT_ETCD] = said(a, "etcd_ns", NULL);
		r->spent[MG_SPENT_SERIALIZE] = said(a, "serialize_ns", "response_write_ns");
	}
	if (a && mg_event_attr(a, "total_ns").n)
		return; /* the server has measured it */
	if (r->by[MG_WITNESS_TRACE])
		from_step(r, r->by[MG_WITNESS_TRACE]);
	if (r->storage)
		from_storage(r);
	if (r->webhook)
		at_least(&r->spent[MG_SPENT_WEBHOOK], r->webhook->duration_ns);
	if (r->etcd)
		at_least(&r->spent[MG_SPENT_ETCD], r->etcd->duration_ns);
	for (int s = 0; s < MG_SPENTS; s++)
		r->spent[s] = r->spent[s] > r->took_ns ? r->took_ns : r->spent[s];
}

void mg_join_spend(struct mg_join *j, const struct mg_case *c)
{
	place_all(j, c);
	for (size_t i = 0; i < j->n; i++)
		spend(&j->row[i]);
}
