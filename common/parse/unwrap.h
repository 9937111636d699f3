/* unwrap.h - peel the envelopes off the lines of one leaf, in order.
 *
 * Keeps what envelopes need from line to line: CRI and docker fragments of one text, the
 * year that journald's marks tell, the time, host and identifier that a line without an
 * envelope inherits.  Drops the stamps that a kubelet before 1.26 wrote into the middle of
 * lines, and splits two records that stand on one line.
 *
 * Layer:   parse (base only)
 * Memory:  owns the joined text; views in the result live until the next call
 * Threads: one unwrapper belongs to one leaf
 * Format:  docs/formats/envelope.md
 */
#ifndef MG_PARSE_UNWRAP_H
#define MG_PARSE_UNWRAP_H

#include "base/buf.h"
#include "parse/envelope.h"

enum mg_stamp {
	MG_STAMP_NONE,     /* no time known                                         */
	MG_STAMP_EXACT,    /* year and zone stood there                             */
	MG_STAMP_YEAR,     /* year taken from a mark of the journal                 */
	MG_STAMP_ZONE,     /* year known, zone taken as UTC                         */
	MG_STAMP_YEARLESS, /* lies in 1970                                          */
};

/* One text to be looked at by the dialects. */
struct mg_unwrapped {
	enum mg_envelope_kind kind;
	struct mg_str         text;
	int64_t               time_ns; /* of the first fragment; MG_TIME_NONE */
	enum mg_stamp         stamp;
	bool                  inherited; /* the time is that of an earlier line */
	bool                  coarse;    /* whole seconds */
	struct mg_str         host, ident;
	uint32_t              pid;
};

struct mg_unwrap {
	bool plain; /* the caller knows that the next lines hold no NUL and no ESC */
	struct mg_buf clean;       /* the line without NUL bytes and colour codes */
	struct mg_buf joined[3];   /* stdout, stderr, unknown stream              */
	struct mg_unwrapped first[3]; /* what the first fragment said; kind NONE: nothing open */
	struct mg_buf repaired;
	struct mg_buf host, ident; /* of the last journal line */
	struct mg_unwrapped last;  /* what a bare line inherits */
	size_t  column;            /* of the text in the last journal line */
	int64_t begin_ns, end_ns;  /* span of the journal, MG_TIME_NONE when not told */
};

void mg_unwrap_init(struct mg_unwrap *u);
void mg_unwrap_release(struct mg_unwrap *u);

/* Feed one physical line (no '\n').  The number of texts in out[]: 0 (a fragment), 1, or 2. */
int mg_unwrap_line(struct mg_unwrap *u, struct mg_str line, struct mg_unwrapped out[2]);
/* End of the leaf: fragments that never ended.  Call until it gives 0. */
int mg_unwrap_flush(struct mg_unwrap *u, struct mg_unwrapped out[2]);
/* Put a time of the unknown year where the journal's marks or `near_ns` (an absolute time
 * close to it) say; used for klog stamps as well. */
int64_t mg_unwrap_year_near(int64_t yearless_ns, int64_t near_ns);

#endif
