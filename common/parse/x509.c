/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/x509.h"

#include "base/time.h"

/* --- DER ------------------------------------------------------------------------------- */

enum {
	INTEGER = 0x02,
	OID = 0x06,
	UTC_TIME = 0x17,
	GENERALIZED_TIME = 0x18,
	SEQUENCE = 0x30,
	SET = 0x31,
	VERSION = 0xa0, /* [0] EXPLICIT */
};

/* Take the element at the front of *in: its tag and its contents.  DER knows only definite
 * lengths; four length bytes are more than a certificate has. */
static bool element(struct mg_str *in, unsigned *tag, struct mg_str *contents)
{
	size_t len, at = 2;

	if (in->n < 2)
		return false;
	*tag = (unsigned char)in->p[0];
	len = (unsigned char)in->p[1];
	if (len & 0x80) {
		size_t bytes = len & 0x7f;

		if (bytes == 0 || bytes > 4 || in->n < at + bytes)
			return false;
		for (len = 0; bytes; bytes--)
			len = len << 8 | (unsigned char)in->p[at++];
	}
	if (len > in->n - at)
		return false;
	*contents = mg_str(in->p + at, len);
	*in = mg_str_from(*in, at + len);
	return true;
}

static bool expect(struct mg_str *in, unsigned tag, struct mg_str *contents)
{
	unsigned found;

	return element(in, &found, contents) && found == tag;
}

/* One attribute of a Name: SET of SEQUENCE { OID, string }. */
static bool name_part(struct mg_str *rdns, struct mg_str *oid, struct mg_str *text)
{
	struct mg_str set, pair;
	unsigned      tag;

	return expect(rdns, SET, &set) && expect(&set, SEQUENCE, &pair) &&
	       expect(&pair, OID, oid) && element(&pair, &tag, text);
}

/* id-at-commonName (2.5.4.3), else id-at-organizationName (2.5.4.10) or what comes first. */
static bool name(struct mg_str rdns, struct mg_str *out)
{
	struct mg_str oid, text;
	bool          organisation = false;

	*out = mg_str("", 0);
	while (rdns.n) {
		if (!name_part(&rdns, &oid, &text))
			return false;
		if (mg_str_eq(oid, mg_str("\x55\x04\x03", 3))) {
			*out = text;
			return true;
		}
		if (!organisation && (out->n == 0 || mg_str_eq(oid, mg_str("\x55\x04\x0a", 3)))) {
			*out = text;
			organisation = mg_str_eq(oid, mg_str("\x55\x04\x0a", 3));
		}
	}
	return true;
}

/* YYMMDDHHMMSSZ (of 1950 to 2049) or YYYYMMDDHHMMSSZ, always UTC. */
static bool instant(struct mg_str *in, int64_t *ns)
{
	struct mg_str t;
	unsigned      tag;
	size_t        used;
	char          iso[] = "2000-00-00T00:00:00Z";
	const char   *d;

	if (!element(in, &tag, &t) || !(tag == UTC_TIME ? t.n == 13 : t.n == 15) ||
	    (tag != UTC_TIME && tag != GENERALIZED_TIME) || t.p[t.n - 1] != 'Z')
		return false;
	for (size_t i = 0; i + 1 < t.n; i++)
		if (!mg_is_digit(t.p[i]))
			return false;
	d = t.p;
	if (tag == GENERALIZED_TIME) {
		memcpy(iso, d, 2);
		d += 2;
	} else if (d[0] >= '5') {
		memcpy(iso, "19", 2);
	}
	memcpy(iso + 2, d, 2);
	for (size_t i = 1; i < 6; i++)
		memcpy(iso + 2 + 3 * i, d + 2 * i, 2);
	if (memcmp(iso, "2261", 4) > 0) /* "never": beyond what 64 bits of nanoseconds hold */
		memcpy(iso, "2261", 4);
	return mg_time_parse(mg_strz(iso), ns, &used, NULL);
}

