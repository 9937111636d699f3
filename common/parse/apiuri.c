/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/apiuri.h"

static struct mg_str segment(struct mg_str *path)
{
	struct mg_str head, tail;

	while (path->n && path->p[0] == '/')
		*path = mg_str_from(*path, 1);
	mg_str_cut(*path, '/', &head, &tail);
	*path = tail;
	return head;
}

static bool query_true(struct mg_str query, struct mg_str key)
{
	struct mg_str part;

	while (query.n) {
		mg_str_cut(query, '&', &part, &query);
		if (mg_str_starts(part, key) && part.n > key.n + 1 && part.p[key.n] == '=')
			return part.p[key.n + 1] == 't' || part.p[key.n + 1] == '1';
	}
	return false;
}

/* Subresources of the namespace object itself, not resources in it. */
static bool of_namespace(struct mg_str s)
{
	return mg_str_eq(s, MG_STR("status")) || mg_str_eq(s, MG_STR("finalize"));
}

static void names(struct mg_str path, struct mg_apiuri *u)
{
	struct mg_str first = segment(&path), name, next;

	if (mg_str_eq(first, MG_STR("watch")) || mg_str_eq(first, MG_STR("proxy"))) {
		u->watch |= first.p[0] == 'w';
		first = segment(&path);
	}
	if (mg_str_eq(first, MG_STR("namespaces"))) {
		name = segment(&path);
		next = segment(&path);
		u->ns = name;
		if (!next.n || of_namespace(next)) {
			u->resource = first;
			u->name = name;
			u->subresource = next;
			return;
		}
		first = next;
	}
	u->resource = first;
	u->name = segment(&path);
	u->subresource = segment(&path);
}

void mg_apiuri_parse(struct mg_str uri, struct mg_apiuri *out)
{
	struct mg_str path, root;

	*out = (struct mg_apiuri){ 0 };
	mg_str_cut(uri, '?', &out->path, &out->query);
	path = out->path;
	root = segment(&path);
	if (mg_str_eq(root, MG_STR("apis")))
		out->group = segment(&path);
	else if (!mg_str_eq(root, MG_STR("api")))
		return;
	out->version = segment(&path);
	names(path, out);
	out->is_resource = out->resource.n > 0;
	out->watch |= query_true(out->query, MG_STR("watch"));
}

struct mg_str mg_apiuri_resource(const struct mg_apiuri *u, char *buf, size_t n)
{
	if (!u->group.n || !u->resource.n || u->resource.n + 1 + u->group.n > n)
		return u->resource;
	memcpy(buf, u->resource.p, u->resource.n);
	buf[u->resource.n] = '.';
	memcpy(buf + u->resource.n + 1, u->group.p, u->group.n);
	return mg_str(buf, u->resource.n + 1 + u->group.n);
}

static struct mg_str lower(struct mg_str s, char *buf, size_t n)
{
	size_t i;

	for (i = 0; i < s.n && i < n; i++)
		buf[i] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] | 0x20) : s.p[i];
	return mg_str(buf, i);
}

struct mg_str mg_apiuri_verb(const struct mg_apiuri *u, struct mg_str method, char *buf, size_t n)
{
	struct mg_str verb = lower(method, buf, n);

	if (!u->is_resource)
		return verb;
	if (mg_str_eq(verb, MG_STR("get")) || mg_str_eq(verb, MG_STR("list")) ||
	    mg_str_eq(verb, MG_STR("head"))) {
		if (u->watch)
			return MG_STR("watch");
		return u->name.n ? MG_STR("get") : MG_STR("list");
	}
	if (mg_str_eq(verb, MG_STR("post")))
		return MG_STR("create");
	if (mg_str_eq(verb, MG_STR("put")))
		return MG_STR("update");
	if (mg_str_eq(verb, MG_STR("delete")) && !u->name.n)
		return MG_STR("deletecollection");
	return verb;
}

bool mg_apiuri_long_running(const struct mg_apiuri *u, struct mg_str verb)
{
	static const char *const subs[] = { "exec", "attach", "portforward", "proxy" };

	if (u->watch || mg_str_eq(verb, MG_STR("watch")))
		return true;
	for (size_t i = 0; i < sizeof(subs) / sizeof(subs[0]); i++)
		if (mg_str_eq(u->subresource, mg_strz(subs[i])))
			return true;
	return mg_str_eq(u->subresource, MG_STR("log")) &&
	       query_true(u->query, MG_STR("follow"));
}
