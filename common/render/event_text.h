/* event_text.h - events as lines for people, in columns that hold while a stream goes by.
 *
 * Layer:   render
 * A line is: clock, duration, severity, component@node, kind, what happened, path:line.
 * Columns widen when they must and never shrink, so nothing has to be known in advance.
 */
#ifndef MG_RENDER_EVENT_TEXT_H
#define MG_RENDER_EVENT_TEXT_H

#include "base/buf.h"
#include "event/event.h"

/* A zeroed struct is a good beginning. */
struct mg_event_text {
	size_t  width; /* columns to keep to, 0: as long as it takes */
	bool    color;
	size_t  source, kind;      /* widths so far   */
	int64_t day;               /* of the last row */
	bool    any;
};

/* Append the row; before the first one of each day a line with the date. */
void mg_event_text(struct mg_buf *b, struct mg_event_text *t, const struct mg_event *e,
		   struct mg_str path);

/* "etcd@master-0": component or pod, and the host without its domain; not escaped. */
void mg_event_text_source(struct mg_buf *b, const struct mg_event *e);

/* What happened, in a few words: the message, or else verb, object, code and user. */
void mg_event_text_what(struct mg_buf *b, const struct mg_event *e);

/* "CRITICAL", in colour when asked. */
void mg_event_text_severity(struct mg_buf *b, enum mg_severity s, bool color);

#endif
