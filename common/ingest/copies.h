/* copies.h - the same bytes under two names are counted once.
 *
 * Layer:   ingest
 * Memory:  some 80 bytes a leaf that was read
 * An export of a node's /var/log with links resolved holds every container log twice, two
 * images of one gather write the same objects, and an archive may lie beside what was
 * unpacked from it.  Two leaves are copies when all their bytes are the same and their paths
 * do not name different nodes or pods.  Of long ones the first MG_COPY_HEAD bytes must be the
 * same and the size as stored, which a log that has grown since does not share.
 */
#ifndef MG_INGEST_COPIES_H
#define MG_INGEST_COPIES_H

#include "base/digest.h"
#include "event/source.h"
#include "io/bundle.h"

/* To know a copy before it is read, this much of it is kept in memory. */
#define MG_COPY_HEAD ((size_t)64 << 20)

struct mg_copies;

struct mg_copies *mg_copies_new(void);
void              mg_copies_free(struct mg_copies *c);

/* What is learnt of a leaf while it is read. */
struct mg_copy_mark {
	uint64_t         start; /* hash of its first bytes         */
	struct mg_digest head;  /* of its first MG_COPY_HEAD bytes */
	bool             more;  /* these are not all of them       */
	int64_t          size;  /* mg_leaf.size                    */
};

/* Before a leaf is read: is it a copy of one that was?  True: *artifact is that one's.  False:
 * *m is ready for what is read.  Consumes nothing of leaf->src. */
bool mg_copies_find(const struct mg_copies *c, const struct mg_leaf *leaf,
		    const struct mg_source *s, struct mg_copy_mark *m, uint32_t *artifact);
/* While it is read: the next bytes. */
void mg_copy_mark_add(struct mg_copy_mark *m, struct mg_str bytes);
/* After it was read; `s` lives as long as `c`. */
void mg_copies_add(struct mg_copies *c, struct mg_copy_mark *m, const struct mg_source *s);

#endif
