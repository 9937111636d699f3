/* SPDX-License-Identifier: Apache-2.0 */
#include "io/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/time.h"
#include "io/src_ops.h"

#define HEADER_TRIES (UINT32_C(1) << 22) /* 2 GiB of a member without its header */

struct mg_archive {
	struct archive       *ar;
	struct archive_entry *entry; /* owned by ar */
	struct mg_src        *inner;
	bool                  owns_inner;
	const char           *compression; /* name of it, for a bare compressed stream */
	bool                  opened, dead, said;
	bool                  lost;    /* a header was damaged since this was asked last */
	bool                  saw_end; /* more input was wanted than there is */
	int64_t               pos; /* in the current member: sparse members have holes */
	struct mg_err         why; /* of the source below, when it broke */
};

/* --- recognise ------------------------------------------------------------------- */

/* A tar header carries its own checksum, in every dialect since 1979. */
static bool is_tar(struct mg_str h)
{
	const unsigned char *p = (const unsigned char *)h.p;
	unsigned long        sum = 0, want = 0;
	int                  digits = 0;

	if (h.n < 512 || p[0] == '\0')
		return false;
	for (size_t i = 0; i < 512; i++)
		sum += i >= 148 && i < 156 ? ' ' : p[i];
	for (size_t i = 148; i < 156; i++) {
		if (p[i] >= '0' && p[i] <= '7')
			want = want * 8 + (p[i] - '0'), digits++;
		else if (p[i] != ' ' && p[i] != '\0')
			return false;
		else if (digits)
			break;
	}
	return digits && sum == want;
}

static bool is_bzip2(struct mg_str h)
{
	return h.n >= 10 && mg_str_starts(h, MG_STR("BZh")) && h.p[3] >= '1' && h.p[3] <= '9' &&
	       (memcmp(h.p + 4, "1AY&SY", 6) == 0 ||
		memcmp(h.p + 4, "\x17\x72\x45\x38\x50\x90", 6) == 0); /* no blocks */
}

enum mg_wrap mg_wrap_sniff(struct mg_str h)
{
	if (mg_str_starts(h, MG_STR("\x1f\x8b\x08")))
		return MG_WRAP_GZIP;
	if (mg_str_starts(h, mg_str("\xfd" "7zXZ\0", 6)))
		return MG_WRAP_XZ;
	if (mg_str_starts(h, MG_STR("\x28\xb5\x2f\xfd")))
		return MG_WRAP_ZSTD;
	if (mg_str_starts(h, MG_STR("\x04\x22\x4d\x18")))
		return MG_WRAP_LZ4;
	if (mg_str_starts(h, MG_STR("PK\x03\x04")))
		return MG_WRAP_ZIP;
	if (is_bzip2(h))
		return MG_WRAP_BZIP2;
	return is_tar(h) ? MG_WRAP_TAR : MG_WRAP_NONE;
}

/* --- libarchive on top of a source ------------------------------------------------ */

static la_ssize_t on_read(struct archive *ar, void *ctx, const void **to)
{
	struct mg_archive *a = ctx;
	struct mg_str      s;
	enum mg_status     st = mg_src_peek(a->inner, 1, &s, &a->why);

	if (st == MG_EOF) {
		a->saw_end = true;
		return 0;
	}
	if (st != MG_OK) {
		archive_set_error(ar, EIO, "%s", a->why.msg);
		return -1;
	}
	s = mg_str_head(s, MG_SRC_CHUNK);
	mg_src_consume(a->inner, s.n); /* the bytes stay until the next peek */
	*to = s.p;
	return (la_ssize_t)s.n;
}

static void support(struct archive *ar, enum mg_wrap wrap)
{
	switch (wrap) {
	case MG_WRAP_TAR:
		archive_read_support_format_tar(ar);
		return;
	case MG_WRAP_ZIP:
		archive_read_support_format_zip_streamable(ar);
		return;
	case MG_WRAP_XZ:
		archive_read_support_filter_xz(ar);
		break;
	case MG_WRAP_ZSTD:
		archive_read_support_filter_zstd(ar);
		break;
	case MG_WRAP_BZIP2:
		archive_read_support_filter_bzip2(ar);
		break;
	case MG_WRAP_LZ4:
		archive_read_support_filter_lz4(ar);
		break;
	default:
		break;
	}
	archive_read_support_format_raw(ar);
	archive_read_support_format_empty(ar);
}

