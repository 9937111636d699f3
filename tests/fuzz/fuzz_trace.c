/* SPDX-License-Identifier: Apache-2.0 */
#include "event/from_trace.h"

#include "mutate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void done(void *ctx, const struct mg_trace *t)
{
	struct mg_source src = { 0 };

	mg_trace_event(&src, t, ctx);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mg_str     in = mg_str((const char *)data, size), line;
	struct mg_batch   out = { 0 };
	struct mg_tracer *r = mg_trace_new(done, &out);
	uint64_t          n = 0;

	while (in.n) {
		struct mg_trace_line l = { 0 };

		l.lineno = ++n;
		l.time_ns = (int64_t)n * MG_SEC;
		mg_str_cut(in, '\n', &line, &in);
		l.header = line.n && line.p[0] == 'I';
		l.text = l.header ? mg_str_from(line, 1) : line;
		mg_trace_line(r, &l);
	}
	mg_trace_flush(r);
	mg_trace_free(r);
	mg_batch_release(&out);
	return 0;
}
