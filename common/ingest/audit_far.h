/* audit_far.h - was this event seen before, however far away, in a file that is read in order?
 *
 * Layer:   ingest
 * Memory:  8 to 32 bytes for each event that is remembered, 16 MiB in all
 */
#ifndef MG_INGEST_AUDIT_FAR_H
#define MG_INGEST_AUDIT_FAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MG_AUDIT_FAR      ((size_t)1 << 21) /* events that there is room for: 16 MiB     */
#define MG_AUDIT_FAR_SURE 1500000           /* of so many, none is forgotten            */

struct mg_audit_far;

/* Room for `n` events at most, a power of two from 16 on; it begins with less. */
struct mg_audit_far *mg_audit_far_new(size_t n);
/* True: it was there.  Otherwise it is now, and an older one may be forgotten.  `id` is not
 * 0, see mg_audit_event_id. */
bool mg_audit_far_add(struct mg_audit_far *s, uint64_t id);
/* Was any event forgotten? */
bool mg_audit_far_forgot(const struct mg_audit_far *s);
void mg_audit_far_free(struct mg_audit_far *s); /* NULL is fine */

#endif
