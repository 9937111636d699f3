/* leavings.h - what must not be left behind when the process ends early.
 *
 * Layer:   base
 * A file that is being written and a child that is running are entered here and taken out when
 * they are finished.  A signal, or running out of memory, removes what is still entered.
 * Only the process that called mg_leavings_on_signals does so; a child that it forks does not.
 */
#ifndef MG_BASE_LEAVINGS_H
#define MG_BASE_LEAVINGS_H

#include <sys/types.h>

enum mg_leaving {
	MG_LEAVING_FILE = 1, /* to be unlinked                       */
	MG_LEAVING_DIR,      /* to be removed, if there is nothing in it */
	MG_LEAVING_CHILD,    /* to be killed with its process group, and waited for*/
};

/* Enter a path, seen from the directory `at` (AT_FDCWD), which must live until it is taken out.
 * The slot, or 0 when there is no room: then it is not cared for. */
int mg_leavings_path(enum mg_leaving what, int at, const char *path);
int mg_leavings_child(pid_t pid);
void mg_leavings_done(int slot); /* take it out; 0 is allowed */

/* Remove all that is entered, children first.  Async-signal-safe. */
void mg_leavings_remove(void);

/* SIGINT, SIGTERM and SIGHUP remove what is entered and then end the process, as they would
 * have (a shell sees status 130, 143, 129).  What is ignored (nohup) stays ignored. */
void mg_leavings_on_signals(void);

#endif
