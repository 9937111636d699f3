/* SPDX-License-Identifier: Apache-2.0 */
#include "render/sheet.h"

#include <inttypes.h>
#include <math.h>

#include "base/mem.h"
#include "base/num.h"
#include "render/text.h"

bool mg_sheet_format_parse(struct mg_str name, enum mg_sheet_format *out)
{
	static const char *const names[] = { "text", "tsv", "csv", "json", "jsonl" };

	for (int i = 0; i < 5; i++)
		if (mg_str_eq(name, mg_strz(names[i]))) {
			*out = (enum mg_sheet_format)i;
			return true;
		}
	return false;
}

void mg_sheet_column(struct mg_sheet *s, const char *name, const char *head,
		     enum mg_sheet_type type)
{
	if (s->ncol < MG_SHEET_COLUMNS)
		s->col[s->ncol++] = (struct mg_sheet_column){ name, head, type };
}

struct mg_sheet_cell *mg_sheet_row(struct mg_sheet *s)
{
	struct mg_sheet_cell *row;

	if (s->n == s->cap) {
		s->cap = s->cap ? s->cap * 2 : 64;
		s->cell = mg_realloc(s->cell, s->cap * s->ncol, sizeof(*s->cell));
	}
	row = s->cell + s->n++ * s->ncol;
	memset(row, 0, s->ncol * sizeof(*row));
	return row;
}

void mg_sheet_release(struct mg_sheet *s)
{
	mg_arena_release(&s->arena);
	free(s->cell);
	*s = (struct mg_sheet){ 0 };
}

/* --- choosing columns ------------------------------------------------------------ */

bool mg_sheet_has(const struct mg_sheet *s, struct mg_str names, struct mg_str *bad)
{
	do {
		mg_str_cut(names, ',', bad, &names);
		if (mg_sheet_find(s, *bad) == s->ncol)
			return false;
	} while (names.n);
	return true;
}

static void keep_column(unsigned *order, unsigned *n, unsigned c)
{
	for (unsigned k = 0; k < *n; k++)
		if (order[k] == c)
			return;
	order[(*n)++] = c;
}

void mg_sheet_choose(struct mg_sheet *s, struct mg_str names, unsigned keep)
{
	struct mg_sheet_column col[MG_SHEET_COLUMNS];
	struct mg_sheet_cell   row[MG_SHEET_COLUMNS], *to = s->cell;
	unsigned               order[MG_SHEET_COLUMNS], n = 0, c;
	struct mg_str          one;

	while (names.n) {
		mg_str_cut(names, ',', &one, &names);
		if ((c = mg_sheet_find(s, one)) < s->ncol)
			keep_column(order, &n, c);
	}
	for (c = keep; c < s->ncol; c++)
		keep_column(order, &n, c);
	for (unsigned k = 0; k < n; k++) {
		col[k] = s->col[order[k]];
		col[k].head = col[k].head ? col[k].head : col[k].name;
	}
	for (size_t i = 0; i < s->n; i++, to += n) { /* rows become shorter: none overtakes */
		memcpy(row, s->cell + i * s->ncol, s->ncol * sizeof(*row));
		for (unsigned k = 0; k < n; k++)
			to[k] = row[order[k]];
	}
	memcpy(s->col, col, n * sizeof(*col));
	s->ncol = n;
	s->cap = s->n; /* of the new width at least so many */
}

/* --- sorting --------------------------------------------------------------------- */

unsigned mg_sheet_find(const struct mg_sheet *s, struct mg_str name)
{
	for (unsigned c = 0; c < s->ncol; c++)
		if (mg_str_eq(name, mg_strz(s->col[c].name)) ||
		    (s->col[c].head && mg_str_eq(name, mg_strz(s->col[c].head))))
			return c;
	return s->ncol;
}

static int up(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}

static int compare(enum mg_sheet_type type, const struct mg_sheet_cell *a,
		   const struct mg_sheet_cell *b)
{
	if (!a->known || !b->known)
		return (int)b->known - (int)a->known; /* the unknown last */
	switch (type) {
	case MG_SHEET_REAL:
	case MG_SHEET_SHARE:
		return a->d > b->d ? -1 : a->d < b->d;
	case MG_SHEET_COUNT:
	case MG_SHEET_BYTES:
	case MG_SHEET_NS:
	case MG_SHEET_CODES: /* their sum */
		return up(b->i, a->i);
	case MG_SHEET_TIME:
	case MG_SHEET_CLOCK:
		return up(a->i, b->i);
	case MG_SHEET_TEXT:
		return mg_str_cmp(a->s, b->s);
	}
	return 0;
}

