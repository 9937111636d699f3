/* consume_log.h - private to consume_log*.c: the state of one log leaf.
 *
 * A line goes: unwrap (envelope) -> dialect (klog, JSON, Trace, httplog, etcd, kernel, Go
 * stack) -> event.  What spans lines is kept here: open traces, folded events, events that may
 * still grow, the year, the process ids seen.  Nothing depends on where blocks are cut.
 *
 * Layer:   ingest (base io parse event analysis)
 * Memory:  bounded by the distinct messages of one minute and the open traces
 */
#ifndef MG_INGEST_CONSUME_LOG_H
#define MG_INGEST_CONSUME_LOG_H

#include "event/from_klog.h"
#include "event/from_etcd.h"
#include "event/from_gostack.h"
#include "event/from_kernel.h"
#include "ingest/consumer.h"
#include "parse/trace.h"
#include "parse/unwrap.h"

/* Events alike in one span of time, waiting for more of their kind. */
struct mg_log_fold {
	struct mg_batch pending;
	int64_t         width_ns, bucket;
	uint64_t       *keys; /* 0: free */
	uint32_t       *index;
};

/* One event that later lines may complete. */
enum mg_log_hold { MG_HOLD_START, MG_HOLD_LEADER, MG_HOLD_PANIC, MG_HOLD_COUNT };
struct mg_log_held {
	struct mg_batch batch; /* none or one event */
	int64_t         until_ns;
	uint64_t        key;
};

#define MG_LOG_PIDS 8
#define MG_LOG_PROCS 32

/* The process ids a component on a host has logged with. */
struct mg_log_proc {
	uint64_t key;
	uint32_t pids[MG_LOG_PIDS], npids;
	bool     flags;    /* the last line was of a FLAG block */
	int64_t  start_ns; /* of the last start reported        */
	uint64_t start_line;
	int64_t  run_ns;   /* first line in sequence of the pid at hand … */
	int64_t  last_ns;  /* … and its last one                          */
	uint64_t last_line;
	uint32_t last_pid; /* 0: no line yet                              */
};

/* Bytes of a UTF-16 leaf on their way to lines. */
struct mg_log_utf16 {
	bool          on;
	struct mg_buf line;
	int           carry;  /* odd byte of the block before, -1 none */
	uint32_t      high;   /* first half of a pair, 0 none          */
};

struct mg_log_line;

/* What a question to the logs sees beside the events (ask_log.h).  NULL: not asked. */
struct mg_log_hook {
	/* Each text that is a message of its own: x->k has severity and message, in whatever
	 * dialect it was written. */
	void (*message)(void *ctx, const struct mg_log_line *x);
	/* Each finished trace and the event it became (NULL: none). */
	void (*trace)(void *ctx, const struct mg_trace *t, const struct mg_event *e);
	/* Each httplog line; the times are the line's own, perhaps without a year. */
	void (*request)(void *ctx, const struct mg_log_line *x, const struct mg_request *r,
			enum mg_severity severity);
	void *ctx;
	bool  severe;        /* only messages of warnings and above are asked for */
	bool  messages_only; /* neither events nor requests are asked for         */
};

struct mg_log {
	struct mg_source   src;   /* of the leaf, or of the section inside it      */
	struct mg_source   base;  /* of the leaf                                   */
	struct mg_source   named; /* src with the name that a journal line tells   */
	struct mg_partial *out;   /* of the block at hand                          */
	struct mg_intern   idents; /* names of sections and identifiers; joins the events */

	struct mg_unwrap   unwrap;
	struct mg_tracer  *traces;
	struct mg_kernel  *kernel;
	struct mg_gostack *gostack;
	bool               dumping; /* the last bare line belonged to a goroutine dump     */
	bool               stack;   /* bare lines belong to one stack; not a dump          */
	bool               tabbed;  /* ... as the value of a structured message            */

	uint64_t            lineno;
	int64_t             last_ns; /* time of the last line that had one                 */
	enum mg_time_source last_how;
	int64_t             ref_ns;  /* a time whose year is known; MG_TIME_NONE           */
	int64_t             day, to_year; /* what puts a klog stamp of this day into its year */
	int64_t             apart_ns; /* klog's clock less the envelope's, of the last line */
	int64_t             zone_ns; /* what klog's clock is ahead of the envelope's       */

