/* etcdcompact.h - one compaction as each member did it, and how far they are apart.
 *
 * All members compact the same revision at about the same time, on the same keys: what
 * differs is their disk.  Times more than 200 ms apart speak for shared or network storage
 * [OpenShift etcd-tools].
 *
 * Layer:   analysis
 * Memory:  nothing is kept; texts belong to the view
 */
#ifndef MG_ANALYSIS_ETCDCOMPACT_H
#define MG_ANALYSIS_ETCDCOMPACT_H

#include "analysis/etcdview.h"

#define MG_ETCD_COMPACT_APART (200 * MG_MS)

struct mg_etcd_compact {
	uint32_t compared; /* revisions of which two members or more logged the time */
	uint32_t apart;    /* of these: MG_ETCD_COMPACT_APART or more                */
	/* the one with the largest distance; MG_NONE and 0 when nothing is compared */
	uint32_t slow, quick;
	int64_t  slow_ns, quick_ns, revision;
	int64_t  time_ns;  /* when the slow one began */
};

void mg_etcd_compact_build(struct mg_etcd_compact *out, const struct mg_etcdview *v);

#endif
