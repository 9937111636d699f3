/* copies.h - the same bytes under two names are counted once.
 *
 * Layer:   ingest
 * Memory:  some 80 bytes a leaf that was read
 * An export of a node's /var/log with links resolved holds every container log twice, two
 * images of one gather write the same objects, and an archive may lie beside what was
 * unpacked from it.  Two leaves are copies when all their bytes are the same and their paths
 * do not name different nodes or pods.
 */
#ifndef MG_INGEST_COPIES_H
#define MG_INGEST_COPIES_H

#include "base/digest.h"
#include "event/source.h"
#include "io/src.h"

/* A copy larger than this is not recognised: it would have to be kept whole. */
#define MG_COPY_MAX ((size_t)64 << 20)

struct mg_copies;

struct mg_copies *mg_copies_new(void);
void              mg_copies_free(struct mg_copies *c);

/* Before a leaf is read: is it a copy of one that was?  True: *artifact is that one's.  False:
 * *head is what mg_copies_add wants.  Consumes nothing of `src`. */
bool mg_copies_find(const struct mg_copies *c, struct mg_src *src, const struct mg_source *s,
		    uint64_t *head, uint32_t *artifact);
/* After it was read: `whole` is of all its bytes (mg_digest_end done), `s` lives as long as
 * `c`. */
void mg_copies_add(struct mg_copies *c, uint64_t head, const struct mg_digest *whole,
		   const struct mg_source *s);

#endif
