/* wire.h - events as text: one JSON object a line, or tab-separated columns, and back.
 *
 * Layer:   event
 * Memory:  writers append to a buffer; the reader copies what it keeps into an arena
 * Threads: pure functions
 * Format:  docs/man/mg-events.5, docs/schemas/events-1.json
 *
 * `time` comes first and is always 30 bytes, so `LC_ALL=C sort -m` merges streams.  On the
 * wire an artifact is its path; inside it is an id, so both directions need the names.
 */
#ifndef MG_EVENT_WIRE_H
#define MG_EVENT_WIRE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/map.h"
#include "event/batch.h"

/* Append the event as one line, LF included.  `path` is that of its artifact, may be empty. */
void mg_wire_json(struct mg_buf *b, const struct mg_event *e, struct mg_str path);

/* Only its attributes, as a JSON object; {} when it has none. */
void mg_wire_attrs(struct mg_buf *b, const struct mg_event *e);

/* The same as fixed columns for awk: the keys of the JSON form in its order, attrs as a JSON
 * object.  An absent value is empty; tab, LF, CR and backslash in a value are \t \n \r \\. */
void mg_wire_tsv_heading(struct mg_buf *b);
void mg_wire_tsv(struct mg_buf *b, const struct mg_event *e, struct mg_str path);

/* Parse one line (no LF) as written by mg_wire_json.  The views of *out point into `a`;
 * out->artifact is the id of its path in `paths` (MG_NONE: no path).  Unknown keys are
 * ignored, key order does not matter, an attribute that is no string or number keeps its
 * JSON text.  MG_OK; MG_SKIP for a blank line; MG_FAIL with err->byte and a message when it
 * is no event (err->line is left to the caller). */
enum mg_status mg_wire_parse(struct mg_str line, struct mg_arena *a, struct mg_intern *paths,
			     struct mg_event *out, struct mg_err *err);

/* The same, added to a batch. */
enum mg_status mg_wire_read(struct mg_str line, struct mg_batch *b, struct mg_intern *paths,
			    struct mg_err *err);

#endif
