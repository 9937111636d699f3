/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever goes in, mg_html_text gives valid characters without a byte that could open or
 * close an element, an attribute or a script; the other writers of text add only their own
 * markup around it. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "render/html_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Is there an entity at `p`? */
static int is_entity(const char *p, size_t n)
{
	static const char *const known[] = { "&amp;", "&lt;", "&gt;", "&quot;", "&#39;" };

	for (size_t i = 0; i < 5; i++)
		if (n >= strlen(known[i]) && memcmp(p, known[i], strlen(known[i])) == 0)
			return 1;
	return 0;
}

static void check_text(struct mg_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c < 0x20 || c == 0x7f || c == '<' || c == '>' || c == '"' || c == '\'')
			abort();
		if (c == '&' && !is_entity(s.p + i, s.n - i))
			abort();
	}
}

/* Only tags that the writers make themselves, balanced; outside of them only text. */
static void check_markup(struct mg_str s)
{
	while (s.n) {
		ptrdiff_t lt = mg_str_chr(s, '<'), gt;

		check_text(mg_str_head(s, lt < 0 ? s.n : (size_t)lt));
		if (lt < 0)
			return;
		s = mg_str_from(s, (size_t)lt);
		gt = mg_str_chr(s, '>');
		if (gt < 0)
			abort();
		if (!mg_str_starts(s, MG_STR("<code>")) && !mg_str_starts(s, MG_STR("</code>")) &&
		    !mg_str_starts(s, MG_STR("<wbr>")) &&
		    !mg_str_starts(s, MG_STR("<code class=\"where\">")) &&
		    !mg_str_starts(s, MG_STR("<code title=\"")))
			abort();
		s = mg_str_from(s, (size_t)gt + 1);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mg_str in = mg_str((const char *)data, size);
	struct mg_buf b = { 0 };

	mg_html_text(&b, in);
	check_text(mg_buf_str(&b));
	mg_buf_clear(&b);
	mg_html_prose(&b, in);
	check_markup(mg_buf_str(&b));
	mg_buf_clear(&b);
	mg_html_place(&b, in, size);
	check_markup(mg_buf_str(&b));
	mg_buf_clear(&b);
	mg_html_short_place(&b, in, size, size ? data[0] : 0);
	check_markup(mg_buf_str(&b));
	mg_buf_release(&b);
	return 0;
}