/* Rows by `col`, then by all texts. */
static int compare_rows(const struct mg_sheet *s, unsigned col, const struct mg_sheet_cell *a,
			const struct mg_sheet_cell *b)
{
	int c = compare(s->col[col].type, a + col, b + col);

	for (unsigned k = 0; c == 0 && k < s->ncol; k++)
		if (s->col[k].type == MG_SHEET_TEXT)
			c = compare(MG_SHEET_TEXT, a + k, b + k);
	return c;
}

/* Stable, so that what is equal stays in the order it was added. */
static void merge_sort(const struct mg_sheet *s, unsigned col, const struct mg_sheet_cell **v,
		       const struct mg_sheet_cell **tmp, size_t n)
{
	size_t mid = n / 2, i = 0, j = mid;

	if (n < 2)
		return;
	merge_sort(s, col, v, tmp, mid);
	merge_sort(s, col, v + mid, tmp, n - mid);
	for (size_t k = 0; k < n; k++)
		tmp[k] = i < mid && (j == n || compare_rows(s, col, v[i], v[j]) <= 0) ? v[i++] : v[j++];
	memcpy(v, tmp, n * sizeof(*v));
}

void mg_sheet_sort(struct mg_sheet *s, unsigned col)
{
	const struct mg_sheet_cell **v = mg_alloc((s->n + 1) * sizeof(*v));
	const struct mg_sheet_cell **tmp = mg_alloc((s->n + 1) * sizeof(*tmp));
	struct mg_sheet_cell        *sorted = mg_alloc((s->n * s->ncol + 1) * sizeof(*sorted));

	for (size_t i = 0; i < s->n; i++)
		v[i] = s->cell + i * s->ncol;
	merge_sort(s, col, v, tmp, s->n);
	for (size_t i = 0; i < s->n; i++)
		memcpy(sorted + i * s->ncol, v[i], s->ncol * sizeof(*sorted));
	free(s->cell);
	s->cell = sorted;
	s->cap = s->n ? s->n : s->cap;
	if (s->n == 0)
		s->cap = 0;
	free(tmp);
	free(v);
}

/* --- for people -------------------------------------------------------------------- */

static void real_text(struct mg_buf *b, double v)
{
	double a = fabs(v);

	mg_buf_printf(b, a >= 100 || v == 0 ? "%.0f" : a >= 10 ? "%.1f" : a >= 0.01 ? "%.2f" : "%.1g", v);
}

static bool is_time(enum mg_sheet_type type)
{
	return type == MG_SHEET_TIME || type == MG_SHEET_CLOCK;
}

/* Do all times of the sheet lie on one day?  Then the day need not be written. */
static bool one_day(const struct mg_sheet *s)
{
	int64_t day = MG_TIME_NONE;

	if (s->dated)
		return false;
	for (size_t i = 0; i < s->n * s->ncol; i++) {
		const struct mg_sheet_cell *c = &s->cell[i];
		int64_t d = c->i / MG_DAY - (c->i % MG_DAY < 0);

		if (!is_time(s->col[i % s->ncol].type) || !c->known)
			continue;
		if (day != MG_TIME_NONE && d != day)
			return false;
		day = d;
	}
	return true;
}

static void show(struct mg_buf *b, enum mg_sheet_type type, const struct mg_sheet_cell *c,
		 bool clock)
{
	char text[48];
	int  digits;

	if (!c->known) {
		mg_buf_addc(b, '-');
		return;
	}
	switch (type) {
	case MG_SHEET_TEXT:
	case MG_SHEET_CODES:
		if (c->s.n)
			mg_text_escape(b, c->s, MG_TEXT_ALL);
		else
			mg_buf_addc(b, '-');
		break;
	case MG_SHEET_COUNT: mg_buf_printf(b, "%" PRId64, c->i); break;
	case MG_SHEET_BYTES:
		mg_buf_addz(b, mg_num_bytes_text((double)c->i, text, sizeof(text)));
		break;
	case MG_SHEET_REAL: real_text(b, c->d); break;
	case MG_SHEET_SHARE: mg_buf_printf(b, "%.1f%%", c->d * 100); break;
	case MG_SHEET_NS: mg_buf_addz(b, mg_duration_text(c->i, text, sizeof(text))); break;
	case MG_SHEET_TIME:
	case MG_SHEET_CLOCK:
		digits = type == MG_SHEET_TIME ? 3 : 0;
		mg_buf_addz(b, clock ? mg_time_clock(c->i, digits, text, sizeof(text))
				     : mg_time_format(c->i, digits, text, sizeof(text)));
		break;
	}
}

