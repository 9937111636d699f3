/* src.h - a stream of bytes to look at and consume, whatever it comes from.
 *
 * Layer:   io
 * Memory:  peek returns the producer's own bytes where possible, valid until the next peek,
 *          read or close (consume leaves them alone)
 * Threads: one source belongs to one thread at a time
 */
#ifndef MG_IO_SRC_H
#define MG_IO_SRC_H

#include "base/err.h"
#include "base/str.h"

struct mg_src;

/* At least `min` contiguous bytes at the read position, fewer only at the end or before a
 * fault.  MG_OK: out->n >= 1.  MG_EOF: no byte is left.  MG_FATAL: damaged from here on,
 * err says how; everything before was delivered. */
enum mg_status mg_src_peek(struct mg_src *s, size_t min, struct mg_str *out, struct mg_err *err);
void           mg_src_consume(struct mg_src *s, size_t n); /* n <= what peek showed */
/* Read up to `n` bytes into `to`; *got < n only at the end or a fault.  MG_OK when *got >= 1
 * (a fault behind these bytes is the answer of the next call), else MG_EOF or MG_FATAL. */
enum mg_status mg_src_read(struct mg_src *s, char *to, size_t n, size_t *got,
			   struct mg_err *err);
uint64_t       mg_src_offset(const struct mg_src *s); /* bytes consumed so far */
void           mg_src_close(struct mg_src *s);        /* NULL is fine */

struct mg_src *mg_src_memory(struct mg_str bytes);            /* borrows `bytes` */
struct mg_src *mg_src_fd(int fd, bool close_fd);              /* plain file, pipe or stdin */
struct mg_src *mg_src_gzip(struct mg_src *inner);             /* owns `inner`; all members */
#endif
