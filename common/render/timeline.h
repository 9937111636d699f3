/* timeline.h - events in order of time, in one of the forms that people or tools read.
 *
 * Layer:   render
 * Memory:  most forms keep nothing; those with bars keep a line an interval, those with
 *          groups what analysis/event_counts.h says
 */
#ifndef MG_RENDER_TIMELINE_H
#define MG_RENDER_TIMELINE_H

#include "analysis/event_counts.h"
#include "io/out.h"
#include "render/event_text.h"

enum mg_timeline_form {
	MG_TIMELINE_TEXT,
	MG_TIMELINE_JSONL,
	MG_TIMELINE_JSON,
	MG_TIMELINE_TSV,
	MG_TIMELINE_LOG,   /* one line each that starts with time and level: lnav reads it    */
	MG_TIMELINE_TRACE, /* Chrome trace JSON: Perfetto and chrome://tracing read it         */
	MG_TIMELINE_BARS,  /* intervals, each with a bar on the clock                          */
	MG_TIMELINE_GROUPS,     /* a line a group: count, peak, how many over time             */
	MG_TIMELINE_GROUPS_TSV, /* the same as a table over time, which mgplot draws           */
};
/* "text", "jsonl", "json", "tsv", "log", "trace"; false: none of these. */
bool mg_timeline_form_parse(const char *name, enum mg_timeline_form *out);

struct mg_timeline {
	enum mg_timeline_form  form;
	struct mg_out         *out;
	bool                   headings; /* of TSV                                            */
	bool                   states; /* also what only tells how something is, in the forms for
					  people; streams have all of it */
	size_t                 max;   /* at most so many events, or groups; 0: all           */
	struct mg_event_text   text;  /* width of the terminal and colour, given             */
	struct mg_event_counts counts; /* `by` and the first step_ns, given for groups       */
	uint64_t               shown, hidden; /* events; groups behind "other"               */
	struct mg_timeline_lanes *lanes;
	struct mg_timeline_bars  *bars;
};

void mg_timeline_begin(struct mg_timeline *t);
void mg_timeline_add(struct mg_timeline *t, const struct mg_event *e, struct mg_str path);
void mg_timeline_end(struct mg_timeline *t); /* and release what it kept */

#endif
