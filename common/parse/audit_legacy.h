/* audit_legacy.h - the audit lines of `--audit-log-format=legacy` (1.4 to 1.23).
 *
 *   2017-09-01T10:00:00.1Z AUDIT: id="c9" stage="ResponseComplete" ip="10.0.0.1" method="get"
 *   user="u" groups="\"g1\",\"g2\"" as="<self>" asgroups="<lookup>" user-agent="kubectl"
 *   namespace="x" uri="/api/v1/namespaces/x/pods/p" response="200"
 *
 * Layer:   parse (base)
 * Memory:  writes into the caller's buffer
 * Threads: pure
 * Format:  docs/formats/audit.md; pkg/audit/format.go.  The time is when the request was
 *          received, whatever the stage: durations are not known
 */
#ifndef MG_PARSE_AUDIT_LEGACY_H
#define MG_PARSE_AUDIT_LEGACY_H

#include "base/buf.h"
#include "base/err.h"

/* Append the line as the JSON of an audit event, as mg_audit_parse takes it.  Before 1.7 a
 * request is two lines without stage, the second with nothing but id and response: they
 * become RequestReceived and ResponseComplete.
 * MG_SKIP: no such line.  MG_FAIL: one that is damaged; err->byte is where. */
enum mg_status mg_audit_legacy(struct mg_str line, struct mg_buf *json, struct mg_err *err);

#endif
