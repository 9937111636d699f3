/* SPDX-License-Identifier: Apache-2.0 */
/* One recursive walk.  A stream is looked at: a compressed one is unwrapped and looked at
 * again, an archive is entered member by member, anything else is a leaf.  Recursion is
 * bounded by limits.depth (archives) and DIR_DEPTH (directories). */
#include "io/bundle.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/time.h"
#include "io/archive.h"
#include "io/bundle_path.h"
#include "io/guard.h"
#include "io/src_ops.h"

#define HEAD      ((size_t)64 << 10) /* what the kind is told from */
#define LAYERS    4                  /* compressions on top of each other */
#define DIR_DEPTH 256                /* each open directory holds a descriptor */

const struct mg_limits mg_limits_default = {
	.depth = 8,
	.members = 2000000,
	.member_size = (uint64_t)64 << 30,
	.ratio = 1000,
};

static bool parse_limit(struct mg_limits *l, struct mg_str text)
{
	struct mg_str name, value;
	uint64_t      v;

	if (!mg_str_cut(text, '=', &name, &value))
		return false;
	if (mg_str_eq(name, MG_STR("ratio")) && mg_str_ends(value, MG_STR(":1")))
		value.n -= 2;
	if (!mg_num_bytes(value, &v))
		return false;
	if (mg_str_eq(name, MG_STR("depth")))
		l->depth = v < 64 ? (uint32_t)v : 64; /* the walk recurses */
	else if (mg_str_eq(name, MG_STR("members")))
		l->members = v;
	else if (mg_str_eq(name, MG_STR("member-size")))
		l->member_size = v;
	else if (mg_str_eq(name, MG_STR("ratio")))
		l->ratio = v;
	else
		return false;
	return true;
}

bool mg_limits_parse(struct mg_limits *l, struct mg_str text)
{
	struct mg_str one;
	bool          more = true, ok = true;

	while (more && ok) {
		more = mg_str_cut(text, ',', &one, &text);
		ok = parse_limit(l, one);
	}
	return ok;
}

struct walk {
	const struct mg_bundle_opts *opts;
	mg_leaf_fn                   fn;
	void                        *ctx;
	bool                         stop;
	uint64_t                     leaves, members;
	struct mg_str                top;   /* the operand's own name */
	struct mg_err                first; /* the first fault: the answer when no leaf came */
	struct mg_src               *file;  /* the compressed file being read, for progress  */
	uint64_t                     files_done; /* bytes of the files before it             */
	int64_t                      total;
};

/* A stream on its way to become a leaf or to be entered. */
struct node {
	struct mg_str path;
	bool          top; /* the operand itself: members are named without its name */
	int64_t       size, mtime_ns;
	unsigned      depth; /* archives around it */
};

static void fault(struct walk *w, struct mg_str path, const struct mg_err *err)
{
	bool first = err->status != MG_SKIP && w->first.status == MG_OK;

	if (first)
		w->first = *err;
	/* What breaks the operand before anything came of it is the result of the walk. */
	if (first && w->leaves == 0 && path.p == w->top.p)
		return;
	if (w->opts->fault)
		w->opts->fault(w->opts->ctx, path, err);
}

static void fault_as(struct walk *w, struct mg_str path, enum mg_status st,
		     const struct mg_err *err)
{
	struct mg_err e = *err;

	e.status = st;
	fault(w, path, &e);
}

static void fault_text(struct walk *w, struct mg_str path, enum mg_status st, const char *text)
{
	struct mg_err e = { 0 };

	mg_err_set(&e, st, "%s", text);
	fault(w, path, &e);
}

static void tick(void *ctx)
{
	struct walk *w = ctx;

	if (w->opts->progress && w->file)
		w->opts->progress(w->opts->ctx, w->files_done + mg_src_offset(w->file),
				  w->total);
}

/* `fed` is the compressed side of `inner`, read up to `slack` bytes ahead; NULL: none. */
static struct mg_src *guarded(struct walk *w, struct mg_src *inner, const struct mg_src *fed,
			      uint64_t slack)
{
	struct mg_guard g = { 0, w->opts->limits.ratio, fed, slack, tick, w };

	return mg_src_guard(inner, &g);
}

/* --- leaves ------------------------------------------------------------------------ */

/* Did the source end in a fault?  Looks only at what was already met: a leaf that nobody
 * read is not read here either. */
