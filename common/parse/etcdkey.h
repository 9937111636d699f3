/* etcdkey.h - requests of etcd in protobuf text, and which Kubernetes object a key is.
 *
 *   header:<ID:123 > txn:<compare:<…> success:<request_put:<key:"/registry/pods/a/b" …>> …>
 *   key:"/registry/pods/" range_end:"/registry/pods0" limit:500
 *
 * Layer:   parse (base)
 * Memory:  allocates nothing; views point into the argument, or at literals
 * Threads: pure functions
 * Format:  docs/formats/etcd.md; etcd api/etcdserverpb/raft_internal_stringer.go; keys:
 *          Kubernetes pkg/registry/.../storage.go and openshift-apiserver's storage prefixes
 */
#ifndef MG_PARSE_ETCDKEY_H
#define MG_PARSE_ETCDKEY_H

#include "base/str.h"

struct mg_etcd_request {
	struct mg_str op;             /* see struct mg_etcd; a literal, empty if unknown */
	struct mg_str key, range_end; /* with the escapes they have in the text          */
};

/* Never fails: what is not understood stays empty. */
struct mg_etcd_request mg_etcd_request(struct mg_str text);
/* "range_response_count:2 size:10", "size:5": -1 where it is not said. */
void mg_etcd_response(struct mg_str text, int64_t *count, int64_t *size);

struct mg_etcd_object {
	struct mg_str resource, group; /* "pods", "" or "deployments", "apps"      */
	struct mg_str ns, name;        /* empty: all of them, or cluster-scoped    */
};

/* False when the key is not below /registry/, /kubernetes.io/ or /openshift.io/ or names no
 * resource.  "minions" is nodes, "services/specs" services, "controllers"
 * replicationcontrollers and so on; groups as the API server names them. */
bool mg_etcd_object(struct mg_str key, struct mg_etcd_object *out);
/* "pods", "deployments.apps" into buf. */
struct mg_str mg_etcd_resource(const struct mg_etcd_object *o, char *buf, size_t n);

#endif
