/* SPDX-License-Identifier: Apache-2.0 */
#include "event/from_kernel.h"

#include "mutate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Lines of a kernel log, the second half of them as if from a journal. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mg_str     rest = mg_str((const char *)data, size), text;
	struct mg_source  src = { 0 };
	struct mg_batch   out = { 0 };
	struct mg_kernel *k = mg_kernel_new();
	struct mg_line    line = { .time_ns = MG_TIME_NONE, .time_source = MG_TIME_UNKNOWN };

	while (rest.n) {
		mg_str_cut(rest, '\n', &text, &rest);
		if (rest.n < size / 2) {
			line.ident = MG_STR("kernel");
			line.time_ns = (int64_t)line.lineno * 7 * MG_SEC;
			line.time_source = MG_TIME_EXACT;
		}
		line.text = text;
		line.lineno++;
		mg_kernel_line(k, &src, &line, &out);
	}
	mg_kernel_flush(k, &src, &out);
	mg_kernel_free(k);
	mg_batch_release(&out);
	return 0;
}
