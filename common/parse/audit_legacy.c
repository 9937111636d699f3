/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/audit_legacy.h"

#include "base/num.h"
#include "base/time.h"
#include "parse/apiuri.h"

#define VALUE_MAX  8192
#define PREFIX_MAX 256 /* the mark stands in the first bytes of a line */

static const struct mg_str mark = { "AUDIT: id=\"", 11 };

struct fields {
	struct mg_str id, stage, ip, method, user, groups, as, agent, uri, response;
};

/* Go's %q: the end of the quoted text at `s`, which begins behind the quote; -1: none. */
static ptrdiff_t quoted(struct mg_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\\')
			i++;
		else if (s.p[i] == '"')
			return (ptrdiff_t)i;
	}
	return -1;
}

static void keep(struct fields *f, struct mg_str key, struct mg_str value)
{
	static const struct {
		const char *key;
		size_t      at;
	} known[] = {
		{ "id", offsetof(struct fields, id) },
		{ "stage", offsetof(struct fields, stage) },
		{ "ip", offsetof(struct fields, ip) },
		{ "method", offsetof(struct fields, method) },
		{ "user", offsetof(struct fields, user) },
		{ "groups", offsetof(struct fields, groups) },
		{ "as", offsetof(struct fields, as) },
		{ "user-agent", offsetof(struct fields, agent) },
		{ "uri", offsetof(struct fields, uri) },
		{ "response", offsetof(struct fields, response) },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (mg_str_eq(key, mg_strz(known[i].key)))
			*(struct mg_str *)((char *)f + known[i].at) = value;
}

/* key="value" key="value" …; the offset of the fault, or -1. */
static ptrdiff_t read_fields(struct mg_str s, struct fields *f)
{
	size_t at = 0;

	while (at < s.n) {
		struct mg_str rest = mg_str_from(s, at), key, value;
		ptrdiff_t     eq = mg_str_chr(rest, '='), end;

		if (rest.p[0] == ' ' || rest.p[0] == '\r') {
			at++;
			continue;
		}
		if (eq <= 0 || (size_t)eq + 1 >= rest.n || rest.p[eq + 1] != '"')
			return (ptrdiff_t)at;
		key = mg_str_head(rest, (size_t)eq);
		value = mg_str_from(rest, (size_t)eq + 2);
		end = quoted(value);
		if (end < 0)
			return (ptrdiff_t)s.n;
		keep(f, key, mg_str_head(value, (size_t)end));
		at += (size_t)eq + 2 + (size_t)end + 1;
	}
	return -1;
}

/* Undo the backslashes that Go wrote; what is left of "\xNN" and the like stays readable. */
static struct mg_str plain(struct mg_str s, char *buf, size_t n)
{
	size_t k = 0;

	if (mg_str_chr(s, '\\') < 0)
		return s;
	for (size_t i = 0; i < s.n && k < n; i++) {
		if (s.p[i] == '\\' && i + 1 < s.n && (s.p[i + 1] == '"' || s.p[i + 1] == '\\'))
			i++;
		buf[k++] = s.p[i];
	}
	return mg_str(buf, k);
}

static void member(struct mg_buf *json, const char *key, struct mg_str value)
{
	char buf[VALUE_MAX];

	mg_buf_printf(json, ",\"%s\":", key);
	mg_buf_json(json, plain(value, buf, sizeof(buf)));
}

/* "\"g1\",\"g2\"" */
static void add_groups(struct mg_buf *json, struct mg_str s)
{
	char          buf[VALUE_MAX];
	struct mg_str rest = plain(s, buf, sizeof(buf)), one;
	bool          first = true;

	if (rest.n == 0 || rest.p[0] == '<')
		return;
	mg_buf_addz(json, ",\"groups\":[");
	while (rest.n) {
		mg_str_cut(rest, ',', &one, &rest);
		one = mg_str_from(one, one.n && one.p[0] == '"');
		one.n -= mg_str_ends(one, MG_STR("\""));
		mg_buf_addz(json, first ? "" : ",");
		mg_buf_json(json, one);
		first = false;
	}
	mg_buf_addc(json, ']');
}

static void add_object(struct mg_buf *json, const struct mg_apiuri *u)
{
	const struct {
		const char   *key;
		struct mg_str value;
	} part[] = { { "namespace", u->ns }, { "name", u->name }, { "apiGroup", u->group },
		     { "apiVersion", u->version }, { "subresource", u->subresource } };

	if (!u->is_resource)
		return;
	mg_buf_addz(json, ",\"objectRef\":{\"resource\":");
	mg_buf_json(json, u->resource);
	for (size_t i = 0; i < sizeof(part) / sizeof(*part); i++)
		if (part[i].value.n)
			member(json, part[i].key, part[i].value);
	mg_buf_addc(json, '}');
}

static struct mg_str stage_of(const struct fields *f)
{
	if (f->stage.n)
		return f->stage;
	return f->uri.n ? MG_STR("RequestReceived") : MG_STR("ResponseComplete");
}

static void write_event(struct mg_buf *json, const struct fields *f, int64_t ns)
{
	struct mg_apiuri u;
	char             verb[32], uri[VALUE_MAX], time[40];
	struct mg_str    path = plain(f->uri, uri, sizeof(uri));
	uint64_t         code;

	mg_apiuri_parse(path, &u);
	mg_buf_addz(json, "{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1beta1\"");
	member(json, "auditID", f->id);
	member(json, "stage", stage_of(f));
	member(json, "requestURI", path);
	if (f->method.n)
		member(json, "verb", mg_apiuri_verb(&u, f->method, verb, sizeof(verb)));
	mg_buf_addz(json, ",\"user\":{\"username\":");
	mg_buf_json(json, f->user);
	add_groups(json, f->groups);
	mg_buf_addc(json, '}');
	if (f->as.n && f->as.p[0] != '<') {
		mg_buf_addz(json, ",\"impersonatedUser\":{\"username\":");
		mg_buf_json(json, f->as);
		mg_buf_addc(json, '}');
	}
	if (f->ip.n) {
		mg_buf_addz(json, ",\"sourceIPs\":[");
		mg_buf_json(json, f->ip);
		mg_buf_addc(json, ']');
	}
	if (f->agent.n)
		member(json, "userAgent", f->agent);
	add_object(json, &u);
	if (mg_num_u64(f->response, &code) && code < 1000)
		mg_buf_printf(json, ",\"responseStatus\":{\"code\":%u}", (unsigned)code);
	if (ns != MG_TIME_NONE) /* when it was received; when this stage was is not said */
		mg_buf_printf(json, ",\"timestamp\":\"%s\"", mg_time_format(ns, 9, time, sizeof(time)));
	mg_buf_addc(json, '}');
}

enum mg_status mg_audit_legacy(struct mg_str line, struct mg_buf *json, struct mg_err *err)
{
	ptrdiff_t     at = mg_str_find(mg_str_head(line, PREFIX_MAX), mark), bad;
	struct fields f = { 0 };
	struct mg_str before;
	int64_t       ns;
	size_t        used;

	if (at < 0 || mg_str_chr(mg_str_head(line, (size_t)at), '{') >= 0)
		return MG_SKIP;
	at += 7; /* "AUDIT: " */
	bad = read_fields(mg_str_from(line, (size_t)at), &f);
	if (bad >= 0) {
		if (err)
			err->byte = (uint64_t)(at + bad);
		return mg_err_set(err, MG_FAIL, "expected key=\"value\"");
	}
	before = mg_str_trim(mg_str_head(line, (size_t)at - 7));
	if (mg_str_rchr(before, ' ') >= 0) /* behind what a collector wrote */
		before = mg_str_from(before, (size_t)mg_str_rchr(before, ' ') + 1);
	if (!mg_time_parse(before, &ns, &used, NULL))
		ns = MG_TIME_NONE;
	write_event(json, &f, ns);
	return MG_OK;
}
