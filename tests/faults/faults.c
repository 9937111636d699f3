/* SPDX-License-Identifier: Apache-2.0 */
/* faults.c - run a tool on an archive with one fault at a time, many times over.
 *
 *   faults cut STEP ARCHIVE TOOL [ARG...]      truncated at every multiple of STEP bytes
 *   faults flip N ARCHIVE TOOL [ARG...]        one bit of it flipped, in N places
 *   faults alloc N ARCHIVE TOOL [ARG...]       one allocation fails, in about N places
 *   faults eio N ARCHIVE TOOL [ARG...]         reading fails, in N places
 *
 * The tool gets the archive as its last argument and must print findings.json or a list.  What
 * must hold of every run: it ends by itself, in time; its status is 0, 2, 3, or 5 when memory
 * ran out; with another status than 0 it says why; with status 0 its output is that of the
 * whole archive (but for flips in an archive without checksums, SUM=no in the environment).
 * Of `cut`: records that were read never become fewer as the archive grows, and status 0 is for
 * the whole archive only.  libarchive does not look at the result of each malloc: where it was
 * refused memory and then reads from NULL, that is counted by itself.  $SHIM is the shared object
 * for alloc and eio.
 */
#define _POSIX_C_SOURCE 200809L
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECONDS 120 /* one run, also with a sanitizer on a busy machine */

struct run {
	int    status; /* exit status, or -signal */
	char  *out, *err;
	size_t nout, nerr;
	long   allocs; /* that were counted */
	bool   foreign; /* an allocation of libarchive failed */
};

static char  *archive; /* its bytes */
static size_t narchive;
static char   copy[64] = "/tmp/mg-faults-XXXXXX", copy_path[128];
static char **tool;
static long   ran, bad, crashed_elsewhere;

static void die(const char *what)
{
	perror(what);
	exit(2);
}

static char *slurp(int fd, size_t *n)
{
	struct stat st;
	char       *p;

	if (fstat(fd, &st) != 0 || !(p = malloc((size_t)st.st_size + 1)))
		die("faults");
	*n = (size_t)st.st_size;
	if (pread(fd, p, *n, 0) != (ssize_t)*n)
		die("faults: reading back");
	p[*n] = '\0';
	return p;
}

/* An unnamed file. */
static int scratch(void)
{
	FILE *f = tmpfile();
	int   fd = f ? dup(fileno(f)) : -1;

	if (fd < 0)
		die("faults: temporary file");
	fclose(f);
	return fd;
}

static struct run run_tool(const char *variable, long value)
{
	struct run r = { 0 };
	int        out = scratch(), err = scratch(), count = scratch(), status;
	char       text[32];
	size_t     n;
	pid_t      pid = fork();

	if (pid < 0)
		die("faults: fork");
	if (pid == 0) {
		dup2(out, 1);
		dup2(err, 2);
		if (variable) {
			snprintf(text, sizeof(text), "%ld", value);
			setenv(variable, text, 1);
			snprintf(text, sizeof(text), "%d", count);
			setenv("MG_FAULT_COUNT", text, 1);
			setenv("LD_PRELOAD", getenv("SHIM") ? getenv("SHIM") : "", 1);
		}
		alarm(SECONDS);
		execvp(tool[0], tool);
		_exit(126);
	}
	if (waitpid(pid, &status, 0) != pid)
		die("faults: waitpid");
	r.status = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
	r.out = slurp(out, &r.nout);
	r.err = slurp(err, &r.nerr);
	char *c = slurp(count, &n);
	r.allocs = atol(c);
	r.foreign = strstr(c, "libarchive") != NULL;
	free(c);
	close(out);
	close(err);
	close(count);
	ran++;
	return r;
}

static void release(struct run *r)
{
	free(r->out);
	free(r->err);
}

