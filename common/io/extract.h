/* extract.h - write leaves to disk, below one directory and nowhere else.
 *
 * Layer:   io
 * Memory:  16 bytes a file written, to tell a file of an earlier run from one of this archive
 * Names:   two members of one name (or of names that the file system takes for one, such as
 *          LOG and log) are both kept, the later as name~2; a component of more than 240 bytes
 *          is cut and gets a hash of the whole
 */
#ifndef MG_IO_EXTRACT_H
#define MG_IO_EXTRACT_H

#include "base/buf.h"
#include "base/map.h"
#include "io/bundle.h"

struct mg_extract {
	int      dir;   /* where to, open; -1: not open               */
	unsigned strip; /* leading components to leave out            */
	bool     flat;  /* all in one directory: a/b/c becomes a__b__c */
	struct mg_intern written;    /* device and inode of each file       */
	struct mg_intern met;        /* names that came more than once ...  */
	uint32_t        *met_times;  /* ... and how often each              */
	size_t           nmet, met_cap;
};

/* Open the directory, made with its parents when it is missing.  False: errno says why. */
bool mg_extract_open(struct mg_extract *x, const char *dir);
/* Write what is left of `leaf` below the directory, creating directories on the way.  No link
 * is followed; a file of that name from before is replaced in one step, once the new one is
 * complete.  What can be read of a damaged leaf is kept.  *as is the path it got.  MG_SKIP:
 * nothing of its path is left behind x->strip components.  MG_FATAL: it cannot be written,
 * errno says why. */
enum mg_status mg_extract_leaf(struct mg_extract *x, const struct mg_leaf *leaf, struct mg_buf *as);
void mg_extract_close(struct mg_extract *x);

#endif
