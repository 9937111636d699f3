/* from_kubetext.h - what kubectl top, kubectl describe node, crictl and the debug pages of API
 * priority and fairness print, as events.
 *
 *   kubectl top nodes | pods    resource.usage
 *   crictl ps | pods            pod.restarts (attempt above 0), object.status
 *   dump_priority_levels        apf.level
 *   dump_queues                 apf.queue (of those with requests)
 *   dump_requests               apf.request
 *   kubectl describe node       node.condition, object.status
 *
 * Layer:   event (base, parse)
 * Memory:  the batch copies what it needs
 * Threads: a state belongs to one file
 */
#ifndef MG_EVENT_FROM_KUBETEXT_H
#define MG_EVENT_FROM_KUBETEXT_H

#include "event/batch.h"
#include "event/source.h"
#include "event/stats.h"

struct mg_kubetext;

struct mg_kubetext *mg_kubetext_new(void);
/* One line of the file; what is no table and no description is counted as other text. */
void mg_kubetext_line(struct mg_kubetext *k, const struct mg_source *src, struct mg_str line,
		      uint64_t lineno, struct mg_leaf_stats *stats, struct mg_batch *out);
/* The end: the node that is still being described. */
void mg_kubetext_end(struct mg_kubetext *k, const struct mg_source *src, struct mg_batch *out);
void mg_kubetext_free(struct mg_kubetext *k);

/* "Tue, 14 Sep 2021 14:42:48 +0000", as kubectl describe prints times. */
bool mg_time_parse_rfc1123(struct mg_str s, int64_t *ns);

#endif
