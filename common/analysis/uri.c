/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/requests.h"

/* Segments kept behind a proxy subresource, and of a path that is no resource: what follows
 * is the business of someone else's server. */
#define KEEP_PROXY 2
#define KEEP_OTHER 8

struct writer {
	char  *p;
	size_t n, cap;
};

static void put(struct writer *w, struct mg_str s)
{
	if (w->n < w->cap)
		w->p[w->n++] = '/';
	if (s.n > w->cap - w->n)
		s.n = w->cap - w->n;
	if (s.n)
		memcpy(w->p + w->n, s.p, s.n);
	w->n += s.n;
}

static bool is_hex(char c)
{
	return mg_is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* A UUID, a number, or 12 and more hexadecimal digits: different on every request. */
static bool is_id(struct mg_str s)
{
	size_t hex = 0, digits = 0, dashes = 0;

	for (size_t i = 0; i < s.n; i++) {
		hex += is_hex(s.p[i]);
		digits += mg_is_digit(s.p[i]);
		dashes += s.p[i] == '-';
	}
	if (s.n == 36 && hex == 32 && dashes == 4)
		return true;
	return s.n && (digits == s.n || (hex == s.n && s.n >= 12 && digits));
}

/* The next segment of *path; false at the end.  Empty segments are kept. */
static bool segment(struct mg_str *path, struct mg_str *s)
{
	struct mg_str rest;

	if (path->n == 0)
		return false;
	*path = mg_str_from(*path, path->p[0] == '/');
	mg_str_cut(*path, '/', s, &rest);
	*path = mg_str_from(*path, s->n); /* from the slash on */
	return true;
}

static void put_rest(struct writer *w, struct mg_str *path, int keep)
{
	struct mg_str s;

	while (segment(path, &s)) {
		if (keep-- == 0) {
			put(w, MG_STR("..."));
			return;
		}
		put(w, is_id(s) ? MG_STR("{id}") : s);
	}
}

/* resource[/name[/subresource[/...]]] */
static void put_resource(struct writer *w, struct mg_str *path, struct mg_str resource)
{
	struct mg_str s;

	put(w, resource);
	if (!segment(path, &s))
		return;
	if (s.n == 0)
		put(w, s);
	else
		put(w, mg_str_eq(resource, MG_STR("nodes")) ? MG_STR("{node}") :
							      MG_STR("{name}"));
	if (!segment(path, &s))
		return;
	put(w, s);
	put_rest(w, path, KEEP_PROXY);
}

/* Behind /api/VERSION or /apis/GROUP/VERSION. */
static void put_api(struct writer *w, struct mg_str *path)
{
	struct mg_str s, ns;

	if (!segment(path, &s))
		return;
	if (mg_str_eq(s, MG_STR("watch")) || mg_str_eq(s, MG_STR("proxy"))) {
		put(w, s); /* the old prefixes of a path that goes on as usual */
		if (!segment(path, &s))
			return;
	}
	if (!mg_str_eq(s, MG_STR("namespaces"))) {
		put_resource(w, path, s);
		return;
	}
	put(w, s);
	if (!segment(path, &ns))
		return;
	put(w, ns);
	if (!segment(path, &s))
		return;
	put_resource(w, path, s);
}

struct mg_str mg_uri_pattern(struct mg_str uri, char *buf, size_t n)
{
	struct writer w = { buf, 0, n };
	ptrdiff_t     query = mg_str_chr(uri, '?');
	struct mg_str path = query < 0 ? uri : mg_str_head(uri, (size_t)query), s;
	int           fixed;

	if (path.n == 0 || path.p[0] != '/') { /* "*", or an absolute URI */
		path = mg_str_head(path, n);
		if (path.n)
			memcpy(buf, path.p, path.n);
		return mg_str(buf, path.n);
	}
	fixed = mg_str_starts(path, MG_STR("/api/"))    ? 2 :
		mg_str_starts(path, MG_STR("/apis/")) ? 3 :
							0;
	for (int i = 0; i < fixed && segment(&path, &s); i++)
		put(&w, s);
	if (fixed)
		put_api(&w, &path);
	else
		put_rest(&w, &path, KEEP_OTHER);
	return mg_str(w.p, w.n);
}
