/* x509.h - when a certificate is valid, for whom and by whom: nothing else of it is looked at.
 *
 *   -----BEGIN CERTIFICATE-----            PEM, alone, in a text or in a string of an object
 *   MIIDQTCCAimgAwIBAgIIU…
 *   -----END CERTIFICATE-----
 *
 * The structure is walked just far enough for the two dates and the two names; a signature is
 * not checked and a key is neither read nor kept, so no library for cryptography is needed.
 *
 * Layer:   parse (base)
 * Memory:  allocates nothing; views point into the DER bytes
 * Threads: pure functions
 * Format:  RFC 5280 section 4.1 (X.690 DER), RFC 7468 (PEM), RFC 2986 (requests)
 */
#ifndef MG_PARSE_X509_H
#define MG_PARSE_X509_H

#include "base/err.h"
#include "base/str.h"

struct mg_x509 {
	int64_t       not_before, not_after; /* ns; a year beyond 2261 is taken as 2261       */
	struct mg_str subject, issuer;       /* common name, else organisation; may be empty  */
	const char   *fault;                 /* why it is MG_FAIL; a string literal, else NULL */
};

/* MG_OK, or MG_FAIL when `der` is no certificate or is cut. */
enum mg_status mg_x509_certificate(struct mg_str der, struct mg_x509 *out);

struct mg_pem {
	struct mg_str label; /* "CERTIFICATE", "RSA PRIVATE KEY" …            */
	struct mg_str body;  /* base64 between the two lines, as it stands     */
	struct mg_str whole; /* from the first dash; ends where the search goes on */
	bool          cut;   /* there is no END line                           */
};

/* The next PEM block of *rest, which moves behind it; false when there is none. */
bool mg_pem_next(struct mg_str *rest, struct mg_pem *out);

/* Decode base64 into `out`, which has room for in.n / 4 * 3 + 3 bytes.  Line ends, blanks and
 * the two characters "\n" of a quoted string are skipped.  False at any other byte. */
bool mg_base64(struct mg_str in, char *out, size_t *n);

#endif
