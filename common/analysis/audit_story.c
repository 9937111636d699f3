/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/audit_story.h"

#include "parse/json.h"

/* Short names of `kubectl api-resources`. */
static const struct {
	const char *is, *means;
} short_names[] = {
	{ "cj", "cronjobs" },		{ "cm", "configmaps" },
	{ "co", "clusteroperators" },	{ "crd", "customresourcedefinitions" },
	{ "csr", "certificatesigningrequests" }, { "deploy", "deployments" },
	{ "ds", "daemonsets" },		{ "ep", "endpoints" },
	{ "ev", "events" },		{ "hpa", "horizontalpodautoscalers" },
	{ "ing", "ingresses" },		{ "netpol", "networkpolicies" },
	{ "no", "nodes" },		{ "ns", "namespaces" },
	{ "pdb", "poddisruptionbudgets" }, { "po", "pods" },
	{ "pv", "persistentvolumes" },	{ "pvc", "persistentvolumeclaims" },
	{ "rc", "replicationcontrollers" }, { "rs", "replicasets" },
	{ "sa", "serviceaccounts" },	{ "sc", "storageclasses" },
	{ "sts", "statefulsets" },	{ "svc", "services" },
};

enum mg_status mg_story_parse(struct mg_str text, struct mg_story_object *out,
			      struct mg_err *err)
{
	struct mg_str rest;

	*out = (struct mg_story_object){ 0 };
	mg_str_cut(text, '/', &out->resource, &rest);
	if (!mg_str_cut(rest, '/', &out->ns, &out->name)) {
		out->name = out->ns;
		out->ns = mg_str("", 0);
	}
	if (!out->resource.n || !out->name.n || mg_str_chr(out->name, '/') >= 0)
		return mg_err_set(err, MG_FAIL, "expected RESOURCE[.GROUP]/[NAMESPACE/]NAME");
	return MG_OK;
}

/* "pod" -> "pods", "ingress" -> "ingresses", "policy" -> "policies" */
static bool plural_of(struct mg_str one, struct mg_str many)
{
	struct mg_str rest = mg_str_from(many, one.n);

	if (mg_str_starts(many, one))
		return rest.n == 0 || mg_str_eq(rest, MG_STR("s")) || mg_str_eq(rest, MG_STR("es"));
	return mg_str_ends(one, MG_STR("y")) && mg_str_ends(many, MG_STR("ies")) &&
	       mg_str_eq(mg_str_head(one, one.n - 1), mg_str_head(many, many.n - 3));
}

bool mg_story_resource(struct mg_str given, struct mg_str resource)
{
	struct mg_str name, group, of, of_group;
	bool          dot = mg_str_cut(given, '.', &name, &group);

	mg_str_cut(resource, '.', &of, &of_group);
	if (dot && group.n && !mg_str_eq(group, of_group))
		return false;
	for (size_t i = 0; i < sizeof(short_names) / sizeof(*short_names); i++)
		if (mg_str_eq(name, mg_strz(short_names[i].is)))
			return mg_str_eq(of, mg_strz(short_names[i].means));
	return plural_of(name, of);
}

static bool verb_is(const struct mg_request *q, const char *verb)
{
	return mg_str_eq(q->verb, mg_strz(verb));
}

static bool in_ns(const struct mg_story_object *o, const struct mg_request *q)
{
	return o->ns.n == 0 || mg_str_eq(o->ns, q->ns);
}

/* "web" of "web-7d9f", not of "webserver". */
static bool stem_of(struct mg_str stem, struct mg_str name)
{
	return stem.n && mg_str_starts(name, stem) && name.n > stem.n && name.p[stem.n] == '-';
}

