/* slurp.h - a small file as a whole.
 *
 * Layer:   io
 * For files of the user's own that are read at once (rules, tables), not for inputs.
 */
#ifndef MG_IO_SLURP_H
#define MG_IO_SLURP_H

#include <stdbool.h>

#include "base/buf.h"

/* Append the file to `b`; "-" is standard input.  False: errno says why, EFBIG when it has
 * `limit` bytes or more; `b` may then hold a part of it. */
bool mg_slurp(const char *path, size_t limit, struct mg_buf *b);

#endif
