/* audit_reader.h - from the blocks of a leaf to its audit events, one by one.
 *
 * Layer:   ingest (base io parse event)
 * Memory:  what an event points into lives until mg_audit_reader_end: the block, or the
 *          reader's arena for what was decoded or joined
 * Threads: a reader belongs to one block; a struct mg_audit_docs to one leaf
 */
#ifndef MG_INGEST_AUDIT_READER_H
#define MG_INGEST_AUDIT_READER_H

#include "base/buf.h"
#include "event/stats.h"
#include "io/blocks.h"
#include "parse/audit_line.h"
#include "parse/yamlitems.h"

/* Set event, ctx and stats, zero the rest. */
struct mg_audit_reader {
	/* `text` is the event's own JSON, `line` where it begins. */
	void (*event)(void *ctx, const struct mg_audit *a, struct mg_str text, uint64_t line);
	void                 *ctx;
	struct mg_leaf_stats *stats; /* bytes, lines, records, other, bad are counted here */
	struct mg_audit_memo *memo;  /* NULL: read every event as if it were the first */
	struct mg_arena       arena;
	/* private */
	struct mg_audit_sink sink;
	struct mg_str        text; /* the line or document being read       */
	bool                 made; /* it was made of YAML: its bytes say nothing */
	uint64_t             line; /* number of its first line              */
	uint64_t             seen_byte, seen_lines; /* line breaks counted so far */
};

/* What pending text is. */
enum mg_audit_pending { MG_PENDING_DOC, MG_PENDING_CRI, MG_PENDING_DOCKER };

/* What is carried from block to block of a leaf whose records are no single lines:
 * pretty-printed events and lists, YAML, and the partial lines of container runtimes. */
struct mg_audit_docs {
	bool          begun, is_yaml;
	struct mg_yamlitems yaml;
	struct mg_buf pending;
	uint64_t      first_line; /* of what is pending */
	int64_t       depth;      /* brackets open behind it */
	enum mg_audit_pending kind;
	struct mg_audit_reader *r; /* of the current block */
};

/* Read a block of one record a line. */
void mg_audit_read_lines(struct mg_audit_reader *r, const struct mg_block *b);
/* Read the next block, in order; `b` NULL at the end of the leaf, which frees what `d` holds. */
void mg_audit_read_docs(struct mg_audit_docs *d, struct mg_audit_reader *r,
			const struct mg_block *b);
void mg_audit_reader_end(struct mg_audit_reader *r);
/* Must a leaf that begins with `head` be read as documents? */
bool mg_audit_is_docs(struct mg_str head);

#endif
