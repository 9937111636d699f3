/* SPDX-License-Identifier: Apache-2.0 */
#include "io/src.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "io/src_ops.h"

#define READ_MAX ((size_t)1 << 30)

struct mg_src {
	const struct mg_src_ops *ops;
	void                    *self;
	struct mg_str            cur;    /* shown by peek, not consumed yet              */
	bool                     joined; /* cur lies in `join`, not at the producer      */
	struct mg_buf            join;   /* bytes of several chunks, made contiguous     */
	char                    *chunk;  /* what a fill-only producer writes to for peek */
	uint64_t                 offset;
	enum mg_status           end; /* MG_OK while there may be more */
	struct mg_err            why; /* when end is MG_FATAL          */
};

struct mg_src *mg_src_new(const struct mg_src_ops *ops, void *self)
{
	struct mg_src *s = mg_zalloc(sizeof(*s));

	s->ops = ops;
	s->self = self;
	s->end = MG_OK;
	return s;
}

static enum mg_status ended(struct mg_src *s, enum mg_status st, const struct mg_err *why)
{
	s->end = st;
	if (st != MG_EOF)
		s->why = *why;
	return st;
}

static enum mg_status say_end(const struct mg_src *s, struct mg_err *err)
{
	if (s->end != MG_EOF && err)
		*err = s->why;
	return s->end;
}

/* One more chunk from the producer. */
static enum mg_status produce(struct mg_src *s, struct mg_str *out)
{
	struct mg_err  why = { 0 };
	enum mg_status st;
	size_t         got = 0;

	if (s->ops->next) {
		st = s->ops->next(s->self, out, &why);
	} else {
		if (!s->chunk)
			s->chunk = mg_alloc(MG_SRC_CHUNK);
		st = s->ops->fill(s->self, s->chunk, MG_SRC_CHUNK, &got, &why);
		*out = mg_str(s->chunk, got);
	}
	return st == MG_OK ? st : ended(s, st, &why);
}

/* Move what is left of the current chunk to `join`: producing invalidates the chunk. */
static void keep(struct mg_src *s)
{
	if (s->joined && s->cur.p != s->join.p) {
		memmove(s->join.p, s->cur.p, s->cur.n);
		s->join.n = s->cur.n;
	} else if (!s->joined) {
		mg_buf_clear(&s->join);
		mg_buf_add(&s->join, s->cur);
	}
	s->joined = true;
	s->cur = mg_buf_str(&s->join);
}

static void more(struct mg_src *s)
{
	struct mg_str chunk;

	if (s->cur.n)
		keep(s);
	if (produce(s, &chunk) != MG_OK)
		return;
	if (s->cur.n) {
		mg_buf_add(&s->join, chunk);
		s->cur = mg_buf_str(&s->join);
	} else {
		s->joined = false;
		s->cur = chunk;
	}
}

enum mg_status mg_src_peek(struct mg_src *s, size_t min, struct mg_str *out, struct mg_err *err)
{
	if (min == 0)
		min = 1;
	while (s->cur.n < min && s->end == MG_OK)
		more(s);
	*out = s->cur;
	return s->cur.n ? MG_OK : say_end(s, err);
}

void mg_src_consume(struct mg_src *s, size_t n)
{
	s->cur = mg_str_from(s->cur, n);
	s->offset += n;
}

static size_t take(struct mg_src *s, char *to, size_t n)
{
	if (n > s->cur.n)
		n = s->cur.n;
	if (n)
		memcpy(to, s->cur.p, n);
	mg_src_consume(s, n);
	return n;
}

enum mg_status mg_src_read(struct mg_src *s, char *to, size_t n, size_t *got,
			   struct mg_err *err)
{
	size_t have = take(s, to, n);

	while (have < n && s->end == MG_OK) {
		struct mg_err  why = { 0 };
		enum mg_status st;
		size_t         k = 0;

		/* by what was asked for, not by what is missing: else a few missing bytes would
		 * fill a chunk, which the next large read begins with, and so on for ever */
		if (s->ops->fill && n >= MG_SRC_CHUNK / 4) {
			st = s->ops->fill(s->self, to + have, n - have, &k, &why);
			s->offset += k;
			have += k;
			if (st != MG_OK)
				ended(s, st, &why);
		} else {
			more(s);
			have += take(s, to + have, n - have);
		}
	}
	*got = have;
	return have || n == 0 ? MG_OK : say_end(s, err);
}

bool mg_src_fault(const struct mg_src *s, struct mg_err *err)
{
	return s->end != MG_OK && say_end(s, err) == MG_FATAL;
}

uint64_t mg_src_offset(const struct mg_src *s)
{
	return s->offset;
}

void mg_src_close(struct mg_src *s)
{
	if (!s)
		return;
	if (s->ops->close)
		s->ops->close(s->self);
	mg_buf_release(&s->join);
	free(s->chunk);
	free(s);
}

/* --- bytes in memory ------------------------------------------------------------- */

static enum mg_status memory_next(void *self, struct mg_str *out, struct mg_err *err)
{
	struct mg_str *bytes = self;

	*out = *bytes;
	*bytes = mg_str(NULL, 0);
	return out->n ? MG_OK : MG_EOF;
}

static const struct mg_src_ops memory_ops = { memory_next, NULL, free };

struct mg_src *mg_src_memory(struct mg_str bytes)
{
	struct mg_str *self = mg_alloc(sizeof(*self));

	*self = bytes;
	return mg_src_new(&memory_ops, self);
}

/* --- file descriptors ------------------------------------------------------------ */

struct fd_src {
	int  fd;
	bool close_fd;
};

static enum mg_status fd_fill(void *self, char *to, size_t n, size_t *got, struct mg_err *err)
{
	struct fd_src *f = self;
	ssize_t        k;

	if (n > READ_MAX)
		n = READ_MAX;
	do
		k = read(f->fd, to, n);
	while (k < 0 && errno == EINTR);
	if (k < 0) {
		err->sys_errno = errno;
		return mg_err_set(err, MG_FATAL, "read error: %s", strerror(errno));
	}
	*got = (size_t)k;
	return k ? MG_OK : MG_EOF;
}

static void fd_close(void *self)
{
	struct fd_src *f = self;

	if (f->close_fd)
		close(f->fd);
	free(f);
}

static const struct mg_src_ops fd_ops = { NULL, fd_fill, fd_close };

struct mg_src *mg_src_fd(int fd, bool close_fd)
{
	struct fd_src *f = mg_alloc(sizeof(*f));

	f->fd = fd;
	f->close_fd = close_fd;
	return mg_src_new(&fd_ops, f);
}
