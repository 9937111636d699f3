/* event_counts.h - how many events a group had in each step of time, in one pass.
 *
 * Layer:   analysis
 * Memory:  at most MG_COUNTS_GROUPS groups with at most MG_COUNTS_STEPS counters each, for
 *          any number of events and any span: when the span outgrows the counters, the step
 *          doubles
 */
#ifndef MG_ANALYSIS_EVENT_COUNTS_H
#define MG_ANALYSIS_EVENT_COUNTS_H

#include "analysis/series.h"
#include "base/map.h"
#include "event/event.h"

#define MG_COUNTS_STEPS  8192
#define MG_COUNTS_GROUPS 4096

enum mg_event_key {
	MG_KEY_KIND,
	MG_KEY_SEVERITY,
	MG_KEY_SOURCE, /* component@node */
	MG_KEY_COMPONENT,
	MG_KEY_NODE,
	MG_KEY_POD,
	MG_KEY_NAMESPACE,
	MG_KEY_RESOURCE,
	MG_KEY_USER,
	MG_KEY_VERB,
	MG_KEY_CODE,
	MG_KEY_FILE,
	MG_KEY_COUNT
};
/* "kind", "severity", …; NULL behind the last. */
const char *mg_event_key_name(enum mg_event_key k);
/* MG_KEY_COUNT: no such key. */
enum mg_event_key mg_event_key_parse(const char *name);

struct mg_count_group {
	struct mg_str    name;
	uint32_t        *v; /* one a step, `n` of them, 0 behind */
	size_t           n;
	uint64_t         total;
	enum mg_severity worst;
};

struct mg_event_counts {
	enum mg_event_key      by;
	int64_t                step_ns;            /* given before the first event, grows */
	int64_t                start_ns, last_ns;  /* of step 0; of the latest event      */
	struct mg_intern       names;
	struct mg_count_group *g; /* names.n of them */
	uint32_t               cap;
	uint64_t               timeless;  /* events without a usable time: in no group */
	uint64_t               ungrouped; /* events of groups beyond MG_COUNTS_GROUPS */
};

/* An event counts as often as it stands for, at the begin of its interval. */
void mg_event_counts_add(struct mg_event_counts *c, const struct mg_event *e, struct mg_str path);
/* Order the groups: most events first, equal ones by name.  Nothing can be added after. */
void mg_event_counts_sort(struct mg_event_counts *c);
/* Number of steps between the first and the last event, 0 when there was none. */
size_t mg_event_counts_steps(const struct mg_event_counts *c);
/* After sorting: a table with a column for each of the first `top` groups (0: all), the
 * others as "other".  What it makes belongs to `a`. */
void mg_event_counts_table(const struct mg_event_counts *c, uint32_t top, struct mg_arena *a,
			   struct mg_table *t);
void mg_event_counts_release(struct mg_event_counts *c);

#endif
