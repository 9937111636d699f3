/* SPDX-License-Identifier: Apache-2.0 */
#include "io/slurp.h"

#include <errno.h>
#include <stdio.h>

bool mg_slurp(const char *path, size_t limit, struct mg_buf *b)
{
	FILE  *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
	char   piece[8192];
	size_t n;
	int    why = 0;

	if (!f)
		return false;
	while (b->n < limit && (n = fread(piece, 1, sizeof(piece), f)) > 0)
		mg_buf_add(b, mg_str(piece, n));
	if (ferror(f))
		why = errno;
	else if (b->n >= limit)
		why = EFBIG;
	if (f != stdin)
		fclose(f);
	errno = why;
	return why == 0;
}
