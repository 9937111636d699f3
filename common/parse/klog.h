/* klog.h - one line of a Kubernetes component's log: header, message, structured payload.
 *
 *   E0312 10:04:05.123456    1234 file.go:42] "message" err="..." key=value
 *   {"ts":1644272116123.4567,"caller":"dir/file.go:58","msg":"...","v":0,"key":"value"}
 *   time="2022-02-07T22:15:16Z" level=error msg="..." key=value
 *
 * Layer:   parse (base only)
 * Memory:  allocates nothing; views point into the line
 * Threads: pure functions
 * Cost:    one pass, no regex
 * Format:  docs/formats/klog.md (k8s.io/klog klog.go, internal/serialize; component-base
 *          logs/json; sirupsen/logrus text_formatter.go)
 */
#ifndef MG_PARSE_KLOG_H
#define MG_PARSE_KLOG_H

#include "base/err.h"
#include "base/time.h"

enum mg_klog_form { MG_KLOG_TEXT, MG_KLOG_JSON, MG_KLOG_LOGFMT };

struct mg_klog {
	enum mg_klog_form form;
	char          severity; /* 'I' 'W' 'E' 'F'                                          */
	int64_t       ns;       /* TEXT: in 1970 (the header has no year and no zone); else
				   since the epoch, MG_TIME_NONE when absent                */
	uint32_t      pid;      /* "threadid" of the header, 0 when absent                  */
	struct mg_str file;     /* base name, "trace.go"; empty when unknown                */
	uint32_t      line;     /* in that file                                             */
	struct mg_str msg;      /* TEXT: the rest of the line; else the message as written  */
	struct mg_str pairs;    /* JSON, LOGFMT: the whole line, for mg_klog_pair           */
};

/* Parse a line without envelope and line end.  MG_OK, MG_SKIP (no log line of a component;
 * err->byte is the first byte that does not fit), MG_FAIL (begins like one and is damaged).
 * `err` may be NULL. */
enum mg_status mg_klog_parse(struct mg_str line, struct mg_klog *out, struct mg_err *err);
/* Cheap test for the text header alone. */
bool mg_klog_is_header(struct mg_str line);

/* The text of the message: without the quotes when it is structured. */
struct mg_str mg_klog_text(const struct mg_klog *k);

/* Walk key=value pairs behind a structured message. */
struct mg_klog_pairs {
	struct mg_str rest;
	unsigned      count; /* a line of more than 256 pairs is cut there */
};
struct mg_klog_pair {
	struct mg_str key, value; /* value: without quotes, escapes as written */
	bool          quoted;
	bool          block;      /* the form key=< tab-indented lines >, may be cut at the end */
};
void mg_klog_pairs_init(struct mg_klog_pairs *it, const struct mg_klog *k);
bool mg_klog_pairs_next(struct mg_klog_pairs *it, struct mg_klog_pair *out);
/* The value of one key of any form; p == NULL when absent. */
struct mg_str mg_klog_pair(const struct mg_klog *k, const char *key);

/* Undo Go's %q (or JSON) escapes into buf; the result is cut at n. */
struct mg_str mg_klog_unquote(struct mg_str quoted, char *buf, size_t n);

#endif
