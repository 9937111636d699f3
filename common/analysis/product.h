/* product.h - which users belong to one product, by what their names have in common.
 *
 *   system:serviceaccount:crunchy-postgres:pgo             \
 *   system:serviceaccount:team-a:postgres-instance          >  "postgres/crunchy"
 *   system:serviceaccount:crunchy-postgres-test:backrest   /
 *
 * A product installs several service accounts in several namespaces; none of them is an
 * outlier, together they are.  The words of namespace and name that at least two users share
 * tell it; words that say nothing ("openshift", "operator", "default", "prod") do not count.
 * Words that mostly come together are one product.
 *
 * Layer:   analysis
 * Cost:    users times words
 */
#ifndef MG_ANALYSIS_PRODUCT_H
#define MG_ANALYSIS_PRODUCT_H

#include "base/arena.h"

/* product[i] of user[i], n of each; the user itself when it shares nothing, "system:nodes" for
 * kubelets.  Texts are borrowed or belong to `arena`. */
void mg_products(const struct mg_str *user, struct mg_str *product, size_t n,
		 struct mg_arena *arena);

#endif
