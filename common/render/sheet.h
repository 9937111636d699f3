/* sheet.h - a table of typed values, printed for people or for programs.
 *
 * For people: aligned columns, durations and shares in short form, "… and N more".  For
 * programs: TSV, CSV, JSON and JSON lines with raw numbers (durations in ns, times in RFC
 * 3339, shares as fractions); a value that is not known is an empty cell or null.
 *
 * Layer:   render
 * Memory:  a sheet keeps its texts until it is released
 */
#ifndef MG_RENDER_SHEET_H
#define MG_RENDER_SHEET_H

#include "base/arena.h"
#include "base/time.h"
#include "io/out.h"

enum mg_sheet_type {
	MG_SHEET_TEXT,  /* s                                                    */
	MG_SHEET_COUNT, /* i                                                    */
	MG_SHEET_BYTES, /* i                                                    */
	MG_SHEET_REAL,  /* d                                                    */
	MG_SHEET_SHARE, /* d, 0..1                                              */
	MG_SHEET_NS,    /* i: a duration                                        */
	MG_SHEET_TIME,  /* i: a point in time, for people with milliseconds     */
	MG_SHEET_CLOCK, /* i: a point in time, for people with seconds          */
	MG_SHEET_CODES, /* s: "404:12,500:3", an object in JSON                 */
};

enum mg_sheet_format { MG_SHEET_PEOPLE, MG_SHEET_TSV, MG_SHEET_CSV, MG_SHEET_JSON, MG_SHEET_JSONL };
/* "text", "tsv", "csv", "json", "jsonl"; false: none of these. */
bool mg_sheet_format_parse(struct mg_str name, enum mg_sheet_format *out);

struct mg_sheet_column {
	const char        *name; /* for programs: "p99_ns" */
	const char        *head; /* for people: "p99"; NULL: not shown to them */
	enum mg_sheet_type type;
};

struct mg_sheet_cell {
	bool          known; /* false: not known, whatever the rest says */
	struct mg_str s;
	int64_t       i;
	double        d;
};

#define MG_SHEET_COLUMNS 40

struct mg_sheet {
	struct mg_arena        arena;
	struct mg_sheet_column col[MG_SHEET_COLUMNS];
	unsigned               ncol;
	struct mg_sheet_cell  *cell; /* ncol a row */
	size_t                 n, cap;
	size_t                 left_out; /* rows behind these that were not even made */
	bool                   dated;    /* times have their day, whatever the rows say */
};

/* A zeroed sheet is empty.  All columns before the first row. */
void mg_sheet_column(struct mg_sheet *s, const char *name, const char *head,
		     enum mg_sheet_type type);
/* Begin a row: its cells, unknown at first; valid until the next row. */
struct mg_sheet_cell *mg_sheet_row(struct mg_sheet *s);
static inline struct mg_sheet_cell mg_cell_text(struct mg_str s)
{
	return (struct mg_sheet_cell){ .known = true, .s = s };
}
static inline struct mg_sheet_cell mg_cell_int(int64_t v)
{
	return (struct mg_sheet_cell){ .known = true, .i = v };
}
static inline struct mg_sheet_cell mg_cell_real(double v)
{
	return (struct mg_sheet_cell){ .known = true, .d = v };
}
/* A duration, unknown when negative; a time, unknown when MG_TIME_NONE. */
static inline struct mg_sheet_cell mg_cell_ns(int64_t ns)
{
	return (struct mg_sheet_cell){ .known = ns >= 0, .i = ns };
}
static inline struct mg_sheet_cell mg_cell_time(int64_t ns)
{
	return (struct mg_sheet_cell){ .known = ns != MG_TIME_NONE, .i = ns };
}
/* Sort rows by a column: numbers from high to low, times and texts from low to high; equal
 * ones by their text columns from left to right. */
void mg_sheet_sort(struct mg_sheet *s, unsigned col);
/* The column of that name, for people or for programs; ncol when there is none. */
unsigned mg_sheet_find(const struct mg_sheet *s, struct mg_str name);
/* Are all of these names, with commas between, columns of the sheet?  Else the first that is
 * not in *bad. */
bool mg_sheet_has(const struct mg_sheet *s, struct mg_str names, struct mg_str *bad);
/* Keep only these columns, in this order, and of the others those from `keep` on; people see
 * all of them. */
void mg_sheet_choose(struct mg_sheet *s, struct mg_str names, unsigned keep);
/* Print the first `top` rows (0: all). */
void mg_sheet_print(const struct mg_sheet *s, struct mg_out *o, enum mg_sheet_format format,
		    size_t top, bool headings);
void mg_sheet_release(struct mg_sheet *s);

/* Append a text as one cell of CSV: quoted when it must be; what a spreadsheet would take for
 * a formula gets an apostrophe before it. */
void mg_sheet_csv(struct mg_buf *b, struct mg_str s);

#endif
