/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/inflight.h"

#include "analysis/join_key.h"
#include "analysis/tally.h"
#include "base/num.h"

/* The server's own timeout: what began earlier has ended. */
#define REQUEST_NS MG_MIN
/* A storage operation that ended so long before was followed by work that did not end. */
#define AFTER_STORAGE_NS (10 * MG_SEC)
/* The stamp of a death is cut to the second. */
#define DEATH_STAMP_NS MG_SEC
/* Answers below this are not what fills a memory. */
#define LARGE_RANGE (INT64_C(1) << 20)

static bool of_server(const struct mg_death *d, const struct mg_event *e)
{
	return !d->node.n || !e->node.n || mg_str_eq(d->node, e->node);
}

/* A whole collection costs most, then any list, then the others. */
static int weight(const struct mg_event *e)
{
	return mg_str_eq(e->verb, MG_STR("list")) ? (e->name.n ? 1 : 2)
						  : mg_str_eq(e->verb, MG_STR("deletecollection"));
}

/* Did the request that etcd answered here end in any artifact before the death? */
static bool ended(const struct mg_rule_ctx *x, const struct mg_event *range, const struct mg_death *d)
{
	struct mg_key_client k;

	return mg_key_client(x, range, &k) && k.request && mg_event_end(k.request) <= d->time_ns;
}

static void look_at(const struct mg_rule_ctx *x, const struct mg_death *d, const struct mg_event *e,
		    struct mg_inflight *out)
{
	int64_t end = mg_event_end(e), size = mg_event_attr_i64(e, "response_size", 0);

	if (e->kind == MG_EV_GOROUTINE_DUMP && of_server(d, e)) {
		out->dump = e;
	} else if (e->kind == MG_EV_AUDIT_UNFINISHED && of_server(d, e)) {
		out->unfinished++;
		if (!out->request || weight(e) > weight(out->request))
			out->request = e;
	} else if (e->kind == MG_EV_APISERVER_TRACE && !e->verb.n && of_server(d, e) &&
		   end >= d->time_ns - AFTER_STORAGE_NS && end <= d->time_ns + DEATH_STAMP_NS) {
		const struct mg_joined *r = mg_join_at(x->join, e);

		if (!r || r->request)
			return; /* a part of a request that ended, or too short to say so */
		out->operations++;
		if (!out->operation || e->duration_ns > out->operation->duration_ns)
			out->operation = e;
	} else if (e->kind == MG_EV_ETCD_SLOW_APPLY && size >= LARGE_RANGE &&
		   end >= d->time_ns - AFTER_STORAGE_NS && !ended(x, e, d)) {
		out->ranges += e->count;
		if (size > out->range_bytes) {
			out->range_bytes = size;
			out->range = e;
		}
	}
}

static bool is_server(const struct mg_death *d)
{
	return mg_str_eq(d->component, MG_STR("kube-apiserver"));
}

/* Since when its requests may have been open: its timeout, or the death before, which ended
 * all of them. */
static int64_t since(const struct mg_rule_ctx *x, const struct mg_death *d)
{
	int64_t from = d->time_ns - REQUEST_NS;

	for (uint32_t i = 0; i < x->s->ndeath; i++) {
		const struct mg_death *o = &x->s->death[i];

		if (is_server(o) && mg_str_eq(o->node, d->node) && o->time_ns < d->time_ns &&
		    o->time_ns > from)
			from = o->time_ns;
	}
	return from;
}

void mg_inflight_at(const struct mg_rule_ctx *x, const struct mg_death *d, struct mg_inflight *out)
{
	*out = (struct mg_inflight){ .received = x->c->received > 0 };
	for (size_t i = mg_case_lower_bound(x->c, since(x, d));
	     i < x->c->events.n && x->c->events.ev[i].time_ns <= d->time_ns; i++)
		look_at(x, d, &x->c->events.ev[i], out);
}

/* "list configmaps 8, get leases 2 and 3 others": the unfinished requests, most first. */
static struct mg_str kinds_of(struct mg_rule_ctx *x, const struct mg_death *d)
{
	struct mg_counts t = { 0 };
	struct mg_str    text;

	for (size_t i = mg_case_lower_bound(x->c, since(x, d));
	     i < x->c->events.n && x->c->events.ev[i].time_ns <= d->time_ns; i++) {
		const struct mg_event *e = &x->c->events.ev[i];

		if (e->kind == MG_EV_AUDIT_UNFINISHED && of_server(d, e))
			mg_counts_add(&t, mg_arena_printf(&x->out->arena, "%.*s %.*s", MG_FMT(e->verb),
							  MG_FMT(e->resource)), e->count);
	}
	text = mg_counts_text(x, &t, 3);
	mg_counts_release(&t);
	return text;
}

