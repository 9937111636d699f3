/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"

#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "base/leavings.h"

static void say_and_exit(size_t size)
{
	fprintf(stderr, "mgtools: out of memory (wanted %zu bytes); raise the memory limit "
			"or read fewer inputs at once\n", size);
	mg_leavings_remove();
	_exit(5);
}

static mg_oom_fn on_oom = say_and_exit;

void mg_oom_handler(mg_oom_fn fn)
{
	on_oom = fn ? fn : say_and_exit;
}

static void *checked(void *p, size_t size)
{
	if (!p) {
		on_oom(size);
		abort();
	}
	return p;
}

void *mg_alloc(size_t size)
{
	return checked(malloc(size ? size : 1), size);
}

void *mg_zalloc(size_t size)
{
	return checked(calloc(1, size ? size : 1), size);
}

void *mg_realloc(void *old, size_t count, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(count, size, &total))
		checked(NULL, SIZE_MAX);
	return checked(realloc(old, total ? total : 1), total);
}

char *mg_strndup(const char *p, size_t n)
{
	char *d = mg_alloc(n + 1);

	if (n)
		memcpy(d, p, n);
	d[n] = '\0';
	return d;
}
