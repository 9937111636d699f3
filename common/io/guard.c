/* SPDX-License-Identifier: Apache-2.0 */
#include "io/guard.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/mem.h"
#include "io/src_ops.h"

struct guard {
	struct mg_guard g;
	struct mg_src  *inner;
	uint64_t        fed0, out;
};

/* Call with the bytes about to be passed on.  *n is cut at the size limit. */
static enum mg_status check(struct guard *s, size_t *n, struct mg_err *err)
{
	const struct mg_guard *g = &s->g;
	uint64_t               fed;

	if (g->tick)
		g->tick(g->ctx);
	if (g->max_bytes && s->out >= g->max_bytes)
		return mg_err_set(err, MG_FATAL, "larger than %" PRIu64 " bytes "
				  "(raise with --limit member-size=N)", g->max_bytes);
	if (g->max_bytes && *n > g->max_bytes - s->out)
		*n = (size_t)(g->max_bytes - s->out);
	s->out += *n;
	if (!g->fed || !g->max_ratio || s->out <= MG_GUARD_FLOOR)
		return MG_OK;
	fed = mg_src_offset(g->fed) - s->fed0 + g->slack;
	if (s->out / (fed ? fed : 1) < g->max_ratio)
		return MG_OK;
	return mg_err_set(err, MG_FATAL, "expands more than %" PRIu64 " to 1 "
			  "(raise with --limit ratio=N)", g->max_ratio);
}

static enum mg_status guard_next(void *self, struct mg_str *out, struct mg_err *err)
{
	struct guard  *s = self;
	enum mg_status st = mg_src_peek(s->inner, 1, out, err);

	if (st != MG_OK)
		return st;
	st = check(s, &out->n, err);
	if (st == MG_OK)
		mg_src_consume(s->inner, out->n);
	return st;
}

static enum mg_status guard_fill(void *self, char *to, size_t n, size_t *got,
				 struct mg_err *err)
{
	struct guard  *s = self;
	size_t         allowed;
	enum mg_status st = mg_src_read(s->inner, to, n, got, err);

	if (st != MG_OK)
		return st;
	allowed = *got;
	st = check(s, &allowed, err);
	*got = st == MG_OK ? allowed : 0;
	return st;
}

static void guard_close(void *self)
{
	struct guard *s = self;

	mg_src_close(s->inner);
	free(s);
}

static const struct mg_src_ops guard_ops = { guard_next, guard_fill, guard_close };

struct mg_src *mg_src_guard(struct mg_src *inner, const struct mg_guard *g)
{
	struct guard *s = mg_zalloc(sizeof(*s));

	s->g = *g;
	s->inner = inner;
	s->fed0 = g->fed ? mg_src_offset(g->fed) : 0;
	return mg_src_new(&guard_ops, s);
}
