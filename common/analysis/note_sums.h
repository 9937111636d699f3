/* note_sums.h - request notes of one sort, summed over what does not matter to a rule.
 *
 * Layer:   analysis
 * Memory:  owned by the struct; ids are those of the requests
 */
#ifndef MG_ANALYSIS_NOTE_SUMS_H
#define MG_ANALYSIS_NOTE_SUMS_H

#include "analysis/rule.h"

enum mg_note_by { MG_BY_USER, MG_BY_USER_RESOURCE, MG_BY_OBJECT };

struct mg_note_sum {
	uint32_t                      user, resource, ns, name, parts; /* parts: notes in it */
	uint64_t                      n;
	int64_t                       first_ns, last_ns;
	const struct mg_request_note *top; /* the largest of its parts */
};

struct mg_note_sums {
	struct mg_note_sum *v; /* by n descending, then by names */
	uint32_t            n;
};

/* Members that `by` leaves out are those of the largest part. */
void mg_note_sums(struct mg_note_sums *s, struct mg_requests *r, enum mg_note_sort sort,
		  enum mg_note_by by);
void mg_note_sums_release(struct mg_note_sums *s);

double mg_note_rate(const struct mg_note_sum *s); /* a second; of one moment: its count */

/* "configmaps shop/cart" of a note of one object. */
const char *mg_note_object(struct mg_rule_ctx *x, const struct mg_requests *r,
			   const struct mg_request_note *t);
/* "a (12), b (7) and 3 others" of the first sums, by user or by the object. */
const char *mg_note_list(struct mg_rule_ctx *x, const struct mg_requests *r,
			 const struct mg_note_sum *v, uint32_t n, bool objects);

/* Median of `all` values of which `n` are given, the others being 0: what is usual in a minute
 * when silent minutes count.  Sorts v. */
uint64_t mg_usual(uint64_t *v, size_t n, size_t all);

/* Is it part of the platform: control plane, kubelets, accounts of kube-* and openshift-*? */
bool mg_is_platform_user(struct mg_str user);

/* The audit log's requests; without them the rule is reported as not assessed, and NULL. */
struct mg_requests *mg_rule_audit(struct mg_rule_ctx *x);

#endif
