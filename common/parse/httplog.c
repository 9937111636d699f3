/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/httplog.h"

#include "base/num.h"
#include "parse/klog.h"

#define STACK_MARK "logging error output"

/* "10.0.0.1:5555", "[::1]:41632" -> the address */
static struct mg_str without_port(struct mg_str s)
{
	ptrdiff_t colon = mg_str_rchr(s, ':');

	if (s.n && s.p[0] == '[') {
		ptrdiff_t close = mg_str_chr(s, ']');

		return close > 0 ? mg_str(s.p + 1, (size_t)close - 1) : s;
	}
	/* more than one colon and no brackets: a bare IPv6 address */
	if (colon < 0 || mg_str_chr(s, ':') != colon)
		return s;
	return mg_str_head(s, (size_t)colon);
}

static uint32_t status(struct mg_str s)
{
	uint64_t v;

	return mg_num_u64(s, &v) && v < 1000 ? (uint32_t)v : 0;
}

static int64_t duration(struct mg_str s)
{
	int64_t ns;

	return mg_duration_parse(s, &ns) && ns >= 0 && ns < 100 * MG_DAY ? ns : -1;
}

static void pair(const struct mg_klog_pair *p, struct mg_httplog *h)
{
	struct mg_str key = p->key;

	if (mg_str_eq(key, MG_STR("verb")))
		h->verb = p->value;
	else if (mg_str_eq(key, MG_STR("URI")))
		h->uri = p->value;
	else if (mg_str_eq(key, MG_STR("latency")))
		h->latency_ns = duration(p->value);
	else if (mg_str_eq(key, MG_STR("userAgent")) || mg_str_eq(key, MG_STR("UserAgent")))
		h->user_agent = p->value;
	else if (mg_str_eq(key, MG_STR("audit-ID")) || mg_str_eq(key, MG_STR("auditID")))
		h->audit_id = p->value;
	else if (mg_str_eq(key, MG_STR("srcIP")))
		h->source_ip = without_port(p->value);
	else if (mg_str_eq(key, MG_STR("apf_pl")))
		h->priority_level = p->value;
	else if (mg_str_eq(key, MG_STR("apf_fs")))
		h->flow_schema = p->value;
	else if (mg_str_eq(key, MG_STR("apf_init_latency")))
		h->queued_ns = duration(p->value);
	else if (mg_str_eq(key, MG_STR("resp")))
		h->code = status(p->value);
	else if (mg_str_eq(key, MG_STR("hijacked")))
		h->hijacked = mg_str_eq(p->value, MG_STR("true"));
	else if (mg_str_eq(key, MG_STR("statusStack")))
		h->stack = true;
}

/* Structured, quoted or (1.18) with a bare latency and a colon at the end. */
static bool structured(struct mg_str msg, struct mg_httplog *h)
{
	struct mg_klog       k = { .form = MG_KLOG_TEXT, .msg = msg };
	struct mg_klog_pairs it;
	struct mg_klog_pair  p;

	mg_klog_pairs_init(&it, &k);
	if (msg.p[0] != '"')
		it.rest = msg;
	/* nothing of interest stands behind the stack, which is long */
	while (!h->stack && mg_klog_pairs_next(&it, &p))
		pair(&p, h);
	if (msg.p[0] != '"') {
		h->hijacked = mg_str_ends(msg, MG_STR(": hijacked"));
		h->stack = h->code >= 500;
	}
	return h->verb.n && h->uri.n;
}

static bool method(struct mg_str s)
{
	if (s.n < 3 || s.n > 16)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 'A' || s.p[i] > 'Z')
			return false;
	return true;
}

/* "[UA ADDR]" or "[[UA] ADDR]": the last brackets of the line */
static void client(struct mg_str s, struct mg_httplog *h)
{
	ptrdiff_t blank;

	if (s.n < 2 || s.p[0] != '[' || s.p[s.n - 1] != ']')
		return;
	s = mg_str(s.p + 1, s.n - 2);
	blank = mg_str_rchr(s, ' ');
	if (blank < 0)
		return;
	h->source_ip = without_port(mg_str_from(s, (size_t)blank + 1));
	s = mg_str_head(s, (size_t)blank);
	if (s.n >= 2 && s.p[0] == '[' && s.p[s.n - 1] == ']')
		s = mg_str(s.p + 1, s.n - 2);
	h->user_agent = s;
}

/* "GET /uri: (1.2ms) 200 [...]" */
static bool plain(struct mg_str msg, struct mg_httplog *h)
{
	struct mg_str rest, code;
	ptrdiff_t     at;

	if (!mg_str_cut(msg, ' ', &h->verb, &rest) || !method(h->verb) || !rest.n ||
	    rest.p[0] != '/')
		return false;
	at = mg_str_find(rest, MG_STR(": ("));
	if (at < 0)
		return false;
	h->uri = mg_str_head(rest, (size_t)at);
	rest = mg_str_from(rest, (size_t)at + 3);
	at = mg_str_chr(mg_str_head(rest, 40), ')');
	if (at < 0)
		return false;
	h->latency_ns = duration(mg_str_head(rest, (size_t)at));
	if (h->latency_ns < 0)
		return false;
	rest = mg_str_from(rest, (size_t)at + 2);
	mg_str_cut(rest, ' ', &code, &rest);
	h->hijacked = mg_str_eq(code, MG_STR("hijacked"));
	h->code = status(code);
	h->stack = h->code >= 500 || mg_str_has(rest, MG_STR(STACK_MARK));
	client(mg_str_trim(rest), h);
	return h->hijacked || h->code || mg_str_eq(code, MG_STR("0"));
}

bool mg_httplog_parse(struct mg_str msg, struct mg_httplog *out)
{
	*out = (struct mg_httplog){ .latency_ns = -1, .queued_ns = -1 };
	if (mg_str_starts(msg, MG_STR("\"HTTP\" ")) || mg_str_starts(msg, MG_STR("verb=\"")))
		return structured(msg, out);
	return msg.n && msg.p[0] >= 'A' && msg.p[0] <= 'Z' && plain(msg, out);
}
