/* SPDX-License-Identifier: Apache-2.0 */
#include "event/from_httplog.h"
#include "ingest/consume_log.h"

/* Files that print httplog lines, by release. */
static bool may_be_http(const struct mg_klog *k)
{
	return mg_str_starts(k->msg, MG_STR("\"HTTP\" ")) ||
	       mg_str_eq(k->file, MG_STR("httplog.go")) || mg_str_eq(k->file, MG_STR("wrap.go")) ||
	       mg_str_eq(k->file, MG_STR("handlers.go")) || mg_str_eq(k->file, MG_STR("logs.go"));
}

static void fill(struct mg_request *r, const struct mg_log_line *x, const struct mg_httplog *h,
		 const struct mg_httplog_call *c)
{
	bool known = x->l.time_source <= MG_TIME_YEARLESS;

	*r = (struct mg_request){
		.end_ns = known ? x->l.time_ns : MG_TIME_NONE,
		.code = h->code,
		.long_running = c->long_running,
		.verb = c->verb,
		.user_agent = h->user_agent,
		.source_ip = h->source_ip,
		.resource = c->resource,
		.subresource = c->uri.subresource,
		.ns = c->uri.ns,
		.name = c->uri.name,
		.uri = h->uri,
		.artifact = x->src->artifact,
		.line = x->l.lineno,
	};
	r->start_ns = r->end_ns;
	if (r->end_ns == MG_TIME_NONE)
		return;
	if (h->latency_ns >= 0)
		r->start_ns -= h->latency_ns;
	else
		r->end_ns = r->start_ns - 1; /* unknown */
}

/* For the rules and the series.  A request whose year nothing tells is counted without a time:
 * 1970 would tear the series apart. */
static void count(struct mg_log *s, const struct mg_log_line *x, struct mg_request *r)
{
	int64_t written = mg_log_dated(x->src, x->l.time_ns, x->l.time_source);

	if (written == MG_TIME_NONE) {
		r->start_ns = r->end_ns = MG_TIME_NONE;
		if (x->src->windowed)
			return;
	} else {
		r->start_ns += written - x->l.time_ns;
		r->end_ns += written - x->l.time_ns;
		mg_source_right(x->src, &r->start_ns);
		mg_source_right(x->src, &r->end_ns);
		if (!mg_source_wants(x->src, r->end_ns < r->start_ns ? r->start_ns : r->end_ns))
			return;
	}
	if (!s->out->http)
		s->out->http = mg_requests_new();
	mg_requests_add(s->out->http, r);
}

bool mg_log_http(struct mg_log *s, struct mg_log_line *x)
{
	struct mg_httplog      h;
	struct mg_httplog_call c;
	struct mg_request      r;

	if (x->k.form != MG_KLOG_TEXT || !may_be_http(&x->k) || !mg_httplog_parse(x->k.msg, &h))
		return false;
	mg_httplog_resolve(&h, &c);
	fill(&r, x, &h, &c);
	if (s->hook.request)
		s->hook.request(s->hook.ctx, x, &r, mg_httplog_severity(&h, &c));
	count(s, x, &r);
	mg_httplog_event(x->src, &x->l, &h, &c, &s->out->events);
	s->stack = h.stack; /* up to 1.18 it follows on further lines */
	return true;
}
