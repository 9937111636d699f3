/* audit_args.h - the command line of mgaudit: its options, and the question they make.
 *
 * Layer:   session
 * Memory:  the question borrows the text of the command line
 * Look-up: an option is one line of the tables below; its last column says where its text
 *          goes, and audit_args.c turns that member into a part of the question
 */
#ifndef MG_SESSION_AUDIT_ARGS_H
#define MG_SESSION_AUDIT_ARGS_H

#include "analysis/audit_query.h"
#include "cli/opt.h"

struct mg_audit_args {
	struct mg_list files, on[MG_ON_FIELDS], annotations, by;
	struct mg_list n; /* -n: a namespace, or a number of rows */
	const char    *after, *before, *min, *max, *peer_max, *output, *pod_security;
	const char    *series, *who_deleted, *history, *inflight_at, *rows, *slow, *format, *sort, *columns;
	bool           failed_only, no_reviews, unfinished, lists, watches, collections, no_headers;
};

/* Who asked, and from where. */
#define MG_AUDIT_WHO_OPTS(a)                                                                      \
	{ MG_OPT_BRIEF, 0, NULL, NULL,                                                            \
	  "Who asked (lists: a,b; -x refuses x; x* is a prefix; ~x a regular expression)", NULL }, \
	{ MG_OPT_LIST, 0, "user", "LIST", "user name", &(a)->on[MG_ON_USER] },                    \
	{ MG_OPT_LIST, 0, "group", "LIST", "one of the user's groups", &(a)->on[MG_ON_GROUP] },   \
	{ MG_OPT_LIST, 0, "impersonated", "LIST", "user that was impersonated; * is any",         \
	  &(a)->on[MG_ON_IMPERSONATED] },                                                         \
	{ MG_OPT_LIST, 0, "user-agent", "LIST", "user agent", &(a)->on[MG_ON_AGENT] },            \
	{ MG_OPT_LIST, 0, "source-ip", "LIST", "address of the peer", &(a)->on[MG_ON_IP] },       \
	{ MG_OPT_LIST, 0, "field-manager", "LIST", "parameter fieldManager of the URI",           \
	  &(a)->on[MG_ON_MANAGER] }

/* For what. */
#define MG_AUDIT_WHAT_OPTS(a)                                                                     \
	{ MG_OPT_BRIEF, 0, NULL, NULL, "For what", NULL },                                        \
	{ MG_OPT_LIST, 0, "verb", "LIST", "get, list, watch, create, update, patch, delete …",    \
	  &(a)->on[MG_ON_VERB] },                                                                 \
	{ MG_OPT_LIST, 0, "namespace", "LIST", "namespace; '-' is any",                           \
	  &(a)->on[MG_ON_NAMESPACE] },                                                            \
	{ MG_OPT_LIST, 'n', NULL, "LIST", "the same; a number: how many rows to show, 0 is all",  \
	  &(a)->n },                                                                              \
	{ MG_OPT_LIST, 0, "resource", "LIST", "RESOURCE[.GROUP], either may be *; no group: core", \
	  &(a)->on[MG_ON_RESOURCE] },                                                             \
	{ MG_OPT_LIST, 0, "subresource", "LIST", "status, log, exec …; '-*' is none",             \
	  &(a)->on[MG_ON_SUBRESOURCE] },                                                          \
	{ MG_OPT_LIST, 0, "name", "LIST", "name of the object", &(a)->on[MG_ON_NAME] },           \
	{ MG_OPT_LIST, 0, "object-uid", "LIST", "UID of the object", &(a)->on[MG_ON_OBJECT_UID] }, \
	{ MG_OPT_FLAG, 0, "scrub-access-reviews", NULL, "no reviews of access and tokens",        \
	  &(a)->no_reviews }

/* How it went. */
#define MG_AUDIT_RESULT_OPTS(a)                                                                   \
	{ MG_OPT_BRIEF, 0, NULL, NULL, "How it went (code: 404, 5xx, 400-499, !404, none)", NULL }, \
	{ MG_OPT_LIST, 0, "code", "LIST", "status code: 404, 5xx, 400-499, !404, none",           \
	  &(a)->on[MG_ON_CODE] },                                                                 \
	{ MG_OPT_LIST, 0, "http-status-code", "LIST", "the same as --code",                       \
	  &(a)->on[MG_ON_CODE] },                                                                 \
	{ MG_OPT_FLAG, 0, "failed-only", NULL, "status code above 299", &(a)->failed_only },      \
	{ MG_OPT_TEXT, 0, "min-duration", "D", "took at least D", &(a)->min },                    \
	{ MG_OPT_TEXT, 0, "max-duration", "D", "took at most D", &(a)->max },                     \
	{ MG_OPT_TEXT, 0, "duration", "D", "the same as --max-duration", &(a)->peer_max },        \
	{ MG_OPT_LIST, 0, "decision", "LIST", "of the authorizer: allow, forbid",                 \
	  &(a)->on[MG_ON_DECISION] },                                                             \
	{ MG_OPT_LIST, 0, "reason", "LIST", "of the authorizer, or of the answer",                \
	  &(a)->on[MG_ON_REASON] },                                                               \
	{ MG_OPT_LIST, 0, "annotation", "K[=V]",                                                  \
	  "annotation K is there, and its value is V; -K: is not", &(a)->annotations },           \
	{ MG_OPT_WORD, 0, "podsecurityviolations", "pod|all",                                     \
	  "those that violate pod security", &(a)->pod_security }

