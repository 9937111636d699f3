/* event.h - what happened, when, to what, and which bytes say so.
 *
 * Layer:   event (base, parse)
 * Memory:  every view in an event lives as long as the batch's arena it was added to
 * Format:  docs/man/mg-events.5
 */
#ifndef MG_EVENT_EVENT_H
#define MG_EVENT_EVENT_H

#include "base/arena.h"
#include "base/time.h"

/* The closed list of kinds: enum name, dotted name on the wire, what it means. */
#define MG_EVENT_KINDS(X)                                                                    \
	X(AUDIT_SLOW, "audit.slow", "a request that took at least 1 s (watches excluded)")   \
	X(AUDIT_ERROR, "audit.error", "requests answered with 5xx, folded per second")       \
	X(AUDIT_DELETECOLLECTION, "audit.deletecollection", "one DELETE of a collection")    \
	X(AUDIT_LIST, "audit.list", "a LIST without limit and resourceVersion=0 that took 100 ms") \
	X(AUDIT_CHANGE, "audit.change", "a change of the cluster's configuration, folded per minute") \
	X(AUDIT_UNFINISHED, "audit.unfinished", "a request without its last stage")          \
	X(AUDIT_REQUEST, "audit.request", "any request (only when asked for)")               \
	X(APISERVER_TRACE, "apiserver.trace", "a utiltrace block: one slow operation")       \
	X(APISERVER_HTTP, "apiserver.http", "an httplog line worth keeping: slow or 5xx")    \
	X(APISERVER_TIMEOUT, "apiserver.timeout", "handler timeout or abort")                \
	X(APISERVER_PANIC, "apiserver.panic", "a handler panicked")                          \
	X(APISERVER_AUTH_FAILED, "apiserver.auth_failed", "request could not be authenticated") \
	X(APISERVER_START, "apiserver.start", "a kube-apiserver process began to log")       \
	X(APISERVER_SHUTDOWN, "apiserver.shutdown", "graceful termination, one step")        \
	X(APISERVER_ETCD_ERROR, "apiserver.etcd_error", "an etcd client or transport error") \
	X(APISERVER_WATCH_CACHE, "apiserver.watch_cache", "watchers terminated or forced to close") \
	X(APISERVER_APF, "apiserver.apf", "priority and fairness refused a request")         \
	X(APISERVER_AGGREGATED, "apiserver.aggregated_api", "an aggregated API is failing")  \
	X(WEBHOOK_FAILED, "webhook.failed", "an admission webhook call failed")              \
	X(WEBHOOK_SLOW, "webhook.slow", "an admission webhook call was slow")                \
	X(REFLECTOR_ERROR, "reflector.error", "a list or watch of a client failed")          \
	X(CLIENT_THROTTLED, "client.throttled", "client-side throttling delayed a request")  \
	X(CERT_ERROR, "x509.error", "a certificate was refused")                             \
	X(LEADER_ACQUIRED, "leader_election.acquired", "a component became leader")          \
	X(LEADER_LOST, "leader_election.lost", "a component lost its lease")                 \
	X(LEADER_RETRY, "leader_election.error", "lease could not be read or renewed")       \
	X(PROCESS_FATAL, "process.fatal", "a klog fatal line or a Go panic or fatal error")  \
	X(PROCESS_START, "process.start", "a component began to log")                        \
	X(ETCD_SLOW_APPLY, "etcd.slow_apply", "apply request took too long")                 \
	X(ETCD_SLOW_FDATASYNC, "etcd.slow_fdatasync", "WAL fdatasync took over a second")    \
	X(ETCD_READ_INDEX, "etcd.slow_read_index", "ReadIndex waited or timed out")          \
	X(ETCD_HEARTBEAT, "etcd.late_heartbeat", "the leader sent a heartbeat late")         \
	X(ETCD_OVERLOAD, "etcd.overload", "server is likely overloaded, dropped messages, too many requests") \
	X(ETCD_TRACE, "etcd.trace", "etcd's own trace of one request")                       \
	X(ETCD_SLOW_REQUEST, "etcd.slow_request", "request stats of a slow request")         \
	X(ETCD_LEADER_LOST, "etcd.leader_lost", "no leader, or an election began")           \
	X(ETCD_LEADER_ELECTED, "etcd.leader_elected", "a member was elected")                \
	X(ETCD_PEER, "etcd.peer", "a peer is unhealthy, lost or slow")                       \
	X(ETCD_CLOCK_DRIFT, "etcd.clock_drift", "the clock differs from a peer's")           \
	X(ETCD_REJECTED, "etcd.rejected_connection", "a client or peer connection was refused") \
	X(ETCD_COMPACTION, "etcd.compaction", "a compaction finished")                       \
	X(ETCD_DEFRAG, "etcd.defragmentation", "the member was defragmented (and blocked)")  \
	X(ETCD_NOSPACE, "etcd.nospace", "quota exceeded or NOSPACE alarm")                   \
	X(ETCD_ALARM, "etcd.alarm", "another alarm: CORRUPT, or disarmed")                   \
	X(ETCD_SNAPSHOT, "etcd.snapshot", "a snapshot was taken, sent or applied")           \
	X(ETCD_ERROR, "etcd.error", "another etcd error or fatal line")                      \
	X(ETCD_STATUS, "etcd.status", "a member as etcdctl saw it: version, space, leader, health") \
	X(ETCD_MEMBER, "etcd.member", "a member of the cluster: its id, name and addresses")  \
	X(ETCD_OBJECTS, "etcd.objects", "how many objects one key prefix holds, and their bytes") \
	X(ETCD_START, "etcd.start", "an etcd process began to log")                          \
	X(ETCD_GRPC, "etcd.transport", "gRPC could not write to a client that went away")    \
	X(KERNEL_OOM_KILL, "kernel.oom_kill", "the kernel killed a process for memory")      \
	X(KERNEL_HUNG_TASK, "kernel.hung_task", "a task was blocked, or I/O failed")         \
	X(POD_TERMINATED, "pod.terminated", "a container ended (not by OOM)")                \
	X(POD_OOM_KILLED, "pod.oom_killed", "a container ended with reason OOMKilled")       \
	X(POD_WAITING, "pod.waiting", "a container waits: CrashLoopBackOff, ImagePullBackOff …") \
	X(POD_RESTARTS, "pod.restarts", "a container's restart count, when not zero")        \
	X(POD_STARTED, "pod.started", "a container's current instance started")              \
	X(NODE_CONDITION, "node.condition", "a node condition in its unhealthy state")       \
	X(NAMESPACE_STUCK, "namespace.terminating", "a namespace that is being deleted")     \
	X(OPERATOR_CONDITION, "clusteroperator.condition", "Degraded, or not Available")     \
	X(APISERVICE_DOWN, "apiservice.unavailable", "an APIService is not Available")       \
	X(CLUSTER_VERSION, "clusterversion.update", "an update of the cluster, from start to completion") \
	X(OBJECT, "object.status", "an object as it was when collected: node, operator, namespace …") \
	X(OBJECT_CHANGED, "object.changed", "an object was created, or a field manager wrote it") \
	X(LEASE, "lease.held", "a lease: its holder, from acquiring it to renewing it last") \
	X(CERTIFICATE, "x509.certificate", "a certificate, from the begin to the end of its validity") \
	X(CSR, "csr.status", "a certificate signing request: pending, approved, denied, failed") \
	X(APF_LEVEL, "apf.level", "a priority level of the API server and its requests")  \
	X(APF_QUEUE, "apf.queue", "a queue of a priority level that is not empty")        \
	X(APF_REQUEST, "apf.request", "a request that waited in such a queue")              \
	X(USAGE, "resource.usage", "CPU and memory in use of a node, pod or container")     \
	X(K8S_EVENT, "kubernetes.event", "a v1 Event object")                                \
	X(KUBELET_PROBE, "kubelet.probe_failed", "a probe failed")                           \
	X(KUBELET_PLEG, "kubelet.pleg", "PLEG is not healthy")                               \
	X(KUBELET_EVICTION, "kubelet.eviction", "a pod was evicted or resources reclaimed")  \
	X(KUBELET_OOM, "kubelet.oom", "the kubelet noticed an OOM")                          \
	X(KUBELET_NODE, "kubelet.node_status", "node status could not be written, or changed") \
	X(GOROUTINE_DUMP, "goroutine.dump", "a goroutine dump was taken")                    \
	X(GOROUTINE_STUCK, "goroutine.stuck", "goroutines blocked at one place")             \
	X(HEAP_PROFILE, "heap.profile", "a heap profile was taken")                          \
	X(GAP, "gap", "a source fell silent")                                                \
	X(LOG_ERROR, "log.error", "an E or F line of no other kind, folded per message")     \
	X(PATTERN, "pattern", "a user rule matched")

