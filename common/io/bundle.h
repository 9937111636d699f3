/* bundle.h - one walk over a file, directory, archive or stream that yields every leaf.
 *
 * Layer:   io
 * Nothing is extracted to disk: archives in archives are read as streams.  A directory is
 * walked in byte order of its names; an archive in its own order.  Symbolic links are
 * never followed; devices and FIFOs are skipped and said.
 */
#ifndef MG_IO_BUNDLE_H
#define MG_IO_BUNDLE_H

#include "io/kind.h"
#include "io/src.h"

struct mg_leaf {
	struct mg_str  path;     /* below the operand, '/' separated; a file operand: its
				    base name, "stdin" for "-".  Members of nested archives:
				    a.tar/b/c.  Valid UTF-8 without control characters,
				    empty, "." and ".." components and a leading '/'; what
				    is not allowed is written \xNN.  NUL-terminated. */
	enum mg_kind   kind;
	int64_t        size;     /* bytes as stored, -1 unknown                       */
	int64_t        mtime_ns; /* MG_TIME_NONE when unknown                         */
	struct mg_src *src;      /* at the first byte, decompressed; the walker closes */
};

struct mg_limits {
	uint32_t depth;         /* archives in archives, default 8        */
	uint64_t members;       /* of archives and directories, links and directories too,
				   default 2,000,000 */
	uint64_t member_size;   /* bytes of one leaf, default 64 GiB      */
	uint64_t ratio;         /* expansion of one stream, default 1000  */
};
extern const struct mg_limits mg_limits_default;
/* Take "depth=8", "members=4M", "member-size=64G", "ratio=1000" or "ratio=1000:1", several of
 * them with commas in between.  False: something else is among them. */
bool mg_limits_parse(struct mg_limits *l, struct mg_str text);

struct mg_bundle_opts {
	struct mg_limits limits;
	/* A fault that costs something: `path` is where, err->msg what, err->status MG_FAIL
	 * (a leaf or its tail) or MG_FATAL (the rest of an archive).  MG_SKIP is no damage: a
	 * link, device or the like that is not followed.  What breaks a leaf's source is
	 * reported here, once, after the leaf: a consumer that meets it just stops.  May be
	 * NULL. */
	void (*fault)(void *ctx, struct mg_str path, const struct mg_err *err);
	/* Compressed bytes read so far of `total` (-1 unknown).  May be NULL. */
	void (*progress)(void *ctx, uint64_t done, int64_t total);
	void *ctx;
};

/* Return false to stop the walk.  The leaf and its views are valid during the call. */
typedef bool (*mg_leaf_fn)(void *ctx, struct mg_leaf *leaf);

/* Walk one operand ("-" is stdin).  MG_OK: the walk ended, faults were reported through
 * opts->fault.  MG_FATAL: the operand itself cannot be opened or nothing of it read; err
 * says why. */
enum mg_status mg_bundle_walk(const char *operand, const struct mg_bundle_opts *opts,
			      mg_leaf_fn leaf, void *ctx, struct mg_err *err);

#endif
