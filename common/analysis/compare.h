/* compare.h - what differs between two cases: rates, latencies, callers, errors, findings.
 *
 * Layer:   analysis
 * Memory:  what is made belongs to the comparison's arena; texts may be those of the cases
 * Sides:   0 is what is usual (A), 1 is what is to be explained (B)
 *
 * A rate differs when the counts behind it are further apart than chance makes them (four
 * standard deviations of two Poisson counts) and at least by half; a mean latency when it is
 * at least by half and by 10 ms another one, of at least 20 requests on either side.
 */
#ifndef MG_ANALYSIS_COMPARE_H
#define MG_ANALYSIS_COMPARE_H

#include "analysis/findings.h"

enum mg_diff_unit { MG_DIFF_PER_SECOND, MG_DIFF_PER_HOUR, MG_DIFF_SECONDS, MG_DIFF_FINDING };

struct mg_diff {
	struct mg_str what;
	uint64_t      count[2];
	double        value[2]; /* in the list's unit; NAN: not on this side     */
	struct mg_str note;     /* of a finding: its claim (B's, else A's)       */
};

struct mg_diff_list {
	const char       *id, *title; /* "users", "Users by requests/s" */
	enum mg_diff_unit unit;
	struct mg_diff   *v; /* those that differ, most first */
	size_t            n, cap;
	size_t            same; /* how many did not differ */
};

enum mg_diff_id {
	MG_DIFF_OVERVIEW, /* always all rows, also equal ones */
	MG_DIFF_FINDINGS,
	MG_DIFF_USERS,
	MG_DIFF_REQUESTS,
	MG_DIFF_ERRORS,
	MG_DIFF_LATENCY,
	MG_DIFF_EVENTS,
	MG_DIFF_MESSAGES,
	MG_DIFF_LISTS
};

struct mg_comparison {
	struct mg_arena     arena;
	double              seconds[2]; /* of the requests, 0: there are none   */
	double              hours[2];   /* of the data                          */
	const char         *requests[2]; /* "audit log", "httplog"; NULL: none  */
	struct mg_diff_list list[MG_DIFF_LISTS];
};

/* Compare two finished cases with their findings; the requests get sorted. */
void mg_compare(struct mg_comparison *out, struct mg_case *const c[2],
		const struct mg_findings *const fs[2]);
void mg_comparison_release(struct mg_comparison *cmp);

#endif
