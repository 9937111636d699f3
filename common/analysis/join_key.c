/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/join_key.h"

#include "analysis/tally.h"

/* A request that is told to the second by its group may be this far from etcd's line. */
#define SPAN_SLACK_NS MG_MIN
/* No request of the API server lasts longer than its timeout. */
#define LONGEST_NS MG_MIN

static const char *verb_of(const struct mg_event *etcd)
{
	struct mg_str op = mg_event_attr(etcd, "op");

	if (mg_event_attr(etcd, "range_end").n)
		return "LIST";
	return mg_str_has(op, MG_STR("put")) ? "write" :
	       mg_str_has(op, MG_STR("delete")) ? "delete" : "read";
}

static bool is_verb(struct mg_str v, const char *what)
{
	if (strcmp(what, "LIST") == 0)
		return mg_str_eq(v, MG_STR("list"));
	if (strcmp(what, "read") == 0)
		return mg_str_eq(v, MG_STR("get"));
	if (strcmp(what, "delete") == 0)
		return mg_str_starts(v, MG_STR("delete"));
	return mg_str_eq(v, MG_STR("create")) || mg_str_eq(v, MG_STR("update")) ||
	       mg_str_eq(v, MG_STR("patch"));
}

/* LISTs become events from 100 ms on: one that was running when etcd worked for it. */
static const struct mg_event *list_around(const struct mg_case *c, const struct mg_event *etcd)
{
	size_t i = mg_case_lower_bound(c, etcd->time_ns - LONGEST_NS);

	for (; i < c->events.n && c->events.ev[i].time_ns <= etcd->time_ns + MG_JOIN_NEAR_NS; i++) {
		const struct mg_event *e = &c->events.ev[i];

		if (e->kind == MG_EV_AUDIT_LIST && mg_str_eq(e->ns, etcd->ns) &&
		    mg_str_eq(mg_join_plain(e->resource), mg_join_plain(etcd->resource)) &&
		    mg_event_end(e) + MG_JOIN_NEAR_NS >= mg_event_end(etcd))
			return e;
	}
	return NULL;
}

/* Who sends such requests, among the groups whose time covers the moment. */
static void by_count(const struct mg_rule_ctx *x, const struct mg_event *etcd,
		     struct mg_key_client *out)
{
	size_t                         n;
	const struct mg_request_group *g = mg_requests_groups(x->c->audit, &n);
	struct mg_counts               users = { 0 };
	uint32_t                       top;

	for (size_t i = 0; i < n; i++) {
		struct mg_str resource = mg_requests_text(x->c->audit, g[i].resource);

		if (is_verb(mg_requests_text(x->c->audit, g[i].verb), out->verb) &&
		    mg_str_eq(mg_join_plain(resource), mg_join_plain(etcd->resource)) &&
		    g[i].first_ns <= etcd->time_ns + SPAN_SLACK_NS &&
		    g[i].last_ns >= etcd->time_ns - SPAN_SLACK_NS)
			mg_counts_add(&users, mg_requests_text(x->c->audit, g[i].user), g[i].count);
	}
	top = mg_counts_top(&users);
	if (top != MG_NONE) {
		struct mg_str name = mg_intern_str(&users.names, top);

		out->part = users.n[top];
		out->all = users.total;
		/* the interner goes, the text of the requests stays */
		for (size_t i = 0; i < n && !out->user.n; i++)
			if (mg_str_eq(mg_requests_text(x->c->audit, g[i].user), name))
				out->user = mg_requests_text(x->c->audit, g[i].user);
	}
	mg_counts_release(&users);
}

bool mg_key_client(const struct mg_rule_ctx *x, const struct mg_event *etcd,
		   struct mg_key_client *out)
{
	const struct mg_joined *r;

	*out = (struct mg_key_client){ .verb = verb_of(etcd) };
	if (!etcd->resource.n || etcd->time_ns == MG_TIME_NONE)
		return false;
	if ((r = mg_join_around(x->join, etcd))) {
		out->request = r->first;
		out->user = mg_joined_user(r);
	} else if (strcmp(out->verb, "LIST") == 0 && (out->request = list_around(x->c, etcd))) {
		out->user = out->request->user;
	}
	if (!out->user.n)
		by_count(x, etcd, out);
	return true;
}

static struct mg_str who(struct mg_rule_ctx *x, const struct mg_event *etcd,
			 const struct mg_key_client *k)
{
	struct mg_str agent = k->request ? mg_event_attr(k->request, "user_agent") : mg_str("", 0);

	if (k->request && k->user.n && !k->all)
		return mg_arena_printf(&x->out->arena, "by %s, running then (%.*s:%llu)",
				       mg_rule_user(x, k->user),
				       MG_FMT(mg_case_path(x->c, k->request->artifact)),
				       (unsigned long long)k->request->line);
	if (agent.n)
		return mg_arena_printf(&x->out->arena, "by a client with user agent %.*s",
				       MG_FMT(agent));
	if (k->all)
		return mg_arena_printf(&x->out->arena, "mostly by %s (%llu of %llu such requests around "
				       "that time)", mg_rule_user(x, k->user),
				       (unsigned long long)k->part, (unsigned long long)k->all);
	if (mg_intern_find(&x->blind->resources, etcd->resource) != MG_NONE)
		return mg_arena_printf(&x->out->arena, "by a client that cannot be told: the audit log "
				       "never shows %.*s", MG_FMT(etcd->resource));
	return MG_STR("by a client that no artifact names");
}

struct mg_str mg_key_text(struct mg_rule_ctx *x, const struct mg_event *etcd)
{
	struct mg_key_client k;
	struct mg_str        key = mg_event_attr(etcd, "key");

	if (!key.n || !mg_key_client(x, etcd, &k))
		return mg_str("", 0);
	return mg_arena_printf(&x->out->arena, "key %.*s = %s %.*s %.*s", MG_FMT(key), k.verb,
			       MG_FMT(etcd->resource), MG_FMT(who(x, etcd, &k)));
}
