/* objects_feed.h - feed bytes to a stateful consumer the way the driver does, in blocks of
 * any size that end at a line end.  For the unit tests of consume_gostack and
 * consume_kubeobj only. */
#ifndef MG_TESTS_OBJECTS_FEED_H
#define MG_TESTS_OBJECTS_FEED_H

#include <stdio.h>

#include "base/mem.h"
#include "ingest/consumer.h"

static inline void feed(const struct mg_consumer *c, const struct mg_source *src,
			struct mg_str bytes, size_t block_size, struct mg_partial *out)
{
	void    *state = c->open(src);
	uint64_t line = 1;
	size_t   at = 0;

	memset(out, 0, sizeof(*out));
	out->stats = (struct mg_leaf_stats)MG_LEAF_STATS_INIT;
	while (at < bytes.n) {
		struct mg_block b = { .first_line = line, .offset = at };
		size_t          n = bytes.n - at < block_size ? bytes.n - at : block_size;

		while (at + n < bytes.n && bytes.p[at + n - 1] != '\n')
			n++;
		/* A copy of its own, so that a view kept across blocks is found. */
		b.p = mg_zalloc(n + 64);
		memcpy(b.p, bytes.p + at, n);
		b.n = n;
		b.last = at + n == bytes.n;
		c->block(state, src, &b, out);
		for (size_t i = 0; i < n; i++)
			line += b.p[i] == '\n';
		free(b.p);
		at += n;
	}
	c->close(state, src, out);
}

static inline void feed_release(struct mg_partial *p)
{
	mg_batch_release(&p->events);
}

/* The file as a whole; p == NULL when it cannot be read.  The caller frees p. */
static inline struct mg_str read_file(const char *path)
{
	FILE  *f = fopen(path, "rb");
	char  *p = NULL;
	size_t n = 0, cap = 0, got;

	if (!f)
		return mg_str(NULL, 0);
	do {
		if (n + 65536 > cap) {
			cap = cap ? cap * 2 : 131072;
			p = mg_realloc(p, cap, 1);
		}
		got = fread(p + n, 1, cap - n, f);
		n += got;
	} while (got);
	fclose(f);
	return mg_str(p, n);
}

/* Path below the shared test data, NULL when there is none. */
static inline const char *shared(const char *rest, char *buf, size_t n)
{
	const char *root = getenv("MG_SHARED");
	FILE       *f;

	snprintf(buf, n, "%s/%s", root ? root : "../shared", rest);
	f = fopen(buf, "rb");
	if (!f)
		return NULL;
	fclose(f);
	return buf;
}

static inline size_t count_kind(const struct mg_batch *b, enum mg_event_kind k)
{
	size_t n = 0;

	for (size_t i = 0; i < b->n; i++)
		n += b->ev[i].kind == k;
	return n;
}

static inline const struct mg_event *find_kind(const struct mg_batch *b, enum mg_event_kind k,
					       size_t nth)
{
	for (size_t i = 0; i < b->n; i++)
		if (b->ev[i].kind == k && nth-- == 0)
			return &b->ev[i];
	return NULL;
}

static inline bool attr_is(const struct mg_event *e, const char *key, const char *value)
{
	return mg_str_eq(mg_event_attr(e, key), mg_strz(value));
}

#endif
