/* SPDX-License-Identifier: Apache-2.0 */
#include "io/extract.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/time.h"

/* Open the directory of `path` below `at`, creating what is missing.  Each component is
 * opened by itself and must be a real directory.  *base is the last component. */
static int open_parent(int at, struct mg_str path, struct mg_str *base)
{
	int fd = openat(at, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	*base = path;
	while (fd >= 0 && mg_str_cut(path, '/', base, &path)) {
		char *name = mg_strndup(base->p, base->n);
		int   next = -1;

		if (mkdirat(fd, name, 0777) == 0 || errno == EEXIST)
			next = openat(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		close(fd);
		free(name);
		fd = next;
	}
	return fd;
}

/* MG_FATAL: the disk, not the leaf; errno says why. */
static enum mg_status copy(struct mg_src *src, int fd)
{
	struct mg_str s;

	while (mg_src_peek(src, 1, &s, NULL) == MG_OK) {
		while (s.n) {
			ssize_t k = write(fd, s.p, s.n);

			if (k < 0 && errno == EINTR)
				continue;
			if (k < 0)
				return MG_FATAL;
			mg_src_consume(src, (size_t)k);
			s = mg_str_from(s, (size_t)k);
		}
	}
	return MG_OK;
}

/* --- names ------------------------------------------------------------------------------- */

#define NAME_LIMIT 240 /* file systems allow 255; "~2" may follow */

/* One component; too long a one keeps its beginning. */
static void add_name(struct mg_buf *to, struct mg_str c)
{
	size_t cut = NAME_LIMIT - 17;

	if (c.n <= NAME_LIMIT) {
		mg_buf_add(to, c);
		return;
	}
	while (cut && ((unsigned char)c.p[cut] & 0xc0) == 0x80) /* not inside a character */
		cut--;
	mg_buf_add(to, mg_str_head(c, cut));
	mg_buf_printf(to, "~%016llx", (unsigned long long)mg_str_hash(c, 0));
}

/* The path below the directory; false: all of it is stripped. */
static bool target(const struct mg_extract *x, struct mg_str path, struct mg_buf *to)
{
	struct mg_str c, rest = path;
	struct mg_buf flat = { 0 };

	for (unsigned i = 0; i < x->strip; i++)
		if (!mg_str_cut(path, '/', &c, &path))
			return false;
	for (rest = path; !x->flat && rest.n;) {
		mg_str_cut(rest, '/', &c, &rest);
		if (to->n)
			mg_buf_addc(to, '/');
		add_name(to, c);
	}
	for (rest = path; x->flat && rest.n;) {
		mg_str_cut(rest, '/', &c, &rest);
		if (flat.n)
			mg_buf_addz(&flat, "__");
		mg_buf_add(&flat, c);
	}
	if (x->flat)
		add_name(to, mg_buf_str(&flat));
	mg_buf_release(&flat);
	return true;
}

static struct mg_str file_key(const struct stat *st, uint64_t key[2])
{
	key[0] = (uint64_t)st->st_dev;
	key[1] = (uint64_t)st->st_ino;
	return mg_str((const char *)key, 2 * sizeof(*key));
}

/* Is there a file of that name which this run wrote?  The file system is asked: it knows best
 * which names it takes for the same. */
static bool taken(const struct mg_extract *x, int dir, const char *name)
{
	struct stat st;
	uint64_t    key[2];

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       mg_intern_find(&x->written, file_key(&st, key)) != MG_NONE;
}

/* Append "~2", "~3" ... to *as until the name is free. */
static void make_free(struct mg_extract *x, int dir, struct mg_buf *as)
{
	size_t   whole = as->n, base = (size_t)(mg_str_rchr(mg_buf_str(as), '/') + 1);
	uint32_t id = MG_NONE;

	while (mg_buf_addc(as, '\0'), as->n--, taken(x, dir, as->p + base)) {
		if (id == MG_NONE)
			id = mg_intern_id(&x->met, mg_str(as->p, whole));
		if (id == x->nmet)
			MG_PUSH(x->met_times, x->nmet, x->met_cap, 1);
		as->n = whole;
		mg_buf_printf(as, "~%u", ++x->met_times[id]);
	}
}

/* --- files ------------------------------------------------------------------------------- */

static bool write_file(struct mg_extract *x, int dir, struct mg_buf *as, const struct mg_leaf *leaf)
{
	char            tmp[64];
	struct timespec at[2] = { { .tv_nsec = UTIME_OMIT }, { .tv_nsec = UTIME_OMIT } };
	struct stat     st;
	uint64_t        key[2];
	int             fd, e;
	bool            ok;

	snprintf(tmp, sizeof(tmp), ".mg-extract.%ld.tmp", (long)getpid());
	fd = openat(dir, tmp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	ok = fd >= 0 && copy(leaf->src, fd) == MG_OK;
	if (ok && leaf->mtime_ns >= 0) {
		at[1].tv_sec = (time_t)(leaf->mtime_ns / MG_SEC);
		at[1].tv_nsec = (long)(leaf->mtime_ns % MG_SEC);
		futimens(fd, at); /* a file system without times is no reason to fail */
	}
	ok = fd >= 0 && fstat(fd, &st) == 0 && close(fd) == 0 && ok;
	if (ok) {
		make_free(x, dir, as);
		ok = renameat(dir, tmp, dir, as->p + mg_str_rchr(mg_buf_str(as), '/') + 1) == 0;
	}
	e = errno;
	if (ok)
		mg_intern_id(&x->written, file_key(&st, key));
	else if (fd >= 0)
		unlinkat(dir, tmp, 0);
	errno = e;
	return ok;
}

enum mg_status mg_extract_leaf(struct mg_extract *x, const struct mg_leaf *leaf, struct mg_buf *as)
{
	struct mg_str base;
	int           parent, e;
	bool          ok;

	mg_buf_clear(as);
	if (!target(x, leaf->path, as))
		return MG_SKIP;
	parent = open_parent(x->dir, mg_buf_str(as), &base);
	ok = parent >= 0 && write_file(x, parent, as, leaf);
	e = errno;
	if (parent >= 0)
		close(parent);
	errno = e;
	return ok ? MG_OK : MG_FATAL;
}

bool mg_extract_open(struct mg_extract *x, const char *dir)
{
	char *path = mg_strndup(dir, strlen(dir));

	for (char *p = path; *p; p++) { /* what cannot be made, open says */
		if (*p != '/' || p == path)
			continue;
		*p = '\0';
		mkdir(path, 0777);
		*p = '/';
	}
	mkdir(path, 0777);
	free(path);
	x->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return x->dir >= 0;
}

void mg_extract_close(struct mg_extract *x)
{
	if (x->dir >= 0)
		close(x->dir);
	mg_intern_release(&x->written);
	mg_intern_release(&x->met);
	free(x->met_times);
	*x = (struct mg_extract){ .dir = -1 };
}
