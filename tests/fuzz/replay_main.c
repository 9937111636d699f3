/* SPDX-License-Identifier: Apache-2.0 */
/* replay_main.c - run a fuzz target over files and directories given as arguments, so that
 * a corpus is a plain regression test on machines without a fuzzer.
 *
 * Each input is handed over in a buffer of exactly its size, at the end of the allocation:
 * a read behind it is seen by AddressSanitizer.
 */
#define _POSIX_C_SOURCE 200809L
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int complain(const char *path)
{
	fprintf(stderr, "replay: cannot read '%s': %s\n", path, strerror(errno));
	return 1;
}

static int replay_file(const char *path, size_t size)
{
	FILE    *f = fopen(path, "rb");
	uint8_t *data = malloc(size ? size : 1);
	int      rc = 0;

	/* said before the run, so that a crash names its input */
	fprintf(stderr, "replay: %s (%zu bytes)\n", path, size);
	if (!f || !data || fread(data, 1, size, f) != size)
		rc = complain(path);
	else
		LLVMFuzzerTestOneInput(data, size);
	if (f)
		fclose(f);
	free(data);
	return rc;
}

static int replay(const char *path);

static int replay_dir(const char *path)
{
	struct dirent **names;
	int             rc = 0, n = scandir(path, &names, NULL, alphasort);

	if (n < 0)
		return complain(path);
	for (int i = 0; i < n; i++) {
		size_t len = strlen(path) + strlen(names[i]->d_name) + 2;
		char  *child = malloc(len);

		if (child && names[i]->d_name[0] != '.') {
			snprintf(child, len, "%s/%s", path, names[i]->d_name);
			rc |= replay(child);
		}
		free(child);
		free(names[i]);
	}
	free(names);
	return rc;
}

static int replay(const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return complain(path);
	if (S_ISDIR(st.st_mode))
		return replay_dir(path);
	return replay_file(path, (size_t)st.st_size);
}

int main(int argc, char **argv)
{
	int rc = 0;

	for (int i = 1; i < argc; i++)
		rc |= replay(argv[i]);
	return rc;
}
