/* SPDX-License-Identifier: Apache-2.0 */
#include "io/extract.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/time.h"

/* Open the directory of `path` below `at`, creating what is missing.  Each component is
 * opened by itself and must be a real directory.  *base is the last component. */
static int open_parent(int at, struct mg_str path, struct mg_str *base)
{
	int fd = openat(at, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

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

static bool write_file(int dir, struct mg_str base, const struct mg_leaf *leaf)
{
	char            tmp[64], *name = mg_strndup(base.p, base.n);
	struct timespec at[2] = { { .tv_nsec = UTIME_OMIT }, { .tv_nsec = UTIME_OMIT } };
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
	ok = fd >= 0 && close(fd) == 0 && ok && renameat(dir, tmp, dir, name) == 0;
	e = errno;
	if (fd >= 0 && !ok)
		unlinkat(dir, tmp, 0);
	free(name);
	errno = e;
	return ok;
}

enum mg_status mg_extract_leaf(int dir, const struct mg_leaf *leaf)
{
	struct mg_str base = leaf->path;
	int           parent = open_parent(dir, leaf->path, &base), e;
	bool          ok = parent >= 0 && write_file(parent, base, leaf);

	e = errno;
	if (parent >= 0)
		close(parent);
	errno = e;
	return ok ? MG_OK : MG_FATAL;
}
