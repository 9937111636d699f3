/* audit_fast.h - an audit event in exactly the form that Go's encoder gives it; for the files
 * of parse/audit only, and for the reader of whole logs.
 *
 * Layer:   parse (base)
 * Memory:  allocates nothing; views point into the text
 * Cost:    keys are compared, not looked up; with a memo, most of an event is compared with
 *          what was validated before (see audit_memo.h)
 */
#ifndef MG_PARSE_AUDIT_FAST_H
#define MG_PARSE_AUDIT_FAST_H

#include "parse/audit.h"

struct mg_audit_memo;

/* Read one event at j->p, which must stand there without blanks before it and without line
 * breaks inside.  False: not in this form, or damaged; j->p is where it was, and the order-free
 * reader says which.  `memo` may be NULL. */
bool mg_audit_fast(struct mg_json *j, struct mg_audit *out, struct mg_audit_memo *memo);

/* What both readers share. */
static inline void mg_audit_empty(struct mg_audit *a)
{
	*a = (struct mg_audit){ .received_ns = MG_TIME_NONE, .stage_ns = MG_TIME_NONE,
				.timestamp_ns = MG_TIME_NONE };
}
enum mg_audit_stage mg_audit_stage_of(const struct mg_json_text *t);
/* An RFC 3339 time that fills the text; empty or the zero time of Go is "none". */
bool mg_audit_time_of(struct mg_str s, int64_t *ns);
/* HTTP status: digits only, at most 9 of them. */
bool mg_audit_code_of(struct mg_str s, uint32_t *code);

#endif