const char *mg_story_deleted(const struct mg_story_object *o, const struct mg_request *q)
{
	bool same = mg_story_resource(o->resource, q->resource);

	if (verb_is(q, "deletecollection") && same && in_ns(o, q) && !q->subresource.n)
		return "collection";
	if (same && mg_str_eq(o->name, q->name) && in_ns(o, q)) {
		if (verb_is(q, "delete") && !q->subresource.n)
			return "the object";
		if (verb_is(q, "create") && mg_str_eq(q->subresource, MG_STR("eviction")))
			return "eviction";
	}
	if (!verb_is(q, "delete") || q->subresource.n)
		return NULL;
	if (o->ns.n && mg_str_eq(q->resource, MG_STR("namespaces")) && mg_str_eq(q->name, o->ns))
		return "its namespace";
	return !same && in_ns(o, q) && stem_of(q->name, o->name) ? "owner by name" : NULL;
}

/* Does an object of a body say that it is owned by `name` or what is named after it? */
static bool owned(struct mg_str object, struct mg_str name)
{
	struct mg_json_value meta = mg_json_get(object, MG_STR("metadata")), refs, v, n;
	struct mg_json_iter  it;

	if (meta.type != MG_JSON_OBJECT)
		return false;
	refs = mg_json_get(meta.raw, MG_STR("ownerReferences"));
	if (refs.type != MG_JSON_ARRAY)
		return false;
	mg_json_iter_init(&it, refs.raw);
	while (mg_json_element(&it, &v) == MG_OK) {
		n = v.type == MG_JSON_OBJECT ? mg_json_get(v.raw, MG_STR("name"))
					     : (struct mg_json_value){ 0 };
		if (n.type == MG_JSON_STRING && (mg_json_is(&n, name) || stem_of(name, n.raw)))
			return true;
	}
	return false;
}

static bool owned_by(struct mg_str text, struct mg_str name)
{
	struct mg_json_value v;

	if (!mg_str_has(text, MG_STR("\"ownerReferences\"")))
		return false;
	v = mg_json_get(text, MG_STR("responseObject"));
	if (v.type == MG_JSON_OBJECT && owned(v.raw, name))
		return true;
	v = mg_json_get(text, MG_STR("requestObject"));
	return v.type == MG_JSON_OBJECT && owned(v.raw, name);
}

/* A create whose object has no name in the URI yet. */
static bool will_be_named(struct mg_str text, struct mg_str name)
{
	struct mg_json_value v = mg_json_get(text, MG_STR("requestObject")), g;

	if (v.type != MG_JSON_OBJECT)
		return false;
	v = mg_json_get(v.raw, MG_STR("metadata"));
	if (v.type != MG_JSON_OBJECT)
		return false;
	g = mg_json_get(v.raw, MG_STR("generateName"));
	if (g.type == MG_JSON_STRING && stem_of(name, g.raw))
		return true;
	g = mg_json_get(v.raw, MG_STR("name"));
	return g.type == MG_JSON_STRING && mg_json_is(&g, name);
}

const char *mg_story_life(const struct mg_story_object *o, const struct mg_request *q,
			  struct mg_str text, bool *read)
{
	bool same = mg_story_resource(o->resource, q->resource);

	*read = verb_is(q, "get") || verb_is(q, "list") || verb_is(q, "watch") || verb_is(q, "head");
	if (!q->resource.n || mg_str_eq(q->resource, MG_STR("events")) ||
	    mg_str_eq(q->resource, MG_STR("events.events.k8s.io")))
		return NULL;
	if (o->ns.n && verb_is(q, "delete") && mg_str_eq(q->resource, MG_STR("namespaces")) &&
	    mg_str_eq(q->name, o->ns))
		return "its namespace";
	if (!in_ns(o, q))
		return NULL;
	if (same && mg_str_eq(o->name, q->name))
		return "the object";
	if (same && verb_is(q, "deletecollection"))
		return "collection";
	if (*read)
		return NULL;
	if (same && verb_is(q, "create") && !q->name.n && will_be_named(text, o->name))
		return "the object";
	if (!same && stem_of(o->name, q->name))
		return owned_by(text, o->name) ? "owned" : "by name";
	return owned_by(text, o->name) ||
	       (!q->name.n && verb_is(q, "create") && will_be_named(text, o->name)) ? "owned" : NULL;
}