	struct mg_log_fold  second, minute;
	struct mg_log_held  held[MG_HOLD_COUNT];
	struct mg_log_proc  procs[MG_LOG_PROCS];
	unsigned            nprocs;
	struct mg_log_utf16 utf16;
	struct mg_log_hook  hook;
	struct mg_log_matcher *matcher; /* of the rules, made when first needed */
};

/* One text with its resolved time. */
struct mg_log_line {
	struct mg_line        l;
	const struct mg_source *src; /* component of this line */
	struct mg_klog        k;
	enum mg_envelope_kind envelope;
	uint32_t              ident_pid; /* of the journal's identifier, 0 unknown */
	bool                  foreign;   /* neither klog nor its JSON: k holds but a message */
};

/* consume_log.c */
/* Between open and the first block. */
void mg_log_set_hook(void *state, const struct mg_log_hook *hook);
void mg_log_physical(struct mg_log *s, struct mg_str line);
/* consume_log_time.c: fill l->time_ns and time_source from the envelope and the klog stamp
 * (NULL: none); learns year and zone. */
void mg_log_time(struct mg_log *s, const struct mg_unwrapped *u, const struct mg_klog *k,
		 struct mg_line *l);
void mg_log_year(struct mg_log *s, int64_t known_ns);
/* The time of a line as far as it can be said while the file is being read: a missing year is
 * that of the file's age, else the one next to the window; MG_TIME_NONE. */
int64_t mg_log_dated(const struct mg_source *src, int64_t ns, enum mg_time_source how);
void mg_log_year_ahead(struct mg_log *s, struct mg_str first_block);
/* consume_log_fold.c */
void mg_log_fold_init(struct mg_log_fold *f, int64_t width_ns);
void mg_log_fold_release(struct mg_log_fold *f);
/* The event alike in the same span, counted one up; or NULL with a new one in *fresh. */
struct mg_event *mg_log_fold(struct mg_log *s, struct mg_log_fold *f, uint64_t key, int64_t ns,
			     enum mg_event_kind kind, enum mg_severity sev, struct mg_event **fresh);
void mg_log_fold_flush(struct mg_log *s, struct mg_log_fold *f);
/* Release what is held until before `ns` (MG_TIME_NONE: everything). */
void mg_log_held_release(struct mg_log *s, int64_t ns);
void mg_log_held_flush(struct mg_log *s, enum mg_log_hold h);
/* consume_log_klog.c */
void mg_log_klog(struct mg_log *s, struct mg_log_line *x);
void mg_log_fatal(struct mg_log *s, struct mg_log_line *x); /* "panic: …", "fatal error: …" */
void mg_log_frame(struct mg_log *s, struct mg_str line);    /* a line of a panic's stack    */
/* consume_log_start.c */
void mg_log_start(struct mg_log *s, struct mg_log_line *x);
/* consume_log_http.c: true when the line was httplog's. */
bool mg_log_http(struct mg_log *s, struct mg_log_line *x);
/* consume_log_section.c: "==> kubelet <==", "==== START logs for container C of pod NS/P ====" */
bool mg_log_section(struct mg_log *s, struct mg_str line);
struct mg_str mg_log_name(struct mg_log *s, struct mg_str name); /* a copy for the run */
/* consume_log_rules.c: what patterns are put to: the message, without the stamps and headers
 * before it; of JSON the whole line. */
struct mg_str mg_log_subject(const struct mg_log_line *x);
/* Events of the user's patterns (s->base.rules is not NULL). */
void mg_log_rules(struct mg_log *s, const struct mg_log_line *x);
void mg_log_rules_end(struct mg_log *s);
/* consume_log_utf16.c */
bool mg_log_utf16_detect(struct mg_log *s, const struct mg_block *b);
void mg_log_utf16_block(struct mg_log *s, const struct mg_block *b);
void mg_log_utf16_end(struct mg_log *s);

#endif
