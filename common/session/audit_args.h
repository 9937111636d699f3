/* audit_args.h - the command line of mgaudit as a question.
 *
 * Layer:   session
 * Memory:  the question borrows the text of the command line
 */
#ifndef MG_SESSION_AUDIT_ARGS_H
#define MG_SESSION_AUDIT_ARGS_H

#include "analysis/audit_query.h"
#include "cli/opt.h"

struct mg_audit_args {
	struct mg_list files, on[MG_ON_FIELDS], annotations, by;
	struct mg_list n; /* -n: a namespace, or a number of rows */
	const char    *after, *before, *min, *max, *peer_max, *stage, *output, *pod_security;
	const char    *series, *who_deleted, *history, *inflight_at, *rows, *slow;
	bool           failed_only, no_reviews, unfinished, lists, watches, collections;
};

/* What is printed, as far as the question does not tell. */
struct mg_audit_show {
	bool   wide;  /* list: with audit IDs                       */
	bool   top;   /* groups: rows as known from `-o top`        */
	bool   at_clock; /* inflight_at is relative to the data's end */
	size_t rows;  /* 0: all */
};

/* Fill the initialised *q and *show; -1 to go on, or the status to leave with after a
 * message. */
int mg_audit_args_read(const struct mg_tool *t, const struct mg_audit_args *a,
		       struct mg_audit_query *q, struct mg_audit_show *show);
/* The operands: files, each perhaps several with commas between, then `operands`.  Texts
 * belong to `arena`. */
void mg_audit_args_files(const struct mg_audit_args *a, char **operands, int n,
			 struct mg_arena *arena, struct mg_list *out);
void mg_audit_args_release(struct mg_audit_args *a);

#endif
