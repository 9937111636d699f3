/* audit_cloud.h - requests to a cluster's API as Google Cloud Logging keeps them.
 *
 *   {"protoPayload":{"methodName":"io.k8s.core.v1.pods.delete","resourceName":
 *   "core/v1/namespaces/x/pods/p","authenticationInfo":{"principalEmail":"u"},"status":{}},
 *   "operation":{"id":"…","first":true,"last":true},"timestamp":"…","labels":{…}}
 *
 * Layer:   parse (base)
 * Memory:  writes into the caller's buffer
 * Threads: pure
 * Format:  docs/formats/audit.md, "Google Cloud": what is mapped and what is not
 */
#ifndef MG_PARSE_AUDIT_CLOUD_H
#define MG_PARSE_AUDIT_CLOUD_H

#include "base/buf.h"
#include "base/err.h"

/* Append the record `object` (JSON that was validated) as the JSON of an audit event.
 * MG_SKIP: it has no protoPayload.  MG_FAIL: it has, but of no Kubernetes request. */
enum mg_status mg_audit_cloud(struct mg_str object, struct mg_buf *json, struct mg_err *err);

#endif