static void check_end(struct walk *w, const struct node *n, struct mg_src *src,
		      const struct mg_archive *in)
{
	struct mg_err err = { 0 };

	if (mg_src_fault(src, &err))
		fault_as(w, n->path, in && mg_archive_dead(in) ? MG_FATAL : MG_FAIL, &err);
}

/* One more member, whatever it is: each costs time, and a name may cost memory. */
static bool may_enter(struct walk *w, struct mg_str path)
{
	struct mg_err err = { 0 };

	if (w->members++ < w->opts->limits.members)
		return true;
	mg_err_set(&err, MG_FATAL, "more than %" PRIu64 " members; the rest is left out "
		   "(raise with --limit members=N)", w->opts->limits.members);
	fault(w, path, &err);
	w->stop = true;
	return false;
}

static void leaf(struct walk *w, const struct node *n, struct mg_src *src)
{
	struct mg_str  head = { "", 0 };
	struct mg_err  err = { 0 };
	struct mg_leaf l = { .path = n->path, .size = n->size, .mtime_ns = n->mtime_ns };

	if (mg_src_peek(src, HEAD, &head, &err) == MG_FATAL)
		return; /* not one byte: the fault is all there is */
	l.kind = mg_kind_sniff(n->path, mg_str_head(head, HEAD), head.n < HEAD);
	l.src = src;
	w->leaves++;
	if (!w->fn(w->ctx, &l))
		w->stop = true;
}

static void stream(struct walk *w, const struct node *n, struct mg_src *src,
		   const struct mg_archive *in);

static void member(struct walk *w, const struct node *parent, struct mg_archive *a,
		   struct mg_src *container, const struct mg_member *m)
{
	struct mg_buf path = { 0 };
	struct node   n = { .size = m->size, .mtime_ns = m->mtime_ns, .depth = parent->depth + 1 };
	struct mg_err err = { 0 };

	if (!parent->top)
		mg_buf_add(&path, parent->path);
	mg_bundle_path_add(&path, m->path);
	n.path = mg_buf_str(&path);
	if (!may_enter(w, n.path)) {
		mg_buf_release(&path);
		return;
	}
	if (m->regular) {
		stream(w, &n, guarded(w, mg_archive_entry(a), container, MG_SRC_CHUNK), a);
	} else if (!m->directory) {
		mg_err_set(&err, MG_SKIP, "%s, skipped", m->special);
		fault(w, n.path, &err);
	}
	mg_buf_release(&path);
}

/* Whether the end of the archive was reached. */
static bool enter(struct walk *w, const struct node *n, struct mg_src *src, enum mg_wrap wrap)
{
	struct mg_archive *a;
	struct mg_member   m;
	struct mg_err      err = { 0 };
	enum mg_status     st = MG_EOF;

	if (n->depth >= w->opts->limits.depth) {
		mg_err_set(&err, MG_FATAL, "archives nested more than %u deep; this one is left "
			   "out (raise with --limit depth=N)", (unsigned)w->opts->limits.depth);
		fault(w, n->path, &err);
		return false;
	}
	a = mg_archive_open(src, wrap);
	while (!w->stop && (st = mg_archive_next(a, &m, &err)) <= MG_EOF) {
		if (mg_archive_lost(a))
			fault_text(w, n->path, MG_FAIL, "damaged header in the archive; the member that "
				   "it describes is left out");
		if (st == MG_EOF)
			break;
		member(w, n, a, src, &m);
		tick(w);
	}
	if (!w->stop && st == MG_FATAL && err.msg[0])
		fault_as(w, n->path, MG_FATAL, &err);
	mg_archive_close(a);
	return !w->stop && st == MG_EOF;
}

/* A compressed stream has its checksum behind the end of the archive in it: without a look
 * there, damage that still makes an archive would go unseen. */
static void read_rest(struct walk *w, const struct node *n, struct mg_src *src,
		      const struct mg_archive *in)
{
	struct mg_str s;

	while (mg_src_peek(src, 1, &s, NULL) == MG_OK)
		mg_src_consume(src, s.n);
	check_end(w, n, src, in);
}

static struct mg_src *unwrap(struct walk *w, struct mg_src *src, enum mg_wrap wrap)
{
	if (wrap == MG_WRAP_GZIP)
		return guarded(w, mg_src_gzip(src), src, 0);
	return guarded(w, mg_src_filter(src, wrap), src, 0);
}

