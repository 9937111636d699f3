/* values.h - the words that options of several tools take: for completions and "did you mean".
 *
 * Layer:   session
 * Each is the i-th word, NULL behind the last: what struct mg_opt_values (cli/opt.h) wants.
 */
#ifndef MG_SESSION_VALUES_H
#define MG_SESSION_VALUES_H

#include <stddef.h>

const char *mg_values_file_kind(size_t i);  /* --kind of mgunpack: audit, log …          */
const char *mg_values_event_kind(size_t i); /* --kind of mgtimeline: etcd.slow_apply …   */
const char *mg_values_event_key(size_t i);  /* --group of mgtimeline: kind, severity …   */
const char *mg_values_audit_key(size_t i);  /* --by of mgaudit: verb, user …             */
const char *mg_values_rule(size_t i);       /* --explain of mgdiagnose: etcd-stall …     */

#endif
