/* slurp.h - a whole small file in memory: a table, a file of rules.
 *
 * Layer:  session
 * Memory: the caller's buffer
 */
#ifndef MG_SESSION_SLURP_H
#define MG_SESSION_SLURP_H

#include <stdbool.h>

#include "base/buf.h"

/* Append all of the file ("-": standard input) to `b`.  false: errno says why, EFBIG when it
 * has more than `max` bytes. */
bool mg_session_slurp(const char *path, size_t max, struct mg_buf *b);

#endif
