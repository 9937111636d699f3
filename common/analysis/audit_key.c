/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/audit_key.h"

#include <stdio.h>

#include "analysis/audit_filter.h"

static const char *const names[MG_BY_KEYS] = {
#define X(id, name) name,
	MG_AUDIT_KEYS(X)
#undef X
};

enum mg_audit_key mg_audit_key_parse(struct mg_str name)
{
	if (mg_str_eq(name, MG_STR("httpstatus")))
		return MG_BY_CODE;
	if (mg_str_eq(name, MG_STR("uri-path")))
		return MG_BY_URI;
	for (int k = 0; k < MG_BY_KEYS; k++)
		if (mg_str_eq(name, mg_strz(names[k])))
			return (enum mg_audit_key)k;
	return MG_BY_KEYS;
}

const char *mg_audit_key_name(enum mg_audit_key k)
{
	return k < MG_BY_KEYS ? names[k] : "";
}

static struct mg_str printed(char *buf, int n)
{
	return mg_str(buf, n < 0 ? 0 : (size_t)n < MG_AUDIT_KEY_TEXT ? (size_t)n :
								      MG_AUDIT_KEY_TEXT - 1);
}

static struct mg_str path_of(struct mg_str uri)
{
	struct mg_str path, query;

	mg_str_cut(uri, '?', &path, &query);
	return path;
}

/* "deployments.apps shop/web" */
static struct mg_str object(const struct mg_request *q, char *buf)
{
	if (!q->resource.n)
		return mg_str("", 0);
	return printed(buf, snprintf(buf, MG_AUDIT_KEY_TEXT, "%.*s %.*s%s%.*s", MG_FMT(q->resource),
				     MG_FMT(q->ns), q->ns.n ? "/" : "", MG_FMT(q->name)));
}

/* "apps/v1", "v1" */
static struct mg_str api_version(const struct mg_audit *a, char *buf)
{
	return printed(buf, snprintf(buf, MG_AUDIT_KEY_TEXT, "%.*s%s%.*s", (int)a->group.n,
				     a->group.n ? a->group.p : "", a->group.n ? "/" : "",
				     (int)a->version.n, a->version.n ? a->version.p : ""));
}

/* "", "deprecated", "removed in 1.25" */
static struct mg_str deprecated(const struct mg_audit *a, char *buf)
{
	char          text[32];
	struct mg_str v = mg_audit_note(a, MG_STR("k8s.io/removed-release"), text, sizeof(text));

	if (v.n)
		return printed(buf, snprintf(buf, MG_AUDIT_KEY_TEXT, "removed in %.*s", MG_FMT(v)));
	v = mg_audit_note(a, MG_STR("k8s.io/deprecated"), text, sizeof(text));
	return mg_str_eq(v, MG_STR("true")) ? MG_STR("deprecated") : mg_str("", 0);
}

static struct mg_str clock(int64_t ns, int64_t unit, char *buf)
{
	int64_t over = ns % unit;

	if (ns == MG_TIME_NONE)
		return mg_str("", 0);
	return mg_strz(mg_time_format(ns - (over < 0 ? over + unit : over), 0, buf, 40));
}

static struct mg_str list_kind(struct mg_str uri)
{
	struct mg_list_cost c = mg_audit_list_cost(uri);

	if (c.whole)
		return c.etcd ? MG_STR("whole, from etcd") : MG_STR("whole, from cache");
	return c.etcd ? MG_STR("pages, from etcd") : MG_STR("pages, from cache");
}

static struct mg_str plain(struct mg_json_text t, char *buf)
{
	return t.n ? mg_json_plain(t, buf, MG_AUDIT_KEY_TEXT) : mg_str("", 0);
}

static struct mg_str note(const struct mg_audit *a, struct mg_str key, char *buf)
{
	struct mg_str v = mg_audit_note(a, key, buf, MG_AUDIT_KEY_TEXT);

	return v.p ? v : mg_str("", 0);
}

struct mg_str mg_audit_key_text(enum mg_audit_key k, const struct mg_audit *a,
				const struct mg_request *q, char *buf)
{
	switch (k) {
	case MG_BY_VERB: return q->verb;
	case MG_BY_USER:
	case MG_BY_PRODUCT: return q->user;
	case MG_BY_RESOURCE: return q->resource;
	case MG_BY_SUBRESOURCE: return q->subresource;
	case MG_BY_NAMESPACE: return q->ns;
	case MG_BY_NAME: return q->name;
	case MG_BY_OBJECT: return object(q, buf);
	case MG_BY_CODE: return printed(buf, snprintf(buf, MG_AUDIT_KEY_TEXT, "%u", q->code));
	case MG_BY_AGENT: return q->user_agent;
	case MG_BY_IP: return q->source_ip;
	case MG_BY_IMPERSONATED: return plain(a->impersonated, buf);
	case MG_BY_LEVEL: return plain(a->level, buf);
	case MG_BY_STAGE: return plain(a->stage_text, buf);
	case MG_BY_URI: return path_of(q->uri);
	case MG_BY_PATTERN: return mg_uri_pattern(q->uri, buf, MG_AUDIT_KEY_TEXT);
	case MG_BY_DECISION: return note(a, MG_STR("authorization.k8s.io/decision"), buf);
	case MG_BY_REASON: return note(a, MG_STR("authorization.k8s.io/reason"), buf);
	case MG_BY_STATUS_REASON: return plain(a->reason, buf);
	case MG_BY_API_VERSION: return api_version(a, buf);
	case MG_BY_DEPRECATED: return deprecated(a, buf);
	case MG_BY_MANAGER:
		return mg_audit_parameter(q->uri, MG_STR("fieldManager"), buf, MG_AUDIT_KEY_TEXT);
	case MG_BY_MINUTE: return clock(q->start_ns, MG_MIN, buf);
	case MG_BY_HOUR: return clock(q->start_ns, MG_HOUR, buf);
	case MG_BY_LIST_KIND: return list_kind(q->uri);
	case MG_BY_GROUP:
	case MG_BY_KEYS: break;
	}
	return mg_str("", 0);
}

unsigned mg_audit_key_parts(enum mg_audit_key k)
{
	switch (k) {
	case MG_BY_RESOURCE:
	case MG_BY_OBJECT: return MG_REQUEST_RESOURCE;
	case MG_BY_URI:
	case MG_BY_PATTERN:
	case MG_BY_MANAGER:
	case MG_BY_LIST_KIND: return MG_REQUEST_URI;
	default: return 0;
	}
}

struct mg_list_cost mg_audit_list_cost(struct mg_str uri)
{
	char          buf[64];
	struct mg_str limit = mg_audit_parameter(uri, MG_STR("limit"), buf, sizeof(buf)), more, rv;
	bool          limited = limit.n && !mg_str_eq(limit, MG_STR("0"));

	more = mg_audit_parameter(uri, MG_STR("continue"), buf, sizeof(buf));
	rv = mg_audit_parameter(uri, MG_STR("resourceVersion"), buf, sizeof(buf));
	return (struct mg_list_cost){ .whole = !limited && !more.n, .etcd = rv.n == 0 };
}
