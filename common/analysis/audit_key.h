/* audit_key.h - what audit events can be grouped by.
 *
 * Layer:   analysis
 * Memory:  views of the event, or text in the caller's buffer
 * Threads: pure functions
 */
#ifndef MG_ANALYSIS_AUDIT_KEY_H
#define MG_ANALYSIS_AUDIT_KEY_H

#include "analysis/request_audit.h"

/* The names are what --by takes and what columns are called. */
#define MG_AUDIT_KEYS(X)                                                                     \
	X(VERB, "verb") X(USER, "user") X(RESOURCE, "resource") X(SUBRESOURCE, "subresource") \
	X(NAMESPACE, "namespace") X(NAME, "name") X(OBJECT, "object") X(CODE, "code")        \
	X(AGENT, "user-agent") X(IP, "source-ip") X(GROUP, "group")                          \
	X(IMPERSONATED, "impersonated") X(LEVEL, "level") X(STAGE, "stage") X(URI, "uri")    \
	X(PATTERN, "uri-pattern") X(PRODUCT, "product") X(DECISION, "decision")              \
	X(REASON, "reason") X(STATUS_REASON, "status-reason") X(API_VERSION, "api-version")  \
	X(DEPRECATED, "deprecated") X(MANAGER, "field-manager") X(MINUTE, "minute")          \
	X(HOUR, "hour") X(LIST_KIND, "list")

enum mg_audit_key {
#define X(id, name) MG_BY_##id,
	MG_AUDIT_KEYS(X)
#undef X
	MG_BY_KEYS
};

/* A key by its name, or "httpstatus" for the code and "uri-path" for the URI; MG_BY_KEYS:
 * there is no such key. */
enum mg_audit_key mg_audit_key_parse(struct mg_str name);
const char       *mg_audit_key_name(enum mg_audit_key k);

#define MG_AUDIT_KEY_TEXT 2048
/* The event's value, decoded into `buf` (MG_AUDIT_KEY_TEXT bytes) where it must be; empty
 * when it has none.  GROUP has several values: see mg_audit_group.  PRODUCT is the user's
 * name: only all users together tell products (analysis/product.h). */
struct mg_str mg_audit_key_text(enum mg_audit_key k, const struct mg_audit *a,
				const struct mg_request *q, char *buf);

/* The parts of a request (enum mg_request_part) that its text is made from. */
unsigned mg_audit_key_parts(enum mg_audit_key k);

/* How a LIST is answered, from its URI. */
struct mg_list_cost {
	bool whole; /* neither limit nor continue                             */
	bool etcd;  /* no resourceVersion: a quorum read, past the watch cache */
};
struct mg_list_cost mg_audit_list_cost(struct mg_str uri);

#endif
