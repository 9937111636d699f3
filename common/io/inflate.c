/* SPDX-License-Identifier: Apache-2.0 */
/* gzip (RFC 1952) as a source.  The header is read here; the deflate data and the checksum
 * behind it go to ISA-L, or to zlib where ISA-L is missing.  What real archives need and a
 * plain decompressor does not do: members follow each other, a cut file gives all that is
 * readable before the cut is reported, zeros behind the last member are tape padding. */
#include "io/src.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/src_ops.h"

#ifdef MG_HAVE_ISAL
#include <isa-l/igzip_lib.h>
#else
#include <zlib.h>
#endif

#define STEP_MAX   ((size_t)1 << 30) /* both libraries count in 32 bits */
#define HEADER_MAX ((size_t)1 << 20) /* a longer file name or comment is no gzip header */

enum step { STEP_MORE, STEP_DONE, STEP_BAD };

/* One call of the library: bytes taken and given. */
struct step_io {
	struct mg_str in;
	char         *out;
	size_t        room;
	size_t        used, made;
	const char   *why; /* when STEP_BAD */
};

#ifdef MG_HAVE_ISAL
struct backend {
	struct inflate_state z;
};

static bool backend_start(struct backend *b, bool first)
{
	if (first)
		isal_inflate_init(&b->z);
	else
		isal_inflate_reset(&b->z);
	b->z.crc_flag = ISAL_GZIP_NO_HDR_VER;
	return true;
}

static void backend_end(struct backend *b)
{
}

static enum step backend_step(struct backend *b, struct step_io *io)
{
	/* ISA-L 2.30 does not write through next_in; the cast is its missing const. */
	int rc;

	b->z.next_in = (uint8_t *)(uintptr_t)io->in.p;
	b->z.avail_in = (uint32_t)io->in.n;
	b->z.next_out = (uint8_t *)io->out;
	b->z.avail_out = (uint32_t)io->room;
	rc = isal_inflate(&b->z);
	io->used = io->in.n - b->z.avail_in;
	io->made = io->room - b->z.avail_out;
	if (rc == ISAL_INCORRECT_CHECKSUM)
		io->why = "gzip checksum does not match";
	else if (rc < 0)
		io->why = "damaged gzip data";
	if (rc < 0)
		return STEP_BAD;
	return b->z.block_state == ISAL_BLOCK_FINISH ? STEP_DONE : STEP_MORE;
}
#else
struct backend {
	z_stream      z;
	bool          body_done;
	uint32_t      crc, size;
	unsigned char trailer[8];
	size_t        ntrailer;
};

static bool backend_start(struct backend *b, bool first)
{
	b->body_done = false;
	b->crc = b->size = 0;
	b->ntrailer = 0;
	return (first ? inflateInit2(&b->z, -15) : inflateReset(&b->z)) == Z_OK;
}

static void backend_end(struct backend *b)
{
	inflateEnd(&b->z);
}

static enum step trailer_step(struct backend *b, struct step_io *io)
{
	const unsigned char *t = b->trailer;
	uint32_t             crc, size;

	while (b->ntrailer < 8 && io->used < io->in.n)
		b->trailer[b->ntrailer++] = (unsigned char)io->in.p[io->used++];
	if (b->ntrailer < 8)
		return STEP_MORE;
	crc = t[0] | t[1] << 8 | t[2] << 16 | (uint32_t)t[3] << 24;
	size = t[4] | t[5] << 8 | t[6] << 16 | (uint32_t)t[7] << 24;
	io->why = "gzip checksum does not match";
	return crc == b->crc && size == b->size ? STEP_DONE : STEP_BAD;
}

static enum step backend_step(struct backend *b, struct step_io *io)
{
	int rc;

	if (b->body_done)
		return trailer_step(b, io);
	b->z.next_in = (Bytef *)(uintptr_t)io->in.p;
	b->z.avail_in = (uInt)io->in.n;
	b->z.next_out = (Bytef *)io->out;
	b->z.avail_out = (uInt)io->room;
	rc = inflate(&b->z, Z_NO_FLUSH);
	io->used = io->in.n - b->z.avail_in;
	io->made = io->room - b->z.avail_out;
	b->crc = (uint32_t)crc32(b->crc, (const Bytef *)io->out, (uInt)io->made);
	b->size += (uint32_t)io->made;
	if (rc == Z_STREAM_END) {
		b->body_done = true;
		return trailer_step(b, io);
	}
	io->why = "damaged gzip data";
	return rc == Z_OK || rc == Z_BUF_ERROR ? STEP_MORE : STEP_BAD;
}
#endif

struct gz {
	struct mg_src *inner;
	struct backend b;
	bool           started, in_member, any_member;
	enum mg_status end; /* MG_OK, or how the next call ends */
	struct mg_err  why;
	unsigned       idle; /* calls in a row that neither took nor gave a byte */
};

/* Length of the gzip header at the start of `s`: 0 when more bytes are needed to know,
 * SIZE_MAX when it is none. */
