/* audit_filter.h - which audit events a question is about.
 *
 * Layer:   analysis
 * Memory:  borrows the text of the command line; owns compiled expressions
 * Threads: read only once it is built
 * Format:  the flags of `kubectl-dev_tool audit`, and more: docs/man/mgaudit.1
 */
#ifndef MG_ANALYSIS_AUDIT_FILTER_H
#define MG_ANALYSIS_AUDIT_FILTER_H

#include "analysis/accept.h"
#include "analysis/request_audit.h"

/* Filters that take a list of values.  REASON is the authorizer's or the answer's. */
enum mg_audit_field {
	MG_ON_VERB, MG_ON_USER, MG_ON_UID, MG_ON_NAME, MG_ON_NAMESPACE, MG_ON_RESOURCE,
	MG_ON_SUBRESOURCE, MG_ON_MANAGER, MG_ON_CODE, MG_ON_AGENT, MG_ON_IP, MG_ON_GROUP,
	MG_ON_IMPERSONATED, MG_ON_LEVEL, MG_ON_DECISION, MG_ON_REASON, MG_ON_OBJECT_UID,
	MG_ON_STAGE, MG_ON_FIELDS
};

enum mg_pod_security { MG_PSS_ANY, MG_PSS_POD, MG_PSS_ALL };

struct mg_annotation_want {
	struct mg_str     key;
	bool              absent; /* must not be there */
	struct mg_pattern value;  /* "*" when only the key was given */
};

struct mg_audit_filter {
	struct mg_accept           on[MG_ON_FIELDS];
	bool                       fields;      /* any of them is not empty */
	unsigned                   parts;       /* of a request, that it or its user looks at:
						   MG_REQUEST_ALL, or what
						   mg_audit_filter_parts and the user need */
	struct mg_annotation_want *annotations; /* all must hold */
	size_t                     nannotations, annotations_cap;
	bool    default_stage; /* what stands for a request (mg_audit_counts), whatever on[STAGE] */
	bool    failed_only, no_reviews;
	enum mg_pod_security pod_security;
	int64_t after_ns, before_ns; /* received: exclusive, MG_TIME_NONE: open */
	int64_t min_ns, max_ns;      /* duration, inclusive; -1: open           */
};

void mg_audit_filter_init(struct mg_audit_filter *f);
/* Add a list of values; MG_FAIL: one of them is no pattern (err says why). */
enum mg_status mg_audit_filter_add(struct mg_audit_filter *f, enum mg_audit_field field,
				   struct mg_str csv, struct mg_err *err);
/* "KEY", "KEY=PATTERN", "-KEY". */
enum mg_status mg_audit_filter_annotation(struct mg_audit_filter *f, struct mg_str text,
					  struct mg_err *err);
/* The parts of a request (enum mg_request_part) that the filter itself looks at. */
unsigned mg_audit_filter_parts(const struct mg_audit_filter *f);
void mg_audit_filter_release(struct mg_audit_filter *f);

/* Does the event pass?  On true *q is filled from it, with f->parts (arena as in mg_request_from_audit).
 * `open`: of an unfinished request only, so that stage and code do not matter. */
bool mg_audit_filter_match(const struct mg_audit_filter *f, const struct mg_audit *a,
			   struct mg_request *q, struct mg_arena *arena, bool open);

/* End - start; -1 when unknown. */
int64_t mg_audit_duration(const struct mg_request *q);
/* Reviews of access and tokens, which other requests cause. */
bool mg_audit_is_review(struct mg_str resource);
/* Value of a parameter of the query, decoded into buf where it has escapes; bad escapes stay
 * as they are.  An empty view when it is not there. */
struct mg_str mg_audit_parameter(struct mg_str uri, struct mg_str name, char *buf, size_t n);
/* An annotation's text, decoded into buf of n bytes; p == NULL: not there. */
struct mg_str mg_audit_note(const struct mg_audit *a, struct mg_str key, char *buf, size_t n);

#endif
