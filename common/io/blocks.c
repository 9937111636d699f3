/* SPDX-License-Identifier: Apache-2.0 */
#include "io/blocks.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/scan.h"

#define SLACK 64

void mg_blocks_init(struct mg_blocks *b, struct mg_src *src, size_t size)
{
	*b = (struct mg_blocks){ .src = src, .size = size ? size : MG_BLOCK_SIZE, .line = 1 };
}

static void set_carry(struct mg_blocks *b, const char *p, size_t n)
{
	free((void *)(uintptr_t)b->carry.p);
	b->carry = n ? mg_str(mg_strndup(p, n), n) : mg_str(NULL, 0);
}

/* Hand out p[0..cut) and carry the rest of the n bytes. */
static void give(struct mg_blocks *b, struct mg_block *out, char *p, size_t cut, size_t n)
{
	set_carry(b, p + cut, n - cut);
	memset(p + cut, 0, SLACK);
	*out = (struct mg_block){ p, cut, b->line, b->offset, b->done };
	b->line += mg_scan_count(mg_str(p, cut), '\n');
	b->offset += cut;
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
	size_t         n = b->carry.n, got, cut = 0, step = b->size;
	size_t         cap = n + step + 1;
	char          *p;
	enum mg_status st;

	if (b->done)
		return mg_src_read(b->src, &(char){ 0 }, 1, &got, err);
	p = mg_alloc(cap + SLACK);
	if (n)
		memcpy(p, b->carry.p, n);
	for (;;) {
		size_t searched = n ? n - 1 : 0;

		st = mg_src_read(b->src, p + n, cap - n, &got, err);
		n += got;
		if (n < cap) {
			b->done = true;
			cut = n;
			break;
		}
		cut = behind_last_lf(p, searched, n - 1);
		if (cut)
			break;
		if (n > MG_LINE_MAX) {
			give(b, out, p, MG_LINE_MAX, n);
			return mg_err_set(err, MG_FAIL, "line %" PRIu64 " is longer than %zu "
					  "bytes and was cut", b->line, MG_LINE_MAX);
		}
		cap = cap < MG_LINE_MAX / 2 ? cap * 2 : MG_LINE_MAX + 1;
		p = mg_realloc(p, cap + SLACK, 1);
	}
	if (cut == 0) {
		free(p);
		return st;
	}
	give(b, out, p, cut, n);
	return MG_OK;
}

void mg_blocks_release(struct mg_blocks *b)
{
	set_carry(b, NULL, 0);
}

void mg_block_release(struct mg_block *b)
{
	free(b->p);
	*b = (struct mg_block){ 0 };
}
