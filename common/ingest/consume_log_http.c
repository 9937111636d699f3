/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/clock.h"
#include "event/from_httplog.h"
#include "ingest/consume_log.h"

/* Files that print httplog lines, by release. */
static bool may_be_http(const struct mg_klog *k)
{
	return mg_str_starts(k->msg, MG_STR("\"HTTP\" ")) ||
	       mg_str_eq(k->file, MG_STR("httplog.go")) || mg_str_eq(k->file, MG_STR("wrap.go")) ||
	       mg_str_eq(k->file, MG_STR("handlers.go")) || mg_str_eq(k->file, MG_STR("logs.go"));
}

/* When the line was written.  A year that nothing in the file told yet is taken from the
 * file's age; without that there is none: 1970 would tear the series apart. */
static int64_t written(const struct mg_log_line *x)
{
	if (x->l.time_source == MG_TIME_YEARLESS && x->src->mtime_ns != MG_TIME_NONE)
		return mg_clock_with_year(x->l.time_ns, x->src->mtime_ns);
	return x->l.time_source <= MG_TIME_ASSUMED_ZONE ? x->l.time_ns : MG_TIME_NONE;
}

static void count(struct mg_log *s, const struct mg_log_line *x, const struct mg_httplog *h,
		  const struct mg_httplog_call *c, int64_t ns)
{
	struct mg_request r = {
		.end_ns = ns,
		.start_ns = ns,
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

	if (h->latency_ns >= 0)
		r.start_ns -= h->latency_ns;
	else
		r.end_ns = r.start_ns - 1; /* unknown */
	mg_source_right(x->src, &r.start_ns);
	mg_source_right(x->src, &r.end_ns);
	if (!mg_source_wants(x->src, r.end_ns < r.start_ns ? r.start_ns : r.end_ns))
		return;
	if (!s->out->http)
		s->out->http = mg_requests_new();
	mg_requests_add(s->out->http, &r);
}

bool mg_log_http(struct mg_log *s, struct mg_log_line *x)
{
	struct mg_httplog      h;
	struct mg_httplog_call c;
	int64_t                ns;

	if (x->k.form != MG_KLOG_TEXT || !may_be_http(&x->k) || !mg_httplog_parse(x->k.msg, &h))
		return false;
	mg_httplog_resolve(&h, &c);
	if ((ns = written(x)) != MG_TIME_NONE)
		count(s, x, &h, &c, ns);
	mg_httplog_event(x->src, &x->l, &h, &c, &s->out->events);
	s->stack = h.stack; /* up to 1.18 it follows on further lines */
	return true;
}