/* Owns `src`.  `in` is the archive it is a member of, or NULL. */
static void stream(struct walk *w, const struct node *n, struct mg_src *src,
		   const struct mg_archive *in)
{
	enum mg_wrap wrap = MG_WRAP_NONE;
	int          layer;

	for (layer = 0;; layer++) {
		struct mg_str head;

		if (mg_src_peek(src, 512, &head, NULL) != MG_OK)
			break;
		wrap = mg_wrap_sniff(head);
		if (wrap == MG_WRAP_NONE || wrap == MG_WRAP_TAR || wrap == MG_WRAP_ZIP)
			break;
		if (layer == LAYERS) {
			fault_text(w, n->path, MG_FAIL, "compressed too many times over");
			wrap = MG_WRAP_NONE;
			break;
		}
		src = unwrap(w, src, wrap);
		wrap = MG_WRAP_NONE;
	}
	if (wrap == MG_WRAP_NONE) {
		struct mg_guard size = { .max_bytes = w->opts->limits.member_size };

		src = mg_src_guard(src, &size);
		leaf(w, n, src);
		check_end(w, n, src, in);
	} else {
		if (enter(w, n, src, wrap) && layer > 0)
			read_rest(w, n, src, in);
	}
	mg_src_close(src);
}

/* --- files and directories ---------------------------------------------------------- */

static int64_t stat_mtime(const struct stat *st)
{
	int64_t ns;

	if (__builtin_mul_overflow((int64_t)st->st_mtim.tv_sec, MG_SEC, &ns))
		return MG_TIME_NONE;
	return ns + st->st_mtim.tv_nsec;
}

/* A log that is still written to, a file that is replaced: what was read may be of both
 * versions.  `fd` (owned) is a second descriptor of what was `before`. */
static void check_unchanged(struct walk *w, struct mg_str path, int fd, const struct stat *before)
{
	struct mg_err err = { 0 };
	struct stat   now;

	if (fd < 0)
		return;
	if (S_ISREG(before->st_mode) && fstat(fd, &now) == 0 &&
	    (now.st_size != before->st_size || stat_mtime(&now) != stat_mtime(before))) {
		mg_err_set(&err, MG_FAIL, "it changed while it was read (%lld bytes before, %lld after)",
			   (long long)before->st_size, (long long)now.st_size);
		fault(w, path, &err);
	}
	close(fd);
}

/* More holes than the ratio allows: reading it would be reading zeros for hours. */
static bool is_sparse_giant(struct walk *w, struct mg_str path, const struct stat *st)
{
	struct mg_err err = { 0 };
	uint64_t      size = (uint64_t)st->st_size, stored = (uint64_t)st->st_blocks * 512;

	if (!S_ISREG(st->st_mode) || size <= MG_GUARD_FLOOR || !w->opts->limits.ratio ||
	    size / (stored ? stored : 1) < w->opts->limits.ratio)
		return false;
	mg_err_set(&err, MG_FAIL, "sparse: %" PRIu64 " bytes of which %" PRIu64 " are stored; left out "
		   "(raise with --limit ratio=N)", size, stored);
	fault(w, path, &err);
	return true;
}

