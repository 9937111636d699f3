/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* memfd_create */
#include "render/gnuplot.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/leavings.h"

#define DEFAULT_SECONDS 20
#define ERROR_TEXT 4096 /* of gnuplot's stderr that is looked at */

extern char **environ;

/* --- strings -------------------------------------------------------------------- */

/* Length of the UTF-8 sequence at the start of `s` (s.n > 0) and its code point; 0 when the
 * bytes are none: bad lead or continuation, overlong, surrogate, above U+10FFFF, cut. */
static size_t utf8_at(struct mg_str s, uint32_t *cp)
{
	static const uint32_t least[5] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char  *p = (const unsigned char *)s.p;
	size_t                n = p[0] < 0x80 ? 1 : p[0] < 0xc0 ? 0 : p[0] < 0xe0 ? 2 :
				  p[0] < 0xf0 ? 3 : p[0] < 0xf8 ? 4 : 0;

	if (n == 0 || n > s.n)
		return 0;
	*cp = n == 1 ? p[0] : p[0] & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		*cp = *cp << 6 | (p[i] & 0x3fu);
	}
	if (*cp < least[n] || *cp > 0x10ffff || (*cp >= 0xd800 && *cp < 0xe000))
		return 0;
	return n;
}

/* Characters that are not seen, or that change how their neighbours are seen. */
static bool is_invisible(uint32_t cp)
{
	return cp == 0xad || cp == 0x61c || cp == 0x180e || (cp >= 0x200b && cp <= 0x200f) ||
	       (cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2060 && cp <= 0x206f) ||
	       cp == 0xfeff || (cp >= 0xfff0 && cp <= 0xfffb) || (cp & 0xfffe) == 0xfffe ||
	       (cp >= 0xfdd0 && cp <= 0xfdef) || (cp >= 0xe0000 && cp <= 0xe0fff) ||
	       (cp >= 0xe000 && cp <= 0xf8ff);
}

/* One character of `s` as it may be shown.  A doubled quote would be the documented way to
 * put a quote into a string, but gnuplot 5.4 ends the string at the second one of three: with
 * a quote at its very beginning a label could bring commands.  So quotes become apostrophes. */
static struct mg_str next_char(struct mg_str *s)
{
	uint32_t      cp = 0;
	size_t        n = utf8_at(*s, &cp);
	struct mg_str c = mg_str_head(*s, n);

	*s = mg_str_from(*s, n ? n : 1);
	if (n == 0 || is_invisible(cp))
		return MG_STR("?");
	if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0))
		return MG_STR(" ");
	return cp == '\'' ? MG_STR("\xe2\x80\x99") : c;
}

void mg_gnuplot_str(struct mg_buf *out, struct mg_str s, size_t max_chars)
{
	bool cut = max_chars && mg_gnuplot_chars(s, 0) > max_chars;

	mg_buf_addc(out, '\'');
	for (size_t n = 0; s.n && !(cut && n + 1 >= max_chars); n++)
		mg_buf_add(out, next_char(&s));
	if (cut)
		mg_buf_addz(out, "\xe2\x80\xa6");
	mg_buf_addc(out, '\'');
}

size_t mg_gnuplot_chars(struct mg_str s, size_t max_chars)
{
	size_t n = 0;

	while (s.n && !(max_chars && n == max_chars)) {
		next_char(&s);
		n++;
	}
	return n;
}

/* --- running --------------------------------------------------------------------- */

/* gnuplot's absolute path.  Directories that depend on where we stand are passed over: the
 * job may run elsewhere, and an unpacked archive must not bring its own gnuplot. */
static bool find_gnuplot(struct mg_buf *path)
{
	struct mg_str rest = mg_strz(getenv("PATH")), dir;

	if (rest.n == 0)
		rest = MG_STR("/usr/local/bin:/usr/bin:/bin");
	for (bool more = true; more;) {
		more = mg_str_cut(rest, ':', &dir, &rest);
		if (dir.n == 0 || dir.p[0] != '/')
			continue;
		mg_buf_clear(path);
		mg_buf_add(path, dir);
		mg_buf_addz(path, "/gnuplot");
		if (access(path->p, X_OK) == 0)
			return true;
	}
	return false;
}

#define ENVIRON 500 /* variables that gnuplot gets at most */

static bool is_locale(const char *var)
{
	return strncmp(var, "LC_", 3) == 0 || strncmp(var, "LANG", 4) == 0;
}

/* The environment, but for the locale: scripts are UTF-8, and their numbers have points. */
static void environment(char *env[ENVIRON + 2])
{
	static char utf8[] = "LC_ALL=C.UTF-8";
	int         n = 0;

	env[n++] = utf8;
	for (char **e = environ; *e && n < ENVIRON; e++)
		if (!is_locale(*e))
			env[n++] = *e;
	env[n] = NULL;
}

