/* SPDX-License-Identifier: Apache-2.0 */
#include "io/extract.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/time.h"

static char root[] = "/tmp/mg-test-extract-XXXXXX";
static int  dir;

static enum mg_status put(const char *path, const char *text)
{
	struct mg_leaf leaf = { .path = mg_strz(path), .mtime_ns = 1600000000 * MG_SEC };
	enum mg_status st;

	leaf.src = mg_src_memory(mg_strz(text));
	st = mg_extract_leaf(dir, &leaf);
	mg_src_close(leaf.src);
	return st;
}

static void expect(const char *path, const char *want)
{
	char    text[64] = { 0 };
	int     fd = openat(dir, path, O_RDONLY);
	ssize_t n = read(fd, text, sizeof(text) - 1);

	assert_true(n >= 0);
	assert_string_equal(text, want);
	close(fd);
}

static void test_files(void **state)
{
	struct stat st;

	assert_int_equal(put("a/b/c.log", "one"), MG_OK);
	assert_int_equal(put("a/b/c.log", "two"), MG_OK);
	assert_int_equal(put("top", ""), MG_OK);
	expect("a/b/c.log", "two");
	expect("top", "");
	assert_int_equal(fstatat(dir, "a/b/c.log", &st, 0), 0);
	assert_int_equal(st.st_mtim.tv_sec, 1600000000);
}

static void test_links_are_not_followed(void **state)
{
	assert_int_equal(mkdirat(dir, "outside", 0700), 0);
	assert_int_equal(symlinkat("outside", dir, "link"), 0);
	assert_int_equal(put("link/x", "evil"), MG_FATAL);
	assert_int_equal(errno, ENOTDIR);
	assert_int_equal(faccessat(dir, "outside/x", F_OK, 0), -1);
	/* a link at the last place is replaced, not written through */
	assert_int_equal(put("target", "old"), MG_OK);
	assert_int_equal(symlinkat("target", dir, "alias"), 0);
	assert_int_equal(put("alias", "new"), MG_OK);
	expect("target", "old");
	expect("alias", "new");
}

static void test_file_in_the_way(void **state)
{
	assert_int_equal(put("file", "1"), MG_OK);
	assert_int_equal(put("file/below", "2"), MG_FATAL);
	assert_int_equal(put("a", "3"), MG_FATAL); /* a directory by now */
	expect("file", "1");
}

static int setup(void **state)
{
	if (!mkdtemp(root))
		return -1;
	dir = open(root, O_RDONLY | O_DIRECTORY);
	return dir < 0;
}

static int teardown(void **state)
{
	char command[64];

	close(dir);
	snprintf(command, sizeof(command), "rm -rf %s", root);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_links_are_not_followed),
		cmocka_unit_test(test_file_in_the_way),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
