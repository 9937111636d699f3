/* from_audit.h - an audit event as an event of the timeline.
 *
 * Layer:   event (base, parse)
 * Memory:  texts are copied into the batch
 */
#ifndef MG_EVENT_FROM_AUDIT_H
#define MG_EVENT_FROM_AUDIT_H

#include "event/batch.h"
#include "event/source.h"
#include "parse/audit.h"

/* Add `a` to `b` as an event of `kind` (AUDIT_*), read from `line` of `src`.
 * Time is the start of the request and the duration runs to its end; AUDIT_ERROR is a point
 * at the end.  The message is the URI, for AUDIT_ERROR preceded by "code verb resource".
 * Attributes, each only when known: user_agent, source_ip (the peer), impersonated_user,
 * subresource, reason, status_message, and from the latency annotations (in ns) total_ns,
 * etcd_ns, apf_queue_wait_ns, mutating_webhook_ns, validating_webhook_ns, serialize_ns,
 * response_write_ns.  The pointer is valid until the next add. */
struct mg_event *mg_event_from_audit(struct mg_batch *b, enum mg_event_kind kind,
				     const struct mg_audit *a, const struct mg_source *src,
				     uint64_t line);

/* A LIST of a whole collection: no limit, no continue token and not from the watch cache
 * (resourceVersion=0).  `uri` is decoded. */
bool mg_audit_unpaginated(struct mg_str uri);

#endif
