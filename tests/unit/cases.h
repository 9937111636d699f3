/* cases.h - run a directory of data-driven cases: <dir>/<case>/input -> <dir>/<case>/expect.
 * A new case is two small files and no code.  MG_UPDATE=1 writes the expectations anew. */
#ifndef MG_TESTS_CASES_H
#define MG_TESTS_CASES_H

#include <dirent.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/mem.h"

/* Turn the input into text that a person can check. */
typedef void (*case_fn)(struct mg_str input, struct mg_buf *out);

static inline bool case_read(const char *path, struct mg_buf *b)
{
	FILE  *f = fopen(path, "rb");
	char   chunk[4096];
	size_t n;

	mg_buf_clear(b);
	if (!f)
		return false;
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		mg_buf_add(b, mg_str(chunk, n));
	fclose(f);
	return true;
}

static inline void case_write(const char *path, struct mg_str s)
{
	FILE *f = fopen(path, "wb");

	if (f) {
		fwrite(s.p, 1, s.n, f);
		fclose(f);
	}
}

/* The number of cases that differ; *n is how many were run. */
static inline int cases_run(const char *dir, case_fn fn, int *n)
{
	struct mg_buf  in = { 0 }, want = { 0 }, got = { 0 };
	DIR           *d = opendir(dir);
	struct dirent *e;
	int            bad = 0;

	*n = 0;
	while (d && (e = readdir(d))) {
		char path[512];

		snprintf(path, sizeof(path), "%s/%s/input", dir, e->d_name);
		if (e->d_name[0] == '.' || !case_read(path, &in))
			continue;
		mg_buf_clear(&got);
		fn(mg_buf_str(&in), &got);
		snprintf(path, sizeof(path), "%s/%s/expect", dir, e->d_name);
		if (getenv("MG_UPDATE"))
			case_write(path, mg_buf_str(&got));
		case_read(path, &want);
		++*n;
		if (mg_str_eq(mg_buf_str(&want), mg_buf_str(&got)))
			continue;
		bad++;
		fprintf(stderr, "%s differs, got:\n%.*s", path, MG_FMT(mg_buf_str(&got)));
	}
	if (d)
		closedir(d);
	mg_buf_release(&in);
	mg_buf_release(&want);
	mg_buf_release(&got);
	return bad;
}

#endif