static bool is_right(enum mg_sheet_type type)
{
	return type == MG_SHEET_COUNT || type == MG_SHEET_REAL || type == MG_SHEET_SHARE ||
	       type == MG_SHEET_NS;
}

/* Cells as text, the heading first; the caller frees it with the arena. */
static struct mg_str *texts(const struct mg_sheet *s, size_t rows, struct mg_arena *arena)
{
	struct mg_str *v = mg_alloc((rows + 1) * s->ncol * sizeof(*v));
	struct mg_buf  b = { 0 };
	bool           clock = one_day(s);

	for (unsigned c = 0; c < s->ncol; c++)
		v[c] = mg_strz(s->col[c].head);
	for (size_t i = 0; i < rows * s->ncol; i++) {
		mg_buf_clear(&b);
		show(&b, s->col[i % s->ncol].type, &s->cell[i], clock);
		v[s->ncol + i] = mg_arena_str(arena, mg_buf_str(&b));
	}
	mg_buf_release(&b);
	return v;
}

static void print_row(const struct mg_sheet *s, struct mg_buf *b, const struct mg_str *v,
		      const size_t *width, unsigned last)
{
	bool first = true;

	for (unsigned c = 0; c <= last; c++) {
		size_t w = mg_text_columns(v[c]), pad = width[c] > w ? width[c] - w : 0;

		if (!s->col[c].head)
			continue;
		if (!first)
			mg_buf_addz(b, "  ");
		first = false;
		if (is_right(s->col[c].type))
			mg_text_pad(b, pad);
		mg_buf_add(b, v[c]);
		if (!is_right(s->col[c].type) && c != last)
			mg_text_pad(b, pad);
	}
	mg_buf_addc(b, '\n');
}

static void print_people(const struct mg_sheet *s, struct mg_out *o, size_t rows, bool headings)
{
	struct mg_arena arena = { 0 };
	struct mg_str  *v = texts(s, rows, &arena);
	size_t          width[MG_SHEET_COLUMNS] = { 0 };
	unsigned        last = 0;
	struct mg_buf   b = { 0 };

	for (unsigned c = 0; c < s->ncol; c++)
		last = s->col[c].head ? c : last;
	for (size_t i = headings ? 0 : s->ncol; i < (rows + 1) * s->ncol; i++) {
		size_t w = mg_text_columns(v[i]);

		width[i % s->ncol] = w > width[i % s->ncol] ? w : width[i % s->ncol];
	}
	for (size_t i = headings ? 0 : 1; i <= rows; i++) {
		mg_buf_clear(&b);
		print_row(s, &b, v + i * s->ncol, width, last);
		mg_out_add(o, mg_buf_str(&b));
	}
	if (rows < s->n + s->left_out)
		mg_out_printf(o, "\xe2\x80\xa6 and %zu more\n", s->n + s->left_out - rows);
	mg_buf_release(&b);
	mg_arena_release(&arena);
	free(v);
}

/* --- for programs ---------------------------------------------------------------------- */

/* A value that is no text. */
static void raw_number(struct mg_buf *b, enum mg_sheet_type type, const struct mg_sheet_cell *c)
{
	char text[48];

	switch (type) {
	case MG_SHEET_COUNT:
	case MG_SHEET_BYTES:
	case MG_SHEET_NS: mg_buf_printf(b, "%" PRId64, c->i); break;
	case MG_SHEET_REAL:
	case MG_SHEET_SHARE: mg_buf_printf(b, "%.6g", c->d); break;
	case MG_SHEET_TIME:
	case MG_SHEET_CLOCK: mg_buf_addz(b, mg_time_format(c->i, 6, text, sizeof(text))); break;
	default: break;
	}
}

static bool is_text(enum mg_sheet_type type)
{
	return type == MG_SHEET_TEXT || type == MG_SHEET_CODES;
}

static void tsv_cell(struct mg_buf *b, struct mg_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == '\t' || c == '\n' || c == '\r' || c == '\\')
			mg_buf_printf(b, "\\%c", c == '\t' ? 't' : c == '\n' ? 'n' : c == '\r' ? 'r' : '\\');
		else if (c < 0x20 || c == 0x7f)
			mg_buf_printf(b, "\\x%02x", c);
		else
			mg_buf_addc(b, s.p[i]);
	}
}