/* In the child: async-signal-safe calls only.  Exit 127 tells that it never ran. */
static void become_gnuplot(const struct mg_gnuplot_job *job, const char *path, int err_fd)
{
	char  name[] = "gnuplot", defaults[] = "-d";
	char *argv[] = { name, defaults, (char *)(uintptr_t)job->script, NULL };
	char *env[ENVIRON + 2];
	int   null = open("/dev/null", O_RDWR);
	int   in = job->script ? null : job->script_fd;
	int   out = job->stdout_fd < 0 ? null : job->stdout_fd;

	setpgid(0, 0); /* a wrapper around gnuplot ends together with what it started */
	if (null < 0 || dup2(err_fd, 2) < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0)
		_exit(127);
	if (job->dir && chdir(job->dir) != 0)
		_exit(127);
	environment(env);
	execve(path, argv, env);
	_exit(127);
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Collect what the child writes until it closes its stderr; false: out of time. */
static bool drain(int fd, int64_t deadline, struct mg_buf *text)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char          chunk[1024];

	for (;;) {
		int64_t left = deadline - now_ms();
		ssize_t n;

		if (left <= 0)
			return false;
		if (poll(&p, 1, left > 1000 ? 1000 : (int)left) <= 0)
			continue;
		n = read(fd, chunk, sizeof(chunk));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return true;
		if (text->n < ERROR_TEXT)
			mg_buf_add(text, mg_str(chunk, (size_t)n));
	}
}

/* Wait for the child to end; kills it at the deadline.  False: it was killed. */
static bool reap(pid_t pid, int64_t deadline, int *status)
{
	const struct timespec nap = { 0, 2000000 };
	bool                  killed = false;

	for (;;) {
		pid_t r = waitpid(pid, status, killed ? 0 : WNOHANG);

		if (r == pid)
			return !killed;
		if (r < 0 && errno != EINTR) {
			*status = -1;
			return !killed;
		}
		if (!killed && now_ms() >= deadline) {
			kill(-pid, SIGKILL);
			kill(pid, SIGKILL);
			killed = true;
		}
		if (!killed)
			nanosleep(&nap, NULL);
	}
}

/* The line that says what is wrong: the first that is not an echo of the script or the
 * caret below it. */
static struct mg_str telling_line(struct mg_str text)
{
	struct mg_str line, first = { "", 0 };

	while (text.n) {
		mg_str_cut(text, '\n', &line, &text);
		line = mg_str_trim(line);
		if (line.n == 0 || mg_str_eq(line, MG_STR("^")))
			continue;
		if (mg_str_starts(line, MG_STR("line ")) || mg_str_has(line, MG_STR(" line ")))
			return line;
		if (first.n == 0)
			first = line;
	}
	return first;
}

static enum mg_status verdict(const struct mg_buf *text, bool in_time, int status, int seconds,
			      struct mg_err *err)
{
	struct mg_str line = mg_str_head(telling_line(mg_buf_str(text)), 160);

	if (!in_time && err)
		err->sys_errno = ETIMEDOUT;
	if (!in_time)
		return mg_err_set(err, MG_FAIL, "gnuplot did not finish within %d s", seconds);
	if (status == 0) {
		mg_err_set(err, MG_OK, "%.*s", MG_FMT(line));
		return MG_OK;
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return mg_err_set(err, MG_FAIL, "gnuplot could not be started");
	return mg_err_set(err, MG_FAIL, "gnuplot failed: %.*s", MG_FMT(line));
}

enum mg_status mg_gnuplot_run(const struct mg_gnuplot_job *job, struct mg_err *err)
{
	struct mg_buf  path = { 0 }, text = { 0 };
	int            fds[2] = { -1, -1 }, status = -1;
	int            seconds = job->seconds > 0 ? job->seconds : DEFAULT_SECONDS;
	int64_t        deadline = now_ms() + (int64_t)seconds * 1000;
	enum mg_status st;
	pid_t          pid;
	bool           in_time;
	int            slot;

	if (!find_gnuplot(&path)) {
		st = mg_err_set(err, MG_SKIP,
				"gnuplot not found: install gnuplot-nox (or gnuplot) for pictures");
		goto out;
	}
	if (pipe(fds) != 0 || fcntl(fds[0], F_SETFD, FD_CLOEXEC) != 0 ||
	    fcntl(fds[1], F_SETFD, FD_CLOEXEC) != 0 || (pid = fork()) < 0) {
		st = mg_err_set(err, MG_FAIL, "cannot start gnuplot: %s", strerror(errno));
		goto out;
	}
	if (pid == 0)
		become_gnuplot(job, path.p, fds[1]);
	slot = mg_leavings_child(pid);
	close(fds[1]);
	fds[1] = -1;
	in_time = drain(fds[0], deadline, &text);
	in_time = reap(pid, deadline, &status) && in_time;
	mg_leavings_done(slot);
	st = verdict(&text, in_time, status, seconds, err);
out:
	if (fds[0] >= 0)
		close(fds[0]);
	if (fds[1] >= 0)
		close(fds[1]);
	mg_buf_release(&path);
	mg_buf_release(&text);
	return st;
}

/* A file without a name: in memory where there is such a thing, because a process that is
 * confined cannot make one in /tmp. */
static FILE *nameless_file(void)
{
#ifdef MFD_CLOEXEC
	int fd = memfd_create("gnuplot-script", MFD_CLOEXEC);

	if (fd >= 0)
		return fdopen(fd, "w+");
#endif
	return tmpfile();
}

enum mg_status mg_gnuplot_text(struct mg_str script, int stdout_fd, struct mg_err *err)
{
	FILE                 *f = nameless_file();
	struct mg_gnuplot_job job = { .stdout_fd = stdout_fd };
	enum mg_status        st;

	if (!f || fwrite(script.p, 1, script.n, f) != script.n || fflush(f) != 0 ||
	    lseek(fileno(f), 0, SEEK_SET) != 0) {
		st = mg_err_set(err, MG_FATAL, "cannot write a temporary file: %s", strerror(errno));
	} else {
		job.script_fd = fileno(f);
		st = mg_gnuplot_run(&job, err);
	}
	if (f)
		fclose(f);
	return st;
}
