/* audit_item.h - single requests that are worth a row of their own.
 *
 * Layer:   analysis
 * Memory:  an item and its texts are one allocation (see mg_audit_item_new)
 */
#ifndef MG_ANALYSIS_AUDIT_ITEM_H
#define MG_ANALYSIS_AUDIT_ITEM_H

#include "analysis/request_audit.h"

/* Where the time went, from the annotations apiserver.latency.k8s.io/NAME, which are written
 * for requests over half a second (1.24 and later). */
#define MG_AUDIT_SPLITS(X)                                                                   \
	X(ETCD, "etcd", "etcd") X(APF, "apf-queue-wait", "queue")                            \
	X(MUTATING, "mutating-webhook", "mutating") X(VALIDATING, "validating-webhook", "validating") \
	X(DECODE, "decode-response-object", "decode") X(TRANSFORM, "transform-response-object", "transform") \
	X(SERIALIZE, "serialize-response-object", "serialize") X(WRITE, "response-write", "write")
enum mg_audit_split {
#define X(id, name, head) MG_SPLIT_##id,
	MG_AUDIT_SPLITS(X)
#undef X
	MG_SPLITS
};

struct mg_audit_item {
	struct mg_request   q;     /* end < start: has not ended, or its end is unknown */
	enum mg_audit_stage stage;
	bool                open;  /* its last stage was not seen         */
	const char         *note;  /* why it is here: a literal, or NULL  */
	struct mg_str       audit_id, reason, message;
	int64_t             split[MG_SPLITS]; /* ns, -1: not said */
};

/* The event as an item in one block of memory; free() it. */
struct mg_audit_item *mg_audit_item_new(const struct mg_audit *a, const struct mg_request *q);
/* Earlier first; then by artifact and line: a total order. */
int mg_audit_item_by_time(const void *a, const void *b); /* of pointers to items */
int mg_audit_item_by_duration(const void *a, const void *b); /* longest first */
int mg_audit_item_by_weight(const void *a, const void *b); /* watches and their like last */

struct mg_audit_items {
	struct mg_audit_item **v;
	size_t                 n, cap;
};

void mg_audit_items_add(struct mg_audit_items *l, struct mg_audit_item *item); /* takes it */
/* Move all of `from` behind `l`. */
void mg_audit_items_merge(struct mg_audit_items *l, struct mg_audit_items *from);
/* Sort by duration and free all but the longest `n`. */
void mg_audit_items_longest(struct mg_audit_items *l, size_t n);
void mg_audit_items_sort(struct mg_audit_items *l, int (*order)(const void *, const void *));
void mg_audit_items_release(struct mg_audit_items *l);

#endif
