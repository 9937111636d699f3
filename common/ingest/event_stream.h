/* event_stream.h - the lines of a file of events, for mg_merge_lines.
 *
 * Layer:   ingest (base io event)
 * Memory:  one block of the file at a time
 * Threads: one stream belongs to one thread
 */
#ifndef MG_INGEST_EVENT_STREAM_H
#define MG_INGEST_EVENT_STREAM_H

#include "base/err.h"
#include "base/str.h"

struct mg_event_stream;

/* Open `name` ("-" is stdin), plain or gzip, when it is a stream of events; a file without
 * a byte is one of no events.  NULL when it cannot be opened or is something else: then
 * *consumed says whether it was a pipe that has lost its first bytes by this look. */
struct mg_event_stream *mg_event_stream_open(const char *name, bool *consumed);
/* The next line; a mg_line_fn with the stream as ctx. */
enum mg_status          mg_event_stream_line(void *stream, struct mg_str *line,
					     uint64_t *number, struct mg_err *err);
const char             *mg_event_stream_name(const struct mg_event_stream *s);
void                    mg_event_stream_close(struct mg_event_stream *s); /* NULL is fine */

#endif
