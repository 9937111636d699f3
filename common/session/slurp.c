/* SPDX-License-Identifier: Apache-2.0 */
#include "session/slurp.h"

#include <errno.h>
#include <stdio.h>

#define PIECE 65536

bool mg_session_slurp(const char *path, size_t max, struct mg_buf *b)
{
	FILE  *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
	size_t n, all = 0;
	bool   ok = f;
	int    why;

	while (ok && !feof(f) && all <= max) {
		mg_buf_reserve(b, PIECE);
		n = fread(b->p + b->n, 1, PIECE, f);
		b->n += n;
		all += n;
		ok = !ferror(f);
	}
	why = ok ? EFBIG : errno;
	if (f && f != stdin)
		fclose(f);
	errno = why;
	return ok && all <= max;
}
