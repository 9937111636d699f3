/* request_audit.h - an audit event as one finished request.
 *
 * Layer:   analysis (base, parse)
 * Memory:  views of the event; what was escaped is decoded into the arena
 */
#ifndef MG_ANALYSIS_REQUEST_AUDIT_H
#define MG_ANALYSIS_REQUEST_AUDIT_H

#include "analysis/requests.h"
#include "parse/audit.h"

/* Members that cost something to make: a group must be appended, escapes decoded, annotations
 * read. */
enum mg_request_part {
	MG_REQUEST_RESOURCE = 1,
	MG_REQUEST_URI = 2,
	MG_REQUEST_RELEASE = 4,
	MG_REQUEST_ALL = 7,
};

/* Fill *q, of the members above what `parts` says; artifact and line are left 0.  The
 * address is that of the TCP peer, the last one: the others are what the client says.  Whether
 * the event counts as a request at all: mg_audit_counts. */
void mg_request_from_audit(struct mg_request *q, const struct mg_audit *a,
			   struct mg_arena *arena, unsigned parts);
/* A successful write of cluster-wide configuration (webhooks, CRDs, FlowSchemas, RBAC, machine
 * and operator configuration); what controllers derive from it does not count. */
bool mg_request_is_change(const struct mg_request *q);

#endif
