/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/request_audit.h"

static inline struct mg_str plain(struct mg_arena *arena, struct mg_json_text t)
{
	if (!t.escaped)
		return mg_str(t.p, t.n);
	return mg_json_plain(t, mg_arena_alloc(arena, t.n), t.n);
}

static struct mg_str resource(struct mg_arena *arena, const struct mg_audit *a)
{
	size_t n = (size_t)a->resource.n + a->group.n + a->version.n + 1;

	if (!a->group.n && !a->version.escaped && !a->resource.escaped &&
	    !(a->version.n && memchr(a->version.p, '/', a->version.n)))
		return mg_str(a->resource.p, a->resource.n);
	return mg_audit_resource(a, mg_arena_alloc(arena, n), n);
}

/* The release that removes this API (annotation k8s.io/removed-release).  Kubernetes removes
 * only what never left alpha or beta, which saves reading the annotations of all others. */
static struct mg_str removed_release(struct mg_arena *arena, const struct mg_audit *a)
{
	struct mg_str version = mg_str(a->version.p, a->version.n);

	if (version.n < 6 || (!mg_str_has(version, MG_STR("beta")) &&
			      !mg_str_has(version, MG_STR("alpha"))))
		return mg_str("", 0);
	return plain(arena, mg_audit_annotation(a, MG_STR("k8s.io/removed-release")));
}

void mg_request_from_audit(struct mg_request *q, const struct mg_audit *a,
			   struct mg_arena *arena, unsigned parts)
{
	*q = (struct mg_request){ .code = a->code, .long_running = mg_audit_long_running(a) };
	mg_audit_times(a, &q->start_ns, &q->end_ns);
	q->verb = plain(arena, a->verb);
	q->user = plain(arena, a->user);
	q->user_agent = plain(arena, a->user_agent);
	q->source_ip = plain(arena, a->last_ip);
	if (parts & MG_REQUEST_RESOURCE)
		q->resource = resource(arena, a);
	q->subresource = plain(arena, a->subresource);
	q->ns = plain(arena, a->ns);
	q->name = plain(arena, a->name);
	if (parts & MG_REQUEST_URI)
		q->uri = plain(arena, a->uri);
	if (parts & MG_REQUEST_RELEASE)
		q->removed_release = removed_release(arena, a);
}

/* Resources whose change reaches the whole cluster; a leading '.' stands for all of a group. */
static const char *const config[] = {
	"mutatingwebhookconfigurations.admissionregistration.k8s.io",
	"validatingwebhookconfigurations.admissionregistration.k8s.io",
	"mutatingadmissionpolicies.admissionregistration.k8s.io",
	"validatingadmissionpolicies.admissionregistration.k8s.io",
	"mutatingadmissionpolicybindings.admissionregistration.k8s.io",
	"validatingadmissionpolicybindings.admissionregistration.k8s.io",
	"customresourcedefinitions.apiextensions.k8s.io",
	"apiservices.apiregistration.k8s.io",
	"flowschemas.flowcontrol.apiserver.k8s.io",
	"prioritylevelconfigurations.flowcontrol.apiserver.k8s.io",
	"clusterroles.rbac.authorization.k8s.io",
	"clusterrolebindings.rbac.authorization.k8s.io",
	"securitycontextconstraints.security.openshift.io",
	".machineconfiguration.openshift.io",
	".config.openshift.io",
	".operator.openshift.io",
};

/* What these write follows from what others wrote: bootstrap, and roles that are sums. */
static bool is_derived(struct mg_str user)
{
	return mg_str_eq(user, MG_STR("system:apiserver")) ||
	       mg_str_eq(user, MG_STR("system:serviceaccount:kube-system:"
				      "clusterrole-aggregation-controller"));
}

bool mg_request_is_change(const struct mg_request *q)
{
	/* the cheap refusals first: nearly every request ends here */
	if (q->ns.n || q->subresource.n || q->code < 200 || q->code >= 300 || !q->resource.n ||
	    !q->verb.n || strchr("glw", q->verb.p[0]) || is_derived(q->user) ||
	    mg_str_has(q->uri, MG_STR("dryRun=")))
		return false;
	if (mg_str_eq(q->resource, MG_STR("clusteroperators.config.openshift.io")))
		return false; /* written by operators all the time */
	for (size_t i = 0; i < sizeof(config) / sizeof(config[0]); i++)
		if (config[i][0] == '.' ? mg_str_ends(q->resource, mg_strz(config[i])) :
					  mg_str_eq(q->resource, mg_strz(config[i])))
			return true;
	return false;
}