enum mg_event_kind {
#define X(id, name, text) MG_EV_##id,
	MG_EVENT_KINDS(X)
#undef X
	MG_EV_COUNT
};

enum mg_severity { MG_SEV_DEBUG, MG_SEV_INFO, MG_SEV_WARNING, MG_SEV_ERROR, MG_SEV_CRITICAL };

/* How a time is known. */
enum mg_time_source {
	MG_TIME_EXACT,        /* carries year and zone                                   */
	MG_TIME_ASSUMED_YEAR, /* year inferred, zone taken as UTC                        */
	MG_TIME_ASSUMED_ZONE, /* year known, zone taken as UTC                           */
	MG_TIME_DERIVED,      /* from a file's name or mtime, or from a neighbour        */
	MG_TIME_YEARLESS,     /* provisional: year 1970 stands for "unknown"; resolved by
				 analysis/clock before anything else sees the event      */
	MG_TIME_BOOT,         /* provisional: ns since boot (kernel ring buffer)         */
	MG_TIME_UNKNOWN,      /* no time at all; time_ns is MG_TIME_NONE                 */
};

/* One kind-specific value.  `key` is a string literal. */
struct mg_attr {
	const char   *key;
	struct mg_str value;
	bool          number; /* `value` is a JSON number as it stands */
};

