/* quantity.h - amounts as Kubernetes writes them: "250m", "1Gi", "12345678n", "1e3", "0.5".
 *
 * Layer:   parse (base)
 * Threads: pure function
 * Format:  k8s.io/apimachinery/pkg/api/resource
 */
#ifndef MG_PARSE_QUANTITY_H
#define MG_PARSE_QUANTITY_H

#include "base/str.h"

/* In units (cores, bytes): n u m, k M G T P E, Ki Mi Gi Ti Pi Ei.  False: no quantity, or one
 * below zero or above 2^62. */
bool mg_quantity(struct mg_str s, double *out);

#endif
