/* rule.h - what a rule is, and the words it uses to make a finding.
 *
 * Layer:   analysis
 * A rule reads a finished case and adds findings.  It never reads a finding of another
 * rule (the last one is told when the earliest finding begins: onset_ns); causes and effects
 * are joined afterwards (chain.c).  A rule whose artifacts are missing says so with
 * mg_rule_missing and adds nothing.
 */
#ifndef MG_ANALYSIS_RULE_H
#define MG_ANALYSIS_RULE_H

#include "analysis/blind.h"
#include "analysis/etcdview.h"
#include "analysis/findings.h"
#include "analysis/join.h"
#include "analysis/signals.h"

/* A named number that decides; `source` says where it comes from. */
struct mg_threshold {
	const char *name; /* with its unit: "min_per_second" */
	double      value;
	const char *source;
};

#define MG_THRESHOLDS 8 /* of one rule, at most */

struct mg_rule_ctx;

struct mg_rule {
	const char *id, *title;
	const char *needs;   /* artifacts, for --list-rules */
	const char *explain; /* what it looks for and why it matters */
	const char *references; /* where that is known from: issues, alerts, documentation */
	int         depth;   /* place in the causal order: 0 storage … 90 clients */
	void (*run)(struct mg_rule_ctx *x);
	struct mg_threshold thresholds[MG_THRESHOLDS];
};

/* --set rule.threshold=value */
struct mg_override {
	const char *rule, *threshold;
	double      value;
};

struct mg_rule_ctx {
	struct mg_case           *c;
	const struct mg_signals  *s;
	struct mg_etcdview       *etcd; /* the members, told apart once for all rules */
	const struct mg_blind    *blind; /* what the audit log never shows */
	const struct mg_join     *join; /* the slow requests, with all their witnesses */
	const struct mg_rule     *rule;
	struct mg_findings       *out;
	const struct mg_override *overrides;
	size_t                    noverrides;
	int64_t onset_ns; /* start of the earliest finding of severity warning or above so far that
			     the data covers, MG_TIME_NONE: none.  Only what-changed may ask. */
};

extern const struct mg_rule *const mg_rules[]; /* ended by NULL, in causal order */
const struct mg_rule              *mg_rule_find(struct mg_str id);

/* Run every rule, join causes and effects, rank, write the verdict. */
void mg_rules_run(struct mg_findings *out, struct mg_case *c, const struct mg_override *o,
		  size_t noverrides);

/* The rule's threshold, as overridden.  The name must exist. */
double mg_rule_num(const struct mg_rule_ctx *x, const char *name);
void   mg_rule_missing(struct mg_rule_ctx *x, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Did the case hold any object (YAML or JSON)?  Else the rule is told as not assessed, for want
 * of `what`. */
bool mg_rule_has_objects(struct mg_rule_ctx *x, const char *what);
void mg_rule_blind_spot(struct mg_rule_ctx *x, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* A new finding; the pointer is valid until the next one is made. */
struct mg_finding *mg_find_new(struct mg_rule_ctx *x, enum mg_severity sev,
			       enum mg_confidence conf, int64_t start, int64_t end);
void mg_find_claim(struct mg_rule_ctx *x, struct mg_finding *f, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void mg_find_label(struct mg_rule_ctx *x, struct mg_finding *f, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Evidence: the event's own words and, of a slow request, where else it is told; or a sentence
 * about one place. */
void mg_find_event(struct mg_rule_ctx *x, struct mg_finding *f, const struct mg_event *e);
void mg_find_evidence(struct mg_rule_ctx *x, struct mg_finding *f, uint32_t artifact,
		      uint64_t line, int64_t time_ns, const char *fmt, ...)
	__attribute__((format(printf, 6, 7)));
void mg_find_num(struct mg_finding *f, const char *name, double v);
void mg_find_text(struct mg_rule_ctx *x, struct mg_finding *f, const char *name,
		  const char *fmt, ...) __attribute__((format(printf, 4, 5)));
void mg_find_alternative(struct mg_rule_ctx *x, struct mg_finding *f, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void mg_find_next(struct mg_rule_ctx *x, struct mg_finding *f, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* "03:12:11" of a time, with the date when the data spans days, in a buffer that lives as long as the findings. */
const char *mg_rule_clock(struct mg_rule_ctx *x, int64_t ns);
/* "40.0 s" likewise. */
const char *mg_rule_dur(struct mg_rule_ctx *x, int64_t ns);
/* "system:serviceaccount:ns:name" -> itself; "" -> "an unauthenticated client". */
const char *mg_rule_user(struct mg_rule_ctx *x, struct mg_str user);
/* "pods", "nodes/proxy", or the URI pattern of a non-resource request. */
const char *mg_rule_what(struct mg_rule_ctx *x, const struct mg_requests *r,
			 const struct mg_request_group *g);

/* The requests to judge by: audit events, or httplog lines where there are none. */
struct mg_requests *mg_rule_requests(const struct mg_rule_ctx *x);
/* The requests that tell what is usual: those of the baseline, or the same as above. */
struct mg_requests *mg_rule_usual(const struct mg_rule_ctx *x);
/* "here" or "in the baseline" */
const char         *mg_rule_usual_where(const struct mg_rule_ctx *x);

/* planned.c: rate lower what a planned change (rule `rollout`) brings about by itself. */
void mg_findings_plan(struct mg_rule_ctx *x);

/* chain.c: fill caused_by and effects, order the findings. */
void mg_findings_chain(struct mg_findings *fs);
void mg_findings_verdict(struct mg_findings *fs, const struct mg_case *c);

#endif
