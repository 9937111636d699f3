/* ask_log.h - put a question to every line of the logs of the input.
 *
 * Layer:   ingest
 * Use:     mg_log_ask_init, fill what is asked for, then hand mg_log_ask_pick and
 *          mg_log_ask_fold with ctx = the question to mg_ingest_run, and call
 *          mg_log_ask_finish with the case; the answers are in `top`, `traces` and `http`
 */
#ifndef MG_INGEST_ASK_LOG_H
#define MG_INGEST_ASK_LOG_H

#include "analysis/audit_query.h"
#include "analysis/logtop.h"
#include "analysis/tracetop.h"
#include "event/logrules.h"
#include "ingest/ingest.h"

/* The lines of a file whose year is not known yet. */
struct mg_log_yearless {
	uint32_t         artifact;
	struct mg_str    component; /* of lines that name none */
	struct mg_logtop top;
	struct mg_audit_tally http;
};

struct mg_log_ask {
	const struct mg_log_match *match; /* NULL, or only messages that fit            */
	bool                       messages, want_traces; /* what to count              */
	bool                       messages_only; /* no events are needed: much faster   */
	bool                       in_window;     /* a pass without the window is only to learn
						     when the data end: events tell */
	bool                       totals;        /* count components below `least`, too */
	enum mg_severity           least; /* of traces and requests                      */
	const struct mg_audit_query *requests; /* MG_AUDIT_GROUPS: how to count httplog lines,
						  NULL: not at all */
	struct mg_logtop           top;
	struct mg_audit_tally      http;
	struct mg_tracetop         traces;
	struct mg_log_yearless    *yearless;
	size_t                     nyearless, yearless_cap;
	const struct mg_ingest_opts *opts; /* of the run                                 */
	bool                         windowed; /* in the pass that was folded last       */
};

/* Messages, traces and requests are the same lines that become events: the pattern is put to
 * mg_log_subject of the line (of a trace: to any of its lines), an interval is in the window
 * when it overlaps it, and the severity of traces and requests is that of their events.
 * bucket_ns: of the series, 0: none.  least: of the messages.  keep: traces kept whole. */
void mg_log_ask_init(struct mg_log_ask *q, int64_t bucket_ns, enum mg_severity least,
		     uint32_t keep);
const struct mg_consumer *mg_log_ask_pick(void *ctx, const struct mg_leaf *leaf);
void mg_log_ask_fold(void *ctx, struct mg_partial *p);
/* The years of files that did not tell theirs, as the events of the case got them. */
void mg_log_ask_finish(struct mg_log_ask *q, const struct mg_case *c);
void mg_log_ask_release(struct mg_log_ask *q);

#endif
