/* SPDX-License-Identifier: Apache-2.0 */
/* What a confined process can still do, each case in a child: it cannot be undone. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/confine.h"
#include "base/leavings.h"
#include "base/mem.h"

/* cmocka needs these before it */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static char top[64];

static int begin(void **state)
{
	strcpy(top, "/tmp/mg-confine-XXXXXX");
	return mkdtemp(top) && chdir(top) == 0 && mkdir("in", 0700) == 0 && mkdir("out", 0700) == 0 ?
		       0 : -1;
}

static int finish(void **state)
{
	static const char *const files[] = { "in/a", "in/b", "out/a", "elsewhere", "made" };

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		unlink(files[i]);
	rmdir("in/d");
	rmdir("in");
	rmdir("out");
	return chdir("/") == 0 && rmdir(top) == 0 ? 0 : -1;
}

static bool can_write(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0600);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static bool exists(const char *path)
{
	return access(path, F_OK) == 0;
}

/* The status of a child that runs `fn`, or -signal. */
static int in_child(int (*fn)(void))
{
	int   status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(fn());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void needs_landlock(void)
{
	if (mg_confine_abi() == 0) {
		print_message("SKIP: the kernel has no Landlock\n");
		skip();
	}
}

/* Each bit of the result is one thing that is not as it should be. */
static int below_one_directory(void)
{
	struct mg_confine c = { .dir = "in" };
	int               wrong = 0;

	if (!mg_confine(&c))
		return 128;
	wrong |= can_write("in/a") ? 0 : 1;
	wrong |= rename("in/a", "in/b") == 0 && mkdir("in/d", 0700) == 0 ? 0 : 2;
	wrong |= can_write("elsewhere") || can_write("out/a") ? 4 : 0;
	wrong |= rename("in/b", "out/a") == 0 || unlink("made") == 0 || rmdir("out") == 0 ? 8 : 0;
	wrong |= mkdir("new", 0700) == 0 || symlink("in", "in/link") == 0 ? 16 : 0;
	wrong |= can_write("/dev/null") && exists("/") ? 0 : 32;
	return wrong;
}

static void writes_below_its_directory_only(void **state)
{
	needs_landlock();
	assert_true(can_write("made"));
	assert_int_equal(in_child(below_one_directory), 0);
	assert_false(exists("elsewhere"));
	assert_true(exists("in/b") && exists("made"));
}

static int below_two_directories(void)
{
	struct mg_confine c = { .dir = "in", .also = "out" };
	int               wrong = 0;

	if (!mg_confine(&c))
		return 128;
	wrong |= can_write("in/c") && can_write("out/c") ? 0 : 1;
	wrong |= rename("out/c", "out/e") == 0 && unlink("out/e") == 0 ? 0 : 2;
	wrong |= can_write("elsewhere") || unlink("made") == 0 ? 4 : 0;
	return wrong;
}

static void another_directory_may_be_named(void **state)
{
	needs_landlock();
	assert_true(can_write("made"));
	assert_int_equal(in_child(below_two_directories), 0);
	assert_true(exists("in/c") && exists("made"));
	unlink("in/c");
}

static int nothing_at_all(void)
{
	struct mg_confine c = { 0 };
	int               before = open("out/a", O_WRONLY | O_CREAT, 0600), wrong = 0;
	char              sh[] = "/bin/true", *argv[] = { sh, NULL };

	if (before < 0 || !mg_confine(&c))
		return 128;
	wrong |= write(before, "x", 1) == 1 ? 0 : 1; /* what is open stays open */
	wrong |= can_write("out/a") || can_write("in/a") || can_write("elsewhere") ? 2 : 0;
	wrong |= open("out/a", O_RDONLY) >= 0 ? 0 : 4;
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
	execv(sh, argv); /* must come back */
	wrong |= errno == EACCES ? 0 : 8;
#else
	(void)argv;
#endif
	return wrong;
}

static void without_a_directory_nothing_is_written_or_started(void **state)
{
	needs_landlock();
	assert_int_equal(in_child(nothing_at_all), 0);
}

static int no_such_directory(void)
{
	return mg_confine(&(struct mg_confine){ .dir = "missing" }) ? 1 : 0;
}

static void says_when_it_could_not(void **state)
{
	assert_int_equal(in_child(no_such_directory), 0);
}

/* --- leavings ---------------------------------------------------------------------- */

static int ends_by_signal(void)
{
	int slot;

	signal(SIGTERM, SIG_DFL);
	mg_leavings_on_signals();
	if (!can_write("in/a") || !can_write("in/b") || mkdir("in/d", 0700) != 0)
		return 1;
	mg_leavings_path(MG_LEAVING_FILE, AT_FDCWD, "in/a");
	slot = mg_leavings_path(MG_LEAVING_FILE, AT_FDCWD, "in/b");
	mg_leavings_path(MG_LEAVING_DIR, AT_FDCWD, "in/d");
	mg_leavings_done(slot);
	raise(SIGTERM);
	return 2;
}

static void a_signal_removes_what_is_unfinished(void **state)
{
	assert_int_equal(in_child(ends_by_signal), -SIGTERM);
	assert_false(exists("in/a") || exists("in/d"));
	assert_true(exists("in/b"));
}

static int runs_out_of_memory(void)
{
	int null = open("/dev/null", O_WRONLY);

	dup2(null, 2);
	mg_leavings_path(MG_LEAVING_FILE, AT_FDCWD, "in/a");
	if (!can_write("in/a"))
		return 1;
	free(mg_alloc(SIZE_MAX / 2));
	return 2;
}

static void so_does_running_out_of_memory(void **state)
{
#ifdef __SANITIZE_ADDRESS__
	skip(); /* which ends the process itself, with words of its own */
#endif
	assert_int_equal(in_child(runs_out_of_memory), 5);
	assert_false(exists("in/a"));
}

static int ignores_a_hangup(void)
{
	signal(SIGHUP, SIG_IGN);
	mg_leavings_on_signals();
	raise(SIGHUP);
	return 7;
}

static void what_was_ignored_stays_ignored(void **state)
{
	assert_int_equal(in_child(ignores_a_hangup), 7);
}

static int more_than_there_is_room_for(void)
{
	for (int i = 0; i < 100; i++)
		if (mg_leavings_path(MG_LEAVING_FILE, AT_FDCWD, "in/a") == 0)
			return 0;
	return 1;
}

static void a_full_table_is_said(void **state)
{
	assert_int_equal(in_child(more_than_there_is_room_for), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, finish)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(writes_below_its_directory_only),
		TEST(another_directory_may_be_named),
		TEST(without_a_directory_nothing_is_written_or_started),
		TEST(says_when_it_could_not),
		TEST(a_signal_removes_what_is_unfinished),
		TEST(so_does_running_out_of_memory),
		TEST(what_was_ignored_stays_ignored),
		TEST(a_full_table_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