static struct mg_str traces(struct mg_rule_ctx *x, const struct mg_inflight *n)
{
	if (!n->operations)
		return mg_str("", 0);
	return mg_arena_printf(&x->out->arena, "%u storage operation%s had ended in a Trace without "
			       "the request around %s", n->operations, n->operations == 1 ? "" : "s",
			       n->operations == 1 ? "it" : "them");
}

static struct mg_str ranges(struct mg_rule_ctx *x, const struct mg_inflight *n)
{
	char b[32];

	if (!n->ranges)
		return mg_str("", 0);
	return mg_arena_printf(&x->out->arena, "etcd had answered %u large range%s, up to %s of %.*s, "
			       "for requests that never ended", n->ranges, n->ranges == 1 ? "" : "s",
			       mg_num_bytes_text((double)n->range_bytes, b, sizeof(b)),
			       MG_FMT(n->range->resource));
}

/* "in flight at 03:18:19: …" */
static struct mg_str tell_one(struct mg_rule_ctx *x, const struct mg_death *d,
			      const struct mg_inflight *n)
{
	struct mg_str t = traces(x, n), r = ranges(x, n), audit;

	if (n->unfinished)
		audit = mg_arena_printf(&x->out->arena, "%u requests had begun and not ended (%.*s)",
					n->unfinished, MG_FMT(kinds_of(x, d)));
	else if (n->received)
		audit = MG_STR("the audit log shows no request that had begun and not ended");
	else
		audit = MG_STR("the audit log cannot tell");
	return mg_arena_printf(&x->out->arena, "at %s: %.*s%s%.*s%s%.*s%s", mg_rule_clock(x, d->time_ns),
			       MG_FMT(audit), t.n ? "; " : "", MG_FMT(t), r.n ? "; " : "", MG_FMT(r),
			       n->dump ? "; a goroutine dump was taken in the minute before" : "");
}

/* Once: the rule may have shown it already. */
static void cite(struct mg_rule_ctx *x, struct mg_finding *f, const struct mg_event *e)
{
	for (uint32_t i = 0; e && i < f->nevidence; i++)
		if (f->evidence[i].artifact == e->artifact && f->evidence[i].line == e->line)
			return;
	if (e)
		mg_find_event(x, f, e);
}

static void evidence(struct mg_rule_ctx *x, struct mg_finding *f, const struct mg_inflight *n)
{
	if (n->request)
		mg_find_evidence(x, f, n->request->artifact, n->request->line, n->request->time_ns,
				 "in flight at the end: %.*s %.*s by %s", MG_FMT(n->request->verb),
				 MG_FMT(n->request->message), mg_rule_user(x, n->request->user));
	cite(x, f, n->operation);
	cite(x, f, n->range);
	cite(x, f, n->dump);
}

/* The audit log leaves none: say so, and what tells more. */
static void blind(struct mg_rule_ctx *x, const struct mg_death *d, const struct mg_inflight *all)
{
	if (!mg_requests_count(x->c->audit) || all->received)
		return;
	mg_rule_blind_spot(x, "requests in flight when kube-apiserver died (%s): the audit policy omits "
			      "the stage RequestReceived, so a request that did not end left no line; %s",
			   mg_rule_clock(x, d->time_ns),
			   all->ranges && all->operations
				   ? "etcd's range sizes and Traces of storage operations tell of some" :
			   all->ranges ? "etcd's range sizes tell of some" :
			   all->operations ? "Traces of storage operations tell of some" :
			   all->dump ? "a goroutine dump before tells of some" :
			   "etcd's range sizes, Traces or a goroutine dump would tell, and hold none here");
}

void mg_inflight_tell(struct mg_rule_ctx *x, struct mg_finding *f, bool oom)
{
	struct mg_inflight     all = { 0 };
	struct mg_str          text = { "", 0 };
	const struct mg_death *first = NULL;

	for (uint32_t i = 0; i < x->s->ndeath; i++) {
		const struct mg_death *d = &x->s->death[i];
		struct mg_inflight     n;

		if (d->oom != oom || !is_server(d))
			continue;
		first = first ? first : d;
		mg_inflight_at(x, d, &n);
		evidence(x, f, &n);
		text = mg_arena_printf(&x->out->arena, "%.*s%s%.*s", MG_FMT(text), text.n ? "; " : "",
				       MG_FMT(tell_one(x, d, &n)));
		all.received |= n.received;
		all.unfinished += n.unfinished;
		all.operations += n.operations;
		all.ranges += n.ranges;
		all.dump = n.dump ? n.dump : all.dump;
	}
	if (!first)
		return;
	mg_find_num(f, "in_flight_unfinished", all.unfinished);
	mg_find_num(f, "in_flight_operations", all.operations);
	mg_find_num(f, "in_flight_ranges", all.ranges);
	mg_find_text(x, f, "in_flight", "%.*s", MG_FMT(text));
	blind(x, first, &all);
}
