/* from_trace.h - a finished Trace block as events.
 *
 * Layer:   event (base parse)
 * Memory:  the batch copies what it keeps
 * Attributes: operation, url, user_agent, client, type, key, slow_step, slow_step_ns, items,
 *          webhook, truncated
 */
#ifndef MG_EVENT_FROM_TRACE_H
#define MG_EVENT_FROM_TRACE_H

#include "event/batch.h"
#include "event/source.h"
#include "parse/trace.h"

/* Add APISERVER_TRACE, and WEBHOOK_SLOW for a call of a webhook.  t->logged_ns is the time of
 * the first line and t->logged_how its enum mg_time_source.  False: a block without a first
 * line and without a total, which says nothing. */
bool mg_trace_event(const struct mg_source *src, const struct mg_trace *t, struct mg_batch *out);

#endif
