/* from_kubeobj.h - the state of Kubernetes objects as events.
 *
 *   Pod              pod.terminated, pod.oom_killed, pod.restarts, pod.waiting, pod.started,
 *                    kubelet.eviction
 *   Node             node.condition, object.status
 *   Namespace        namespace.terminating, object.status
 *   ClusterOperator  clusteroperator.condition, object.status
 *   ClusterVersion   clusterversion.update, clusteroperator.condition
 *   APIService       apiservice.unavailable, object.status
 *   Lease, and the leader annotation of a ConfigMap or Endpoints: lease.held
 *   CertificateSigningRequest: csr.status
 *   NodeMetrics, PodMetrics:   resource.usage
 *   any object with certificates in it: x509.certificate (from_x509.h)
 *   Event            kubernetes.event (v1 and events.k8s.io)
 *   etcdctl output   etcd.status, etcd.member, etcd.objects, etcd.nospace, etcd.alarm, etcd.error
 *
 * The attributes of each are listed in docs/formats/kubeobj.md.
 *
 * Layer:   event (base, parse)
 * Memory:  the batch copies what it needs; the tree may go away afterwards
 * Threads: pure functions
 */
#ifndef MG_EVENT_FROM_KUBEOBJ_H
#define MG_EVENT_FROM_KUBEOBJ_H

#include "base/buf.h"
#include "event/batch.h"
#include "event/source.h"
#include "event/stats.h"
#include "parse/kubeobj.h"

/* Where an object stands and what it is. */
struct mg_kubeobj {
	const struct mg_knode  *root;
	const struct mg_source *src;
	uint64_t                line; /* of the object's first line in the leaf; 1-based */
	struct mg_str           kind; /* mg_kubeobj_kind */
	struct mg_leaf_stats   *stats; /* counts what is damaged inside an object; may be NULL */
};

/* Kind of an object: its own, else that of its list ("PodList"), else by its fields. */
struct mg_str mg_kubeobj_kind(const struct mg_knode *root, struct mg_str list_kind);
/* Could an object of this kind, written as `text`, give events?  True for "" (not known). */
bool mg_kubeobj_wanted(struct mg_str kind, struct mg_str text);

/* Add the events of one object.  A List that could not be cut is walked. */
void mg_event_from_kubeobj(const struct mg_kubeobj *o, struct mg_batch *out);
/* etcdctl endpoint status, endpoint health, alarm list, member list, object count (one element
 * of an array, or the whole object); false: it is none of them. */
bool mg_event_from_etcdinfo(const struct mg_kubeobj *o, struct mg_batch *out);

/* What "namespace/name" of an object is, appended. */
void mg_kubeobj_who(const struct mg_kubeobj *o, struct mg_buf *t);
/* An event of this object: artifact, line, time (MG_TIME_NONE: unknown) set. */
struct mg_event *mg_kubeobj_event(const struct mg_kubeobj *o, struct mg_batch *out,
				  enum mg_event_kind k, enum mg_severity s,
				  const struct mg_knode *at, int64_t time_ns);

#endif
