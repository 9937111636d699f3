/* yamlitems.h - cut a YAML stream of Kubernetes objects into single objects, line by line.
 *
 *   apiVersion: v1          a List: every "- " below items: becomes one object
 *   items:
 *   - apiVersion: v1
 *     kind: Event
 *   ...
 *   ---                     anything else: one object a document
 *
 * metadata.managedFields, half of many objects, is replaced by blank lines (line numbers
 * stay) unless it is asked for.  A damaged object costs only itself.
 *
 * Layer:   parse (base)
 * Memory:  one object, at most MG_ITEM_MAX bytes
 * Threads: one cutter belongs to one thread at a time
 * Format:  docs/formats/kubeobj.md
 */
#ifndef MG_PARSE_YAMLITEMS_H
#define MG_PARSE_YAMLITEMS_H

#include "base/buf.h"
#include "base/err.h"

#define MG_ITEM_MAX ((size_t)64 << 20)

/* One object of a stream. */
struct mg_item {
	struct mg_str text;      /* parses on its own                          */
	uint64_t      line;      /* of its first line in the stream            */
	struct mg_str kind;      /* "Pod"; empty when it was not seen in time  */
	struct mg_str list_kind; /* "PodList"; empty when there is no list, or it comes later */
	const char   *fault;     /* NULL, or why there is no text: too big, cut off */
};

typedef void (*mg_item_fn)(void *ctx, const struct mg_item *item);

struct mg_yamlitems {
	mg_item_fn    fn;
	void         *ctx;
	bool          managed_fields; /* keep them */
	/* Private from here on. */
	struct mg_buf text;
	uint64_t      line;         /* of the first line of text                    */
	int           mode;
	bool          open;         /* text holds (part of) an object               */
	bool          too_big;
	size_t        list_indent;  /* column of the "-"                            */
	size_t        key_indent;   /* column of the object's own keys              */
	size_t        meta_indent;  /* column of the keys of metadata, 0: not known */
	bool          in_meta, skipping;
	char          kind[64], list_kind[64];
};

/* Zero the struct, set fn and ctx, hand in text that ends at line ends, then end it. */
void mg_yamlitems_text(struct mg_yamlitems *y, struct mg_str text, uint64_t first_line);
void mg_yamlitems_end(struct mg_yamlitems *y);
void mg_yamlitems_release(struct mg_yamlitems *y);

#endif
