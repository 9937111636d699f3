/* kubeobj.h - one Kubernetes object (or any YAML or JSON document) as a tree.
 *
 * Layer:   parse (base)
 * Memory:  the tree lives in the arena it was built in; limits on nodes and depth bound it.
 *          YAML aliases are not expanded (an alias is an empty scalar), so no document can
 *          grow beyond its own size
 * Threads: pure functions
 * Format:  docs/formats/kubeobj.md; YAML through libyaml's events, JSON (RFC 8259) read here
 *          because etcd's 64-bit ids do not fit the integers of JSON libraries
 */
#ifndef MG_PARSE_KUBEOBJ_H
#define MG_PARSE_KUBEOBJ_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#define MG_KNODES_MAX 1000000
#define MG_KDEPTH_MAX 256

enum mg_ktype { MG_KNULL, MG_KSCALAR, MG_KMAP, MG_KSEQ };

struct mg_knode {
	enum mg_ktype    type;
	bool             quoted; /* a scalar that was written as text: never a number */
	uint32_t         line;  /* 1-based in the text that was parsed         */
	struct mg_str    key;   /* in a map; empty in a sequence               */
	struct mg_str    value; /* of a scalar; numbers and booleans as spelt  */
	struct mg_knode *child, *next;
};

/* Parse one document.  MG_OK: *root is set (NULL for an empty document).  MG_FAIL: err has
 * line (1-based in `text`) and byte of the fault. */
enum mg_status mg_kobj_yaml(struct mg_str text, struct mg_arena *a, struct mg_knode **root,
			    struct mg_err *err);
enum mg_status mg_kobj_json(struct mg_str text, struct mg_arena *a, struct mg_knode **root,
			    struct mg_err *err);

/* Append the tree as JSON on one line: what is neither quoted nor a number, true or false is
 * a text. */
void mg_knode_json(const struct mg_knode *n, struct mg_buf *out);

/* The node at a path of keys apart by dots ("status.nodeInfo"), NULL when absent.  `n` may be
 * NULL. */
const struct mg_knode *mg_knode_at(const struct mg_knode *n, const char *path);
/* Text of the scalar there; empty when absent, null or no scalar. */
struct mg_str mg_knode_text(const struct mg_knode *n, const char *path);
int64_t       mg_knode_i64(const struct mg_knode *n, const char *path, int64_t otherwise);
/* An RFC 3339 time there, MG_TIME_NONE when absent or not after 1970. */
int64_t       mg_knode_time(const struct mg_knode *n, const char *path);
/* First element of the sequence (or map) there, NULL when absent; go on with ->next. */
const struct mg_knode *mg_knode_first(const struct mg_knode *n, const char *path);

#endif
