/* confine.h - give up what the process does not need: writing elsewhere, programs, the network.
 *
 * Layer:   base
 * Source:  Linux Documentation/userspace-api/landlock.rst, ABI 1 to 7
 *
 * What reads an archive from outside should not be able to change anything when a parser is
 * fooled.  Where the kernel has Landlock, mg_confine lets this thread, and the threads and
 * children that it starts afterwards, write only where it is told.  Descriptors that are open
 * already are not affected, nor is reading.  Elsewhere it does nothing.
 */
#ifndef MG_BASE_CONFINE_H
#define MG_BASE_CONFINE_H

#include <stdbool.h>

struct mg_confine {
	const char *dir;     /* exists: below it everything may be made, written, removed; or NULL */
	const char *also;    /* another such directory, or NULL                                  */
	const char *file;    /* exists: may be written: a device or a pipe; or NULL              */
	const char *emptied; /* exists: below it empty directories may be removed; or NULL       */
	bool        exec;    /* programs may be started; they are confined alike                 */
};

/* Call it before there are threads.  False: not confined, because the kernel cannot, or because
 * a path of `c` cannot be opened. */
bool mg_confine(const struct mg_confine *c);

/* The version of Landlock that the kernel offers; 0: none. */
int mg_confine_abi(void);

#endif