/* Which lines of the log. */
#define MG_AUDIT_LINE_OPTS(a)                                                                     \
	{ MG_OPT_BRIEF, 0, NULL, NULL, "Which lines", NULL },                                     \
	{ MG_OPT_LIST, 'f', "filename", "FILE", "read FILE, the same as an operand", &(a)->files }, \
	{ MG_OPT_LIST, 's', "stage", "LIST", "only these stages, or all (default: one a request)", \
	  &(a)->on[MG_ON_STAGE] },                                                                \
	{ MG_OPT_LIST, 0, "level", "LIST", "Metadata, Request, RequestResponse",                  \
	  &(a)->on[MG_ON_LEVEL] },                                                                \
	{ MG_OPT_LIST, 0, "uid", "LIST", "audit ID", &(a)->on[MG_ON_UID] },                       \
	{ MG_OPT_TEXT, 0, "after", "TIME", "received after TIME (RFC 3339)", &(a)->after },       \
	{ MG_OPT_TEXT, 0, "before", "TIME", "received before TIME (RFC 3339)", &(a)->before }

/* What is asked; one of these, else a list of requests. */
#define MG_AUDIT_QUESTION_OPTS(a)                                                                 \
	{ MG_OPT_HEAD, 0, NULL, NULL, "What to show (default: one line a request)", NULL },       \
	{ MG_OPT_LIST, 0, "by", "KEY,...", "count by user, verb, resource, product … (see mgaudit(1))", \
	  &(a)->by },                                                                             \
	{ MG_OPT_TEXT, 'o', "output", "FORM",                                                     \
	  "top[=N] (0: all), table, wide, json, stats, events[=all]", &(a)->output },             \
	{ MG_OPT_TEXT, 0, "series", "STEP",                                                       \
	  "rate, codes, latency, in flight per STEP; --by splits it", &(a)->series },             \
	{ MG_OPT_OPTTEXT, 0, "slow", "N",                                                         \
	  "the N slowest requests (20), and where their time went", &(a)->slow },                 \
	{ MG_OPT_FLAG, 0, "unfinished", NULL, "requests without their end", &(a)->unfinished },   \
	{ MG_OPT_TEXT, 0, "inflight-at", "TIME", "requests that were open at TIME",               \
	  &(a)->inflight_at },                                                                    \
	{ MG_OPT_FLAG, 0, "lists", NULL,                                                          \
	  "LISTs that are whole or read from etcd, by what they cost", &(a)->lists },             \
	{ MG_OPT_FLAG, 0, "watches", NULL,                                                        \
	  "watches, how long they lived, how often they came again", &(a)->watches },             \
	{ MG_OPT_FLAG, 0, "deletecollections", NULL,                                              \
	  "each DELETE of a collection, finished or not", &(a)->collections },                    \
	{ MG_OPT_TEXT, 0, "who-deleted", "RES/NAME", "who deleted it, or may have",               \
	  &(a)->who_deleted },                                                                    \
	{ MG_OPT_TEXT, 0, "history", "RES/NAME", "what was done to it, and to what it owns",      \
	  &(a)->history }

/* How it is shown. */
#define MG_AUDIT_TABLE_OPTS(a)                                                                    \
	{ MG_OPT_HEAD, 0, NULL, NULL, "Tables", NULL },                                           \
	{ MG_OPT_TEXT, 0, "rows", "N", "rows to show, 0 is all", &(a)->rows },                    \
	{ MG_OPT_TEXT, 0, "sort", "COLUMN", "sort by this column", &(a)->sort },                  \
	{ MG_OPT_TEXT, 0, "columns", "NAME,...", "only these columns, beside the keys; less to count", \
	  &(a)->columns },                                                                        \
	{ MG_OPT_WORD, 0, "format", "text|tsv|csv|json|jsonl", "of lists and tables", &(a)->format }, \
	{ MG_OPT_FLAG, 0, "no-headers", NULL, "no headings", &(a)->no_headers }

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
