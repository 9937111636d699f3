/* SPDX-License-Identifier: Apache-2.0 */
/* shim.c - faults for a program that is run with LD_PRELOAD=shim.so (glibc).
 *
 *   MG_FAULT_ALLOC=N    the N-th malloc, calloc or realloc fails, once; counted from 1
 *   MG_FAULT_READ=N     reading fails with EIO after N bytes of regular files
 *   MG_FAULT_WRITE=PATH at the end, from within the program, PATH is created
 *   MG_FAULT_COUNT=FD   at the end, the number of allocations is written to this descriptor,
 *                       and at once, when one fails, the object that asked for it
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);

static atomic_long allocs, bytes;
static long        fail_alloc, fail_read;
static bool        on;

static long number(const char *name)
{
	const char *v = getenv(name);

	return v ? atol(v) : 0;
}

__attribute__((constructor)) static void begin(void)
{
	fail_alloc = number("MG_FAULT_ALLOC");
	fail_read = getenv("MG_FAULT_READ") ? number("MG_FAULT_READ") : -1;
	on = true;
}

__attribute__((destructor)) static void end(void)
{
	const char *path = getenv("MG_FAULT_WRITE");

	on = false;
	if (getenv("MG_FAULT_COUNT"))
		dprintf((int)number("MG_FAULT_COUNT"), "%ld\n", atomic_load(&allocs));
	if (path) {
		int fd = open(path, O_WRONLY | O_CREAT, 0666);

		dprintf(2, "writing elsewhere: %s\n", fd < 0 ? "refused" : "possible");
	}
}

static bool fails(const void *caller)
{
	Dl_info who = { 0 };

	if (!on || atomic_fetch_add(&allocs, 1) + 1 != fail_alloc)
		return false;
	if (getenv("MG_FAULT_COUNT") && dladdr(caller, &who) && who.dli_fname)
		dprintf((int)number("MG_FAULT_COUNT"), "%s\n", who.dli_fname);
	errno = ENOMEM;
	return true;
}

void *malloc(size_t n)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_realloc(p, n);
}

ssize_t read(int fd, void *to, size_t n)
{
	static ssize_t (*real)(int fd, void *to, size_t n);
	struct stat      st;

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "read");
	if (on && fail_read >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		long left = fail_read - atomic_load(&bytes);

		if (left <= 0) {
			errno = EIO;
			return -1;
		}
		if (n > (size_t)left)
			n = (size_t)left;
		atomic_fetch_add(&bytes, (long)n);
	}
	return real(fd, to, n);
}
