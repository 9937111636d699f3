/* text.h - text of unknown origin on a terminal: escaped, measured, cut, wrapped.
 *
 * Layer:   render
 * Everything that comes from the input passes through here before it reaches a text report:
 * a log line must not be able to move the cursor, set a title or reverse the reading order.
 * Threads: pure functions
 */
#ifndef MG_RENDER_TEXT_H
#define MG_RENDER_TEXT_H

#include "base/buf.h"

/* No limit for the functions below that take a width. */
#define MG_TEXT_ALL SIZE_MAX

/* Append `s` as one line of harmless UTF-8: tab becomes a space, LF "\n", CR "\r", other
 * control bytes (C0, DEL) and bytes that are not UTF-8 "\xNN", C1 and invisible or
 * direction-changing code points "\uNNNN".  More than `cols` columns are cut; the last
 * column is then "…".  Returns the columns written, never more than `cols`. */
size_t mg_text_escape(struct mg_buf *b, struct mg_str s, size_t cols);

/* Columns that (escaped) text takes on a terminal; wide East Asian characters take two. */
size_t mg_text_columns(struct mg_str s);

/* Append `n` spaces. */
void mg_text_pad(struct mg_buf *b, size_t n);

/* Append "path:line" (line 0: only the path) escaped and in at most `cols` columns if that
 * is possible: directories are dropped from the middle ("namespaces/…/logs/current.log:71"),
 * the file name and the line never. */
void mg_text_place(struct mg_buf *b, struct mg_str path, uint64_t line, size_t cols);

/* Take the next line of at most `cols` columns from *rest (escaped text), broken at a space
 * where there is one.  False when nothing is left. */
bool mg_text_wrap(struct mg_str *rest, size_t cols, struct mg_str *line);

/* Append `s`, escaped and wrapped at `width`; the text starts at column `at` (what stands
 * before it is already written), later lines are indented to `at`.  Ends with a newline. */
void mg_text_block(struct mg_buf *b, struct mg_str s, size_t at, size_t width);

#endif
