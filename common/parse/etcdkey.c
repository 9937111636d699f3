/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/etcdkey.h"

#include <stdio.h>

#include "base/num.h"

/* --- protobuf text --------------------------------------------------------- */

static bool name_char(char c)
{
	return mg_is_digit(c) || c == '_' || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

/* Offset behind `name` and its colon where it stands as a field name, or -1. */
static ptrdiff_t field_at(struct mg_str s, struct mg_str name)
{
	size_t at = 0;

	for (;;) {
		ptrdiff_t i = mg_str_find(mg_str_from(s, at), name);
		size_t    end;

		if (i < 0)
			return -1;
		at += (size_t)i;
		end = at + name.n;
		if ((at == 0 || !name_char(s.p[at - 1])) && end < s.n && s.p[end] == ':')
			return (ptrdiff_t)end + 1;
		at = end;
	}
}

/* A quoted value at the start of `s`, after blanks.  The quotes themselves may be escaped
 * (\" or \\\"), because the request is a string inside another string. */
static struct mg_str quoted(struct mg_str s)
{
	size_t i = 0, slashes = 0, run = 0, start;

	while (i < s.n && s.p[i] == ' ')
		i++;
	for (; i < s.n && s.p[i] == '\\'; i++)
		slashes++;
	if (i == s.n || s.p[i] != '"')
		return mg_str(NULL, 0);
	for (start = ++i; i < s.n; i++) {
		if (s.p[i] == '\\') {
			run++;
			continue;
		}
		if (s.p[i] == '"' && run <= slashes)
			return mg_str(s.p + start, i - run - start);
		run = 0;
	}
	return mg_str(NULL, 0);
}

static struct mg_str quoted_field(struct mg_str s, struct mg_str name)
{
	ptrdiff_t at = field_at(s, name);

	return at < 0 ? mg_str(NULL, 0) : quoted(mg_str_from(s, (size_t)at));
}

static bool has_field(struct mg_str s, const char *name)
{
	return field_at(s, mg_strz(name)) >= 0;
}

static struct mg_str op_of(struct mg_str s, struct mg_str success)
{
	static const struct { const char *field, *op; } plain[] = {
		{ "put", "put" }, { "delete_range", "delete" }, { "range", "range" },
		{ "lease_revoke", "lease-revoke" }, { "lease_grant", "lease-grant" },
		{ "lease_checkpoint", "lease-checkpoint" }, { "compaction", "compaction" },
		{ "alarm", "alarm" }, { "authenticate", "auth" },
		{ "cluster_version_set", "cluster-version" },
		{ "cluster_member_attr_set", "member-attr" },
	};

	if (has_field(s, "txn") || has_field(s, "success") || has_field(s, "compare")) {
		if (has_field(success, "request_put"))
			return MG_STR("txn-put");
		if (has_field(success, "request_delete_range"))
			return MG_STR("txn-delete");
		return has_field(success, "request_range") ? MG_STR("txn-range") : MG_STR("txn");
	}
	for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++)
		if (has_field(s, plain[i].field))
			return mg_strz(plain[i].op);
	return has_field(s, "key") ? MG_STR("range") : mg_str("", 0);
}

struct mg_etcd_request mg_etcd_request(struct mg_str text)
{
	struct mg_etcd_request r;
	ptrdiff_t              ok = field_at(text, MG_STR("success")), no;
	struct mg_str          success = text;

	if (ok >= 0) {
		success = mg_str_from(text, (size_t)ok);
		no = field_at(success, MG_STR("failure"));
		if (no >= 0)
			success = mg_str_head(success, (size_t)no);
	}
	r.op = op_of(text, success);
	r.key = quoted_field(success, MG_STR("key"));
	if (!r.key.p)
		r.key = quoted_field(text, MG_STR("key"));
	r.range_end = quoted_field(success, MG_STR("range_end"));
	return r;
}

