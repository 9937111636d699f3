/* gocount.h - goroutines of one or more dumps, grouped and compared.
 *
 * Layer:   analysis
 * Reads the events of the consumers of ingest/consume_gostack.h: goroutine.dump, and
 * goroutine.stuck for every stack with attrs dump_line and stack_id.
 * Memory:  a cell for each group in each dump; views point into the events of the case
 * Threads: one count belongs to one thread
 */
#ifndef MG_ANALYSIS_GOCOUNT_H
#define MG_ANALYSIS_GOCOUNT_H

#include "analysis/case.h"
#include "base/map.h"

/* What makes two goroutines alike. */
enum mg_goby { MG_GOBY_STACK, MG_GOBY_STATE, MG_GOBY_FUNCTION, MG_GOBY_PACKAGE, MG_GOBY_CREATOR };

const char *mg_goby_name(enum mg_goby by);
bool        mg_goby_parse(struct mg_str name, enum mg_goby *out);

/* One group in one dump. */
struct mg_gocell {
	uint32_t               dump, group;
	uint32_t               stacks;   /* different ones in it                       */
	uint64_t               count;
	int64_t                wait_min, wait_median, wait_max; /* minutes; the median is -1
							when there are several stacks */
	enum mg_severity       severity; /* the highest; above debug: notable          */
	const struct mg_event *top;      /* its largest stack                          */
};

struct mg_gocount_opts {
	enum mg_goby by;
	bool         compare; /* dump by dump: a stack is the same in whatever state it is */
	/* Which goroutine.stuck to count; NULL: all. */
	bool (*shown)(void *ctx, const struct mg_event *e);
	void *ctx;
};

struct mg_gocount {
	enum mg_goby            by;
	bool                    mixed; /* two dumps of different forms: only functions compare,
					  so `by` is that */
	const struct mg_event **dumps; /* by time */
	uint32_t                ndumps, dumps_cap;
	struct mg_intern        keys;  /* by group: stack id, state, function … */
	struct mg_gocell       *cells; /* by dump, then in order of appearance  */
	size_t                  ncells, cells_cap;
	struct mg_intern        index; /* (dump, group) -> cell */
};

void mg_gocount_build(struct mg_gocount *g, const struct mg_case *c, const struct mg_gocount_opts *o);
void mg_gocount_release(struct mg_gocount *g);
/* NULL: the dump has none of this group. */
const struct mg_gocell *mg_gocount_cell(const struct mg_gocount *g, uint32_t dump, uint32_t group);
/* Cells of one dump in the order to show them: by count; of stacks the notable ones first.  The
 * caller frees the array. */
const struct mg_gocell **mg_gocount_of(const struct mg_gocount *g, uint32_t dump, size_t *n);
/* Does this dump know states and waits? */
bool mg_godump_has_states(const struct mg_event *dump);

/* Dumps to compare with each other, in order. */
struct mg_goseries {
	uint32_t *dump;
	uint32_t  n;
};

/* Of exactly two dumps the one series in the order of the input; else one series for each
 * process with several dumps, by time (debug=2 where there are several such: the other forms are
 * taken beside it and say less).  The caller frees the array with mg_goseries_free. */
struct mg_goseries *mg_goseries_find(const struct mg_gocount *g, size_t *n);
void                mg_goseries_free(struct mg_goseries *s, size_t n);

enum mg_gochange {
	MG_GOCHANGE_NEW,
	MG_GOCHANGE_GROWN,
	MG_GOCHANGE_OLDER, /* as many as before, which wait longer */
	MG_GOCHANGE_FEWER,
	MG_GOCHANGE_GONE,
	MG_GOCHANGE_NONE,
};
#define MG_GOCHANGES MG_GOCHANGE_NONE

const char *mg_gochange_name(enum mg_gochange c);

/* A group between the first and the last dump of a series. */
struct mg_godiff {
	uint32_t         group;
	enum mg_gochange change;
	int64_t          delta;              /* of the count                      */
	int64_t          wait_from, wait_to; /* the longest, in minutes; -1: none */
	const struct mg_event *top;          /* of the last dump that has it      */
};

/* Every group of the series that changed, what there is more of first; counts[] gets how many
 * of each change there are (MG_GOCHANGE_NONE too).  What waits longer counts as older when it is
 * notable, or always with `all_older`: idle goroutines grow old in every process. */
struct mg_godiff *mg_goseries_diff(const struct mg_gocount *g, const struct mg_goseries *s,
				   bool all_older, size_t *n, uint64_t counts[MG_GOCHANGES + 1]);

/* A group over all dumps of a series. */
struct mg_gofollow {
	uint32_t               group;
	bool                   notable;
	uint64_t               peak; /* of the count */
	const struct mg_event *top;  /* of the last dump that has it */
};

/* The groups of a series, notable ones first, then by peak. */
struct mg_gofollow *mg_goseries_follow(const struct mg_gocount *g, const struct mg_goseries *s, size_t *n);

#endif
