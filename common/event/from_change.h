/* from_change.h - objects that tell what was changed on purpose: ClusterVersion histories and
 * certificate signing requests.
 *
 * Layer:   event (base, parse)
 * Format:  config.openshift.io/v1 ClusterVersion status.history; certificates.k8s.io
 *          CertificateSigningRequest status
 */
#ifndef MG_EVENT_FROM_CHANGE_H
#define MG_EVENT_FROM_CHANGE_H

#include "event/from_kubeobj.h"

/* One clusterversion.update an entry of the history: an interval, attr "state" is Completed or
 * Partial.  An entry that is not completed is a point, since nothing says when it will be. */
void mg_event_from_clusterversion(const struct mg_kubeobj *o, struct mg_batch *out);
/* One csr, attr "state": pending, approved (but not issued), issued, denied or failed. */
void mg_event_from_csr(const struct mg_kubeobj *o, struct mg_batch *out);

#endif
