/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as an operand: archives, compressions and their nesting, read to the end and
 * cut into blocks. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "io/blocks.h"
#include "io/bundle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool on_leaf(void *ctx, struct mg_leaf *l)
{
	struct mg_blocks b;
	struct mg_block  k;
	enum mg_status   st;

	for (size_t i = 0; i < l->path.n; i++)
		if ((unsigned char)l->path.p[i] < 0x20)
			abort();
	mg_blocks_init(&b, l->src, 4096);
	while ((st = mg_blocks_next(&b, &k, NULL)) == MG_OK || st == MG_FAIL)
		mg_block_release(&k);
	mg_blocks_release(&b);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mg_bundle_opts o = { { 4, 1000, 1 << 20, 100 }, NULL, NULL, NULL };
	char                  name[] = "/tmp/mg-fuzz-bundle-XXXXXX";
	int                   fd = mkstemp(name);

	if (fd < 0)
		return 0;
	if (write(fd, data, size) == (ssize_t)size)
		mg_bundle_walk(name, &o, on_leaf, NULL, NULL);
	close(fd);
	unlink(name);
	return 0;
}
