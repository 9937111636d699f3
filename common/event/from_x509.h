/* from_x509.h - the certificates in a text as events: names and dates, never a key.
 *
 * PEM blocks may stand in the text as they are, with their line ends written as \n, or as a
 * whole in base64 (Secrets, kubeconfigs), even twice.  A text with more than
 * MG_CERT_BUNDLE certificates is a bundle of trusted authorities; it gives one event, of the
 * one that ends first.
 *
 * Layer:   event (base, parse)
 * Memory:  the batch copies names; decoded bytes are freed at once
 * Threads: pure functions
 */
#ifndef MG_EVENT_FROM_X509_H
#define MG_EVENT_FROM_X509_H

#include "event/from_kubeobj.h"

#define MG_CERT_BUNDLE 16

/* Where a text with certificates stands. */
struct mg_cert_place {
	const struct mg_source *src;
	uint64_t                line;       /* of the first byte of the text              */
	bool                    text_lines; /* its line ends are lines of the leaf        */
	struct mg_str           kind, ns, name; /* of the object; kind empty: a file      */
	struct mg_str           key;        /* where in the object: "tls.crt"             */
	struct mg_leaf_stats   *stats;      /* of what is damaged; may be NULL            */
};

/* Could there be a certificate in this text? */
bool mg_has_certificate(struct mg_str text);
/* Returns the number of certificates that were read. */
uint64_t mg_event_from_certificates(const struct mg_cert_place *at, struct mg_str text,
				    struct mg_batch *out);
/* All certificates in the strings of an object. */
void mg_event_from_object_certificates(const struct mg_kubeobj *o, struct mg_batch *out);

#endif
