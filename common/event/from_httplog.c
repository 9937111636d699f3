/* SPDX-License-Identifier: Apache-2.0 */
#include "event/from_httplog.h"

#include "parse/klog.h"

void mg_httplog_resolve(const struct mg_httplog *h, struct mg_httplog_call *c)
{
	mg_apiuri_parse(h->uri, &c->uri);
	c->verb = mg_apiuri_verb(&c->uri, h->verb, c->buf, sizeof(c->buf));
	c->resource = mg_apiuri_resource(&c->uri, c->resource_buf, sizeof(c->resource_buf));
	c->long_running = h->hijacked || mg_apiuri_long_running(&c->uri, c->verb);
}

static void attr(struct mg_batch *out, struct mg_event *e, const char *key, struct mg_str v)
{
	char buf[1024];

	if (v.n)
		mg_batch_attr(out, e, key, mg_klog_unquote(v, buf, sizeof(buf)));
}

enum mg_severity mg_httplog_severity(const struct mg_httplog *h, const struct mg_httplog_call *c)
{
	if (h->code >= 500)
		return MG_SEV_ERROR;
	return h->latency_ns >= MG_SEC && !c->long_running ? MG_SEV_WARNING : MG_SEV_INFO;
}

struct mg_event *mg_httplog_event(const struct mg_source *src, const struct mg_line *line,
				  const struct mg_httplog *h, const struct mg_httplog_call *c,
				  struct mg_batch *out)
{
	enum mg_severity severity = mg_httplog_severity(h, c);
	struct mg_event *e;

	if (severity == MG_SEV_INFO)
		return NULL;
	e = mg_batch_add(out, MG_EV_APISERVER_HTTP, severity);
	e->artifact = src->artifact;
	e->line = line->lineno;
	e->time_ns = line->time_ns;
	e->time_source = line->time_source;
	if (h->latency_ns >= 0) {
		e->duration_ns = h->latency_ns;
		if (e->time_ns != MG_TIME_NONE)
			e->time_ns -= h->latency_ns;
	}
	e->component = src->component;
	e->node = src->node.n ? src->node : mg_batch_str(out, line->host);
	e->pod = src->pod;
	e->code = h->code;
	e->verb = mg_batch_str(out, c->verb);
	e->resource = mg_batch_str(out, c->resource);
	e->ns = mg_batch_str(out, c->uri.ns);
	e->name = mg_batch_str(out, c->uri.name);
	e->audit_id = mg_batch_str(out, h->audit_id);
	e->message = mg_batch_str(out, mg_arena_printf(&out->arena, "%.*s %.*s -> %u",
						       MG_FMT(h->verb), MG_FMT(h->uri), h->code));
	attr(out, e, "uri", h->uri);
	attr(out, e, "user_agent", h->user_agent);
	attr(out, e, "client", h->source_ip);
	attr(out, e, "priority_level", h->priority_level);
	attr(out, e, "flow_schema", h->flow_schema);
	if (h->hijacked)
		mg_batch_attr(out, e, "hijacked", MG_STR("true"));
	return e;
}