#define MG_EVENT_ATTRS 18

struct mg_event {
	int64_t             time_ns;     /* start of the interval, or the point            */
	int64_t             duration_ns; /* -1: a point                                    */
	enum mg_event_kind  kind;
	enum mg_severity    severity;
	enum mg_time_source time_source;
	uint32_t            artifact; /* id of the leaf it was read from                  */
	uint64_t            line;     /* 1-based line in that leaf; 0: not line-based     */
	uint32_t            code;     /* HTTP status or exit code, 0: none                */
	uint32_t            count;    /* how many times, at least 1                       */
	struct mg_str       component, node, pod, ns, resource, name, verb, user;
	struct mg_str       message, audit_id;
	struct mg_attr     *attrs;
	uint32_t            nattrs, attrs_cap; /* cap: room that the batch made */
};

const char *mg_event_kind_name(enum mg_event_kind k);
/* Does this kind tell how something is (an object, a lease, a certificate), rather than that
 * something happened?  Such events begin long before an incident and do not belong into a
 * timeline unless asked for. */
bool mg_event_is_state(enum mg_event_kind k);
/* MG_EV_COUNT when there is no such kind. */
enum mg_event_kind mg_event_kind_parse(struct mg_str name);
const char        *mg_severity_name(enum mg_severity s);
bool               mg_severity_parse(struct mg_str name, enum mg_severity *out);
const char        *mg_time_source_name(enum mg_time_source s);

/* End of the interval; the time itself for a point. */
static inline int64_t mg_event_end(const struct mg_event *e)
{
	return e->duration_ns > 0 ? e->time_ns + e->duration_ns : e->time_ns;
}

/* Value of an attribute; an empty view when absent. */
struct mg_str mg_event_attr(const struct mg_event *e, const char *key);
/* The same as a number; `otherwise` when absent or no integer. */
int64_t mg_event_attr_i64(const struct mg_event *e, const char *key, int64_t otherwise);

#endif
