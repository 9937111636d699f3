/* SPDX-License-Identifier: Apache-2.0 */
#include "io/out.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/leavings.h"
#include "base/mem.h"

#define FLUSH_AT ((size_t)1 << 16)

static enum mg_status failed(struct mg_out *o, const char *what, const char *name)
{
	int e = errno;

	if (o->err.status != MG_OK)
		return o->err.status;
	o->err.sys_errno = e;
	return mg_err_set(&o->err, e == EPIPE ? MG_EOF : MG_FATAL, "cannot %s '%s': %s", what,
			  name ? name : "standard output", strerror(e));
}

void mg_out_fd(struct mg_out *o, int fd)
{
	*o = (struct mg_out){ .fd = fd };
}

/* ".<name>.<pid>-<try>.tmp" in the directory of `path`. */
static char *temp_name(const char *path, int attempt)
{
	const char   *slash = strrchr(path, '/');
	int           dir = slash ? (int)(slash - path + 1) : 0;
	struct mg_buf b = { 0 };

	mg_buf_printf(&b, "%.*s.%.200s.%ld-%d.tmp", dir, path, path + dir, (long)getpid(),
		      attempt);
	return b.p;
}

/* The temporary file is gone, renamed or never was. */
static void forget_leaving(struct mg_out *o)
{
	mg_leavings_done(o->leaving);
	o->leaving = 0;
}

enum mg_status mg_out_file(struct mg_out *o, const char *path)
{
	struct stat st;

	*o = (struct mg_out){ .fd = -1 };
	o->path = mg_strndup(path, strlen(path));
	/* Nothing can be renamed over a device or a pipe: write to it. */
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		o->fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
		return o->fd < 0 ? failed(o, "write", path) : MG_OK;
	}
	for (int i = 0; i < 100 && o->fd < 0; i++) {
		free(o->tmp);
		o->tmp = temp_name(path, i);
		o->leaving = mg_leavings_path(MG_LEAVING_FILE, AT_FDCWD, o->tmp);
		o->fd = open(o->tmp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
		if (o->fd >= 0)
			break;
		forget_leaving(o);
		if (errno != EEXIST)
			break;
	}
	if (o->fd >= 0)
		return MG_OK;
	failed(o, "create", path);
	free(o->tmp);
	o->tmp = NULL;
	return o->err.status;
}

static void write_all(struct mg_out *o, struct mg_str s)
{
	while (s.n && o->err.status == MG_OK) {
		ssize_t k = write(o->fd, s.p, s.n);

		if (k < 0 && errno != EINTR)
			failed(o, "write", o->path);
		else if (k > 0)
			s = mg_str_from(s, (size_t)k);
	}
}

static void flush(struct mg_out *o)
{
	write_all(o, mg_buf_str(&o->buf));
	mg_buf_clear(&o->buf);
}

void mg_out_add(struct mg_out *o, struct mg_str s)
{
	if (o->err.status != MG_OK)
		return;
	if (s.n >= FLUSH_AT) { /* large pieces are not copied */
		flush(o);
		write_all(o, s);
		return;
	}
	mg_buf_add(&o->buf, s);
	if (o->buf.n >= FLUSH_AT)
		flush(o);
}

void mg_out_printf(struct mg_out *o, const char *fmt, ...)
{
	va_list ap;

	if (o->err.status != MG_OK)
		return;
	va_start(ap, fmt);
	mg_buf_vprintf(&o->buf, fmt, ap);
	va_end(ap);
	if (o->buf.n >= FLUSH_AT)
		flush(o);
}

static void forget(struct mg_out *o)
{
	mg_buf_release(&o->buf);
	forget_leaving(o);
	free(o->tmp);
	free(o->path);
	o->tmp = o->path = NULL;
	o->fd = -1;
}

enum mg_status mg_out_close(struct mg_out *o)
{
	if (o->err.status == MG_OK)
		flush(o);
	if (o->path && o->fd >= 0 && close(o->fd) != 0)
		failed(o, "write", o->path);
	if (o->tmp && o->err.status == MG_OK && rename(o->tmp, o->path) != 0)
		failed(o, "create", o->path);
	if (o->tmp && o->err.status != MG_OK)
		unlink(o->tmp);
	forget(o);
	return o->err.status;
}

void mg_out_abort(struct mg_out *o)
{
	if (o->path && o->fd >= 0)
		close(o->fd);
	if (o->tmp)
		unlink(o->tmp);
	forget(o);
}

enum mg_status mg_out_dir(const char *path, struct mg_err *err)
{
	struct stat st;

	if (mkdir(path, 0777) == 0 || (errno == EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode)))
		return MG_OK;
	return mg_err_set(err, MG_FATAL, "cannot create directory '%s': %s", path,
			  errno == EEXIST ? "a file of that name exists" : strerror(errno));
}
