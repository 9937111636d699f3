/* SPDX-License-Identifier: Apache-2.0 */
#include "event/from_x509.h"

#include "base/mem.h"
#include "parse/x509.h"

#define PEM_CERTIFICATE MG_STR("-----BEGIN CERTIFICATE-----")
/* "-----BEGIN " in base64, as far as it does not depend on what follows. */
#define PEM_IN_BASE64 MG_STR("LS0tLS1CRUdJTi")
#define DEPTH_MAX 2 /* a base64 kubeconfig that holds base64 certificates */

struct scan {
	const struct mg_cert_place *at;
	struct mg_batch            *out;
	uint64_t                    line; /* of the block at hand */
	uint64_t                    found, bundle; /* bundle: certificates in the text, 0: few */
	int64_t                     ends;  /* of a bundle: the first end so far, and its event */
	size_t                      first;
};

bool mg_has_certificate(struct mg_str text)
{
	return mg_str_has(text, PEM_CERTIFICATE) || mg_str_has(text, PEM_IN_BASE64);
}

static void bad(const struct scan *s, const char *why)
{
	if (s->at->stats)
		mg_stats_bad(s->at->stats, s->line, 0, "%s", why);
}

static void attr_time(struct mg_batch *out, struct mg_event *e, const char *key, int64_t ns)
{
	char text[40];

	mg_batch_attr(out, e, key, mg_strz(mg_time_format(ns, 0, text, sizeof(text))));
}

static void describe(const struct scan *s, struct mg_event *e, const struct mg_x509 *x)
{
	const struct mg_cert_place *at = s->at;
	struct mg_buf               t = { 0 };
	char                        text[40];

	mg_buf_printf(&t, "certificate %.*s of %.*s, valid until %s", MG_FMT(x->subject),
		      MG_FMT(x->issuer), mg_time_format(x->not_after, 0, text, sizeof(text)));
	if (at->kind.n)
		mg_buf_printf(&t, " (%.*s %.*s%s%.*s", MG_FMT(at->kind), MG_FMT(at->ns),
			      at->ns.n ? "/" : "", MG_FMT(at->name));
	if (at->kind.n)
		mg_buf_printf(&t, "%s%.*s)", at->key.n ? ", " : "", MG_FMT(at->key));
	e->message = mg_batch_str(s->out, mg_buf_str(&t));
	mg_buf_release(&t);
}

static void emit(struct scan *s, const struct mg_x509 *x)
{
	const struct mg_cert_place *at = s->at;
	struct mg_event            *e;

	s->found++;
	if (s->bundle && s->found > 1) {
		if (x->not_after >= s->ends)
			return;
		e = &s->out->ev[s->first]; /* this one ends sooner */
		e->nattrs = 0;
		e->duration_ns = -1;
	} else {
		e = mg_batch_add(s->out, MG_EV_CERTIFICATE, MG_SEV_DEBUG);
		s->first = s->out->n - 1;
	}
	s->ends = x->not_after;
	e->artifact = at->src->artifact;
	e->line = s->line;
	e->time_ns = x->not_before;
	e->time_source = MG_TIME_EXACT;
	if (x->not_after > x->not_before)
		e->duration_ns = x->not_after - x->not_before;
	e->name = mg_batch_str(s->out, at->name);
	e->ns = mg_batch_str(s->out, at->ns);
	describe(s, e, x);
	mg_batch_attr(s->out, e, "subject", x->subject);
	mg_batch_attr(s->out, e, "issuer", x->issuer);
	attr_time(s->out, e, "not_before", x->not_before);
	attr_time(s->out, e, "not_after", x->not_after);
	if (at->kind.n)
		mg_batch_attr(s->out, e, "object_kind", at->kind);
	if (at->key.n)
		mg_batch_attr(s->out, e, "key", at->key);
	if (s->bundle)
		mg_batch_attr_i64(s->out, e, "bundle", (int64_t)s->bundle);
}

/* Blanks, and line ends that are written as \n. */
static struct mg_str skip_blanks(struct mg_str s)
{
	while (s.n && strchr(" \t\r\n\\nr", s.p[0]) && s.p[0])
		s = mg_str_from(s, 1);
	return s;
}