void mg_sheet_csv(struct mg_buf *b, struct mg_str s)
{
	bool quote = false;

	for (size_t i = 0; i < s.n; i++)
		quote |= s.p[i] == ',' || s.p[i] == '"' || s.p[i] == '\n' || s.p[i] == '\r';
	if (quote)
		mg_buf_addc(b, '"');
	if (s.n && strchr("=+-@\t\r", s.p[0]))
		mg_buf_addc(b, '\'');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"')
			mg_buf_addc(b, '"');
		mg_buf_addc(b, s.p[i]);
	}
	if (quote)
		mg_buf_addc(b, '"');
}

static void print_cells(const struct mg_sheet *s, struct mg_out *o, size_t rows, bool csv,
			bool headings)
{
	char          sep = csv ? ',' : '\t';
	struct mg_buf b = { 0 };

	for (unsigned c = 0; headings && c < s->ncol; c++)
		mg_buf_printf(&b, "%s%c", s->col[c].name, c + 1 < s->ncol ? sep : '\n');
	for (size_t i = 0; i < rows * s->ncol; i++) {
		unsigned                    c = (unsigned)(i % s->ncol);
		const struct mg_sheet_cell *v = &s->cell[i];

		if (v->known && !is_text(s->col[c].type))
			raw_number(&b, s->col[c].type, v);
		else if (v->known && csv)
			mg_sheet_csv(&b, v->s);
		else if (v->known)
			tsv_cell(&b, v->s);
		mg_buf_addc(&b, c + 1 < s->ncol ? sep : '\n');
		if (c + 1 == s->ncol) {
			mg_out_add(o, mg_buf_str(&b));
			mg_buf_clear(&b);
		}
	}
	mg_out_add(o, mg_buf_str(&b));
	mg_buf_release(&b);
}

/* "404:12,500:3" -> {"404":12,"500":3} */
static void json_codes(struct mg_buf *b, struct mg_str s)
{
	struct mg_str one, code, n;

	mg_buf_addc(b, '{');
	for (bool first = true; s.n; first = false) {
		mg_str_cut(s, ',', &one, &s);
		mg_str_cut(one, ':', &code, &n);
		mg_buf_printf(b, "%s\"%.*s\":%.*s", first ? "" : ",", MG_FMT(code), MG_FMT(n));
	}
	mg_buf_addc(b, '}');
}

static void json_cell(struct mg_buf *b, enum mg_sheet_type type, const struct mg_sheet_cell *c)
{
	if (!c->known)
		mg_buf_addz(b, "null");
	else if (type == MG_SHEET_TEXT)
		mg_buf_json(b, c->s);
	else if (type == MG_SHEET_CODES)
		json_codes(b, c->s);
	else if (is_time(type)) {
		mg_buf_addc(b, '"');
		raw_number(b, type, c);
		mg_buf_addc(b, '"');
	} else
		raw_number(b, type, c);
}

static void print_json(const struct mg_sheet *s, struct mg_out *o, size_t rows, bool lines)
{
	struct mg_buf b = { 0 };

	if (!lines)
		mg_out_add(o, MG_STR("["));
	for (size_t i = 0; i < rows; i++) {
		mg_buf_clear(&b);
		mg_buf_addz(&b, lines ? "{" : i ? ",\n {" : "\n {");
		for (unsigned c = 0; c < s->ncol; c++) {
			mg_buf_printf(&b, "%s\"%s\":", c ? "," : "", s->col[c].name);
			json_cell(&b, s->col[c].type, &s->cell[i * s->ncol + c]);
		}
		mg_buf_addz(&b, lines ? "}\n" : "}");
		mg_out_add(o, mg_buf_str(&b));
	}
	if (!lines)
		mg_out_add(o, rows ? MG_STR("\n]\n") : MG_STR("]\n"));
	mg_buf_release(&b);
}

void mg_sheet_print(const struct mg_sheet *s, struct mg_out *o, enum mg_sheet_format format,
		    size_t top, bool headings)
{
	size_t rows = top && top < s->n ? top : s->n;

	switch (format) {
	case MG_SHEET_PEOPLE:
		if (s->n)
			print_people(s, o, rows, headings);
		break;
	case MG_SHEET_TSV:
	case MG_SHEET_CSV:
		print_cells(s, o, rows, format == MG_SHEET_CSV, headings);
		break;
	case MG_SHEET_JSON:
	case MG_SHEET_JSONL:
		print_json(s, o, rows, format == MG_SHEET_JSONL);
		break;
	}
}
