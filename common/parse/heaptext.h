/* heaptext.h - read a heap profile in text form (/debug/pprof/heap?debug=1, tcmalloc's heapz).
 *
 *   heap profile: 202: 55012944 [1404: 122465400] @ heap/1048576
 *   1: 5570560 [1: 5570560] @ 0x512fb6 0x51294f 0x43ab12
 *   #	0x512fb5	bytes.growSlice+0x95	bytes/buffer.go:240
 *   ...
 *   # runtime.MemStats
 *
 * The values of a record are what was sampled; the profile gets the estimate of what was
 * allocated, n / (1 - exp(-average size / rate)), as `go tool pprof` does.  The rate is half
 * the number behind "heap/", all of it behind "heap_v2/"; other headers are not scaled.
 *
 * Layer:   parse (base)
 * Memory:  the profile; text is fed in pieces of whole lines
 * Threads: one reader belongs to one thread at a time
 * Format:  docs/formats/heap.md; upstream runtime/pprof writeHeapInternal and google/pprof
 *          profile/legacy_profile.go
 */
#ifndef MG_PARSE_HEAPTEXT_H
#define MG_PARSE_HEAPTEXT_H

#include "parse/prof.h"

struct mg_heaptext {
	struct mg_prof prof;
	bool           in_use_only; /* pass over what is freed: its stacks are most of the text */
	uint64_t       lines, records, other; /* seen; records in use or freed */
	/* Of the reader: */
	enum { MG_HEAPTEXT_START, MG_HEAPTEXT_RECORDS, MG_HEAPTEXT_MAPS, MG_HEAPTEXT_NONE } state;
	bool             open;    /* a record waits for its frames */
	bool             symbols; /* ... and has got some          */
	bool             scaled, allocs;
	int64_t          rate;
	uint64_t        *addresses; /* of the open record */
	size_t           naddresses, addresses_cap;
	uint32_t        *func_locs; /* by function: its location */
	size_t           nfunc_locs, func_locs_cap;
	struct mg_intern bare;      /* addresses without a symbol ... */
	uint32_t        *bare_locs; /* ... and their locations, named when the mappings are known */
	size_t           nbare_locs, bare_locs_cap;
};

void mg_heaptext_init(struct mg_heaptext *h);
/* Whole lines; `first_line` is the number of the first one. */
void mg_heaptext_feed(struct mg_heaptext *h, struct mg_str text, uint64_t first_line);
/* End of the text: h->prof is complete.  It has no sample types when the text was none. */
void mg_heaptext_end(struct mg_heaptext *h);
void mg_heaptext_release(struct mg_heaptext *h);

/* What a sampled count and size stand for; rate <= 1: themselves. */
void mg_heaptext_scale(int64_t rate, int64_t *count, int64_t *bytes);

#endif