static enum mg_status fail(struct mg_x509 *out, const char *why)
{
	out->fault = why;
	return MG_FAIL;
}

enum mg_status mg_x509_certificate(struct mg_str der, struct mg_x509 *out)
{
	struct mg_str cert, tbs, part, dates;

	*out = (struct mg_x509){ .not_before = MG_TIME_NONE, .not_after = MG_TIME_NONE };
	if (!expect(&der, SEQUENCE, &cert) || !expect(&cert, SEQUENCE, &tbs))
		return fail(out, "no certificate, or it is cut off");
	if (tbs.n && (unsigned char)tbs.p[0] == VERSION && !expect(&tbs, VERSION, &part))
		return fail(out, "version of the certificate cannot be read");
	if (!expect(&tbs, INTEGER, &part) || !expect(&tbs, SEQUENCE, &part))
		return fail(out, "serial number or algorithm of the certificate cannot be read");
	if (!expect(&tbs, SEQUENCE, &part) || !name(part, &out->issuer))
		return fail(out, "issuer of the certificate cannot be read");
	if (!expect(&tbs, SEQUENCE, &dates) || !instant(&dates, &out->not_before) ||
	    !instant(&dates, &out->not_after))
		return fail(out, "validity of the certificate cannot be read");
	if (!expect(&tbs, SEQUENCE, &part) || !name(part, &out->subject))
		return fail(out, "subject of the certificate cannot be read");
	return MG_OK;
}

/* --- PEM ------------------------------------------------------------------------------- */

#define BEGIN MG_STR("-----BEGIN ")
#define END MG_STR("-----END ")
#define DASHES MG_STR("-----")

bool mg_pem_next(struct mg_str *rest, struct mg_pem *out)
{
	ptrdiff_t     at, to;
	struct mg_str s;

	*out = (struct mg_pem){ .cut = true };
	while ((at = mg_str_find(*rest, BEGIN)) >= 0) {
		struct mg_str start = mg_str_from(*rest, (size_t)at);

		s = mg_str_from(start, BEGIN.n);
		to = mg_str_find(mg_str_head(s, 64), DASHES);
		if (to < 0) {
			*rest = s;
			continue;
		}
		out->label = mg_str_head(s, (size_t)to);
		s = mg_str_from(s, (size_t)to + DASHES.n);
		to = mg_str_find(s, DASHES); /* END, or the next BEGIN */
		out->body = mg_str_head(s, to < 0 ? s.n : (size_t)to);
		out->cut = to < 0 || !mg_str_starts(mg_str_from(s, (size_t)to), END);
		s = mg_str_from(s, out->body.n);
		if (!out->cut && (to = mg_str_find(mg_str_from(s, END.n), DASHES)) >= 0)
			s = mg_str_from(s, END.n + (size_t)to + DASHES.n);
		*rest = s;
		out->whole = mg_str(start.p, (size_t)(s.p - start.p));
		return true;
	}
	*rest = mg_str_from(*rest, rest->n);
	return false;
}

static int digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (mg_is_digit(c))
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool mg_base64(struct mg_str in, char *out, size_t *n)
{
	uint32_t bits = 0;
	unsigned have = 0;

	*n = 0;
	for (size_t i = 0; i < in.n; i++) {
		char c = in.p[i];
		int  d;

		if (c == ' ' || c == '\t' || c == '\r' || c == '\n')
			continue;
		if (c == '\\' && i + 1 < in.n && strchr("nrt", in.p[i + 1])) {
			i++;
			continue;
		}
		if (c == '=')
			break;
		if ((d = digit(c)) < 0)
			return false;
		bits = bits << 6 | (uint32_t)d;
		have += 6;
		if (have >= 8) {
			have -= 8;
			out[(*n)++] = (char)(bits >> have & 0xff);
		}
	}
	return true;
}
