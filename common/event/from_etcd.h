/* from_etcd.h - etcd log lines as events.
 *
 * Layer:   event (base, parse)
 * Memory:  what an event needs is copied into the batch
 * Threads: no state; one batch belongs to one thread
 * Format:  docs/formats/etcd.md; attributes: docs/man/mg-events.5
 */
#ifndef MG_EVENT_FROM_ETCD_H
#define MG_EVENT_FROM_ETCD_H

#include "event/batch.h"
#include "event/source.h"
#include "event/stats.h"

/* Add what the line says to `out`: no event or one.  A line that took a time is an interval
 * that ends when it was written.  True: the line is etcd's (or its client library's inside an
 * API server), with or without an event; then `stats` (may be NULL) has one record more, or
 * one fault when the line is damaged. */
bool mg_etcd_line(const struct mg_source *src, const struct mg_line *line, struct mg_batch *out,
		  struct mg_leaf_stats *stats);

#endif
