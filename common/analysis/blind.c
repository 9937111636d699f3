/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/blind.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

/* What the audit log shows. */
struct shown {
	struct mg_intern resources, agents, addresses, nodes;
	int64_t          first_ns, last_ns;
};

static void collect_shown(struct shown *s, const struct mg_case *c)
{
	size_t                         n;
	const struct mg_request_group *g = mg_requests_groups(c->audit, &n);

	mg_requests_span(c->audit, &s->first_ns, &s->last_ns);
	for (size_t i = 0; i < n; i++) {
		mg_intern_id(&s->resources, mg_requests_text(c->audit, g[i].resource));
		mg_intern_id(&s->agents, mg_requests_text(c->audit, g[i].user_agent));
		mg_intern_id(&s->addresses, mg_requests_text(c->audit, g[i].source_ip));
	}
	for (uint32_t i = 0; i < c->nartifacts; i++)
		if (c->artifacts[i].kind == MG_KIND_AUDIT && c->artifacts[i].stats.records &&
		    c->artifacts[i].source.node.n)
			mg_intern_id(&s->nodes, c->artifacts[i].source.node);
}

static void release_shown(struct shown *s)
{
	mg_intern_release(&s->resources);
	mg_intern_release(&s->agents);
	mg_intern_release(&s->addresses);
	mg_intern_release(&s->nodes);
}

static bool is_request(const struct mg_event *e)
{
	return (e->kind == MG_EV_APISERVER_TRACE && e->verb.n) || e->kind == MG_EV_APISERVER_HTTP;
}

/* Add how often a resource is shown elsewhere, unless the audit log shows it. */
static void add_resource(struct mg_blind *b, const struct shown *s, struct mg_str resource,
			 uint64_t traces, uint64_t http)
{
	uint32_t id;

	if (!resource.n || mg_intern_find(&s->resources, resource) != MG_NONE)
		return;
	id = mg_intern_id(&b->resources, resource);
	if (id == b->ncount) /* ids are dense: a new one is the next */
		MG_PUSH(b->count, b->ncount, b->count_cap, ((struct mg_blind_count){ 0, 0 }));
	b->count[id].traces += traces;
	b->count[id].http += http;
}

/* Of the audit log only the first client of each group is known, so a client counts as never
 * shown only when both its agent and its address are new. */
static void add_client(struct mg_blind *b, const struct shown *s, struct mg_str agent,
		       struct mg_str address)
{
	char buf[512];
	int  n;

	if (!agent.n || !address.n || mg_intern_find(&s->agents, agent) != MG_NONE ||
	    mg_intern_find(&s->addresses, address) != MG_NONE)
		return;
	n = snprintf(buf, sizeof(buf), "%.*s from %.*s", MG_FMT(agent), MG_FMT(address));
	mg_intern_id(&b->clients, mg_str(buf, n < (int)sizeof(buf) ? (size_t)n : sizeof(buf) - 1));
}

static void look_at(struct mg_blind *b, const struct shown *s, const struct mg_event *e)
{
	if (!is_request(e) || e->time_ns == MG_TIME_NONE || mg_event_end(e) < s->first_ns ||
	    e->time_ns > s->last_ns)
		return; /* before or after the audit log: a hole, no policy */
	if (e->node.n && s->nodes.n && mg_intern_find(&s->nodes, e->node) == MG_NONE) {
		mg_intern_id(&b->nodes, e->node);
		return;
	}
	if (e->kind == MG_EV_APISERVER_TRACE)
		add_resource(b, s, e->resource, e->count, 0);
	add_client(b, s, mg_event_attr(e, "user_agent"), mg_event_attr(e, "client"));
}

/* httplog lines are counted, not kept; those of its groups that overlap the audit log count. */
static void look_at_http(struct mg_blind *b, const struct shown *s, const struct mg_case *c)
{
	size_t                         n;
	const struct mg_request_group *g = mg_requests_groups(c->http, &n);

	for (size_t i = 0; i < n; i++)
		if (g[i].last_ns >= s->first_ns && g[i].first_ns <= s->last_ns)
			add_resource(b, s, mg_requests_text(c->http, g[i].resource), 0, g[i].count);
}

void mg_blind_build(struct mg_blind *b, const struct mg_case *c)
{
	struct shown s = { 0 };

	*b = (struct mg_blind){ 0 };
	if (mg_requests_count(c->audit) == 0)
		return;
	collect_shown(&s, c);
	for (size_t i = 0; i < c->events.n; i++)
		look_at(b, &s, &c->events.ev[i]);
	look_at_http(b, &s, c);
	release_shown(&s);
}

void mg_blind_release(struct mg_blind *b)
{
	mg_intern_release(&b->resources);
	mg_intern_release(&b->clients);
	mg_intern_release(&b->nodes);
	free(b->count);
	*b = (struct mg_blind){ 0 };
}

bool mg_blind_hides(const struct mg_blind *b, const struct mg_event *e)
{
	return is_request(e) && mg_intern_find(&b->resources, e->resource) != MG_NONE;
}
