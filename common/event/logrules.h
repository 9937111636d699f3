/* logrules.h - log lines that people describe by regular expressions: compiled, matched.
 *
 *   {"rules": [{"type": "temporary", "reason": "TaskHung", "pattern": "task \\S+ blocked"}]}
 *
 * Layer:   event (base, PCRE2, jansson)
 * Memory:  rules own their patterns and texts; event attributes point into them, so they are
 *          freed after the events
 * Threads: rules and a match are read-only once made; a matcher belongs to one thread
 * Cost:    a search for the pattern's longest literal, then PCRE2 with JIT; both match and
 *          depth are limited, so a bad pattern costs time but cannot hang
 * Format:  docs/man/mg-rules.5 (node-problem-detector's config/kernel-monitor.json)
 */
#ifndef MG_EVENT_LOGRULES_H
#define MG_EVENT_LOGRULES_H

#include "base/err.h"
#include "event/batch.h"

/* One compiled pattern. */
struct mg_log_match;
/* NULL with err->msg and err->byte when the pattern is wrong. */
struct mg_log_match *mg_log_match_new(struct mg_str pattern, struct mg_err *err);
void                 mg_log_match_free(struct mg_log_match *m);
/* The literal that every match holds; empty: none was found. */
struct mg_str        mg_log_match_literal(const struct mg_log_match *m);

/* What one thread needs to match. */
struct mg_log_matcher;
struct mg_log_matcher *mg_log_matcher_new(const struct mg_log_match *m); /* NULL: for rules */
bool     mg_log_matches(struct mg_log_matcher *t, struct mg_str text);
/* How often a match was given up because it cost too much. */
uint64_t mg_log_matcher_gave_up(const struct mg_log_matcher *t);
void     mg_log_matcher_free(struct mg_log_matcher *t); /* NULL is fine */

#define MG_LOGRULE_FIELDS 8

struct mg_logrule {
	struct mg_log_match *match;
	enum mg_event_kind   kind; /* MG_EV_PATTERN unless the rule says another */
	enum mg_severity     severity;
	bool                 by_line; /* the severity is that of the line instead */
	struct mg_str        reason, condition;
	struct {
		const char *key; /* "pod", "node", … or the name of an attribute */
		int         group;
	} fields[MG_LOGRULE_FIELDS];
	unsigned nfields;
};

struct mg_logrules {
	struct mg_arena    arena;
	struct mg_logrule *v;
	uint32_t           n, cap;
	uint32_t           without_pattern; /* rules of other plugins, passed over */
};

/* Add the rules of one file.  MG_OK, or MG_FAIL with err->msg (which rule, why); rules before
 * the bad one stay. */
enum mg_status mg_logrules_read(struct mg_logrules *r, struct mg_str json, struct mg_err *err);
/* Add one rule, whose events have the severity of the line. */
enum mg_status mg_logrules_add(struct mg_logrules *r, struct mg_str reason, struct mg_str pattern,
			       struct mg_err *err);
/* The first rule from `from` on that fits, or r->n. */
uint32_t mg_logrules_find(const struct mg_logrules *r, struct mg_log_matcher *t, uint32_t from,
			  struct mg_str text);
/* Set what the rule that mg_logrules_find gave last says of the event. */
void mg_logrules_fill(const struct mg_logrules *r, struct mg_log_matcher *t, uint32_t rule,
		      struct mg_str text, struct mg_batch *b, struct mg_event *e);
void mg_logrules_release(struct mg_logrules *r);

#endif
