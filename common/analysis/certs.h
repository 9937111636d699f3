/* certs.h - the certificates of a case, the newest one of each subject.
 *
 * Layer:   analysis
 * Source:  events x509.certificate.  Bundles of public roots are left out: what has ended there
 *          is no fault.  Signers that are renewed carry the time of their making in the name
 *          ("kube-csr-signer_@1627982337"): that part does not count.
 */
#ifndef MG_ANALYSIS_CERTS_H
#define MG_ANALYSIS_CERTS_H

#include "analysis/case.h"

struct mg_cert {
	struct mg_str          subject; /* without the time of its making */
	int64_t                not_before, not_after;
	const struct mg_event *event;
};

/* By end of validity, soonest first.  The caller frees *out; returns how many. */
size_t mg_certs(const struct mg_case *c, struct mg_cert **out);

#endif
