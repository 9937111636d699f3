/* SPDX-License-Identifier: Apache-2.0 */
/* Goroutine dumps: the first byte picks the size of the pieces; the result must not depend on
 * it, and the detector in logs must accept anything. */
#include <stdlib.h>

#include "base/mem.h"
#include "event/gostack_log.h"

#include "mutate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void feed(struct mg_godump *d, struct mg_str text, size_t piece)
{
	uint64_t line = 1;

	while (text.n) {
		size_t n = piece < text.n ? piece : text.n;
		char  *copy;

		while (n < text.n && text.p[n - 1] != '\n')
			n++;
		copy = mg_strndup(text.p, n);
		line += mg_godump_text(d, mg_str(copy, n), line);
		free(copy);
		text = mg_str_from(text, n);
	}
	mg_godump_end(d);
}

static void as_log(struct mg_str text, bool every)
{
	struct mg_source   src = { .path = MG_STR("fuzz") };
	struct mg_gostack *g = mg_gostack_new();
	struct mg_batch    out = { 0 };
	struct mg_line     l = { .time_source = MG_TIME_EXACT };

	if (every)
		mg_gostack_every(g);
	while (text.n) {
		mg_str_cut(text, '\n', &l.text, &text);
		l.lineno++;
		mg_gostack_line(g, &src, &l, &out);
	}
	mg_gostack_flush(g, &src, &out);
	mg_gostack_free(g);
	mg_batch_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mg_str    text = mg_str((const char *)data, size);
	struct mg_godump whole = { 0 }, parts = { 0 };
	struct mg_source src = { .path = MG_STR("20261121T031207Z"), .mtime_ns = MG_TIME_NONE };
	struct mg_batch  out = { 0 };

	if (size == 0)
		return 0;
	feed(&whole, mg_str_from(text, 1), size);
	feed(&parts, mg_str_from(text, 1), (size_t)data[0] + 1);
	if (whole.total != parts.total || whole.n != parts.n || whole.bad != parts.bad ||
	    whole.other != parts.other)
		abort();
	mg_event_from_godump(&whole, &src, mg_gostack_file_time(&src), &out);
	mg_batch_release(&out);
	mg_godump_release(&whole);
	mg_godump_release(&parts);
	as_log(text, false);
	as_log(text, true);
	return 0;
}
