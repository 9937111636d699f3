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
	uint64_t a, b, n;  /* n: bytes so far                         */
	char     tail[16]; /* the last n % 16, not mixed in yet       */
};

void mg_digest_init(struct mg_digest *d);
void mg_digest_add(struct mg_digest *d, struct mg_str s);
/* Mix in what is left; nothing is added afterwards. */
void mg_digest_end(struct mg_digest *d);
static inline bool mg_digest_eq(const struct mg_digest *x, const struct mg_digest *y)
{
	return x->a == y->a && x->b == y->b && x->n == y->n;
}

#endif
