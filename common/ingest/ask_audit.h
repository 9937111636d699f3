/* ask_audit.h - put a question to every audit event of the input.
 *
 * An event that stands twice in a file counts once, and so does a file that is there twice
 * (the same events, whatever its name and packing).  The same audit ID in two different
 * files is two events: a request that went through two API servers.
 *
 * Layer:   ingest
 * Memory:  the tally, 256 KiB to know events again, up to 16 MiB a file that is read in order,
 *          and what is in flight
 * Use:     mg_audit_ask_init, fill `query`; hand mg_audit_ask_pick and mg_audit_ask_fold with
 *          ctx = the ask to mg_ingest_run; then mg_audit_ask_end.  When that gives true, read
 *          again: some file holds events twice, and its blocks must be read in order, which
 *          only now is known.  The answer is in `tally`.
 */
#ifndef MG_INGEST_ASK_AUDIT_H
#define MG_INGEST_ASK_AUDIT_H

#include "analysis/audit_query.h"
#include "ingest/ingest.h"

/* A file whose events are those of an earlier one. */
struct mg_audit_copy {
	uint32_t artifact, of;
	uint64_t n, sum; /* what tells its events */
};

struct mg_audit_ask {
	struct mg_audit_query        query;
	struct mg_audit_tally        tally;
	bool                         in_order; /* input that cannot be read twice */
	struct mg_audit_copy        *copy;     /* files left out */
	size_t                       ncopies, copies_cap;
	uint64_t                     received; /* RequestReceived events seen */
	bool                         forgot;   /* some repeats may have been counted */
	/* private */
	const struct mg_ingest_opts *opts;
	bool                         windowed; /* in the pass that is being folded */
	struct mg_audit_opens        opens;
	struct mg_audit_tally        leaf;     /* of the file being folded */
	struct mg_audit_leaf        *file;     /* where its groups are     */
	struct mg_audit_copy         now;      /* and what tells it        */
	bool                         any;      /* a file is being folded   */
	int64_t                      leaf_first_ns, leaf_last_ns;
	bool                         went_back; /* its clock did, so it may repeat what is far */
	struct mg_audit_copy        *known;
	size_t                       nknown, known_cap;
	struct mg_audit_seen        *seen;
	bool                        *repeats;  /* files that hold events twice */
	size_t                       nrepeats, repeats_cap;
	uint32_t                     picked;
	bool                         again;
};

void mg_audit_ask_init(struct mg_audit_ask *ask, const struct mg_ingest_opts *opts);
const struct mg_consumer *mg_audit_ask_pick(void *ctx, const struct mg_leaf *leaf);
void                      mg_audit_ask_fold(void *ctx, struct mg_partial *p);
/* All is read.  True: read everything again. */
bool mg_audit_ask_end(struct mg_audit_ask *ask);
/* Forget what was counted, for another reading. */
void mg_audit_ask_reset(struct mg_audit_ask *ask);
void mg_audit_ask_release(struct mg_audit_ask *ask);

#endif
