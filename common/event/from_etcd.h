#ifndef MG_EVENT_FROM_ETCD_H
#define MG_EVENT_FROM_ETCD_H
#include "event/batch.h"
#include "event/source.h"
#include "event/stats.h"
bool mg_etcd_line(const struct mg_source *src, const struct mg_line *line, struct mg_batch *out,
		  struct mg_leaf_stats *stats); /* true: the line was etcd's */
#endif
