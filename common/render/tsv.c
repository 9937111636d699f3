/* SPDX-License-Identifier: Apache-2.0 */
#include "render/tsv.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/scan.h"
#include "io/out.h"

#define MAX_COLUMNS 256

/* --- writing ------------------------------------------------------------------- */

/* A name must not make cells or lines of its own. */
static void add_name(struct mg_buf *out, struct mg_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		mg_buf_addc(out, c < 0x20 || c == 0x7f ? ' ' : s.p[i]);
	}
}

static void add_number(struct mg_buf *out, double v)
{
	if (isfinite(v))
		mg_buf_printf(out, "%.10g", v);
}

const char *mg_tsv_step(int64_t ns, char *buf, size_t n)
{
	static const struct {
		int64_t     ns;
		const char *name;
	} units[] = { { MG_DAY, "d" }, { MG_HOUR, "h" }, { MG_MIN, "min" }, { MG_SEC, "s" },
		      { MG_MS, "ms" }, { 1, "ns" } };

	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (ns % units[i].ns == 0) {
			snprintf(buf, n, "%lld %s", (long long)(ns / units[i].ns), units[i].name);
			break;
		}
	return buf;
}

void mg_tsv_format(struct mg_buf *out, const struct mg_table *t)
{
	char text[40];

	mg_buf_printf(out, "# %s: %s; unit %s; step %s; ", t->name, t->title, t->unit,
		      mg_tsv_step(t->step_ns, text, sizeof(text)));
	mg_buf_addz(out, "time is UTC, the start of a step; an empty cell is not known\ntime");
	for (uint32_t c = 0; c < t->ncol; c++) {
		mg_buf_addc(out, '\t');
		add_name(out, t->col[c].name);
	}
	mg_buf_addc(out, '\n');
	for (size_t i = 0; i < t->n; i++) {
		/* within int64: the last bucket begins before the last time; its bits
		 * add up modulo 2^64 whatever the signs are */
		int64_t ns = (int64_t)((uint64_t)t->start_ns + (uint64_t)i * (uint64_t)t->step_ns);

		mg_buf_addz(out, mg_time_format(ns, t->step_ns % MG_SEC ? 3 : 0, text, sizeof(text)));
		for (uint32_t c = 0; c < t->ncol; c++) {
			mg_buf_addc(out, '\t');
			add_number(out, t->col[c].v[i]);
		}
		mg_buf_addc(out, '\n');
	}
}

static bool make_dir(const char *path, struct mg_err *err)
{
	if (mkdir(path, 0777) == 0 || errno == EEXIST)
		return true;
	if (err)
		err->sys_errno = errno;
	mg_err_set(err, MG_FATAL, "cannot create directory '%s': %s", path, strerror(errno));
	return false;
}

static enum mg_status write_table(const char *dir, const struct mg_table *t, struct mg_err *err)
{
	struct mg_buf  path = { 0 }, text = { 0 };
	struct mg_out  o;
	enum mg_status st;

	mg_buf_printf(&path, "%s/series/%s.tsv", dir, t->name);
	st = mg_out_file(&o, path.p);
	if (st == MG_OK) {
		mg_tsv_format(&text, t);
		mg_out_add(&o, mg_buf_str(&text));
		st = mg_out_close(&o);
	} else {
		mg_out_abort(&o);
	}
	if (st != MG_OK && err)
		*err = o.err;
	mg_buf_release(&path);
	mg_buf_release(&text);
	return st;
}

static void remove_tables(const char *series)
{
	DIR           *d = opendir(series);
	struct dirent *e;
	struct mg_buf  path = { 0 };

	while (d && (e = readdir(d))) {
		if (!mg_str_ends(mg_strz(e->d_name), MG_STR(".tsv")))
			continue;
		mg_buf_clear(&path);
		mg_buf_printf(&path, "%s/%s", series, e->d_name);
		unlink(path.p);
	}
	if (d)
		closedir(d);
	mg_buf_release(&path);
}

enum mg_status mg_tsv_write_dir(const char *dir, const struct mg_series *s, struct mg_err *err)
{
	struct mg_buf  path = { 0 };
	enum mg_status st = MG_FATAL;

	mg_buf_printf(&path, "%s/series", dir);
	if (make_dir(dir, err) && make_dir(path.p, err))
		st = MG_OK;
	remove_tables(path.p);
	for (uint32_t i = 0; i < s->n && st == MG_OK; i++)
		st = write_table(dir, &s->t[i], err);
	mg_buf_release(&path);
	return st;
}

/* --- reading --------------------------------------------------------------------- */

struct reader {
	struct mg_str name[MAX_COLUMNS];
	uint32_t      ncol;
	int64_t      *time;
	size_t        n, time_cap;
	double       *cell; /* n * ncol */
	size_t        ncell, cell_cap;
	uint64_t      line, bad;
};

static bool read_time(struct mg_str s, int64_t *ns)
{
	size_t used;
	double seconds;

	if (mg_time_parse(s, ns, &used, NULL))
		return used == s.n;
	if (!mg_num_f64(s, &seconds) || !(fabs(seconds) < 9e9))
		return false;
	*ns = (int64_t)(seconds * 1e9);
	return true;
}

static bool read_names(struct reader *r, struct mg_str line, struct mg_err *err)
{
	struct mg_str cell;

	for (bool more = mg_str_cut(line, '\t', &cell, &line); more && r->ncol < MAX_COLUMNS;) {
		more = mg_str_cut(line, '\t', &cell, &line);
		r->name[r->ncol++] = cell;
	}
	if (r->ncol)
		return true;
	if (err) {
		err->line = r->line;
		err->byte = 0;
	}
	mg_err_set(err, MG_FAIL, "expected a row of names divided by tabs, 'time' first");
	return false;
}

