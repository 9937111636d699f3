/* audit_open.h - requests whose last stage has not been seen.
 *
 * A request leaves RequestReceived and ResponseStarted lines before its last one, as far as
 * the policy says.  Here is kept what is open; the last stage closes it.  Requests are told
 * apart by audit ID and stream: the same ID at two hops is two requests, but a log goes on
 * in the file it was rotated to.
 *
 * Layer:   analysis
 * Memory:  open requests, and the ends whose beginning may stand in a file not yet read
 * Merging: in input order
 */
#ifndef MG_ANALYSIS_AUDIT_OPEN_H
#define MG_ANALYSIS_AUDIT_OPEN_H

#include "analysis/audit_item.h"
#include "event/batch.h"

struct mg_audit_end {
	uint64_t id;
	int64_t  start_ns;
};

/* A zeroed struct is empty. */
struct mg_audit_opens {
	struct mg_audit_item **item; /* slots, NULL: free */
	uint64_t              *id;
	uint32_t               n, nslots;
	struct mg_audit_end   *end;  /* seen, but not their beginning */
	size_t                 nends, ends_cap;
	uint64_t               received; /* RequestReceived events: without them few can be seen */
};

/* The log that a file is part of: its path without the stamp of its rotation and without
 * what says how it is packed.  "x/n-audit-2026-11-21T03-11-49.904.log.gz", "x/n-audit.log"
 * -> the same. */
uint64_t mg_audit_stream(struct mg_str path);
uint64_t mg_audit_open_id(uint64_t stream, struct mg_json_text audit_id);

/* A request was received or answered in part; takes `item`. */
void mg_audit_opens_begin(struct mg_audit_opens *o, uint64_t id, struct mg_audit_item *item);
void mg_audit_opens_end(struct mg_audit_opens *o, uint64_t id, int64_t start_ns);
/* Add what a later block saw.  Of the ends without a beginning those are kept whose request
 * is older than `since_ns`, the begin of the file.  Releases `from`. */
void mg_audit_opens_merge(struct mg_audit_opens *o, struct mg_audit_opens *from,
			  int64_t since_ns);
/* Forget the open requests of a file that turned out to be a copy. */
void mg_audit_opens_drop(struct mg_audit_opens *o, uint32_t artifact);
/* Move all that are open into `out`; `o` is released. */
void mg_audit_opens_take(struct mg_audit_opens *o, struct mg_audit_items *out);
/* Add an open request to `b` as AUDIT_UNFINISHED; the pointer is valid until the next add. */
struct mg_event *mg_audit_open_event(struct mg_batch *b, const struct mg_audit_item *i);
void mg_audit_opens_release(struct mg_audit_opens *o);

#endif
