/* audit_seen.h - was this event seen before?
 *
 * Layer:   ingest
 * Memory:  8 bytes for each event that is remembered, and as much again while there is room
 */
#ifndef MG_INGEST_AUDIT_SEEN_H
#define MG_INGEST_AUDIT_SEEN_H

#include "parse/audit.h"

struct mg_audit_seen;

#define MG_AUDIT_SEEN_NEAR ((size_t)1 << 15) /* 256 KiB: stays in the cache     */
#define MG_AUDIT_SEEN_FAR  ((size_t)1 << 21) /* 16 MiB                          */
#define MG_AUDIT_SEEN_SURE 1500000           /* events of which FAR forgets none */

/* Room for `n` events at most, a power of two from 16 on; it begins with less. */
struct mg_audit_seen *mg_audit_seen_new(size_t n);
/* True: it was there.  Otherwise it is now, and an older one may be forgotten. */
bool mg_audit_seen_add(struct mg_audit_seen *s, uint64_t id);
/* Was any event forgotten? */
bool mg_audit_seen_forgot(const struct mg_audit_seen *s);
void mg_audit_seen_free(struct mg_audit_seen *s); /* NULL is fine */

/* What tells one event from all others: audit ID, stage and times.  0: it has no audit ID. */
uint64_t mg_audit_event_id(const struct mg_audit *a);

#endif
