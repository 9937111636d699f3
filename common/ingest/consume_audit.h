/* consume_audit.h - how a leaf of kind AUDIT is to be read.
 *
 * Layer: ingest
 */
#ifndef MG_INGEST_CONSUME_AUDIT_H
#define MG_INGEST_CONSUME_AUDIT_H

#include "ingest/consumer.h"

/* Events per block that are kept one by one; the attribute `more` of the last one says how
 * many were left out (they are all counted in the requests). */
#define MG_AUDIT_KEEP 256
#define MG_AUDIT_SLOW_NS MG_SEC
#define MG_AUDIT_LIST_NS (100 * MG_MS)

/* mg_consumer_audit (consumer.h) reads one record a line and keeps no state, so blocks can
 * run in parallel.  This one also reads documents over many lines (pretty-printed events,
 * lists) and the partial lines of container runtimes; its blocks come in order. */
extern const struct mg_consumer mg_consumer_audit_docs;

/* The one for a leaf that begins with `head`. */
const struct mg_consumer *mg_consumer_audit_for(struct mg_str head);

#endif
