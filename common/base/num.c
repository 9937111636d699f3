/* SPDX-License-Identifier: Apache-2.0 */
#include "base/num.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

bool mg_num_u64(struct mg_str s, uint64_t *out)
{
	uint64_t v = 0;

	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		unsigned d = (unsigned char)s.p[i] - '0';

		if (d > 9 || __builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, d, &v))
			return false;
	}
	*out = v;
	return true;
}

bool mg_num_i64(struct mg_str s, int64_t *out)
{
	bool     neg = s.n && s.p[0] == '-';
	uint64_t v;

	if (!mg_num_u64(mg_str_from(s, neg), &v) || v > (uint64_t)INT64_MAX + neg)
		return false;
	*out = neg ? (int64_t)(0 - v) : (int64_t)v;
	return true;
}

bool mg_num_hex(struct mg_str s, uint64_t *out)
{
	uint64_t v = 0;

	if (s.n == 0 || s.n > 16)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		unsigned c = (unsigned char)s.p[i], d;

		if (c - '0' <= 9)
			d = c - '0';
		else if ((c | 32) - 'a' <= 5)
			d = (c | 32) - 'a' + 10;
		else
			return false;
		v = v << 4 | d;
	}
	*out = v;
	return true;
}

bool mg_num_f64(struct mg_str s, double *out)
{
	char  z[64], *end;
	bool  sign = s.n > 1 && (s.p[0] == '-' || s.p[0] == '+');

	/* strtod also takes hex, leading blanks and locale forms: keep those out. */
	if (s.n == 0 || s.n >= sizeof(z) ||
	    !memchr("0123456789.NnIi", s.p[sign], 15))
		return false;
	memcpy(z, s.p, s.n);
	z[s.n] = '\0';
	if (strpbrk(z, "xXpP"))
		return false;
	*out = strtod(z, &end);
	return end == z + s.n;
}

bool mg_num_bytes(struct mg_str s, uint64_t *out)
{
	static const char units[] = "kmgtpe";
	double            v, mul = 1;
	size_t            n = s.n;

	if (n && (s.p[n - 1] == 'B' || s.p[n - 1] == 'b'))
		n--;
	if (n && s.p[n - 1] == 'i')
		n--;
	if (n) {
		const char *u = strchr(units, s.p[n - 1] | 32);

		if (u && *u) {
			mul = pow(1024, (double)(u - units + 1));
			n--;
		}
	}
	if (!mg_num_f64(mg_str(s.p, n), &v) || !(v >= 0) || v * mul >= 18e18)
		return false;
	*out = (uint64_t)(v * mul);
	return true;
}

const char *mg_num_bytes_text(double bytes, char *buf, size_t n)
{
	static const char *const unit[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB" };
	size_t                   u = 0;

	while (fabs(bytes) >= 999.5 && u < 5)
		bytes /= 1024, u++;
	snprintf(buf, n, "%.*f %s", u == 0 || fabs(bytes) >= 99.95 ? 0 : fabs(bytes) >= 9.995 ? 1 : 2,
		 bytes, unit[u]);
	return buf;
}

const char *mg_num_grouped(uint64_t v, char *buf, size_t n)
{
	char   digits[24];
	int    len = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)v);
	size_t o = 0;

	for (int i = 0; i < len && o + 2 < n; i++) {
		if (i && (len - i) % 3 == 0)
			buf[o++] = ',';
		buf[o++] = digits[i];
	}
	buf[o] = '\0';
	return buf;
}
