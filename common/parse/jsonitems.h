/* jsonitems.h - cut a stream of JSON into single objects.
 *
 * A top-level object with "items": [...] yields the elements of items; a top-level array
 * yields its elements; any other top-level object yields itself.  Documents may follow one
 * another.  Brackets are counted outside of strings; nothing else is looked at, so a damaged
 * object is only noticed by who parses it.  In indented JSON, a new object at the column
 * where the objects of this list begin ends one whose brackets do not match.
 *
 * Layer:   parse (base)
 * Memory:  one object, at most MG_ITEM_MAX bytes
 * Threads: one cutter belongs to one thread at a time
 */
#ifndef MG_PARSE_JSONITEMS_H
#define MG_PARSE_JSONITEMS_H

#include "parse/yamlitems.h"

struct mg_jsonitems {
	mg_item_fn    fn;
	void         *ctx;
	/* Private from here on. */
	struct mg_buf text;          /* the open object, as far as it came in earlier texts */
	uint64_t      depth, line, item_line;
	uint64_t      item_depth;    /* depth outside of an object that is cut out; 0: documents */
	uint64_t      item_column, column;
	bool          open, too_big, in_string, escaped, blank; /* blank: nothing yet on this line */
	bool          top_array, items; /* inside the array that holds the objects */
	char          word[64];      /* last string at depth 1 */
	size_t        nword;
	char          key[64];       /* last key at depth 1 */
	char          list_kind[64];
};

void mg_jsonitems_text(struct mg_jsonitems *j, struct mg_str text, uint64_t first_line);
void mg_jsonitems_end(struct mg_jsonitems *j);
void mg_jsonitems_release(struct mg_jsonitems *j);

#endif
