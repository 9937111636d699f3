/* blocks.h - cut a source into blocks that end at a newline.
 *
 * Layer:   io
 * Memory:  a block owns its bytes; release it from any thread, or give it back to the
 *          spares it came from on the thread that cuts: a buffer whose pages were touched
 *          before costs no page faults
 */
#ifndef MG_IO_BLOCKS_H
#define MG_IO_BLOCKS_H

#include "base/buf.h"
#include "io/src.h"

#define MG_BLOCK_SIZE ((size_t)1 << 20)
#define MG_LINE_MAX   ((size_t)256 << 20) /* a longer line is cut, and said */

struct mg_block {
	char    *p;          /* 64 readable bytes follow p[n-1] (SIMD slack), zeroed      */
	size_t   n;
	uint64_t first_line; /* 1-based number of the first line in the block             */
	uint64_t offset;     /* of p[0] in the leaf                                       */
	bool     last;       /* nothing follows; the only block that may lack a final LF  */
	size_t   room;       /* bytes allocated at p                                      */
};

/* Buffers of blocks that are done with.  A zeroed struct is empty; one thread only. */
#define MG_SPARES 16
struct mg_spares {
	struct mg_block v[MG_SPARES];
	size_t          n;
};

struct mg_blocks {
	struct mg_src    *src;
	size_t            size;   /* target bytes a block */
	uint64_t          line, offset;
	struct mg_buf     carry;
	bool              done;
	struct mg_spares *spares; /* NULL: every block is allocated */
};

/* Set b->spares afterwards to use buffers again. */
void mg_blocks_init(struct mg_blocks *b, struct mg_src *src, size_t size);
/* MG_OK: a block with n >= 1.  MG_EOF: no more.  MG_FATAL: the source broke; blocks
 * delivered before are all that is readable (the partial last line included).  MG_FAIL: a
 * line over MG_LINE_MAX was cut here; the block is valid. */
enum mg_status mg_blocks_next(struct mg_blocks *b, struct mg_block *out, struct mg_err *err);
void           mg_blocks_release(struct mg_blocks *b);
void           mg_block_release(struct mg_block *b);
/* Release the block, keeping its buffer for the next one unless it is an uncommonly big one. */
void mg_spares_give(struct mg_spares *s, struct mg_block *b);
void mg_spares_release(struct mg_spares *s);

#endif
