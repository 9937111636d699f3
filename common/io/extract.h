/* extract.h - write a leaf to disk, below one directory and nowhere else.
 *
 * Layer:   io
 */
#ifndef MG_IO_EXTRACT_H
#define MG_IO_EXTRACT_H

#include "io/bundle.h"

/* Write what is left of `leaf` to its path below the directory `dir`, creating directories
 * on the way.  No link is followed; a file of that name is replaced in one step, once the
 * new one is complete.  What can be read of a damaged leaf is kept.  MG_FATAL: it cannot be
 * written, errno says why. */
enum mg_status mg_extract_leaf(int dir, const struct mg_leaf *leaf);

#endif
