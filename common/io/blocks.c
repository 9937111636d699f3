/* SPDX-License-Identifier: Apache-2.0 */
#include "io/blocks.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/scan.h"

#define SLACK    64
#define HEADROOM ((size_t)64 << 10) /* for what most blocks carry over, so that buffers fit again */

void mg_blocks_init(struct mg_blocks *b, struct mg_src *src, size_t size)
{
	*b = (struct mg_blocks){ .src = src, .size = size ? size : MG_BLOCK_SIZE, .line = 1 };
}

/* Hand out p[0..cut) and carry the rest of the n bytes. */
static void give(struct mg_blocks *b, struct mg_block *out, struct mg_block *k, size_t cut,
		 size_t n)
{
	mg_buf_clear(&b->carry);
	mg_buf_add(&b->carry, mg_str(k->p + cut, n - cut));
	memset(k->p + cut, 0, SLACK);
	*out = (struct mg_block){ k->p, cut, b->line, b->offset, b->done, k->room };
	b->line += mg_scan_count(mg_str(k->p, cut), '\n');
	b->offset += cut;
}

/* A buffer of at least `room` bytes: a used one when there is any. */
static struct mg_block buffer(struct mg_blocks *b, size_t room)
{
	struct mg_block k = { .room = room };

	if (b->spares && b->spares->n) {
		k = b->spares->v[--b->spares->n];
		if (k.room >= room)
			return k;
		mg_block_release(&k);
		k.room = room;
	}
	k.p = mg_alloc(k.room);
	return k;
}

/* Offset behind the last LF in p[from..to), or 0. */
static size_t behind_last_lf(const char *p, size_t from, size_t to)
{
	while (to > from && p[to - 1] != '\n')
		to--;
	return to > from ? to : 0;
}

/* Each round reads one byte more than a block may hold: when that byte exists, something
 * follows the block, so `last` is exact without asking the source twice. */
enum mg_status mg_blocks_next(struct mg_blocks *b, struct mg_block *out, struct mg_err *err)
{
	size_t          n = b->carry.n, got, cut = 0;
	size_t          cap = n + b->size + 1;
	struct mg_block k;
	enum mg_status  st;

	if (b->done)
		return mg_src_read(b->src, &(char){ 0 }, 1, &got, err);
	k = buffer(b, cap + SLACK + (b->spares ? HEADROOM : 0));
	if (n)
		memcpy(k.p, b->carry.p, n);
	for (;;) {
		size_t searched = n ? n - 1 : 0;

		st = mg_src_read(b->src, k.p + n, cap - n, &got, err);
		n += got;
		if (n < cap) {
			b->done = true;
			cut = n;
			break;
		}
		cut = behind_last_lf(k.p, searched, n - 1);
		if (cut)
			break;
		if (n > MG_LINE_MAX) {
			give(b, out, &k, MG_LINE_MAX, n);
			return mg_err_set(err, MG_FAIL, "line %" PRIu64 " is longer than %zu "
					  "bytes and was cut", b->line, MG_LINE_MAX);
		}
		cap = cap < MG_LINE_MAX / 2 ? cap * 2 : MG_LINE_MAX + 1;
		if (cap + SLACK > k.room)
			k.p = mg_realloc(k.p, k.room = cap + SLACK, 1);
	}
	if (cut == 0) {
		mg_block_release(&k);
		return st;
	}
	give(b, out, &k, cut, n);
	return MG_OK;
}

void mg_blocks_release(struct mg_blocks *b)
{
	mg_buf_release(&b->carry);
}

void mg_block_release(struct mg_block *b)
{
	free(b->p);
	*b = (struct mg_block){ 0 };
}

void mg_spares_give(struct mg_spares *s, struct mg_block *b)
{
	if (!b->p || s->n == MG_SPARES || b->room > 2 * MG_BLOCK_SIZE) {
		mg_block_release(b);
		return;
	}
	s->v[s->n++] = (struct mg_block){ .p = b->p, .room = b->room };
	*b = (struct mg_block){ 0 };
}

void mg_spares_release(struct mg_spares *s)
{
	while (s->n)
		mg_block_release(&s->v[--s->n]);
}
