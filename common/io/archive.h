/* archive.h - archives and the rarer compressions, by way of libarchive; for io/ only.
 *
 * Layer:   io
 * Memory:  an archive borrows its source; the entry source borrows the archive
 * gzip is not here: inflate.c is faster and says more about damage.
 */
#ifndef MG_IO_ARCHIVE_H
#define MG_IO_ARCHIVE_H

#include "io/src.h"

/* What the first bytes of a stream announce. */
enum mg_wrap {
	MG_WRAP_NONE,
	MG_WRAP_GZIP,
	MG_WRAP_XZ,
	MG_WRAP_ZSTD,
	MG_WRAP_BZIP2,
	MG_WRAP_LZ4,
	MG_WRAP_TAR,
	MG_WRAP_ZIP,
};

/* 512 bytes of head are enough; fewer can still be any of the others but tar. */
enum mg_wrap mg_wrap_sniff(struct mg_str head);

struct mg_member {
	struct mg_str path; /* as stored, of any bytes; valid until the next member  */
	int64_t       size; /* -1 unknown                                            */
	int64_t       mtime_ns;
	bool          regular;
	bool          directory;
	const char   *special; /* what it is when neither, e.g. "symbolic link"      */
};

struct mg_archive;

/* `wrap`: MG_WRAP_TAR or MG_WRAP_ZIP. */
struct mg_archive *mg_archive_open(struct mg_src *inner, enum mg_wrap wrap);
/* MG_OK: *m is filled.  MG_EOF.  MG_FATAL: nothing more can be read; when an entry source
 * has said so already, err->msg is empty. */
enum mg_status mg_archive_next(struct mg_archive *a, struct mg_member *m, struct mg_err *err);
/* Was a member left out since this was asked last, because its header is damaged? */
bool mg_archive_lost(struct mg_archive *a);
/* The bytes of the current member; close it before the next mg_archive_next. */
struct mg_src *mg_archive_entry(struct mg_archive *a);
/* The archive broke while an entry was read: what follows is lost. */
bool mg_archive_dead(const struct mg_archive *a);
void mg_archive_close(struct mg_archive *a);

/* Decompress XZ, ZSTD, BZIP2 or LZ4; owns `inner`. */
struct mg_src *mg_src_filter(struct mg_src *inner, enum mg_wrap wrap);

#endif
