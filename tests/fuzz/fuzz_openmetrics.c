/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/derive.h"
#include "ingest/consumer.h"
#include "parse/openmetrics.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A metrics file, text, CSV or JSON; its first line is also taken as its name. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mg_str       text = mg_str((const char *)data, size), line, rest;
	struct mg_block     b = { .p = (char *)(uintptr_t)data, .n = size, .first_line = 1,
				  .last = true };
	struct mg_partial   out = { .stats = MG_LEAF_STATS_INIT };
	struct mg_source    src = { .mtime_ns = MG_SEC };
	struct mg_samples   derived = { 0 };
	struct mg_om_sample s;
	void               *state;

	mg_str_cut(text, '\n', &line, &rest);
	src.path = line;
	mg_om_parse(line, &s, NULL);
	state = mg_consumer_metrics.open(&src);
	mg_consumer_metrics.block(state, &src, &b, &out);
	mg_consumer_metrics.close(state, &src, &out);
	mg_samples_sort(&out.samples);
	mg_samples_derive(&derived, &out.samples);
	mg_samples_release(&derived);
	mg_samples_release(&out.samples);
	mg_batch_release(&out.events);
	return 0;
}
