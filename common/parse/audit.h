/* audit.h - one Kubernetes audit event (audit.k8s.io), validated, as views.
 *
 *   {"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"...",...}
 *
 * Layer:   parse (base)
 * Memory:  allocates nothing; every view points into the text that was parsed
 * Threads: pure functions
 * Cost:    the key order of Go's encoder is tried first; any other order, version or extra
 *          key takes an order-free reader that gives the same result.  Both validate every
 *          byte.  bench: tests/bench/bench_audit.c
 * Format:  docs/formats/audit.md; staging/src/k8s.io/apiserver/pkg/apis/audit/v1/types.go
 */
#ifndef MG_PARSE_AUDIT_H
#define MG_PARSE_AUDIT_H

#include "base/time.h"
#include "parse/json.h"

enum mg_audit_stage {
	MG_STAGE_NONE, /* v1alpha1 and early v1beta1 have none */
	MG_STAGE_RECEIVED,
	MG_STAGE_STARTED,
	MG_STAGE_COMPLETE,
	MG_STAGE_PANIC,
	MG_STAGE_OTHER,
};

/* Absent or null members have p == NULL.  Texts may be escaped (see mg_json_plain). */
struct mg_audit {
	struct mg_json_text kind, api_version, level, audit_id, stage_text, uri, verb;
	struct mg_json_text user, uid, impersonated;
	struct mg_json_text source_ip, last_ip; /* the last one is the TCP peer: trust that */
	struct mg_json_text user_agent;
	struct mg_json_text resource, ns, name, ref_uid, group, version, resource_version,
		subresource;
	struct mg_json_text status, reason, message;
	struct mg_str       groups;      /* user.groups as it stands: a JSON array  */
	struct mg_str       annotations; /* as it stands: a JSON object             */
	struct mg_json_value wrapped;    /* no event itself: what may hold events   */
	bool                cloud;       /* no event itself: a Google Cloud record  */
	enum mg_audit_stage stage;
	uint32_t            code;     /* responseStatus.code, 0: none               */
	int64_t             received_ns, stage_ns; /* MG_TIME_NONE when absent      */
	int64_t             timestamp_ns; /* v1beta1 `timestamp`: whole seconds     */
};

/* Parse `line`: one JSON object, blanks around it allowed.
 * MG_OK:   an event.
 * MG_SKIP: valid JSON but no audit event; out->wrapped is what it may wrap, if anything.
 * MG_FAIL: damaged; err->byte is the offset in `line`. */
enum mg_status mg_audit_parse(struct mg_str line, struct mg_audit *out, struct mg_err *err);
/* The same for the value at j->p; on MG_OK and MG_SKIP j->p is behind it. */
enum mg_status mg_audit_next(struct mg_json *j, struct mg_audit *out, struct mg_err *err);
/* Only the order-free reader: what tests compare the fast one with. */
enum mg_status mg_audit_next_any_order(struct mg_json *j, struct mg_audit *out,
				       struct mg_err *err);

/* Does this event stand for one request?  A request leaves up to three lines, and which of
 * them are written depends on the policy; exactly one is counted:
 *   ResponseComplete, Panic   yes: the last stage
 *   ResponseStarted           only with code 401: a failed authentication writes this one
 *                             line and nothing else
 *   RequestReceived           no
 *   no stage (v1alpha1)       yes: there is one line a request */
bool mg_audit_counts(const struct mg_audit *a);
/* Watches, proxied and streamed requests: their duration is how long the client stayed. */
bool mg_audit_long_running(const struct mg_audit *a);
/* Start and end; *end is MG_TIME_NONE when only one time is known (v1beta1 of 2017). */
void mg_audit_times(const struct mg_audit *a, int64_t *start_ns, int64_t *end_ns);
/* Value of an annotation (a string), or p == NULL. */
struct mg_json_text mg_audit_annotation(const struct mg_audit *a, struct mg_str key);
/* "deployments.apps", "pods", "" for a request without objectRef; decoded into buf. */
struct mg_str mg_audit_resource(const struct mg_audit *a, char *buf, size_t n);

#endif
