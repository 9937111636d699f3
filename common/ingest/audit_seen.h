/* audit_seen.h - was this event seen before?
 *
 * Layer:   ingest
 * Memory:  8 MiB, whatever the number of events: about the last million of them are known
 * Cost:    one cache miss an event
 */
#ifndef MG_INGEST_AUDIT_SEEN_H
#define MG_INGEST_AUDIT_SEEN_H

#include "parse/audit.h"

struct mg_audit_seen;

struct mg_audit_seen *mg_audit_seen_new(void);
/* True: it was there.  Otherwise it is now. */
bool mg_audit_seen_add(struct mg_audit_seen *s, uint64_t id);
void mg_audit_seen_free(struct mg_audit_seen *s); /* NULL is fine */

/* What tells one event from all others: audit ID, stage and times.  0: it has no audit ID. */
uint64_t mg_audit_event_id(const struct mg_audit *a);

#endif
