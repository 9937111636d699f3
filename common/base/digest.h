/* digest.h - are these the same bytes?  A 128-bit fingerprint of a stream.
 *
 * Layer:   base
 * Not cryptographic: who makes two files with the same fingerprint hides one of his own files.
 * The result does not depend on how the bytes are cut into pieces.
 */
#ifndef MG_BASE_DIGEST_H
#define MG_BASE_DIGEST_H

#include "base/str.h"

struct mg_digest {
	uint64_t lane[8];
	uint64_t n;        /* bytes so far                      */
	char     tail[64]; /* the last n % 64, not mixed in yet */
};

struct mg_fingerprint {
	uint64_t a, b, n; /* n: of how many bytes */
};

void mg_digest_init(struct mg_digest *d);
void mg_digest_add(struct mg_digest *d, struct mg_str s);
/* Mix in what is left; nothing is added afterwards. */
struct mg_fingerprint mg_digest_end(struct mg_digest *d);

static inline bool mg_fingerprint_eq(struct mg_fingerprint x, struct mg_fingerprint y)
{
	return x.a == y.a && x.b == y.b && x.n == y.n;
}

#endif
