/* ask_audit.h - put a question to every audit event of the input.
 *
 * Layer:   ingest
 * Use:     fill `query`, mg_audit_tally_init(&ask.tally), then hand mg_audit_ask_pick and
 *          mg_audit_ask_fold with ctx = &ask to mg_ingest_run; the answer is in `tally`
 */
#ifndef MG_INGEST_ASK_AUDIT_H
#define MG_INGEST_ASK_AUDIT_H

#include "analysis/audit_query.h"
#include "ingest/ingest.h"

struct mg_audit_ask {
	struct mg_audit_query        query;
	struct mg_audit_tally        tally;
	const struct mg_ingest_opts *opts; /* of the run */
	bool                         windowed; /* in the pass that was folded last */
};

const struct mg_consumer *mg_audit_ask_pick(void *ctx, const struct mg_leaf *leaf);
void                      mg_audit_ask_fold(void *ctx, struct mg_partial *p);

#endif
