/* from_gostack.h - goroutine dumps as events: one for the dump, one for each notable group.
 *
 * goroutine.dump   attrs total, buckets, blocked, process, form, largest, largest_function,
 *                  largest_state, largest_wait_minutes, dump_ns
 * goroutine.stuck  count, time = dump time - longest wait, duration to the dump time; attrs
 *                  signature, state, wait_min_minutes, wait_max_minutes, function, location,
 *                  created_by, dump_total, goroutines, dump_ns, form, workers (of the
 *                  collection deletes, when any live), explanation
 *
 * Layer:   event (base, parse)
 * Memory:  proportional to the distinct stacks of one dump
 * Threads: pure functions
 */
#ifndef MG_EVENT_FROM_GOSTACK_H
#define MG_EVENT_FROM_GOSTACK_H

#include "event/batch.h"
#include "event/source.h"
#include "parse/gobuckets.h"

/* When a dump was taken. */
struct mg_dump_time {
	int64_t             ns; /* MG_TIME_NONE: not known */
	enum mg_time_source source;
};

/* From a stamp in the file's name or its directory's ("20261121T031207Z", with or without
 * separators), else from its mtime. */
struct mg_dump_time mg_gostack_file_time(const struct mg_source *src);
/* The time stamp in a name; false: there is none. */
bool mg_gostack_name_time(struct mg_str name, int64_t *ns);
/* Events of one finished dump. */
void mg_event_from_godump(const struct mg_godump *d, const struct mg_source *src,
			  struct mg_dump_time when, struct mg_batch *out);
/* The same, but with one goroutine.stuck for every stack: severity debug unless notable, and
 * attrs dump_line (line of the goroutine.dump it belongs to), wait_median_minutes (to 1 %),
 * stack_id (the same for the same functions and creator in any dump) and stack (a sample)
 * instead of dump_ns, dump_total and workers. */
void mg_event_every_gobucket(const struct mg_godump *d, const struct mg_source *src,
			     struct mg_dump_time when, struct mg_batch *out);

#endif
