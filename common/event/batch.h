/* batch.h - a growing list of events with the memory they point into.
 *
 * Layer:   event
 * Memory:  the batch copies what it is given; release frees everything at once
 * Threads: one batch belongs to one thread at a time
 */
#ifndef MG_EVENT_BATCH_H
#define MG_EVENT_BATCH_H

#include "event/event.h"

#define MG_BATCH_WORDS 64

struct mg_batch {
	struct mg_arena  arena;
	struct mg_str    word[MG_BATCH_WORDS]; /* of mg_batch_word, by hash; in the arena */
	struct mg_event *ev;
	size_t           n, cap;
};

/* A new zeroed event (count 1, duration -1, given kind/severity) in the batch.  The pointer
 * is valid until the next add.  The caller sets fields with views it made by mg_batch_str,
 * or with views that live as long as the run (string literals, leaf names). */
struct mg_event *mg_batch_add(struct mg_batch *b, enum mg_event_kind k, enum mg_severity s);
/* Copy text into the batch; longer than MG_BATCH_TEXT bytes is cut and ends in "…". */
#define MG_BATCH_TEXT 1024
struct mg_str mg_batch_str(struct mg_batch *b, struct mg_str s);
/* The same for short text that comes again and again: a name, a namespace, a reason. */
struct mg_str mg_batch_word(struct mg_batch *b, struct mg_str s);
/* Room for `n` attributes at once, for events of which there are many; before the first. */
void mg_batch_attrs(struct mg_batch *b, struct mg_event *e, uint32_t n);
/* Set an attribute of `e`, which must be in `b`.  A `value` is copied.  At most
 * MG_EVENT_ATTRS; more are a programming error. */
void mg_batch_attr(struct mg_batch *b, struct mg_event *e, const char *key, struct mg_str value);
void mg_batch_attr_word(struct mg_batch *b, struct mg_event *e, const char *key,
			struct mg_str value);
void mg_batch_attr_i64(struct mg_batch *b, struct mg_event *e, const char *key, int64_t v);
/* Move all events of `from` to the end of `b`; `from` becomes empty. */
void mg_batch_append(struct mg_batch *b, struct mg_batch *from);
/* By time, then artifact, then line, then kind: a total order for any -j. */
void mg_batch_sort(struct mg_batch *b);
int  mg_event_cmp(const struct mg_event *a, const struct mg_event *b);
void mg_batch_release(struct mg_batch *b);

#endif
