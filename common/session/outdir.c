/* SPDX-License-Identifier: Apache-2.0 */
#include "session/outdir.h"

#include <sys/stat.h>

struct mg_str mg_session_outdir(struct mg_arena *a, const char *dir, const char *operand,
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

int mg_session_outdir_free(const struct mg_tool *tool, const char *dir, bool force)
{
	struct stat st;

	if (force || stat(dir, &st) != 0)
		return -1;
	return mg_usage_error(tool, "'%s' exists already; -f overwrites it, -o DIR chooses another",
			      dir);
}
