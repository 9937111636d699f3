/* kind_line.h - what one line of text looks like, behind whatever was put before it.
 * For io/ only.
 *
 * Layer:   io
 */
#ifndef MG_IO_KIND_LINE_H
#define MG_IO_KIND_LINE_H

#include "io/kind.h"

struct mg_kind_line {
	enum mg_kind kind;    /* what the text behind the prefix is, TEXT when unknown      */
	bool         stamped; /* RFC 3339 prefix of a container log, or a docker JSON line  */
	bool         journal; /* prefix of journald or syslog, or one of journalctl's notes */
	bool         kernel;  /* journal line of the kernel                                 */
};

/* `line` without LF.  LOG, ETCD_LOG, AUDIT, KERNEL or what mg_json_kind knows. */
struct mg_kind_line mg_kind_line(struct mg_str line);
/* "goroutine 12 [running]:", "goroutine profile: total 7" or "12 @ 0x43 0x44". */
bool mg_kind_line_goroutine(struct mg_str line);
/* One sample in Prometheus text or in the form promtool dumps. */
bool mg_kind_line_metric(struct mg_str line);

#endif
