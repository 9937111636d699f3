/* SPDX-License-Identifier: Apache-2.0 */
#include "session/outdir.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/confine.h"
#include "base/leavings.h"
#include "base/mem.h"
#include "io/out.h"

/* The directory that holds the entry `path`; to be freed. */
static char *parent_of(const char *path)
{
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		n--;
	while (n > 0 && path[n - 1] != '/')
		n--;
	return n ? mg_strndup(path, n) : mg_strndup(".", 1);
}

struct mg_str mg_outdir_name(struct mg_arena *a, const char *dir, const char *operand,
			     const char *suffix)
{
	static const char *const suffixes[] = { ".gz", ".xz", ".zst", ".bz2", ".tgz", ".tar",
						".zip" };
	struct mg_str            s = mg_strz(operand);

	if (dir)
		return mg_arena_str(a, mg_strz(dir));
	while (s.n > 1 && s.p[s.n - 1] == '/')
		s.n--;
	s = mg_str_basename(s);
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
		if (s.n > strlen(suffixes[i]) && mg_str_ends(s, mg_strz(suffixes[i])))
			s.n -= strlen(suffixes[i]);
	if (s.n == 0 || mg_str_eq(s, MG_STR("-")) || mg_str_eq(s, MG_STR(".")) ||
	    mg_str_eq(s, MG_STR("..")))
		s = MG_STR("incident");
	return mg_arena_printf(a, "%.*s.%s", MG_FMT(s), suffix);
}

int mg_outdir_begin(const struct mg_tool *tool, const char *path, const char *file, bool force,
		    bool exec, struct mg_outdir *d)
{
	struct mg_confine c = { .dir = path, .exec = exec && path };
	struct mg_err     err = { 0 };
	struct stat       st;
	bool              exists = path && stat(path, &st) == 0;
	char             *parent = NULL, *beside = NULL;

	*d = (struct mg_outdir){ 0 };
	if (exists && !force)
		return mg_usage_error(tool, "'%s' exists already; -f overwrites it, -o DIR chooses "
					    "another", path);
	if (file && !force && stat(file, &st) == 0)
		return mg_usage_error(tool, "'%s' exists already; -f overwrites it", file);
	if (path && mg_out_dir(path, &err) != MG_OK) {
		mg_say(tool, "%s; -o DIR chooses another, --no-report needs none", err.msg);
		return MG_EXIT_OUTPUT;
	}
	if (path && !exists) {
		d->made = mg_strndup(path, strlen(path));
		d->slot = mg_leavings_path(MG_LEAVING_DIR, AT_FDCWD, d->made);
		c.emptied = parent = parent_of(path);
	}
	if (file)
		c.also = beside = parent_of(file);
	mg_confine(&c);
	free(beside);
	free(parent);
	return -1;
}

void mg_outfile_confine(const char *path, bool exec)
{
	struct mg_confine c = { .exec = exec };
	struct stat       st;
	char             *parent = path ? parent_of(path) : NULL;

	if (path && stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		c.file = path;
	else
		c.dir = parent;
	mg_confine(&c);
	free(parent);
}

void mg_outdir_end(struct mg_outdir *d)
{
	if (!d->made)
		return;
	mg_leavings_done(d->slot);
	rmdir(d->made); /* fails when the report is in it, and should */
	free(d->made);
	*d = (struct mg_outdir){ 0 };
}
