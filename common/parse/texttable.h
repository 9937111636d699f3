/* texttable.h - tables that kubectl, crictl and the API server print.
 *
 *   NAME       CPU(cores)   CPU%   MEMORY(bytes)   MEMORY%      kubectl top nodes | pods
 *   CONTAINER           IMAGE    CREATED         STATE    …     crictl ps | pods
 *   PriorityLevelName,  ActiveQueues, IsIdle, …                 /debug/api_priority_and_fairness
 *
 * Columns are found by their names, because each version has others.
 *
 * Layer:   parse (base)
 * Memory:  allocates nothing; cells point into the line
 * Threads: one state belongs to one file
 * Format:  docs/formats/kubetext.md
 */
#ifndef MG_PARSE_TEXTTABLE_H
#define MG_PARSE_TEXTTABLE_H

#include "base/err.h"
#include "base/str.h"

enum mg_texttable_kind {
	MG_TT_NONE,
	MG_TT_TOP_NODES,
	MG_TT_TOP_PODS,
	MG_TT_CRICTL_PS,
	MG_TT_CRICTL_PODS,
	MG_TT_APF_LEVELS,
	MG_TT_APF_QUEUES,
	MG_TT_APF_REQUESTS,
};

#define MG_TT_COLUMNS 32
#define MG_TT_NAME    32

struct mg_texttable { /* zeroed: no heading was seen yet */
	enum mg_texttable_kind kind;
	unsigned               ncol;
	bool                   commas; /* cells end at commas, else where the next column begins */
	size_t                 at[MG_TT_COLUMNS];
	char                   name[MG_TT_COLUMNS][MG_TT_NAME];
	struct mg_str          cell[MG_TT_COLUMNS]; /* of the last row */
};

/* What table begins with this heading? */
enum mg_texttable_kind mg_texttable_heading(struct mg_str line);
/* MG_OK: a row, its cells can be asked for.  MG_SKIP: a heading (the state changes) or a blank
 * line.  MG_FAIL: below a heading, but with too few cells to be a row of it. */
enum mg_status mg_texttable_line(struct mg_texttable *t, struct mg_str line);
/* The cell of the last row below that heading; empty when there is no such column, or for what
 * stands for "nothing": "<none>", "<unknown>", "-". */
struct mg_str mg_texttable_cell(const struct mg_texttable *t, const char *name);

#endif
