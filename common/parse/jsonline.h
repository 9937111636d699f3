/* jsonline.h - walk the top-level members of a JSON object that stands on one log line.
 *
 * Layer:   parse (base only)
 * Memory:  allocates nothing; views point into the line (unescape writes to a caller's buffer)
 * Threads: pure functions
 * Cost:    one pass; nested values are skipped by bracket depth, not validated
 * Meant for log lines (docker JSON, component-base, zap), where the first members decide what
 * the line is.  Documents and audit events have parse/json.
 */
#ifndef MG_PARSE_JSONLINE_H
#define MG_PARSE_JSONLINE_H

#include "base/buf.h"

struct mg_jsonline {
	struct mg_str line;
	size_t        at;
	bool          bad; /* the walk ended before the closing brace */
};

struct mg_jsonmember {
	struct mg_str key;   /* without quotes, escapes as written */
	struct mg_str value; /* a string without its quotes, escapes as written; else as written */
	char          type;  /* '"' string, '0' number, 'b' true or false, 'n' null, '{', '[' */
};

/* False when the line (blanks skipped) does not begin with '{'. */
bool mg_jsonline_init(struct mg_jsonline *it, struct mg_str line);
/* The next member; false at the end, or at a fault (it->bad, it->at is where). */
bool mg_jsonline_next(struct mg_jsonline *it, struct mg_jsonmember *m);
/* Append the text of a string value; a broken escape stays as it is written. */
void mg_jsonline_unescape(struct mg_str raw, struct mg_buf *out);

#endif
