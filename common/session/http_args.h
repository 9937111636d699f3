/* http_args.h - by what requests in HTTP lines of logs are counted, from the command line.
 *
 * Layer:   session
 * Memory:  the question borrows the text of the command line
 */
#ifndef MG_SESSION_HTTP_ARGS_H
#define MG_SESSION_HTTP_ARGS_H

#include "analysis/audit_query.h"
#include "cli/opt.h"

/* Make *q a question for groups; `keys` ("verb,code") may be empty.  -1 to go on, or the status
 * to leave with after a message. */
int mg_http_args_read(const struct mg_tool *t, const char *keys, struct mg_audit_query *q);
/* The i-th key that HTTP lines can be counted by; NULL: there are no more. */
const char *mg_http_args_key(size_t i);

#endif
