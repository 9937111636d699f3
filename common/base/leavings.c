/* SPDX-License-Identifier: Apache-2.0 */
#include "base/leavings.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

/* One table for the process, because a signal comes to the process.  `what` is written last
 * and read first: an entry whose `what` is not 0 is complete. */
static struct {
	_Atomic int what;
	int         at;
	const char *path;
	pid_t       pid;
} entries[16];
#define ENTRIES ((int)(sizeof(entries) / sizeof(entries[0])))
#define BEING_WRITTEN (-1)

static pid_t owner;

static int enter(enum mg_leaving what, int at, const char *path, pid_t pid)
{
	for (int i = 0; i < ENTRIES; i++) {
		int empty = 0;

		if (!atomic_compare_exchange_strong(&entries[i].what, &empty, BEING_WRITTEN))
			continue;
		entries[i].at = at;
		entries[i].path = path;
		entries[i].pid = pid;
		atomic_store(&entries[i].what, (int)what);
		return i + 1;
	}
	return 0;
}

int mg_leavings_path(enum mg_leaving what, int at, const char *path)
{
	return enter(what, at, path, 0);
}

int mg_leavings_child(pid_t pid)
{
	return enter(MG_LEAVING_CHILD, AT_FDCWD, NULL, pid);
}

void mg_leavings_done(int slot)
{
	if (slot > 0)
		atomic_store(&entries[slot - 1].what, 0);
}

static void remove_all(int what)
{
	for (int i = 0; i < ENTRIES; i++) {
		if (atomic_load(&entries[i].what) != what)
			continue;
		if (what == MG_LEAVING_CHILD) {
			kill(-entries[i].pid, SIGKILL);
			kill(entries[i].pid, SIGKILL);
			waitpid(entries[i].pid, NULL, 0); /* it writes no more */
		} else {
			unlinkat(entries[i].at, entries[i].path,
				 what == MG_LEAVING_DIR ? AT_REMOVEDIR : 0);
		}
		atomic_store(&entries[i].what, 0);
	}
}

void mg_leavings_remove(void)
{
	int e = errno;

	if (owner == 0 || owner == getpid()) {
		remove_all(MG_LEAVING_CHILD);
		remove_all(MG_LEAVING_FILE);
		remove_all(MG_LEAVING_DIR);
	}
	errno = e;
}

/* The default action has been put back (SA_RESETHAND): the signal, blocked while this runs,
 * ends the process as soon as it returns. */
static void on_signal(int sig)
{
	mg_leavings_remove();
	raise(sig);
}

void mg_leavings_on_signals(void)
{
	static const int ends[] = { SIGINT, SIGTERM, SIGHUP };

	owner = getpid();
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		struct sigaction now, then = { .sa_handler = on_signal };

		then.sa_flags = (int)SA_RESETHAND;
		sigemptyset(&then.sa_mask);
		if (sigaction(ends[i], NULL, &now) == 0 && now.sa_handler == SIG_DFL)
			sigaction(ends[i], &then, NULL);
	}
}
