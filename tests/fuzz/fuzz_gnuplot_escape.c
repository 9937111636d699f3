/* SPDX-License-Identifier: Apache-2.0 */
/* An escaped string is one gnuplot string in single quotes on one line of valid UTF-8, not
 * longer than asked for; a second pass changes nothing.  The first byte is the length. */
#include <stdint.h>
#include <stdlib.h>

#include "render/gnuplot.h"
#include "render/tsv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What stands between the quotes; aborts when the string would end early. */
static void inside(struct mg_str s, struct mg_buf *out)
{
	if (s.n < 2 || s.p[0] != '\'' || s.p[s.n - 1] != '\'')
		abort();
	for (size_t i = 1; i + 1 < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c < 0x20 || c == 0x7f || c == '\'')
			abort();
		mg_buf_addc(out, s.p[i]);
	}
}

static void check(struct mg_str in, size_t max)
{
	struct mg_buf once = { 0 }, plain = { 0 }, twice = { 0 };

	mg_gnuplot_str(&once, in, max);
	mg_buf_addz(&plain, "");
	inside(mg_buf_str(&once), &plain);
	if (max && mg_gnuplot_chars(mg_buf_str(&plain), 0) > max)
		abort();
	mg_gnuplot_str(&twice, mg_buf_str(&plain), max);
	if (!mg_str_eq(mg_buf_str(&once), mg_buf_str(&twice)))
		abort();
	mg_buf_release(&once);
	mg_buf_release(&plain);
	mg_buf_release(&twice);
}

/* The names of a table come from the same bytes: reading and writing it keeps its shape. */
static void check_table(struct mg_str text)
{
	struct mg_arena a = { 0 };
	struct mg_table t, again;
	struct mg_buf   out = { 0 };

	if (mg_tsv_parse(text, &a, &t, NULL, NULL) == MG_OK && t.n < 2000) {
		mg_tsv_format(&out, &t);
		if (mg_tsv_parse(mg_buf_str(&out), &a, &again, NULL, NULL) != MG_OK ||
		    again.ncol != t.ncol)
			abort();
	}
	mg_buf_release(&out);
	mg_arena_release(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mg_str s = mg_str((const char *)data, size);

	check(s, 0);
	if (size && data[0])
		check(mg_str_from(s, 1), data[0]);
	check_table(s);
	return 0;
}
