/* from_etcdtable.h - a row of `etcdctl -w table` as the events that its JSON would give.
 *
 * Layer:   event (base, parse)
 * Memory:  the batch copies what it needs
 * Threads: no state
 */
#ifndef MG_EVENT_FROM_ETCDTABLE_H
#define MG_EVENT_FROM_ETCDTABLE_H

#include "event/batch.h"
#include "event/source.h"
#include "parse/etcdtable.h"

/* etcd.status, etcd.member, etcd.error, etcd.nospace or etcd.alarm; the time is that of the
 * file. */
void mg_event_from_etcdtable(const struct mg_source *src, uint64_t line,
			     const struct mg_str cell[MG_ETCDT_CELLS], struct mg_batch *out);

#endif
