/* kind_json.h - what a JSON object is about, told from its top-level keys; for io/ only.
 *
 * Layer:   io
 * The text may be cut anywhere.  No validation: the parsers do that.
 */
#ifndef MG_IO_KIND_JSON_H
#define MG_IO_KIND_JSON_H

#include "io/kind.h"

/* Like enum mg_kind, with what only an object in a log line can be. */
struct mg_json_kind {
	enum mg_kind  kind;  /* MG_KIND_TEXT: nothing we know                            */
	bool          log;   /* kind is LOG or ETCD_LOG because this is one log record   */
	struct mg_str inner; /* docker's "log" value, still escaped; p == NULL when none */
};

/* `s` starts with '{' or '['. */
struct mg_json_kind mg_json_kind(struct mg_str s);
/* Does this zap "caller" belong to etcd? */
bool mg_kind_etcd_caller(struct mg_str caller);

#endif
