/* SPDX-License-Identifier: Apache-2.0 */
/* Escaped text holds no control byte, keeps to its width, and is a fixed point; wrapping
 * loses nothing but spaces.  The first byte of the input is the width. */
#include <stdint.h>
#include <stdlib.h>

#include "render/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_clean(struct mg_str s, size_t cols)
{
	struct mg_buf again = { 0 };

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c < 0x20 || c == 0x7f)
			abort();
		if (c == 0xc2 && i + 1 < s.n && (unsigned char)s.p[i + 1] < 0xa0)
			abort();
	}
	if (mg_text_columns(s) > cols)
		abort();
	mg_text_escape(&again, s, MG_TEXT_ALL);
	if (!mg_str_eq(mg_buf_str(&again), s))
		abort();
	mg_buf_release(&again);
}

static size_t without_spaces(struct mg_str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] != ' ';
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mg_str text = mg_str((const char *)data, size), rest, line;
	struct mg_buf b = { 0 };
	size_t        cols = size ? data[0] : 0, kept = 0;

	mg_text_escape(&b, text, cols);
	check_clean(mg_buf_str(&b), cols);
	mg_buf_clear(&b);
	mg_text_escape(&b, text, MG_TEXT_ALL);
	check_clean(mg_buf_str(&b), MG_TEXT_ALL);
	rest = mg_buf_str(&b);
	while (mg_text_wrap(&rest, cols < 2 ? 2 : cols, &line))
		kept += without_spaces(line);
	if (kept != without_spaces(mg_buf_str(&b)))
		abort();
	mg_buf_clear(&b);
	mg_text_place(&b, text, size, cols);
	check_clean(mg_buf_str(&b), MG_TEXT_ALL);
	mg_buf_clear(&b);
	mg_text_block(&b, text, cols % 40, cols);
	mg_buf_release(&b);
	return 0;
}
