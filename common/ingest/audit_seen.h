/* audit_seen.h - was this event seen before?
 *
 * Layer:   ingest
 * Memory:  8 bytes for each event that is remembered, whatever the number of events
 */
#ifndef MG_INGEST_AUDIT_SEEN_H
#define MG_INGEST_AUDIT_SEEN_H

#include "parse/audit.h"

struct mg_audit_seen;

#define MG_AUDIT_SEEN_NEAR ((size_t)1 << 15) /* 256 KiB: stays in the cache                */

/* Remember at least about half of the last `n` events, a power of two from 8 on. */
struct mg_audit_seen *mg_audit_seen_new(size_t n);
/* It will be added soon: let its place be fetched meanwhile. */
void mg_audit_seen_ask(const struct mg_audit_seen *s, uint64_t id);
/* True: it was there.  Otherwise it is now. */
bool mg_audit_seen_add(struct mg_audit_seen *s, uint64_t id);
void mg_audit_seen_free(struct mg_audit_seen *s); /* NULL is fine */

/* What tells one event from all others: audit ID, stage and times.  0: it has no audit ID. */
uint64_t mg_audit_event_id(const struct mg_audit *a);

#endif