/* Digits at the start of `s`; -1 when there are none or too many. */
static int64_t number(struct mg_str s)
{
	size_t   n = 0;
	uint64_t v;

	while (n < s.n && mg_is_digit(s.p[n]))
		n++;
	return mg_num_u64(mg_str_head(s, n), &v) && v <= INT64_MAX ? (int64_t)v : -1;
}

void mg_etcd_response(struct mg_str text, int64_t *count, int64_t *size)
{
	ptrdiff_t n = field_at(text, MG_STR("range_response_count"));
	ptrdiff_t z = mg_str_rfind(text, MG_STR("size:"));

	*count = n < 0 ? -1 : number(mg_str_from(text, (size_t)n));
	*size = z < 0 ? -1 : number(mg_str_from(text, (size_t)z + 5));
}

/* --- keys ------------------------------------------------------------------- */

/* Where the key differs from the API: first segment (and second, when a directory), the
 * resource and its group.  Core resources that are spelt alike need no row. */
struct key_name {
	const char *seg, *sub, *resource, *group;
};

static const struct key_name kube[] = {
	{ "minions", NULL, "nodes", "" },
	{ "services", "specs", "services", "" },
	{ "services", "endpoints", "endpoints", "" },
	{ "controllers", NULL, "replicationcontrollers", "" },
	{ "deployments", NULL, "deployments", "apps" },
	{ "replicasets", NULL, "replicasets", "apps" },
	{ "statefulsets", NULL, "statefulsets", "apps" },
	{ "daemonsets", NULL, "daemonsets", "apps" },
	{ "controllerrevisions", NULL, "controllerrevisions", "apps" },
	{ "jobs", NULL, "jobs", "batch" },
	{ "cronjobs", NULL, "cronjobs", "batch" },
	{ "leases", NULL, "leases", "coordination.k8s.io" },
	{ "endpointslices", NULL, "endpointslices", "discovery.k8s.io" },
	{ "roles", NULL, "roles", "rbac.authorization.k8s.io" },
	{ "rolebindings", NULL, "rolebindings", "rbac.authorization.k8s.io" },
	{ "clusterroles", NULL, "clusterroles", "rbac.authorization.k8s.io" },
	{ "clusterrolebindings", NULL, "clusterrolebindings", "rbac.authorization.k8s.io" },
	{ "ingress", NULL, "ingresses", "networking.k8s.io" },
	{ "ingressclasses", NULL, "ingressclasses", "networking.k8s.io" },
	{ "networkpolicies", NULL, "networkpolicies", "networking.k8s.io" },
	{ "storageclasses", NULL, "storageclasses", "storage.k8s.io" },
	{ "volumeattachments", NULL, "volumeattachments", "storage.k8s.io" },
	{ "csinodes", NULL, "csinodes", "storage.k8s.io" },
	{ "csidrivers", NULL, "csidrivers", "storage.k8s.io" },
	{ "csistoragecapacities", NULL, "csistoragecapacities", "storage.k8s.io" },
	{ "priorityclasses", NULL, "priorityclasses", "scheduling.k8s.io" },
	{ "podsecuritypolicy", NULL, "podsecuritypolicies", "policy" },
	{ "poddisruptionbudgets", NULL, "poddisruptionbudgets", "policy" },
	{ "horizontalpodautoscalers", NULL, "horizontalpodautoscalers", "autoscaling" },
	{ "runtimeclasses", NULL, "runtimeclasses", "node.k8s.io" },
	{ "certificatesigningrequests", NULL, "certificatesigningrequests", "certificates.k8s.io" },
	{ "flowschemas", NULL, "flowschemas", "flowcontrol.apiserver.k8s.io" },
	{ "prioritylevelconfigurations", NULL, "prioritylevelconfigurations",
	  "flowcontrol.apiserver.k8s.io" },
	{ "validatingwebhookconfigurations", NULL, "validatingwebhookconfigurations",
	  "admissionregistration.k8s.io" },
	{ "mutatingwebhookconfigurations", NULL, "mutatingwebhookconfigurations",
	  "admissionregistration.k8s.io" },
	{ 0 },
};