/* The copy holds the first n bytes of the archive. */
static void write_copy(const char *bytes, size_t n)
{
	int fd = open(copy_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	for (size_t i = 0; i < n;) {
		ssize_t k = write(fd, bytes + i, n - i);

		if (k <= 0)
			die("faults: write");
		i += (size_t)k;
	}
	close(fd);
}

/* Behind the head of findings.json, which names the size of the input. */
static const char *body(const struct run *r)
{
	const char *p = strstr(r->out, "\"span\"");

	return p ? p : r->out;
}

static long records(const struct run *r)
{
	long sum = 0;

	for (const char *p = r->out; (p = strstr(p, "\"records\": ")); p++)
		sum += atol(p + strlen("\"records\": "));
	return sum;
}

static void complain(const char *what, long where, const struct run *r)
{
	bad++;
	printf("faults: %s at %ld: status %d: %.300s\n", what, where, r->status, r->err);
}

static bool sums(void)
{
	const char *s = getenv("SUM");

	return !s || strcmp(s, "no") != 0;
}

/* What must hold of any run with a fault at `where`. */
static void judge(const struct run *r, const struct run *whole, long where, bool exact)
{
	if (r->status == -SIGSEGV && r->foreign)
		crashed_elsewhere++;
	else if (r->status != 0 && r->status != 2 && r->status != 3 && r->status != 5)
		complain("unexpected status", where, r);
	else if (r->status == 5 && !strstr(r->err, "out of memory"))
		complain("no message about memory", where, r);
	else if (r->status != 0 && r->nerr == 0)
		complain("no message", where, r);
	else if (r->status == 0 && exact && strcmp(body(r), body(whole)) != 0)
		complain("other output, and nothing said", where, r);
}

static void cut(size_t step, const struct run *whole)
{
	long before = 0;

	for (size_t n = 0; n < narchive; n += step) {
		struct run r;
		long       now;

		write_copy(archive, n);
		r = run_tool(NULL, 0);
		judge(&r, whole, (long)n, false);
		now = records(&r);
		if (now < before)
			complain("fewer records than from less of the archive", (long)n, &r);
		if (r.status == 0)
			complain("a torn archive, and nothing said", (long)n, &r);
		if (r.status == 2 && before > 0)
			complain("nothing of a torn archive was read", (long)n, &r);
		before = now;
		release(&r);
	}
	if (records(whole) < before)
		complain("fewer records than from less of the archive", (long)narchive, whole);
}

static uint64_t random_below(uint64_t n)
{
	static uint64_t s = 0x9e3779b97f4a7c15u;

	s ^= s << 13;
	s ^= s >> 7;
	s ^= s << 17;
	return s % n;
}

static void flip(long n, const struct run *whole)
{
	for (long i = 0; i < n; i++) {
		size_t     at = (size_t)random_below(narchive);
		int        bit = 1 << random_below(8);
		struct run r;

		archive[at] = (char)(archive[at] ^ bit);
		write_copy(archive, narchive);
		archive[at] = (char)(archive[at] ^ bit);
		r = run_tool(NULL, 0);
		judge(&r, whole, (long)at, sums());
		release(&r);
	}
}

/* All of the first allocations, then ever fewer: what happens early differs most. */
static void alloc(long n, const struct run *whole)
{
	struct run counted = run_tool("MG_FAULT_ALLOC", 0);
	long       all = counted.allocs, step = 1;

	if (all <= 0) {
		complain("the allocations were not counted", 0, &counted);
		return;
	}
	release(&counted);
	for (long at = 1, i = 0; at <= all; at += step, i++) {
		struct run r = run_tool("MG_FAULT_ALLOC", at);

		judge(&r, whole, at, true);
		release(&r);
		if (i >= n / 2)
			step = 1 + (long)random_below((uint64_t)(1 + 4 * all / (n + 1)));
	}
}

static void eio(long n, const struct run *whole)
{
	for (long i = 0; i < n; i++) {
		long       at = (long)(narchive * (size_t)i / (size_t)n);
		struct run r = run_tool("MG_FAULT_READ", at);

		judge(&r, whole, at, false);
		if (r.status == 0)
			complain("a read error, and nothing said", at, &r);
		if (records(&r) > records(whole))
			complain("more records than there are", at, &r);
		release(&r);
	}
}

int main(int argc, char **argv)
{
	struct run whole;
	int        fd;

	if (argc < 5 || (fd = open(argv[3], O_RDONLY)) < 0 || !mkdtemp(copy)) {
		fprintf(stderr, "usage: faults cut|flip|alloc|eio N ARCHIVE TOOL [ARG...]\n");
		return 2;
	}
	archive = slurp(fd, &narchive);
	snprintf(copy_path, sizeof(copy_path), "%s/archive", copy);
	write_copy(archive, narchive);
	tool = calloc((size_t)argc, sizeof(*tool));
	for (int i = 4; i < argc; i++)
		tool[i - 4] = argv[i];
	tool[argc - 4] = copy_path;
	whole = run_tool(NULL, 0);
	if (whole.status != 0)
		complain("the archive as it is", (long)narchive, &whole);
	else if (strcmp(argv[1], "cut") == 0)
		cut((size_t)atol(argv[2]), &whole);
	else if (strcmp(argv[1], "flip") == 0)
		flip(atol(argv[2]), &whole);
	else if (strcmp(argv[1], "alloc") == 0)
		alloc(atol(argv[2]), &whole);
	else
		eio(atol(argv[2]), &whole);
	unlink(copy_path);
	rmdir(copy);
	printf("%s: %ld runs, %ld wrong", argv[1], ran, bad);
	if (crashed_elsewhere)
		printf(", %ld times libarchive crashed for want of memory", crashed_elsewhere);
	printf("\n");
	release(&whole);
	free(archive);
	free(tool);
	return bad ? 1 : 0;
}