struct mg_archive *mg_archive_open(struct mg_src *inner, enum mg_wrap wrap)
{
	struct mg_archive *a = mg_zalloc(sizeof(*a));

	a->inner = inner;
	a->ar = archive_read_new();
	if (a->ar)
		support(a->ar, wrap);
	return a;
}

void mg_archive_close(struct mg_archive *a)
{
	if (!a)
		return;
	archive_read_free(a->ar);
	if (a->owns_inner)
		mg_src_close(a->inner);
	free(a);
}

bool mg_archive_dead(const struct mg_archive *a)
{
	return a->dead;
}

/* What broke: the source below says it best, libarchive second. */
static enum mg_status broken(struct mg_archive *a, struct mg_err *err)
{
	const char *text = a->ar ? archive_error_string(a->ar) : "out of memory";

	if (a->why.status == MG_FATAL) {
		if (err)
			*err = a->why;
		return MG_FATAL;
	}
	if (a->compression && a->saw_end)
		return mg_err_set(err, MG_FATAL, "truncated %s data", a->compression);
	return mg_err_set(err, MG_FATAL, "%s", text ? text : "damaged archive");
}

bool mg_archive_lost(struct mg_archive *a)
{
	bool lost = a->lost;

	a->lost = false;
	return lost;
}

static enum mg_status die(struct mg_archive *a, struct mg_err *err)
{
	a->dead = true;
	if (a->said)
		return mg_err_set(err, MG_FATAL, "%s", "");
	a->said = true;
	return broken(a, err);
}

/* --- members --------------------------------------------------------------------- */

static const char *special_name(struct archive_entry *e)
{
	if (archive_entry_hardlink(e))
		return "hard link";
	switch (archive_entry_filetype(e)) {
	case AE_IFLNK:
		return "symbolic link";
	case AE_IFIFO:
		return "FIFO";
	case AE_IFCHR:
	case AE_IFBLK:
		return "device";
	case AE_IFSOCK:
		return "socket";
	default:
		return NULL;
	}
}

/* A name that does not fit the locale has no multi-byte form; UTF-8 it then has. */
static struct mg_str member_path(struct archive_entry *e)
{
	const char *p = archive_entry_pathname(e);

	return mg_strz(p ? p : archive_entry_pathname_utf8(e));
}

static void describe(struct archive_entry *e, struct mg_member *m)
{
	bool slash;

	m->path = member_path(e);
	slash = m->path.n && m->path.p[m->path.n - 1] == '/';
	m->size = archive_entry_size_is_set(e) ? archive_entry_size(e) : -1;
	m->mtime_ns = MG_TIME_NONE;
	if (archive_entry_mtime_is_set(e) &&
	    (__builtin_mul_overflow((int64_t)archive_entry_mtime(e), MG_SEC, &m->mtime_ns) ||
	     __builtin_add_overflow(m->mtime_ns, (int64_t)archive_entry_mtime_nsec(e),
				    &m->mtime_ns)))
		m->mtime_ns = MG_TIME_NONE;
	m->special = special_name(e);
	m->directory = !m->special && (archive_entry_filetype(e) == AE_IFDIR || slash);
	m->regular = !m->special && !m->directory;
}

enum mg_status mg_archive_next(struct mg_archive *a, struct mg_member *m, struct mg_err *err)
{
	int r = ARCHIVE_FATAL;

