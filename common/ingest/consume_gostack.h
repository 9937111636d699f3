/* consume_gostack.h - dumps in full, for a tool that shows every stack.
 *
 * Layer:   ingest
 * mg_consumer_gostack (consumer.h) reports the notable stacks of a dump; these report each
 * (mg_event_every_gobucket).
 */
#ifndef MG_INGEST_CONSUME_GOSTACK_H
#define MG_INGEST_CONSUME_GOSTACK_H

#include "ingest/consumer.h"

extern const struct mg_consumer mg_consumer_gostack_every;   /* a file that is a dump           */
extern const struct mg_consumer mg_consumer_gostack_log;     /* a log: only the dumps inside it */
extern const struct mg_consumer mg_consumer_gostack_objects; /* YAML, JSON: texts in objects    */
extern const struct mg_consumer mg_consumer_gostack_pprof;   /* a goroutine profile in protobuf */

#endif
