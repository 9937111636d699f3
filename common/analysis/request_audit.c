/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/request_audit.h"

static inline struct mg_str plain(struct mg_arena *arena, struct mg_json_text t)
{
	if (!t.escaped)
		return mg_str(t.p, t.n);
	return mg_json_plain(t, mg_arena_alloc(arena, t.n), t.n);
}

static struct mg_str resource(struct mg_arena *arena, const struct mg_audit *a)
{
	size_t n = (size_t)a->resource.n + a->group.n + a->version.n + 1;

	if (!a->group.n && !a->version.escaped && !a->resource.escaped &&
	    !(a->version.n && memchr(a->version.p, '/', a->version.n)))
		return mg_str(a->resource.p, a->resource.n);
	return mg_audit_resource(a, mg_arena_alloc(arena, n), n);
}

void mg_request_from_audit(struct mg_request *q, const struct mg_audit *a,
			   struct mg_arena *arena, unsigned parts)
{
	*q = (struct mg_request){ .code = a->code, .long_running = mg_audit_long_running(a) };
	mg_audit_times(a, &q->start_ns, &q->end_ns);
	q->verb = plain(arena, a->verb);
	q->user = plain(arena, a->user);
	q->user_agent = plain(arena, a->user_agent);
	q->source_ip = plain(arena, a->last_ip);
	if (parts & MG_REQUEST_RESOURCE)
		q->resource = resource(arena, a);
	q->subresource = plain(arena, a->subresource);
	q->ns = plain(arena, a->ns);
	q->name = plain(arena, a->name);
	if (parts & MG_REQUEST_URI)
		q->uri = plain(arena, a->uri);
}