/* Owns `fd`. */
static void file(struct walk *w, struct mg_str path, int fd, const struct stat *st, bool top)
{
	struct node n = { .path = path, .top = top, .size = -1, .mtime_ns = MG_TIME_NONE };
	int64_t     size = S_ISREG(st->st_mode) ? (int64_t)st->st_size : -1;
	int         again = S_ISREG(st->st_mode) ? fcntl(fd, F_DUPFD_CLOEXEC, 0) : -1;

	if (is_sparse_giant(w, path, st)) {
		if (again >= 0)
			close(again);
		close(fd);
		return;
	}
	n.size = size;
	if (S_ISREG(st->st_mode))
		n.mtime_ns = stat_mtime(st);
	if (top)
		w->total = size;
	w->file = mg_src_fd(fd, true);
	stream(w, &n, guarded(w, w->file, NULL, 0), NULL);
	w->file = NULL;
	check_unchanged(w, path, again, st);
	if (size > 0)
		w->files_done += (uint64_t)size;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* At most `max` of the names in the directory `fd` (owned), in byte order; NULL and errno on
 * failure. */
static char **list_names(int fd, uint64_t max, size_t *n)
{
	DIR           *d = fdopendir(fd);
	char         **names = NULL;
	size_t         cap = 0;
	struct dirent *e;

	*n = 0;
	if (!d) {
		close(fd);
		return NULL;
	}
	MG_PUSH(names, *n, cap, NULL);
	*n = 0; /* never NULL, even when the directory is empty */
	errno = 0;
	while (*n < max && (e = readdir(d)))
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			MG_PUSH(names, *n, cap, mg_strndup(e->d_name, strlen(e->d_name)));
	closedir(d);
	qsort(names, *n, sizeof(*names), by_name);
	return names;
}

static const char *special_type(mode_t mode)
{
	return S_ISLNK(mode) ? "symbolic link, skipped" :
	       S_ISFIFO(mode) ? "FIFO, skipped" :
	       S_ISSOCK(mode) ? "socket, skipped" : "device, skipped";
}

static void directory(struct walk *w, struct mg_str path, int fd, unsigned depth);

static void fault_errno(struct walk *w, struct mg_str path, const char *what)
{
	struct mg_err e = { .sys_errno = errno };

	mg_err_set(&e, MG_FAIL, "cannot %s: %s", what, strerror(errno));
	fault(w, path, &e);
}

static void directory_entry(struct walk *w, struct mg_str parent, int dir, const char *name,
			    unsigned depth)
{
	struct mg_buf path = { 0 };
	struct stat   st;
	int           fd;

	mg_buf_add(&path, parent);
	mg_bundle_path_add(&path, mg_strz(name));
	if (!may_enter(w, mg_buf_str(&path))) {
		mg_buf_release(&path);
		return;
	}
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
		fault_errno(w, mg_buf_str(&path), "stat");
	} else if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)) {
		fault_text(w, mg_buf_str(&path), MG_SKIP, special_type(st.st_mode));
	} else if ((fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC |
				O_NOCTTY)) < 0) {
		fault_errno(w, mg_buf_str(&path), "open");
	} else if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		directory(w, mg_buf_str(&path), fd, depth + 1);
	} else if (S_ISREG(st.st_mode)) {
		file(w, mg_buf_str(&path), fd, &st, false);
	} else { /* it was swapped in between */
		fault_text(w, mg_buf_str(&path), MG_SKIP, special_type(st.st_mode));
		close(fd);
	}
	mg_buf_release(&path);
}

/* Owns `fd`, which stays open below: names are looked up in it, not by path. */
static void directory(struct walk *w, struct mg_str path, int fd, unsigned depth)
{
	int    list = depth < DIR_DEPTH ? openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	size_t n = 0;
	char **names = NULL;

	if (list >= 0) /* one more than may be: it is where the limit is said */
		names = list_names(list, w->opts->limits.members - w->members + 1, &n);

	if (depth >= DIR_DEPTH)
		fault_text(w, path, MG_FAIL, "directories nested too deep");
	else if (!names)
		fault_errno(w, path, "read directory");
	for (size_t i = 0; i < n; i++) {
		if (!w->stop)
			directory_entry(w, path, fd, names[i], depth);
		free(names[i]);
	}
	free(names);
	close(fd);
}

static int open_operand(const char *operand, struct stat *st)
{
	int fd = strcmp(operand, "-") == 0 ?
			 fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) :
			 open(operand, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd >= 0 && fstat(fd, st) != 0) {
		int e = errno;

		close(fd);
		errno = e;
		return -1;
	}
	return fd;
}

/* The last component that has a name: "a/b/" is b. */
static struct mg_str operand_name(const char *operand)
{
	struct mg_str s = mg_strz(operand);

	if (mg_str_eq(s, MG_STR("-")))
		return MG_STR("stdin");
	while (s.n > 1 && s.p[s.n - 1] == '/')
		s.n--;
	return mg_str_basename(s);
}

enum mg_status mg_bundle_walk(const char *operand, const struct mg_bundle_opts *opts,
			      mg_leaf_fn fn, void *ctx, struct mg_err *err)
{
	struct walk   w = { .opts = opts, .fn = fn, .ctx = ctx, .total = -1 };
	struct mg_buf name = { 0 };
	struct stat   st;
	int           fd = open_operand(operand, &st);

	if (fd < 0) {
		if (err)
			err->sys_errno = errno;
		return mg_err_set(err, MG_FATAL, "cannot open '%s': %s", operand, strerror(errno));
	}
	if (S_ISDIR(st.st_mode)) {
		w.top = MG_STR("");
		directory(&w, w.top, fd, 0);
	} else {
		mg_bundle_path_add(&name, operand_name(operand));
		w.top = mg_buf_str(&name);
		file(&w, mg_buf_str(&name), fd, &st, true);
		mg_buf_release(&name);
	}
	if (w.leaves || w.stop || w.first.status == MG_OK)
		return MG_OK;
	if (err)
		*err = w.first;
	return mg_err_set(err, MG_FATAL, "cannot read '%s': %s", operand, w.first.msg);
}
