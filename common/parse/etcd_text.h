/* etcd_text.h - what an etcd message says: its family, and the numbers inside its words.
 *
 * Layer:   parse (base); the second half of parse/etcd.c, used by it alone
 * Memory:  allocates nothing
 * Format:  docs/formats/etcd.md
 */
#ifndef MG_PARSE_ETCD_TEXT_H
#define MG_PARSE_ETCD_TEXT_H

#include "parse/etcd.h"

/* Set the family from msg and caller, and the fields that only the words carry. */
void mg_etcd_classify(struct mg_etcd *e);

#endif