static size_t header_length(struct mg_str s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	size_t               n = 10;

	if (s.n < 10)
		return 0;
	if (p[0] != 0x1f || p[1] != 0x8b || p[2] != 8 || (p[3] & 0xe0))
		return SIZE_MAX;
	if (p[3] & 4) { /* extra field */
		if (s.n < n + 2)
			return 0;
		n += 2 + (size_t)(p[n] | p[n + 1] << 8);
	}
	for (unsigned bit = 8; bit <= 16; bit *= 2) { /* name, comment: up to a NUL */
		ptrdiff_t z;

		if (!(p[3] & bit))
			continue;
		if (n >= s.n || (z = mg_str_chr(mg_str_from(s, n), '\0')) < 0)
			return 0;
		n += (size_t)z + 1;
	}
	if (p[3] & 2) /* checksum of the header */
		n += 2;
	return n <= s.n ? n : 0;
}

static enum mg_status gz_end(struct gz *g, const char *what)
{
	g->why.byte = mg_src_offset(g->inner);
	return mg_err_set(&g->why, MG_FATAL, "%s at byte %" PRIu64 " of the compressed data",
			  what, g->why.byte);
}

static enum mg_status start_member(struct gz *g)
{
	struct mg_str  s;
	size_t         n = 0, want = 512;
	enum mg_status st;

	for (;;) {
		st = mg_src_peek(g->inner, want, &s, &g->why);
		if (st == MG_EOF)
			return gz_end(g, "truncated gzip data");
		if (st != MG_OK)
			return st;
		n = header_length(s);
		if (n)
			break;
		if (s.n < want)
			return gz_end(g, "truncated gzip header");
		if (want >= HEADER_MAX)
			return gz_end(g, "no gzip header");
		want = s.n * 2;
	}
	if (n == SIZE_MAX)
		return gz_end(g, "no gzip header");
	mg_src_consume(g->inner, n);
	if (!backend_start(&g->b, !g->started))
		return gz_end(g, "gzip library refuses to start");
	g->started = g->in_member = g->any_member = true;
	return MG_OK;
}

/* Between members: zeros are padding, then another member or the end. */
static enum mg_status next_member(struct gz *g)
{
	struct mg_str  s;
	enum mg_status st;

	while ((st = mg_src_peek(g->inner, 1, &s, &g->why)) == MG_OK) {
		size_t i = 0;

		while (i < s.n && s.p[i] == '\0')
			i++;
		mg_src_consume(g->inner, i);
		if (i < s.n)
			break;
	}
	if (st != MG_OK)
		return st;
	st = mg_src_peek(g->inner, 2, &s, &g->why);
	if (st == MG_OK && s.n >= 2 && s.p[0] == 0x1f && (unsigned char)s.p[1] == 0x8b)
		return start_member(g);
	return gz_end(g, "trailing garbage after the gzip data");
}

static enum mg_status inflate_some(struct gz *g, char *to, size_t n, size_t *got)
{
	struct step_io io = { .out = to, .room = n < STEP_MAX ? n : STEP_MAX };
	enum mg_status st = mg_src_peek(g->inner, 1, &io.in, &g->why);
	enum step      r;

	/* At the end of the input the library may still hold decoded bytes. */
	if (st != MG_OK)
		io.in = mg_str("", 0);
	io.in = mg_str_head(io.in, STEP_MAX);
	r = backend_step(&g->b, &io);
	mg_src_consume(g->inner, io.used);
	*got = io.made;
	g->idle = io.used || io.made ? 0 : g->idle + 1;
	if (r == STEP_DONE)
		g->in_member = false;
	else if (r == STEP_BAD)
		return gz_end(g, io.why);
	else if (st == MG_EOF && io.made == 0)
		return gz_end(g, "truncated gzip data");
	else if (st == MG_FATAL && io.made == 0)
		return st;
	else if (g->idle > 4)
		return gz_end(g, "damaged gzip data");
	return MG_OK;
}

static enum mg_status gz_fill(void *self, char *to, size_t n, size_t *got, struct mg_err *err)
{
	struct gz *g = self;

	*got = 0;
	while (g->end == MG_OK && *got == 0) {
		if (g->in_member)
			g->end = inflate_some(g, to, n, got);
		else
			g->end = g->any_member ? next_member(g) : start_member(g);
	}
	if (*got)
		return MG_OK;
	if (g->end != MG_EOF)
		*err = g->why;
	return g->end;
}

static void gz_close(void *self)
{
	struct gz *g = self;

	if (g->started)
		backend_end(&g->b);
	mg_src_close(g->inner);
	free(g);
}

static const struct mg_src_ops gz_ops = { NULL, gz_fill, gz_close };

struct mg_src *mg_src_gzip(struct mg_src *inner)
{
	struct gz *g = mg_zalloc(sizeof(*g));

	g->inner = inner;
	g->end = MG_OK;
	return mg_src_new(&gz_ops, g);
}
