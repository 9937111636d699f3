/* logtop.h - the messages of logs without what varies in them: how many, where, when.
 *
 *   Failed to update lease, error: Put "https://10.0.0.1:6443/…": context deadline exceeded
 *   -> Failed to update lease, error: Put "…": context deadline exceeded
 *
 * Layer:   analysis
 * Memory:  distinct messages (at most MG_LOGTOP_MAX) and their occupied minutes (at most
 *          MG_LOGTOP_MINUTES); what comes later is counted and said
 * Merging: sums, minima and maxima; messages are numbered by first appearance, so merge in
 *          input order
 * Threads: one top belongs to one thread
 */
#ifndef MG_ANALYSIS_LOGTOP_H
#define MG_ANALYSIS_LOGTOP_H

#include "analysis/cells.h"
#include "base/map.h"
#include "base/time.h"
#include "event/event.h"

#define MG_LOGTOP_MAX     50000
#define MG_LOGTOP_MINUTES 4000000
#define MG_LOGTOP_TEXT    400 /* bytes of a message without what varies */

/* One line as the parsers saw it; views are borrowed during the call. */
struct mg_logtop_line {
	enum mg_severity severity;
	struct mg_str    component, message;
	int64_t          time_ns; /* MG_TIME_NONE: unknown */
	uint32_t         artifact;
	uint64_t         line;
};

struct mg_logtop_entry {
	struct mg_str    text; /* in the arena */
	uint32_t         component;
	enum mg_severity severity;
	uint64_t         count;
	int64_t          first_ns, last_ns; /* MG_TIME_NONE: no time known     */
	uint32_t         artifact;          /* where it was seen first         */
	uint64_t         line;
	uint64_t         peak;              /* lines in its worst minute …     */
	int64_t          peak_minute;       /* … which is this one since 1970; by mg_logtop_rank */
	/* the minute at hand, on its way to the table of minutes */
	int64_t          minute;
	uint32_t         in_minute;
	uint64_t         hash;
};

/* Lines of a component by severity. */
struct mg_logtop_total {
	uint32_t component, pad;
	uint64_t n[MG_SEV_CRITICAL + 1];
	int64_t  first_ns, last_ns;
};

/* Lines of one bucket of the clock by severity. */
struct mg_logtop_bucket {
	int64_t  index; /* floor(time / width) */
	uint64_t n[MG_SEV_CRITICAL + 1];
};

struct mg_logtop {
	struct mg_arena         arena;
	struct mg_intern        components;
	struct mg_logtop_entry *entry;
	uint32_t                n, cap;
	uint32_t               *slots; /* index + 1, 0: free */
	uint32_t                nslots;
	struct mg_cells         minutes; /* of an entry */
	struct mg_cells         totals;  /* struct mg_logtop_total  */
	struct mg_cells         buckets; /* struct mg_logtop_bucket, when bucket_ns > 0 */
	int64_t                 bucket_ns;
	enum mg_severity        least;
	uint64_t                lines, beyond; /* beyond: of messages that found no room   */
	uint64_t                minutes_beyond;
	struct mg_str           last_component; /* found last, and its id */
	uint32_t                last_id;
};

/* bucket_ns: width of the buckets, 0: none.  Messages below `least` count in the totals alone. */
void mg_logtop_init(struct mg_logtop *t, int64_t bucket_ns, enum mg_severity least);
void mg_logtop_add(struct mg_logtop *t, const struct mg_logtop_line *l);
/* Move every time by what `move` says of it (years that became known later). */
void mg_logtop_move(struct mg_logtop *t, int64_t (*move)(const void *ctx, int64_t ns),
		    const void *ctx);
/* Add all of `from`, which stays as it is; `nameless` is the component of lines without one. */
void mg_logtop_merge(struct mg_logtop *t, const struct mg_logtop *from, struct mg_str nameless);
/* Find the peaks and give the entries in order: most frequent first, then by severity, text
 * and component.  The array is the caller's to free. */
struct mg_logtop_entry **mg_logtop_rank(struct mg_logtop *t);
void mg_logtop_release(struct mg_logtop *t);

/* The message without what varies into buf (MG_LOGTOP_TEXT bytes or more): numbers, ids,
 * addresses and hexadecimal words are '#', quoted names "…".  Of a structured message the
 * quoted text and err are kept. */
struct mg_str mg_logtop_normalise(struct mg_str message, char *buf, size_t n);

#endif
