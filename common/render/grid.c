/* SPDX-License-Identifier: Apache-2.0 */
#include "render/grid.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/mem.h"
#include "base/num.h"
#include "render/text.h"

#define FLEX_MIN 32 /* rather too wide a table than a column that says nothing */

void mg_grid_init(struct mg_grid *g, const char *headings)
{
	struct mg_str rest = mg_strz(headings), h;
	unsigned      n = 0;
	bool          more = true;

	*g = (struct mg_grid){ .flex = -1 };
	while (more) {
		more = mg_str_cut(rest, '|', &h, &rest);
		assert(n < MG_GRID_COLUMNS);
		if (h.n && h.p[0] == '>')
			g->align[n] = MG_RIGHT, h = mg_str_from(h, 1);
		if (h.n && h.p[0] == '~')
			g->flex = (int)n, h = mg_str_from(h, 1);
		mg_grid_cell(g, h);
		n++;
	}
	g->ncol = n;
}

void mg_grid_cell(struct mg_grid *g, struct mg_str s)
{
	struct mg_buf clean = { 0 };
	struct mg_str kept;

	mg_text_escape(&clean, s, MG_TEXT_ALL);
	kept = mg_arena_str(&g->arena, mg_buf_str(&clean));
	MG_PUSH(g->cell, g->n, g->cap, kept);
	mg_buf_release(&clean);
}

void mg_grid_cellf(struct mg_grid *g, const char *fmt, ...)
{
	struct mg_buf text = { 0 };
	va_list       ap;

	va_start(ap, fmt);
	mg_buf_vprintf(&text, fmt, ap);
	va_end(ap);
	mg_grid_cell(g, mg_buf_str(&text));
	mg_buf_release(&text);
}

void mg_grid_count(struct mg_grid *g, uint64_t v)
{
	char text[32];

	mg_grid_cell(g, mg_strz(mg_num_grouped(v, text, sizeof(text))));
}

void mg_grid_place(struct mg_grid *g, struct mg_str path, uint64_t line, size_t cols)
{
	struct mg_buf text = { 0 };

	mg_text_place(&text, path, line, MG_TEXT_ALL);
	g->place[g->n % g->ncol] = cols;
	mg_grid_cell(g, mg_buf_str(&text));
	mg_buf_release(&text);
}

/* A cell as it is printed: places lose directories from their middle. */
static struct mg_str printed(const struct mg_grid *g, size_t r, unsigned c, struct mg_buf *text)
{
	struct mg_str cell = g->cell[r * g->ncol + c];

	if (r == 0 || g->place[c] == 0)
		return cell;
	mg_buf_clear(text);
	mg_text_place(text, cell, 0, g->place[c]);
	return mg_buf_str(text);
}

static void measure(const struct mg_grid *g, size_t *w, size_t rows, bool headings)
{
	struct mg_buf text = { 0 };

	for (unsigned c = 0; c < g->ncol; c++) {
		w[c] = 0;
		for (size_t r = headings ? 0 : 1; r < rows; r++) {
			size_t cols = mg_text_columns(printed(g, r, c, &text));

			if (cols > w[c])
				w[c] = cols;
		}
	}
	mg_buf_release(&text);
}

/* Narrow the flexible column to what the others leave. */
static void squeeze(const struct mg_grid *g, size_t *w, size_t indent, size_t width)
{
	size_t others = indent, room;

	if (g->flex < 0 || width == 0)
		return;
	for (unsigned c = 0; c < g->ncol; c++)
		others += (c != (unsigned)g->flex ? w[c] : 0) + (c ? 2 : 0);
	room = width > others + FLEX_MIN ? width - others : FLEX_MIN;
	if (w[g->flex] > room)
		w[g->flex] = room;
}

static void print_row(const struct mg_grid *g, struct mg_buf *b, size_t r, const size_t *w,
		      size_t indent)
{
	struct mg_buf place = { 0 };

	mg_text_pad(b, indent);
	for (unsigned c = 0; c < g->ncol; c++) {
		struct mg_buf text = { 0 };
		size_t        cols = mg_text_escape(&text, printed(g, r, c, &place), w[c]);

		if (c)
			mg_text_pad(b, 2);
		if (g->align[c] == MG_RIGHT)
			mg_text_pad(b, w[c] - cols);
		mg_buf_add(b, mg_buf_str(&text));
		if (g->align[c] == MG_LEFT)
			mg_text_pad(b, w[c] - cols);
		mg_buf_release(&text);
	}
	while (b->n && b->p[b->n - 1] == ' ')
		b->n--;
	mg_buf_addc(b, '\n');
	mg_buf_release(&place);
}

void mg_grid_print(const struct mg_grid *g, struct mg_buf *b, size_t indent, size_t width,
		   bool headings)
{
	size_t w[MG_GRID_COLUMNS], rows = g->n / g->ncol;
	char   n[32];

	measure(g, w, rows, headings);
	squeeze(g, w, indent, width);
	for (size_t r = headings ? 0 : 1; r < rows; r++)
		print_row(g, b, r, w, indent);
	if (g->more)
		mg_buf_printf(b, "%*s\xe2\x80\xa6 and %s more\n", (int)indent, "",
			      mg_num_grouped(g->more, n, sizeof(n)));
}

void mg_grid_release(struct mg_grid *g)
{
	mg_arena_release(&g->arena);
	free(g->cell);
	*g = (struct mg_grid){ .flex = -1 };
}
