/* SPDX-License-Identifier: Apache-2.0 */
#include "io/out.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char dir[] = "/tmp/mg-test-out-XXXXXX";
static char path[64];

static int setup(void **state)
{
	signal(SIGPIPE, SIG_IGN);
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/file", dir);
	return 0;
}

static int teardown(void **state)
{
	unlink(path);
	return rmdir(dir); /* fails when anything was left behind */
}

static int entries(void)
{
	DIR *d = opendir(dir);
	int  n = 0;

	while (readdir(d))
		n++;
	closedir(d);
	return n - 2;
}

static void test_file_appears_when_closed(void **state)
{
	struct mg_out o;
	char          text[16] = { 0 };
	int           fd;

	assert_int_equal(mg_out_file(&o, path), MG_OK);
	mg_out_printf(&o, "%d and ", 12);
	mg_out_add(&o, MG_STR("more"));
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(mg_out_close(&o), MG_OK);
	fd = open(path, O_RDONLY);
	assert_int_equal(read(fd, text, sizeof(text)), 11);
	close(fd);
	assert_string_equal(text, "12 and more");
	assert_int_equal(entries(), 1);
}

static void test_abort_leaves_the_old_file(void **state)
{
	struct mg_out o;

	assert_int_equal(mg_out_file(&o, path), MG_OK);
	for (int i = 0; i < 100000; i++)
		mg_out_add(&o, MG_STR("some text that is flushed now and then"));
	mg_out_abort(&o);
	assert_int_equal(entries(), 1);
}

static void test_no_directory(void **state)
{
	struct mg_out o;

	assert_int_equal(mg_out_file(&o, "/nonexistent/dir/x"), MG_FATAL);
	assert_int_equal(o.err.sys_errno, ENOENT);
	mg_out_add(&o, MG_STR("ignored"));
	assert_int_equal(mg_out_close(&o), MG_FATAL);
	assert_non_null(strstr(o.err.msg, "'/nonexistent/dir/x'"));
}

static void test_full_disk(void **state)
{
	struct mg_out o;
	int           fd = open("/dev/full", O_WRONLY);

	if (fd < 0)
		skip();
	mg_out_fd(&o, fd);
	mg_out_add(&o, MG_STR("x"));
	assert_int_equal(mg_out_close(&o), MG_FATAL);
	assert_int_equal(o.err.sys_errno, ENOSPC);
	close(fd);
	assert_int_equal(mg_out_file(&o, "/dev/full"), MG_OK);
	mg_out_add(&o, MG_STR("x"));
	assert_int_equal(mg_out_close(&o), MG_FATAL);
}

static void test_broken_pipe_ends_quietly(void **state)
{
	struct mg_out o;
	int           fds[2];

	assert_int_equal(pipe(fds), 0);
	close(fds[0]);
	mg_out_fd(&o, fds[1]);
	for (int i = 0; i < 10000; i++)
		mg_out_add(&o, MG_STR("0123456789"));
	assert_int_equal(o.err.status, MG_EOF);
	assert_int_equal(mg_out_close(&o), MG_EOF);
	close(fds[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_file_appears_when_closed),
		cmocka_unit_test(test_abort_leaves_the_old_file),
		cmocka_unit_test(test_no_directory),
		cmocka_unit_test(test_full_disk),
		cmocka_unit_test(test_broken_pipe_ends_quietly),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
