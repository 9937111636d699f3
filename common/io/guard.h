/* guard.h - a source that passes another one through and stops at a limit; for io/ only.
 *
 * Layer:   io
 */
#ifndef MG_IO_GUARD_H
#define MG_IO_GUARD_H

#include "io/src.h"

/* An expansion counts as a bomb only behind this many bytes. */
#define MG_GUARD_FLOOR ((uint64_t)64 << 20)

struct mg_guard {
	uint64_t             max_bytes;  /* 0: no limit                                   */
	uint64_t             max_ratio;  /* 0: no limit                                   */
	const struct mg_src *fed;        /* compressed side, for the ratio; NULL: none    */
	uint64_t             slack;      /* bytes `fed` may have read ahead of its reader */
	void (*tick)(void *ctx);         /* now and then; may be NULL                     */
	void                *ctx;
};

/* Owns `inner`; `fed` must live as long as it is read. */
struct mg_src *mg_src_guard(struct mg_src *inner, const struct mg_guard *g);

#endif
