/* kind.h - what a file is, by its content first and its path second.
 *
 * Layer:   io
 * Threads: pure function
 */
#ifndef MG_IO_KIND_H
#define MG_IO_KIND_H

#include "base/str.h"

/* enum name, name for people and --kind, what it is */
#define MG_KINDS(X)                                                                   \
	X(EMPTY, "empty", "no bytes (or only blanks)")                                \
	X(AUDIT, "audit", "audit.k8s.io events in any of their wrappings")            \
	X(LOG, "log", "log of a kube component: klog, JSON, httplog, plain text")     \
	X(ETCD_LOG, "etcd", "etcd's own log, zap JSON or capnslog")                   \
	X(JOURNAL, "journal", "journald or syslog text of a host service")            \
	X(KERNEL, "kernel", "kernel ring buffer (dmesg)")                             \
	X(GOROUTINE, "goroutine", "goroutine dump, debug=2 or debug=1 text")          \
	X(HEAP, "heap", "heap profile, legacy text")                                  \
	X(PPROF, "pprof", "profile in pprof protobuf")                                \
	X(KUBE_YAML, "yaml", "Kubernetes objects in YAML")                            \
	X(KUBE_JSON, "json", "Kubernetes objects in JSON")                            \
	X(ETCD_INFO, "etcd-info", "etcdctl output in JSON: status, health, members, alarms") \
	X(METRICS, "metrics", "Prometheus or OpenMetrics text")                       \
	X(METRICS_CSV, "metrics-csv", "metrics as CSV with a time column")            \
	X(APF, "apf", "API priority and fairness dump")                               \
	X(KUBE_TEXT, "kubetext", "kubectl top, kubectl describe node, crictl ps or pods") \
	X(PEM, "pem", "certificates in PEM")                                          \
	X(STAMP, "stamp", "gather's own timestamp, version or log")                   \
	X(MG_EVENTS, "mg-events", "an event stream of these tools")                   \
	X(TEXT, "text", "other text")                                                 \
	X(BINARY, "binary", "other bytes")

enum mg_kind {
#define X(id, name, text) MG_KIND_##id,
	MG_KINDS(X)
#undef X
	MG_KIND_COUNT
};

const char  *mg_kind_name(enum mg_kind k);
enum mg_kind mg_kind_parse(struct mg_str name); /* MG_KIND_COUNT: no such kind */

/* `head`: the first bytes (up to 64 KiB) after decompression; `whole`: head is all of it. */
enum mg_kind mg_kind_sniff(struct mg_str path, struct mg_str head, bool whole);

#endif
