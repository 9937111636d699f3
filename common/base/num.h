/* num.h - numbers from text, exact or not at all.
 *
 * Layer: base.  The whole view must be the number; no spaces, no sign for unsigned.
 */
#ifndef MG_BASE_NUM_H
#define MG_BASE_NUM_H

#include "base/str.h"

bool mg_num_u64(struct mg_str s, uint64_t *out); /* decimal, false on overflow       */
bool mg_num_i64(struct mg_str s, int64_t *out);
bool mg_num_hex(struct mg_str s, uint64_t *out); /* no 0x prefix                     */
bool mg_num_f64(struct mg_str s, double *out);   /* decimal or NaN/Inf; at most 63 B */
/* "512", "4k", "64M", "2G", "1.5GiB", "943718400B": bytes; k/M/G are powers of 1024. */
bool mg_num_bytes(struct mg_str s, uint64_t *out);
/* "512 B", "38.2 MiB": three significant figures, into buf (at least 16 bytes). */
const char *mg_num_bytes_text(double bytes, char *buf, size_t n);
/* 1234567 -> "1,234,567", into buf (at least 28 bytes). */
const char *mg_num_grouped(uint64_t v, char *buf, size_t n);

#endif
