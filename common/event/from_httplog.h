/* from_httplog.h - an httplog line as an event, when it is worth one.
 *
 * Layer:   event (base parse)
 * Memory:  the batch copies what it keeps
 * Attributes: uri, user_agent, client, priority_level, flow_schema, hijacked
 */
#ifndef MG_EVENT_FROM_HTTPLOG_H
#define MG_EVENT_FROM_HTTPLOG_H

#include "event/batch.h"
#include "event/source.h"
#include "parse/apiuri.h"
#include "parse/httplog.h"

/* One request, resolved.  Views point into the line, buf or literals. */
struct mg_httplog_call {
	struct mg_apiuri uri;
	struct mg_str    verb, resource;
	bool             long_running;
	char             buf[24], resource_buf[256];
};
void mg_httplog_resolve(const struct mg_httplog *h, struct mg_httplog_call *c);

/* 5xx are errors, a request of at least a second that is not long-running a warning. */
enum mg_severity mg_httplog_severity(const struct mg_httplog *h, const struct mg_httplog_call *c);

/* Add APISERVER_HTTP when it took at least a second (and is not long-running) or was answered
 * with 5xx.  `line` is the line's time (the end of the request).  NULL: not worth one. */
struct mg_event *mg_httplog_event(const struct mg_source *src, const struct mg_line *line,
				  const struct mg_httplog *h, const struct mg_httplog_call *c,
				  struct mg_batch *out);

#endif
