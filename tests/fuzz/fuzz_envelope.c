/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/unwrap.h"

#include "mutate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mg_str       in = mg_str((const char *)data, size), line;
	struct mg_unwrap    u;
	struct mg_unwrapped r[2];

	mg_unwrap_init(&u);
	while (in.n) {
		mg_str_cut(in, '\n', &line, &in);
		mg_unwrap_line(&u, line, r);
	}
	while (mg_unwrap_flush(&u, r))
		;
	mg_unwrap_release(&u);
	return 0;
}
