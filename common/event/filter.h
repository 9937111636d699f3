/* filter.h - which events a person asked to see.
 *
 * Layer:   event
 * Memory:  borrows everything it is given
 */
#ifndef MG_EVENT_FILTER_H
#define MG_EVENT_FILTER_H

#include "event/event.h"

/* Words from the command line, each perhaps several with commas between; none: all pass. */
struct mg_words {
	const char *const *v;
	size_t             n;
};

struct mg_filter {
	int64_t          since, until; /* half-open; MG_TIME_NONE: no bound */
	enum mg_severity severity;     /* at least this                     */
	struct mg_words  kinds;        /* "etcd" also means all of "etcd.*" */
	struct mg_words  nodes, components;
};

/* An interval passes when any of it lies in [since, until); an event without a time passes
 * only when there is no bound. */
bool mg_filter_takes(const struct mg_filter *f, const struct mg_event *e);

/* The first word of `kinds` that means no kind at all; an empty view when all are known. */
struct mg_str mg_filter_unknown_kind(const struct mg_filter *f);

#endif
