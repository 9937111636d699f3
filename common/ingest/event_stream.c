/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/event_stream.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/mem.h"
#include "io/blocks.h"
#include "io/kind.h"

#define HEAD  ((size_t)1 << 16) /* bytes to tell what it is */
#define BLOCK ((size_t)1 << 16)

struct mg_event_stream {
	const char      *name;
	struct mg_src   *src;
	struct mg_blocks blocks;
	struct mg_block  block;
	struct mg_str    rest; /* of the block */
	uint64_t         line;
};

/* The source at its first byte, decompressed, or NULL when it is no event stream. */
static struct mg_src *open_events(const char *name, int fd, bool close_fd)
{
	struct mg_src *src = mg_src_fd(fd, close_fd);
	struct mg_str  head = { 0 };
	enum mg_status st;
	enum mg_kind   kind = MG_KIND_EMPTY;

	if (mg_src_peek(src, 2, &head, NULL) == MG_OK && mg_str_starts(head, MG_STR("\x1f\x8b")))
		src = mg_src_gzip(src);
	st = mg_src_peek(src, HEAD, &head, NULL);
	if (st == MG_OK)
		kind = mg_kind_sniff(mg_strz(name), head, head.n < HEAD);
	if (st != MG_FATAL && (kind == MG_KIND_MG_EVENTS || kind == MG_KIND_EMPTY))
		return src;
	mg_src_close(src);
	return NULL;
}

struct mg_event_stream *mg_event_stream_open(const char *name, bool *consumed)
{
	bool                    std = strcmp(name, "-") == 0;
	int                     fd = std ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
	struct mg_event_stream *s;
	struct mg_src          *src;

	*consumed = false;
	if (fd < 0)
		return NULL;
	src = open_events(name, fd, !std);
	if (!src) {
		*consumed = std && lseek(fd, 0, SEEK_SET) != 0;
		return NULL;
	}
	s = mg_zalloc(sizeof(*s));
	s->name = name;
	s->src = src;
	mg_blocks_init(&s->blocks, src, BLOCK);
	return s;
}

enum mg_status mg_event_stream_line(void *stream, struct mg_str *line, uint64_t *number,
				    struct mg_err *err)
{
	struct mg_event_stream *s = stream;

	while (s->rest.n == 0) {
		enum mg_status st;

		mg_block_release(&s->block);
		s->block = (struct mg_block){ 0 };
		st = mg_blocks_next(&s->blocks, &s->block, err);
		if (st != MG_OK && st != MG_FAIL) /* a cut line fails when it is parsed */
			return st;
		s->rest = mg_str(s->block.p, s->block.n);
		s->line = s->block.first_line - 1;
	}
	mg_str_cut(s->rest, '\n', line, &s->rest);
	*number = ++s->line;
	return MG_OK;
}

const char *mg_event_stream_name(const struct mg_event_stream *s)
{
	return s->name;
}

void mg_event_stream_close(struct mg_event_stream *s)
{
	if (!s)
		return;
	mg_block_release(&s->block);
	mg_blocks_release(&s->blocks);
	mg_src_close(s->src);
	free(s);
}
