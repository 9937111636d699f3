/* src_ops.h - how a producer of bytes plugs into a source; for the files of io/ only.
 *
 * Layer:   io
 * The source itself keeps the read position, joins chunks when a peek spans them, and
 * remembers how the producer ended.  A producer implements `next`, or `fill`, or both:
 * `next` lends a chunk (no copy), `fill` writes into the reader's buffer (no copy either
 * when the reader asks for a large block).
 */
#ifndef MG_IO_SRC_OPS_H
#define MG_IO_SRC_OPS_H

#include "io/src.h"

#define MG_SRC_CHUNK ((size_t)1 << 20) /* read() flattens out from 64 KiB on; 1 MiB it is */

struct mg_src_ops {
	/* MG_OK: *out has n >= 1 bytes, valid until the next call.  MG_EOF.  MG_FATAL. */
	enum mg_status (*next)(void *self, struct mg_str *out, struct mg_err *err);
	/* MG_OK: *got >= 1 bytes, at most n, were written.  MG_EOF.  MG_FATAL. */
	enum mg_status (*fill)(void *self, char *to, size_t n, size_t *got,
			       struct mg_err *err);
	void (*close)(void *self);
};

/* The source owns `self` and hands it to ops->close (which may be NULL). */
struct mg_src *mg_src_new(const struct mg_src_ops *ops, void *self);
/* Was a fault met at the producer already?  Reads nothing. */
bool mg_src_fault(const struct mg_src *s, struct mg_err *err);

#endif