static void block(struct scan *s, const struct mg_pem *pem)
{
	char          *der;
	size_t         n;
	struct mg_x509 x;

	if (!mg_str_eq(pem->label, MG_STR("CERTIFICATE")))
		return; /* a key or a request: not looked into */
	/* Documentation quotes the line; a certificate begins with a sequence of two length bytes. */
	if (!mg_str_starts(skip_blanks(pem->body), MG_STR("MI")))
		return;
	if (pem->cut) {
		bad(s, "a certificate is cut off: no END line");
		return;
	}
	der = mg_alloc(pem->body.n + 3);
	if (!mg_base64(pem->body, der, &n))
		bad(s, "a certificate is not base64");
	else if (mg_x509_certificate(mg_str(der, n), &x) != MG_OK)
		bad(s, x.fault);
	else
		emit(s, &x);
	free(der);
}

static uint64_t lines_in(struct mg_str s)
{
	uint64_t  n = 0;
	ptrdiff_t at;

	while ((at = mg_str_chr(s, '\n')) >= 0) {
		n++;
		s = mg_str_from(s, (size_t)at + 1);
	}
	return n;
}

static uint64_t count_certificates(struct mg_str text)
{
	uint64_t  n = 0;
	ptrdiff_t at;

	while ((at = mg_str_find(text, PEM_CERTIFICATE)) >= 0) {
		n++;
		text = mg_str_from(text, (size_t)at + PEM_CERTIFICATE.n);
	}
	return n;
}

static void scan_text(struct scan *s, struct mg_str text, bool lines, int depth);

/* Base64 that begins a PEM block, up to the first byte that is none. */
static void scan_base64(struct scan *s, struct mg_str text, int depth)
{
	size_t    n, end = 0;
	ptrdiff_t at;
	char     *plain;

	while ((at = mg_str_find(text, PEM_IN_BASE64)) >= 0) {
		text = mg_str_from(text, (size_t)at);
		for (end = 0; end < text.n; end++) {
			char c = text.p[end] | 32;

			if (!((c >= 'a' && c <= 'z') || mg_is_digit(text.p[end]) ||
			      memchr("+/=", text.p[end], 3)))
				break;
		}
		plain = mg_alloc(end + 3);
		if (mg_base64(mg_str_head(text, end), plain, &n))
			scan_text(s, mg_str(plain, n), false, depth + 1);
		free(plain);
		text = mg_str_from(text, end);
	}
}

static void scan_text(struct scan *s, struct mg_str text, bool lines, int depth)
{
	struct mg_str rest = text;
	const char   *told = text.p;
	struct mg_pem pem;
	uint64_t      n = count_certificates(text);

	if (n > MG_CERT_BUNDLE && s->found == 0)
		s->bundle = n;
	while (n && mg_pem_next(&rest, &pem)) {
		if (lines) {
			s->line += lines_in(mg_str(told, (size_t)(pem.whole.p - told)));
			told = pem.whole.p;
		}
		block(s, &pem);
	}
	if (depth < DEPTH_MAX)
		scan_base64(s, text, depth);
}

uint64_t mg_event_from_certificates(const struct mg_cert_place *at, struct mg_str text,
				    struct mg_batch *out)
{
	struct scan s = { .at = at, .out = out, .line = at->line };

	if (mg_has_certificate(text))
		scan_text(&s, text, at->text_lines, 0);
	return s.found;
}

static void walk(struct mg_cert_place *at, const struct mg_knode *n, uint64_t line,
		 struct mg_batch *out)
{
	for (; n; n = n->next) {
		if (n->type == MG_KSCALAR) {
			at->line = line + (n->line ? n->line - 1 : 0);
			at->key = n->key;
			mg_event_from_certificates(at, n->value, out);
		} else {
			walk(at, n->child, line, out);
		}
	}
}

void mg_event_from_object_certificates(const struct mg_kubeobj *o, struct mg_batch *out)
{
	struct mg_cert_place at = { .src = o->src, .stats = o->stats, .kind = o->kind,
				    .ns = mg_knode_text(o->root, "metadata.namespace"),
				    .name = mg_knode_text(o->root, "metadata.name") };

	walk(&at, o->root->child, o->line, out);
}
