/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/texttable.h"

static size_t skip(struct mg_str s, size_t i, bool blanks)
{
	while (i < s.n && (s.p[i] == ' ' || s.p[i] == '\t') == blanks)
		i++;
	return i;
}

/* The next heading from *i: words that are one blank apart are one name ("POD ID"). */
static bool heading_word(struct mg_str s, size_t *i, size_t *start, struct mg_str *name)
{
	size_t end;

	*start = skip(s, *i, true);
	if (*start >= s.n)
		return false;
	end = skip(s, *start, false);
	while (end + 1 < s.n && s.p[end] == ' ' && s.p[end + 1] != ' ' && s.p[end + 1] != '\t')
		end = skip(s, end + 1, false);
	*name = mg_str(s.p + *start, end - *start);
	*i = end;
	return true;
}

static bool has(struct mg_str line, const char *heading)
{
	struct mg_str name;
	size_t        i = 0, at;

	while (heading_word(line, &i, &at, &name))
		if (mg_str_eq(name, mg_strz(heading)))
			return true;
	return false;
}

enum mg_texttable_kind mg_texttable_heading(struct mg_str line)
{
	line = mg_str_trim(line);
	if (line.n > 1024)
		return MG_TT_NONE;
	if (mg_str_starts(line, MG_STR("PriorityLevelName,"))) {
		if (mg_str_has(line, MG_STR("ArriveTime")))
			return MG_TT_APF_REQUESTS;
		return mg_str_has(line, MG_STR("PendingRequests")) ? MG_TT_APF_QUEUES
								   : MG_TT_APF_LEVELS;
	}
	if (has(line, "NAME") && has(line, "CPU(cores)") && has(line, "MEMORY(bytes)"))
		return has(line, "CPU%") ? MG_TT_TOP_NODES : MG_TT_TOP_PODS;
	if (!has(line, "STATE") || !has(line, "ATTEMPT") || !has(line, "CREATED"))
		return MG_TT_NONE;
	if (mg_str_starts(line, MG_STR("CONTAINER")) && has(line, "IMAGE"))
		return MG_TT_CRICTL_PS;
	return mg_str_starts(line, MG_STR("POD ID")) ? MG_TT_CRICTL_PODS : MG_TT_NONE;
}

static void add_column(struct mg_texttable *t, struct mg_str name, size_t at)
{
	if (t->ncol == MG_TT_COLUMNS)
		return;
	name = mg_str_head(name, MG_TT_NAME - 1);
	memcpy(t->name[t->ncol], name.p, name.n);
	t->name[t->ncol][name.n] = '\0';
	t->at[t->ncol++] = at;
}

static void read_heading(struct mg_texttable *t, struct mg_str line)
{
	struct mg_str name, rest = line;
	size_t        i = 0, at;

	t->ncol = 0;
	t->commas = mg_str_starts(mg_str_trim(line), MG_STR("PriorityLevelName,"));
	if (t->commas) {
		while (rest.n) {
			mg_str_cut(rest, ',', &name, &rest);
			add_column(t, mg_str_trim(name), 0);
		}
		return;
	}
	while (heading_word(line, &i, &at, &name))
		add_column(t, name, at);
}

/* Where the columns stand; a cell that is wider than its column pushes the rest of its line,
 * so a cell begins behind a blank at or after its place. */
static unsigned aligned_cells(struct mg_texttable *t, struct mg_str line)
{
	size_t   from = 0;
	unsigned n = 0;

	for (unsigned c = 0; c < t->ncol; c++) {
		size_t to = c + 1 < t->ncol ? t->at[c + 1] : line.n;

		if (to > line.n)
			to = line.n;
		if (to < from)
			to = from;
		while (to < line.n && to > from && line.p[to - 1] != ' ' && line.p[to - 1] != '\t')
			to++;
		t->cell[c] = mg_str_trim(mg_str(line.p + from, to - from));
		n += t->cell[c].n > 0;
		from = to;
	}
	return n;
}

static unsigned comma_cells(struct mg_texttable *t, struct mg_str line)
{
	unsigned n = 0;

	for (unsigned c = 0; c < t->ncol; c++) {
		/* the last one may hold commas: a path, a user */
		if (c + 1 < t->ncol)
			mg_str_cut(line, ',', &t->cell[c], &line);
		else
			t->cell[c] = line;
		t->cell[c] = mg_str_trim(t->cell[c]);
		n += t->cell[c].n > 0;
	}
	return n;
}

enum mg_status mg_texttable_line(struct mg_texttable *t, struct mg_str line)
{
	enum mg_texttable_kind k = mg_texttable_heading(line);

	if (k != MG_TT_NONE) {
		t->kind = k;
		read_heading(t, line);
		return MG_SKIP;
	}
	if (t->kind == MG_TT_NONE || mg_str_trim(line).n == 0)
		return MG_SKIP;
	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	return (t->commas ? comma_cells(t, line) : aligned_cells(t, line)) >= 2 ? MG_OK : MG_FAIL;
}

struct mg_str mg_texttable_cell(const struct mg_texttable *t, const char *name)
{
	for (unsigned c = 0; c < t->ncol; c++)
		if (strcmp(t->name[c], name) == 0) {
			struct mg_str s = t->cell[c];

			return mg_str_eq(s, MG_STR("<none>")) || mg_str_eq(s, MG_STR("<unknown>")) ||
			       mg_str_eq(s, MG_STR("-")) ? mg_str("", 0) : s;
		}
	return mg_str("", 0);
}
