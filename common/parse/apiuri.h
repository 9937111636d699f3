/* apiuri.h - what a request URI of the Kubernetes API names.
 *
 *   /apis/apps/v1/namespaces/shop/deployments/web/scale?timeout=5s
 *
 * Layer:   parse (base only)
 * Memory:  allocates nothing; views point into the URI
 * Threads: pure functions
 * Format:  apiserver pkg/endpoints/request/requestinfo.go
 */
#ifndef MG_PARSE_APIURI_H
#define MG_PARSE_APIURI_H

#include "base/str.h"

struct mg_apiuri {
	bool          is_resource; /* else /healthz, /openapi/v2, /apis …; the rest is empty */
	struct mg_str path, query;
	struct mg_str group, version, ns, resource, name, subresource;
	bool          watch;       /* /api/v1/watch/… or ?watch=true|1 */
};

void mg_apiuri_parse(struct mg_str uri, struct mg_apiuri *out);
/* "deployments.apps", "pods": into buf of at least 128 bytes; empty when no resource. */
struct mg_str mg_apiuri_resource(const struct mg_apiuri *u, char *buf, size_t n);
/* The API's verb, lower case, of an HTTP method (or of a verb, which is only lowered and
 * corrected): "get" "list" "watch" "create" "update" "patch" "delete" "deletecollection"
 * "apply" "connect" …  Into buf of at least 24 bytes when it is none of these. */
struct mg_str mg_apiuri_verb(const struct mg_apiuri *u, struct mg_str method, char *buf, size_t n);
/* Watch, exec, attach, port-forward, proxy, log -f: their time is no latency. */
bool mg_apiuri_long_running(const struct mg_apiuri *u, struct mg_str verb);

#endif
