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

static struct mg_extract x;
static struct mg_buf     as;

static enum mg_status put(const char *path, const char *text)
{
	struct mg_leaf leaf = { .path = mg_strz(path), .mtime_ns = 1600000000 * MG_SEC };
	enum mg_status st;

	leaf.src = mg_src_memory(mg_strz(text));
	st = mg_extract_leaf(&x, &leaf, &as);
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
	expect("a/b/c.log", "one"); /* a second one of this archive loses nothing */
	expect("a/b/c.log~2", "two");
	assert_int_equal(put("a/b/c.log", "three"), MG_OK);
	assert_string_equal(as.p, "a/b/c.log~3");
	expect("a/b/c.log~3", "three");
	mg_extract_close(&x); /* a file of another run is replaced */
	assert_true(mg_extract_open(&x, root));
	assert_int_equal(put("a/b/c.log", "new"), MG_OK);
	expect("a/b/c.log", "new");
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

/* Names longer than a file system takes, made of two-byte characters and one odd byte. */
static void test_long_names(void **state)
{
	char long_name[4001];

	for (size_t i = 0; i < 4000; i++)
		long_name[i] = (char)(i == 0 ? 'x' : i % 2 ? 0xc3 : 0xa4);
	long_name[4000] = '\0';
	assert_int_equal(put(long_name, "long"), MG_OK);
	assert_true(as.n <= 240 && as.n > 200);
	assert_int_equal(as.p[as.n - 17], '~');
	assert_int_equal((unsigned char)as.p[as.n - 18], 0xa4); /* no half character */
	expect(as.p, "long");
	long_name[3999] = 'y'; /* another name, another file */
	assert_int_equal(put(long_name, "other"), MG_OK);
	assert_null(strchr(as.p + as.n - 16, '~'));
	expect(as.p, "other");
}

static void test_strip_and_flat(void **state)
{
	x.strip = 2;
	assert_int_equal(put("s1/s2/s3/f", "stripped"), MG_OK);
	expect("s3/f", "stripped");
	assert_int_equal(put("s1/f", "nothing left"), MG_SKIP);
	x.strip = 1;
	x.flat = true;
	assert_int_equal(put("top/u/v/w", "flat"), MG_OK);
	expect("u__v__w", "flat");
	x.strip = 0;
	x.flat = false;
}

static void test_directory_is_made(void **state)
{
	struct mg_extract other = { .dir = -1 };
	char              path[128];

	snprintf(path, sizeof(path), "%s/made/by/it/", root);
	assert_true(mg_extract_open(&other, path));
	mg_extract_close(&other);
	snprintf(path, sizeof(path), "%s/plain", root);
	assert_int_equal(put("plain", "1"), MG_OK);
	assert_false(mg_extract_open(&other, path));
	assert_int_equal(errno, ENOTDIR);
}

static int setup(void **state)
{
	if (!mkdtemp(root) || !mg_extract_open(&x, root))
		return -1;
	dir = open(root, O_RDONLY | O_DIRECTORY);
	return dir < 0;
}

static int teardown(void **state)
{
	char command[64];

	close(dir);
	mg_extract_close(&x);
	mg_buf_release(&as);
	snprintf(command, sizeof(command), "rm -rf %s", root);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_links_are_not_followed),
		cmocka_unit_test(test_file_in_the_way),
		cmocka_unit_test(test_long_names),
		cmocka_unit_test(test_strip_and_flat),
		cmocka_unit_test(test_directory_is_made),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