static const struct key_name openshift[] = {
	{ "oauth", "accesstokens", "oauthaccesstokens", "oauth.openshift.io" },
	{ "oauth", "authorizetokens", "oauthauthorizetokens", "oauth.openshift.io" },
	{ "oauth", "clients", "oauthclients", "oauth.openshift.io" },
	{ "oauth", "clientauthorizations", "oauthclientauthorizations", "oauth.openshift.io" },
	{ "useridentities", NULL, "identities", "user.openshift.io" },
	{ "users", NULL, "users", "user.openshift.io" },
	{ "groups", NULL, "groups", "user.openshift.io" },
	{ "routes", NULL, "routes", "route.openshift.io" },
	{ "builds", NULL, "builds", "build.openshift.io" },
	{ "buildconfigs", NULL, "buildconfigs", "build.openshift.io" },
	{ "deploymentconfigs", NULL, "deploymentconfigs", "apps.openshift.io" },
	{ "images", NULL, "images", "image.openshift.io" },
	{ "imagestreams", NULL, "imagestreams", "image.openshift.io" },
	{ "templates", NULL, "templates", "template.openshift.io" },
	{ "templateinstances", NULL, "templateinstances", "template.openshift.io" },
	{ "brokertemplateinstances", NULL, "brokertemplateinstances", "template.openshift.io" },
	{ "rangeallocations", NULL, "rangeallocations", "security.openshift.io" },
	{ 0 },
};

/* The next segment of the path; *rest is behind its slash. */
static struct mg_str segment(struct mg_str *rest)
{
	struct mg_str head;

	mg_str_cut(*rest, '/', &head, rest);
	return head;
}

static bool strip_prefix(struct mg_str key, struct mg_str *rest, const struct key_name **names)
{
	static const struct { const char *prefix; const struct key_name *names; } known[] = {
		{ "/registry/", kube },
		{ "/kubernetes.io/", kube },
		{ "/openshift.io/", openshift },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		struct mg_str p = mg_strz(known[i].prefix);

		if (mg_str_starts(key, p)) {
			*rest = mg_str_from(key, p.n);
			*names = known[i].names;
			return true;
		}
	}
	return false;
}

/* The resource at the start of *rest, which moves behind it. */
static bool resource(struct mg_str *rest, const struct key_name *names, struct mg_etcd_object *o)
{
	struct mg_str first, second, after;

	if (mg_str_chr(*rest, '/') < 0)
		return false; /* "/registry/health" */
	first = segment(rest);
	after = *rest;
	second = segment(&after);
	for (const struct key_name *k = names; k->seg; k++) {
		if (!mg_str_eq(first, mg_strz(k->seg)) ||
		    (k->sub && !mg_str_eq(second, mg_strz(k->sub))))
			continue;
		if (k->sub)
			*rest = after;
		o->resource = mg_strz(k->resource);
		o->group = mg_strz(k->group);
		return true;
	}
	o->resource = first;
	if (mg_str_chr(first, '.') >= 0 && second.n) { /* a group: custom resources */
		o->group = first;
		o->resource = second;
		*rest = after;
	}
	return first.n > 0;
}

bool mg_etcd_object(struct mg_str key, struct mg_etcd_object *out)
{
	const struct key_name *names;
	struct mg_str          rest, one, two;

	*out = (struct mg_etcd_object){ { "", 0 }, { "", 0 }, { "", 0 }, { "", 0 } };
	if (!strip_prefix(key, &rest, &names) || !resource(&rest, names, out))
		return false;
	if (!mg_str_cut(rest, '/', &one, &two))
		out->name = one; /* one segment: a cluster-scoped object */
	else
		out->ns = one, out->name = two; /* "ns/" is all of a namespace */
	return true;
}

struct mg_str mg_etcd_resource(const struct mg_etcd_object *o, char *buf, size_t n)
{
	int len = snprintf(buf, n, "%.*s%s%.*s", MG_FMT(o->resource), o->group.n ? "." : "",
			   MG_FMT(o->group));

	return mg_str(buf, len < 0 ? 0 : (size_t)len < n ? (size_t)len : n - 1);
}
