/* SPDX-License-Identifier: Apache-2.0 */
/* Up to the first NUL: the path.  Behind it: the head of the file. */
#include <stdlib.h>

#include "io/kind.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mg_str all = { (const char *)data, size }, path, head;

	if (!mg_str_cut(all, '\0', &path, &head))
		head = all;
	if (mg_kind_sniff(path, head, true) >= MG_KIND_COUNT ||
	    mg_kind_sniff(path, head, false) >= MG_KIND_COUNT)
		abort();
	return 0;
}