	if (a->dead || !a->ar)
		return die(a, err);
	if (!a->opened) {
		a->opened = true;
		if (archive_read_open(a->ar, a, NULL, on_read, NULL) != ARCHIVE_OK)
			return die(a, err);
	}
	/* A member whose header is unusable is left out; libarchive goes on behind it, 512 bytes
	 * at a time. */
	for (uint32_t tries = 0; tries < HEADER_TRIES; tries++) {
		r = archive_read_next_header(a->ar, &a->entry);
		if (r != ARCHIVE_RETRY && r != ARCHIVE_FAILED)
			break;
		a->lost = true;
	}
	if (r == ARCHIVE_EOF)
		return MG_EOF;
	if (r != ARCHIVE_OK && r != ARCHIVE_WARN)
		return die(a, err);
	a->pos = 0;
	describe(a->entry, m);
	return MG_OK;
}

static const char zeros[1 << 16];

struct entry_src {
	struct mg_archive *a;
	struct mg_str      pending; /* data behind a hole */
	int64_t            hole;    /* zero bytes still to give */
	struct mg_err      doubt;   /* the bytes do not fit their checksum, say */
};

/* The end of an entry: all of its bytes were given, whether or not they are the right ones. */
static enum mg_status doubtful(const struct entry_src *e, struct mg_err *err)
{
	if (e->doubt.status == MG_OK)
		return MG_EOF;
	if (err)
		*err = e->doubt;
	return MG_FATAL;
}

static enum mg_status entry_next(void *self, struct mg_str *out, struct mg_err *err)
{
	struct entry_src  *e = self;
	struct mg_archive *a = e->a;

	while (e->hole == 0 && e->pending.n == 0) {
		const void *p = NULL;
		size_t      n = 0;
		la_int64_t  at = a->pos;
		int         r = archive_read_data_block(a->ar, &p, &n, &at);

		if (r == ARCHIVE_FAILED)
			return broken(a, err);
		if (r != ARCHIVE_EOF && r < ARCHIVE_WARN)
			return die(a, err);
		if (r == ARCHIVE_WARN && e->doubt.status == MG_OK)
			broken(a, &e->doubt);
		if (r == ARCHIVE_EOF)
			n = 0; /* a file may end in a hole */
		e->hole = at > a->pos ? at - a->pos : 0;
		e->pending = mg_str(p, n);
		a->pos += e->hole + (int64_t)n;
		if (r == ARCHIVE_EOF && e->hole == 0)
			return doubtful(e, err);
	}
	if (e->hole) {
		int64_t n = e->hole < (int64_t)sizeof(zeros) ? e->hole : (int64_t)sizeof(zeros);

		e->hole -= n;
		*out = mg_str(zeros, (size_t)n);
		return MG_OK;
	}
	*out = e->pending;
	e->pending = mg_str(NULL, 0);
	return MG_OK;
}

static const struct mg_src_ops entry_ops = { entry_next, NULL, free };

struct mg_src *mg_archive_entry(struct mg_archive *a)
{
	struct entry_src *e = mg_zalloc(sizeof(*e));

	e->a = a;
	return mg_src_new(&entry_ops, e);
}

/* --- one compressed stream -------------------------------------------------------- */

static enum mg_status filter_next(void *self, struct mg_str *out, struct mg_err *err)
{
	struct entry_src *e = self;
	struct mg_member  m;

	if (!e->a->entry) {
		enum mg_status st = mg_archive_next(e->a, &m, err);

		if (st != MG_OK)
			return st;
	}
	return entry_next(e, out, err);
}

static void filter_close(void *self)
{
	struct entry_src *e = self;

	mg_archive_close(e->a);
	free(e);
}

static const struct mg_src_ops filter_ops = { filter_next, NULL, filter_close };

struct mg_src *mg_src_filter(struct mg_src *inner, enum mg_wrap wrap)
{
	struct entry_src *e = mg_zalloc(sizeof(*e));

	e->a = mg_archive_open(inner, wrap);
	e->a->owns_inner = true;
	e->a->compression = wrap == MG_WRAP_XZ    ? "xz" :
			    wrap == MG_WRAP_ZSTD  ? "zstd" :
			    wrap == MG_WRAP_BZIP2 ? "bzip2" : "lz4";
	return mg_src_new(&filter_ops, e);
}