/* Missing cells and cells that are no number are not known. */
static void read_row(struct reader *r, struct mg_str line)
{
	struct mg_str cell;
	bool          more = mg_str_cut(line, '\t', &cell, &line);
	int64_t       ns;

	if (!read_time(cell, &ns) || r->n == MG_TSV_ROWS) {
		r->bad++;
		return;
	}
	MG_PUSH(r->time, r->n, r->time_cap, ns);
	for (uint32_t c = 0; c < r->ncol; c++) {
		double v = NAN;

		if (more) {
			more = mg_str_cut(line, '\t', &cell, &line);
			if (!mg_num_f64(cell, &v) || !isfinite(v))
				v = NAN;
		}
		MG_PUSH(r->cell, r->ncell, r->cell_cap, v);
	}
}

/* "# name: title; unit U; …" */
static void read_comment(struct mg_str line, struct mg_arena *a, struct mg_table *t)
{
	struct mg_str name, title, unit;

	if (!mg_str_cut(mg_str_trim(mg_str_from(line, 1)), ':', &name, &title) ||
	    mg_str_find(title, MG_STR("; unit ")) < 0)
		return;
	unit = mg_str_between(title, MG_STR("; unit "), MG_STR(";"));
	title = mg_str_head(title, (size_t)mg_str_find(title, MG_STR("; unit ")));
	t->name = mg_arena_str(a, name).p;
	t->title = mg_arena_str(a, mg_str_trim(title)).p;
	t->unit = mg_arena_str(a, mg_str_trim(unit)).p;
}

/* "# name: title; unit U; …": a table begins. */
static bool is_heading(struct mg_str line)
{
	return line.n && line.p[0] == '#' && mg_str_has(line, MG_STR("; unit "));
}

bool mg_tsv_cut(struct mg_str *text, struct mg_str *one, uint64_t *line)
{
	struct mg_str rest = *text, next;
	bool          any = false; /* something else than comments */

	*line += mg_scan_count(*one, '\n');
	while (rest.n) {
		struct mg_str at = rest;

		mg_str_cut(rest, '\n', &next, &rest);
		if (any && is_heading(next)) {
			*one = mg_str(text->p, (size_t)(at.p - text->p));
			*text = at;
			return true;
		}
		any |= next.n && next.p[0] != '#';
	}
	*one = *text;
	*text = mg_str("", 0);
	return one->n > 0;
}

static bool read_lines(struct reader *r, struct mg_str text, struct mg_arena *a,
		       struct mg_table *t, struct mg_err *err)
{
	struct mg_str line;

	while (text.n) {
		mg_str_cut(text, '\n', &line, &text);
		r->line++;
		if (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		if (line.n && line.p[0] == '#' && r->ncol == 0)
			read_comment(line, a, t);
		if (line.n == 0 || line.p[0] == '#')
			continue;
		if (r->ncol)
			read_row(r, line);
		else if (!read_names(r, line, err))
			return false;
	}
	if (r->n)
		return true;
	if (err)
		err->line = r->line;
	mg_err_set(err, MG_FAIL, "no row with a time");
	return false;
}

/* The frame that holds all rows: the smallest distance is the step. */
static void frame(const struct reader *r, struct mg_table *t)
{
	int64_t  first = r->time[0], last = r->time[0];
	uint64_t step = 0, span;

	for (size_t i = 1; i < r->n; i++) {
		uint64_t d = r->time[i] > r->time[i - 1] ?
				     (uint64_t)r->time[i] - (uint64_t)r->time[i - 1] :
				     (uint64_t)r->time[i - 1] - (uint64_t)r->time[i];

		if (d && (step == 0 || d < step))
			step = d;
		first = r->time[i] < first ? r->time[i] : first;
		last = r->time[i] > last ? r->time[i] : last;
	}
	span = (uint64_t)last - (uint64_t)first;
	if (step == 0)
		step = MG_SEC;
	if (span / step >= MG_TSV_ROWS)
		step = span / (MG_TSV_ROWS - 1) + 1;
	if (step > INT64_MAX)
		step = INT64_MAX;
	t->start_ns = first;
	t->step_ns = (int64_t)step;
	t->n = (size_t)(span / step) + 1;
}

static void fill(const struct reader *r, struct mg_arena *a, struct mg_table *t)
{
	t->ncol = r->ncol;
	t->col = mg_arena_zalloc(a, r->ncol * sizeof(*t->col));
	for (uint32_t c = 0; c < r->ncol; c++) {
		struct mg_column *col = &t->col[c];

		col->name = mg_arena_str(a, r->name[c]);
		col->v = mg_arena_alloc(a, t->n * sizeof(*col->v));
		for (size_t i = 0; i < t->n; i++)
			col->v[i] = NAN;
		for (size_t i = 0; i < r->n; i++) {
			double  v = r->cell[i * r->ncol + c];
			size_t  at = (size_t)(((uint64_t)r->time[i] - (uint64_t)t->start_ns) /
					      (uint64_t)t->step_ns);

			if (isnan(v))
				continue;
			col->v[at] = isnan(col->v[at]) || v > col->v[at] ? v : col->v[at];
			col->any |= v != 0;
		}
	}
}

enum mg_status mg_tsv_parse(struct mg_str text, struct mg_arena *a, struct mg_table *t,
			    uint64_t *bad, struct mg_err *err)
{
	struct reader *r = mg_zalloc(sizeof(*r));
	enum mg_status st = MG_FAIL;

	*t = (struct mg_table){ .name = "", .title = "", .unit = "" };
	if (read_lines(r, text, a, t, err)) {
		frame(r, t);
		fill(r, a, t);
		st = MG_OK;
	}
	if (bad)
		*bad = r->bad;
	free(r->time);
	free(r->cell);
	free(r);
	return st;
}
