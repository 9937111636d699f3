/* trace.h - put the lines of k8s.io/utils "Trace[N]" blocks together again.
 *
 *   I0207 22:15:16.123456 18 trace.go:205] Trace[77]: "List" url:/api/v1/pods (07-Feb-2022
 *        22:15:12.100) (total time: 4023ms):
 *   Trace[77]: ---"Listing from storage done" 3900ms (22:15:00.000)
 *   Trace[77]: [4.023111222s] [4.023111222s] END
 *
 * All generations: with and without fields, "started:" or a date, cumulative or relative
 * steps, nested items, and the oldest one without an id.
 *
 * Layer:   parse (base only)
 * Memory:  a tracer owns the blocks that are open; a finished trace lives during the callback
 * Threads: one tracer belongs to one stream (a pod's container, a file)
 * Format:  docs/formats/trace.md (k8s.io/utils/trace/trace.go)
 */
#ifndef MG_PARSE_TRACE_H
#define MG_PARSE_TRACE_H

#include "base/arena.h"
#include "base/time.h"

struct mg_trace_step {
	struct mg_str msg;      /* name of the step or of the nested trace, unquoted      */
	struct mg_str fields;   /* as printed, may be empty                               */
	int64_t       delta_ns; /* since the step before; of a nested trace its total     */
	int64_t       at_ns;    /* end of the step after the root's start, -1 unknown     */
	unsigned      depth;    /* 0 for steps of the root                                */
	bool          nested;   /* a nested trace and not a step                          */
};

struct mg_trace {
	uint64_t      id;           /* 0 for the oldest form, which has none                */
	struct mg_str name;         /* unquoted; empty when the first line is missing       */
	struct mg_str fields;       /* as printed                                           */
	int64_t       start_ns;     /* MG_TIME_NONE when unknown                            */
	bool          zoned;        /* start_ns carries a zone; else the process's local time */
	bool          dated;        /* the form that always ends with an END line            */
	int64_t       total_ns;     /* -1 unknown                                           */
	int64_t       uptime_ns;    /* of the process at the start ("m=+12.3"), -1 unknown  */
	struct mg_trace_step *steps;
	uint32_t      nsteps, steps_cap;
	uint64_t      first_line, last_line, lines;
	bool          truncated;    /* a line of the block is missing or damaged            */
	/* What the caller said of the first line, handed back. */
	int64_t       logged_ns;
	int           logged_how;
	struct mg_str host;
	struct mg_str component;
};

/* One line without envelope and klog header. */
struct mg_trace_line {
	struct mg_str text;
	bool          header; /* a klog header stood before it */
	uint64_t      lineno;
	int64_t       time_ns;
	int           time_how;
	struct mg_str host, component;
};

typedef void (*mg_trace_fn)(void *ctx, const struct mg_trace *t);

struct mg_tracer;
struct mg_tracer *mg_trace_new(mg_trace_fn done, void *ctx);
/* Where finished traces go from now on. */
void mg_trace_output(struct mg_tracer *r, void *ctx);
/* True: the line belongs to a trace (it was attributed to one, headless if need be). */
bool mg_trace_line(struct mg_tracer *r, const struct mg_trace_line *l);
/* End of the stream: everything that is open is handed out. */
void mg_trace_flush(struct mg_tracer *r);
void mg_trace_free(struct mg_tracer *r); /* drops what is open; NULL is fine */

/* Value of a field ("url", "user-agent", "count" …); p == NULL when absent.  Values are not
 * quoted: a field ends before ",key:" of a key that is known. */
struct mg_str mg_trace_field(struct mg_str fields, const char *key);
/* The step that took longest (a nested trace only when there is no step); NULL: none. */
const struct mg_trace_step *mg_trace_slowest(const struct mg_trace *t);

/* Parse a first line ("Trace[1]: "NAME" …").  MG_SKIP semantics by bool; views into text. */
bool mg_trace_parse_root(struct mg_str text, struct mg_trace *out);

#endif
