/* gobuckets.h - one goroutine dump, counted by the shape of its stacks.
 *
 * Goroutines are alike when their state and the names of their functions (arguments,
 * addresses, line numbers and vendor prefixes left out) and their creator are alike.
 *
 * Layer:   parse (base)
 * Memory:  proportional to the number of distinct stacks (at most MG_GOBUCKETS_MAX, the rest
 *          shares the last one), plus one goroutine that is being read
 * Threads: one dump belongs to one thread at a time
 * Cost:    one hash over the function names; no allocation for a known shape
 * Format:  docs/formats/gostack.md
 */
#ifndef MG_PARSE_GOBUCKETS_H
#define MG_PARSE_GOBUCKETS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/hist.h"
#include "parse/gosig.h"
#include "parse/gostack.h"

#define MG_GOBUCKETS_MAX 65536
#define MG_GOBUCKET_IDS 8
#define MG_GOBUCKET_STACK ((size_t)4096) /* bytes of the sample kept */

struct mg_gobucket {
	struct mg_str state;      /* "" in debug=1 text                                   */
	struct mg_str where;      /* first function outside the runtime and its neighbours */
	struct mg_str file;       /* where that frame stands ...                          */
	uint32_t      file_line;
	struct mg_str created_by; /* "" for goroutine 1                                   */
	struct mg_str stack;      /* sample: lines of the first goroutine, header left out */
	int           sig;        /* index in mg_gosigs, -1: none                         */
	bool          blocked;    /* mg_gosig_blocked                                     */
	uint64_t      count, locked;
	uint64_t      ten_minutes; /* how many have waited at least ten minutes */
	uint32_t      minutes_min, minutes_max;
	struct mg_hist waits;     /* all of them, in minutes; none in debug=1 text */
	uint64_t      shape;      /* the same for this stack in every dump, whatever its state */
	uint64_t      ids[MG_GOBUCKET_IDS];
	uint32_t      nids;
	uint64_t      line;       /* of the first one; 1-based */
};

/* What was wrong with a line. */
struct mg_gofault {
	uint64_t    line;
	const char *what; /* NULL: no fault */
};

/* How a dump was written down. */
enum mg_goform {
	MG_GOFORM_DEBUG2,  /* stack by stack, with states and waits          */
	MG_GOFORM_DEBUG1,  /* text, counted by the runtime: functions only   */
	MG_GOFORM_PPROF,   /* the same in protobuf                           */
	MG_GOFORM_TRACES,  /* single stacks of a log: panics, failed requests */
	MG_GOFORM_EXCERPT, /* stack by stack, a part: an object keeps a few KiB */
};

struct mg_godump {
	/* Set before the first line, or NULL: a file may hold several dumps.  Called with one that
	 * is complete (mg_godump_end) when the next begins; the dump is empty afterwards. */
	void              (*next)(void *ctx, struct mg_godump *d);
	void               *next_ctx;

	/* Results: final after mg_godump_end. */
	struct mg_gobucket *b;
	uint32_t            n, cap;
	uint64_t            total;      /* goroutines seen                             */
	uint64_t            declared;   /* debug=1: the total its first line says      */
	bool                debug1;     /* counted records, not stack by stack         */
	enum mg_goform      form;
	uint64_t            line;       /* of the first goroutine                      */
	uint64_t            other;      /* lines that belong to no stack               */
	uint64_t            bad;        /* damaged lines; the first ones in faults     */
	struct mg_gofault   faults[4];
	struct mg_str       process;    /* "kube-apiserver", told by its own functions */

	/* The goroutine that is being read. */
	struct mg_arena     arena;
	struct mg_buf       text;       /* its lines so far, when they came in pieces  */
	struct mg_goheader  head;
	char                state[64];
	uint64_t            head_line, hash, record_count;
	bool                open, ancestor, want_file, bare; /* bare: no frame seen yet */
	uint64_t           *keys;       /* hash -> index: open addressing              */
	uint32_t           *index, nslots, nkeys;
};

/* A zeroed struct is an empty dump. */
/* Count the lines of `text`, which ends at a line end; the first one has number `first`.
 * Returns how many lines there were. */
uint64_t mg_godump_text(struct mg_godump *d, struct mg_str text, uint64_t first);
/* One line without '\n', when lines do not stand together. */
void     mg_godump_line(struct mg_godump *d, struct mg_str line, uint64_t number);
/* `count` goroutines counted by somebody else: begin with the count, then the frames from the
 * innermost on.  `file` may be empty. */
void     mg_godump_record(struct mg_godump *d, uint64_t count, uint64_t number);
void     mg_godump_frame(struct mg_godump *d, struct mg_str func, struct mg_str file);
/* The last goroutine is complete. */
void     mg_godump_end(struct mg_godump *d);
void     mg_godump_release(struct mg_godump *d);
/* "debug2", "debug1", "pprof", "traces", "excerpt" */
const char *mg_goform_name(enum mg_goform f);

#endif
