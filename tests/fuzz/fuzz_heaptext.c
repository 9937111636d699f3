/* SPDX-License-Identifier: Apache-2.0 */
/* Heap profiles in text form: the result must not depend on where the pieces end. */
#include <stdlib.h>

#include "analysis/profile.h"
#include "parse/heaptext.h"

#include "mutate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void feed(struct mg_heaptext *h, struct mg_str text, size_t piece)
{
	mg_heaptext_init(h);
	for (uint64_t line = 1; text.n;) {
		size_t n = piece < text.n ? piece : text.n;
		char  *copy;

		while (n < text.n && text.p[n - 1] != '\n')
			n++;
		copy = mg_strndup(text.p, n);
		mg_heaptext_feed(h, mg_str(copy, n), line);
		line = h->lines + 1;
		free(copy);
		text = mg_str_from(text, n);
	}
	mg_heaptext_end(h);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mg_str      text = mg_str((const char *)data, size);
	struct mg_heaptext whole, parts;
	struct mg_profile  g;

	if (size == 0)
		return 0;
	feed(&whole, mg_str_from(text, 1), size);
	feed(&parts, mg_str_from(text, 1), (size_t)data[0] + 1);
	if (whole.lines != parts.lines || whole.prof.bad != parts.prof.bad ||
	    whole.prof.nsamples != parts.prof.nsamples || whole.prof.funcs.n != parts.prof.funcs.n)
		abort();
	for (uint32_t type = 0; type < whole.prof.ntypes; type++) {
		mg_profile_init(&g, false);
		mg_profile_add(&g, &whole.prof, type, false, NULL);
		mg_profile_order(&g, false);
		mg_profile_release(&g);
	}
	mg_heaptext_release(&whole);
	mg_heaptext_release(&parts);
	return 0;
}
