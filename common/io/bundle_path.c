/* SPDX-License-Identifier: Apache-2.0 */
#include "io/bundle_path.h"

/* Length of the UTF-8 sequence at the start of `s` when it may be shown as it is, else 0:
 * C0 and C1 controls drive terminals, U+2028.. and the bidirectional marks reorder text. */
static size_t shown_length(struct mg_str s)
{
	const unsigned char *u = (const unsigned char *)s.p;
	unsigned             c = u[0], len = c < 0x80 ? 1 : c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
	uint32_t             cp = len == 1 ? c : c & (0xffu >> (len + 1));

	if (len == 1)
		return c >= 0x20 && c != 0x7f;
	if (c < 0xc2 || c > 0xf4 || s.n < len)
		return 0;
	for (unsigned i = 1; i < len; i++) {
		if ((u[i] & 0xc0) != 0x80)
			return 0;
		cp = cp << 6 | (u[i] & 0x3f);
	}
	if ((len == 3 && cp < 0x800) || (cp >= 0xd800 && cp < 0xe000))
		return 0;
	if ((len == 4 && cp < 0x10000) || cp > 0x10ffff || cp < 0xa0)
		return 0;
	if ((cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069))
		return 0;
	return len;
}

static void add_component(struct mg_buf *to, struct mg_str c)
{
	if (mg_str_eq(c, MG_STR(".."))) {
		mg_buf_addz(to, "\\x2e\\x2e");
		return;
	}
	while (c.n) {
		size_t len = shown_length(c);

		if (len)
			mg_buf_add(to, mg_str_head(c, len));
		else
			mg_buf_printf(to, "\\x%02x", (unsigned char)c.p[0]);
		c = mg_str_from(c, len ? len : 1);
	}
}

void mg_bundle_path_add(struct mg_buf *to, struct mg_str raw)
{
	size_t before = to->n;

	while (raw.n) {
		struct mg_str c, rest;

		mg_str_cut(raw, '/', &c, &rest);
		raw = rest;
		if (c.n == 0 || mg_str_eq(c, MG_STR(".")))
			continue;
		if (to->n)
			mg_buf_addc(to, '/');
		add_component(to, c);
	}
	if (to->n == before)
		mg_buf_addz(to, before ? "/unnamed" : "unnamed");
}
