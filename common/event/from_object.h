/* from_object.h - leases, certificate requests, versions, usage, and the state of objects that
 * are well.
 *
 * Layer:   event (base, parse)
 * Memory:  the batch copies what it needs
 * Threads: pure functions
 */
#ifndef MG_EVENT_FROM_OBJECT_H
#define MG_EVENT_FROM_OBJECT_H

#include "event/from_kubeobj.h"

/* The lock of leader election before there were Leases: JSON in an annotation. */
#define MG_LEADER_ANNOTATION MG_STR("control-plane.alpha.kubernetes.io/leader")

void mg_event_from_lease(const struct mg_kubeobj *o, struct mg_batch *out);
void mg_event_from_leader_annotation(const struct mg_kubeobj *o, struct mg_batch *out);
void mg_event_from_csr(const struct mg_kubeobj *o, struct mg_batch *out);
/* NodeMetrics and PodMetrics of metrics.k8s.io. */
void mg_event_from_metrics(const struct mg_kubeobj *o, struct mg_batch *out);
/* One clusterversion.update an entry of status.history. */
void mg_event_from_version_history(const struct mg_kubeobj *o, struct mg_batch *out);

/* object.status: what the object says of itself, well or not. */
void mg_event_from_node_status(const struct mg_kubeobj *o, struct mg_batch *out);
void mg_event_from_operator_status(const struct mg_kubeobj *o, struct mg_batch *out);
void mg_event_from_apiservice_status(const struct mg_kubeobj *o, struct mg_batch *out);
void mg_event_from_namespace_status(const struct mg_kubeobj *o, struct mg_batch *out);

#endif
