/* pprof_make.h - write profiles in protobuf form, well formed or not. */
#ifndef MG_TESTS_PPROF_MAKE_H
#define MG_TESTS_PPROF_MAKE_H

#include "base/buf.h"

static inline void put_varint(struct mg_buf *b, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		mg_buf_addc(b, (char)(v | 0x80));
	mg_buf_addc(b, (char)v);
}

static inline void put_int(struct mg_buf *b, unsigned field, uint64_t v)
{
	put_varint(b, field << 3);
	put_varint(b, v);
}

static inline void put_bytes(struct mg_buf *b, unsigned field, struct mg_str s)
{
	put_varint(b, field << 3 | 2);
	put_varint(b, s.n);
	mg_buf_add(b, s);
}

/* A submessage of two integers, fields 1 and 2. */
static inline void put_pair(struct mg_buf *b, unsigned field, uint64_t one, uint64_t two)
{
	struct mg_buf m = { 0 };

	put_int(&m, 1, one);
	put_int(&m, 2, two);
	put_bytes(b, field, mg_buf_str(&m));
	mg_buf_release(&m);
}

static inline void put_function(struct mg_buf *b, uint64_t id, uint64_t name)
{
	put_pair(b, 5, id, name);
}

/* A location with the lines of these functions, innermost first; 0 ends them. */
static inline void put_location(struct mg_buf *b, uint64_t id, const uint64_t *functions)
{
	struct mg_buf m = { 0 };

	put_int(&m, 1, id);
	for (; *functions; functions++)
		put_pair(&m, 4, *functions, 7);
	put_bytes(b, 4, mg_buf_str(&m));
	mg_buf_release(&m);
}

/* Locations (0 ends them) and one value, as packed or as single fields. */
static inline void put_sample(struct mg_buf *b, const uint64_t *locations, uint64_t value, bool packed)
{
	struct mg_buf m = { 0 }, run = { 0 };

	for (; *locations; locations++)
		if (packed)
			put_varint(&run, *locations);
		else
			put_int(&m, 1, *locations);
	if (packed)
		put_bytes(&m, 1, mg_buf_str(&run));
	put_int(&m, 2, value);
	put_bytes(b, 2, mg_buf_str(&m));
	mg_buf_release(&m);
	mg_buf_release(&run);
}

#endif
