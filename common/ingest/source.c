/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/ingest.h"

/* Names under which the well-known components appear as containers, units and pods. */
static const char *const components[] = {
	"kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd", "kubelet",
	"openshift-apiserver", "oauth-apiserver", "openshift-controller-manager",
};

struct mg_str mg_component_of(struct mg_str name)
{
	if (mg_str_eq(name, MG_STR("hyperkube")) || mg_str_eq(name, MG_STR("kubenswrapper")))
		return MG_STR("kubelet");
	for (size_t i = 0; i < sizeof(components) / sizeof(components[0]); i++)
		if (mg_str_eq(name, mg_strz(components[i])))
			return mg_strz(components[i]);
	return name;
}

#define PARTS 64

struct parts {
	struct mg_str v[PARTS]; /* the last PARTS components at most */
	int           n;
};

static void split(struct mg_str path, struct parts *p)
{
	struct mg_str rest = path, head;
	bool          more = true;

	p->n = 0;
	while (more) {
		more = mg_str_cut(rest, '/', &head, &rest);
		if (head.n == 0)
			continue;
		if (p->n == PARTS)
			memmove(p->v, p->v + 1, sizeof(p->v[0]) * (size_t)--p->n);
		p->v[p->n++] = head;
	}
}

static bool is(const struct parts *p, int i, const char *name)
{
	return i >= 0 && i < p->n && mg_str_eq(p->v[i], mg_strz(name));
}

/* The last component called `name` that has something behind it, or -1. */
static int find(const struct parts *p, const char *name)
{
	for (int i = p->n - 2; i >= 0; i--)
		if (is(p, i, name))
			return i;
	return -1;
}

/* A static pod's name ends in its node: "kube-apiserver-NODE".  "etcd-operator-7d9687c77d-h6x78"
 * is not one. */
static struct mg_str node_of_pod(struct mg_str pod)
{
	static const char *const prefixes[] = {
		"openshift-kube-scheduler-", "kube-scheduler-", "kube-controller-manager-",
		"kube-apiserver-", "etcd-",
	};

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (mg_str_starts(pod, mg_strz(prefixes[i]))) {
			pod = mg_str_from(pod, strlen(prefixes[i]));
			return mg_str_starts(pod, MG_STR("operator-")) ? mg_str("", 0) : pod;
		}
	return mg_str("", 0);
}

static struct mg_str without(struct mg_str s, const char *tail)
{
	if (mg_str_ends(s, mg_strz(tail)))
		s.n -= strlen(tail);
	return s;
}

/* sosreport-HOST[-CASE]-YYYY-MM-DD-xxxxxxx */
static struct mg_str sos_host(struct mg_str dir)
{
	struct mg_str name = mg_str_from(dir, sizeof("sosreport-") - 1);

	for (size_t i = 1; i + 11 < name.n; i++) {
		const char *d = name.p + i;

		if (d[0] == '-' && mg_is_digit(d[1]) && mg_is_digit(d[4]) && d[5] == '-' &&
		    mg_is_digit(d[6]) && mg_is_digit(d[7]) && d[8] == '-' && mg_is_digit(d[9]))
			return mg_str_head(name, i);
	}
	return name;
}

/* The directories that kind makes a node: CLUSTER-control-plane, CLUSTER-worker2. */
static bool is_kind_node(struct mg_str name)
{
	while (name.n && mg_is_digit(name.p[name.n - 1]))
		name.n--;
	return mg_str_ends(name, MG_STR("-control-plane")) || mg_str_ends(name, MG_STR("-worker"));
}

/* Whose files lie below component `i` of the path (the first of what a node itself names):
 * HOST/var/log/pods/..., KIND-NODE/pods/..., KIND-NODE/kubelet.log.  Empty: not said. */
static struct mg_str node_above(const struct parts *p, int i)
{
	static const char *const roots[] = { "rootfs", "root", "host", "sysroot", "mnt" };
	struct mg_str            name;

	if (i < 1)
		return mg_str("", 0);
	if (!is(p, i - 1, "log") || !is(p, i - 2, "var"))
		return is_kind_node(p->v[i - 1]) ? p->v[i - 1] : mg_str("", 0);
	if (i < 3)
		return mg_str("", 0);
	name = p->v[i - 3];
	if (mg_str_starts(name, MG_STR("sosreport-")))
		return sos_host(name);
	for (size_t k = 0; k < sizeof(roots) / sizeof(roots[0]); k++)
		if (mg_str_eq(name, mg_strz(roots[k])))
			return mg_str("", 0);
	return name;
}

/* namespaces/NS/pods/POD[/CONTAINER/CONTAINER/logs/FILE] (oc adm inspect), and of a sosreport
 * namespaces/NS/pods/podlogs/oc_logs_--namespace_NS_POD[_-p] */
static bool inspect_path(const struct parts *p, struct mg_source *s)
{
	int i = find(p, "namespaces");

	if (i < 0)
		return false;
	s->ns = p->v[i + 1];
	if (is(p, i + 2, "pods") && is(p, i + 3, "podlogs") && i + 4 == p->n - 1) {
		struct mg_str file = without(p->v[i + 4], "_-p");
		ptrdiff_t     at = mg_str_rchr(file, '_');

		if (at > 0)
			s->pod = mg_str_from(file, (size_t)at + 1);
		return true;
	}
	if (is(p, i + 2, "pods") && i + 3 < p->n) {
		s->pod = p->v[i + 3];
		if (i + 5 < p->n)
			s->container = p->v[i + 4];
	}
	return true;
}

/* pods/NS_POD_UID/CONTAINER/N.log and containers/POD_NS_CONTAINER-ID.log (CRI),
 * pods/NS_POD_CONTAINER[_previous].log (artifacts of a CI job) */
static bool cri_path(const struct parts *p, struct mg_source *s)
{
	struct mg_str a, b, c, rest;
	int           i = find(p, "pods");

	if (i >= 0 && mg_str_cut(p->v[i + 1], '_', &a, &rest) &&
	    mg_str_cut(rest, '_', &b, &rest)) {
		s->ns = a;
		s->pod = b;
		if (i + 3 < p->n)
			s->container = p->v[i + 2];
		else if (i + 1 == p->n - 1)
			s->container = without(without(rest, ".log"), "_previous");
		if (i + 1 < p->n - 1)
			s->node = node_above(p, i);
		return true;
	}
	i = find(p, "containers");
	if (i < 0 || !mg_str_cut(p->v[i + 1], '_', &a, &rest) ||
	    !mg_str_cut(rest, '_', &b, &c))
		return false;
	s->pod = a;
	s->ns = b;
	s->node = node_above(p, i);
	if (mg_str_rchr(c, '-') > 0)
		s->container = mg_str_head(c, (size_t)mg_str_rchr(c, '-'));
	return true;
}

/* podlogs/NS/POD/logs/CONTAINER.txt (sonobuoy),
 * cluster-info/NS/podlogs/POD/kubectl_..._logs_POD_-c_CONTAINER (sosreport) */
static bool podlogs_path(const struct parts *p, struct mg_source *s)
{
	struct mg_str file = p->v[p->n - 1];
	int           i = find(p, "podlogs");
	ptrdiff_t     at;

	if (i >= 0 && i + 4 == p->n - 1 && is(p, i + 3, "logs")) {
		s->ns = p->v[i + 1];
		s->pod = p->v[i + 2];
		s->container = without(file, ".txt");
		return true;
	}
	if (i < 1 || i + 2 != p->n - 1)
		return false;
	s->ns = p->v[i - 1];
	s->pod = p->v[i + 1];
	at = mg_str_rfind(file, MG_STR("_-c_"));
	if (at > 0)
		s->container = without(mg_str_from(file, (size_t)at + 4), "_-p");
	return true;
}

/* Lists a namespace: resources/ns/NS/FILE (sonobuoy), cluster-resources/RESOURCE/NS.json
 * (troubleshoot) */
static bool objects_path(const struct parts *p, struct mg_source *s)
{
	int           i = find(p, "ns");
	struct mg_str stem, ext;

	if (i > 0 && is(p, i - 1, "resources") && i + 2 == p->n - 1) {
		s->ns = p->v[i + 1];
		return true;
	}
	i = find(p, "cluster-resources");
	if (i < 0 || i + 2 > p->n - 1 ||
	    !mg_str_cut(p->v[p->n - 1], '.', &stem, &ext) || !mg_str_eq(ext, MG_STR("json")))
		return false;
	s->ns = stem;
	return true;
}

/* pods/logs/NS/POD/CONTAINER[-previous].log, all-logs/POD/CONTAINER.log (troubleshoot),
 * NS/POD/logs.txt (dump) */
static bool bundle_path(const struct parts *p, struct mg_source *s)
{
	int           i = find(p, "logs");
	struct mg_str file = p->v[p->n - 1];

	if (i > 0 && is(p, i - 1, "pods") && i + 3 == p->n - 1) {
		s->ns = p->v[i + 1];
		s->pod = p->v[i + 2];
		s->container = without(without(file, ".log"), "-previous");
		return true;
	}
	i = find(p, "all-logs");
	if (i >= 0 && i + 2 == p->n - 1) {
		s->pod = p->v[i + 1];
		s->container = without(without(file, ".log"), "-previous");
		return true;
	}
	if (mg_str_eq(file, MG_STR("logs.txt")) && p->n >= 3) {
		s->ns = p->v[p->n - 3];
		s->pod = p->v[p->n - 2];
		return true;
	}
	return false;
}

/* audit_logs/COMPONENT/NODE-audit[-STAMP].log[.gz], also NODE-termination.log.gz */
static bool audit_path(const struct parts *p, struct mg_source *s)
{
	static const char *const marks[] = { "-audit", "-termination", "-startup" };
	int                      i = find(p, "audit_logs");
	struct mg_str            file = p->v[p->n - 1];

	if (i < 0)
		i = find(p, "static-pods");
	if (i < 0 || i + 2 >= p->n)
		return false;
	s->component = mg_component_of(p->v[i + 1]);
	for (size_t k = 0; k < sizeof(marks) / sizeof(marks[0]); k++) {
		ptrdiff_t at = mg_str_find(file, mg_strz(marks[k]));

		if (at > 0) {
			s->node = mg_str_head(file, (size_t)at);
			break;
		}
	}
	return true;
}

/* Host files: host_service_logs/ROLE/UNIT_service.log (or NODE for ROLE), nodes/NODE/FILE,
 * hosts/NODE/FILE (sonobuoy), NODE/kubelet.log */
static void host_path(const struct parts *p, struct mg_source *s)
{
	struct mg_str file = p->v[p->n - 1];
	ptrdiff_t     at = mg_str_find(file, MG_STR("_service.log"));
	int           i = find(p, "nodes"), k = find(p, "host_service_logs");

	if (i < 0 && (i = find(p, "hosts")) >= 0 && i + 2 >= p->n)
		i = -1;
	if (k >= 0 && k + 2 == p->n - 1 && !is(p, k + 1, "masters") && !is(p, k + 1, "workers"))
		s->node = p->v[k + 1];
	for (int up = p->n - 1; up > 0 && i < 0 && !s->node.n; up--)
		s->node = node_above(p, up);
	if (at > 0 && find(p, "host_service_logs") >= 0)
		s->component = mg_component_of(mg_str_head(file, (size_t)at));
	else if (mg_str_starts(file, MG_STR("kubelet")) ||
		 mg_str_has(file, MG_STR("_logs_kubelet")))
		s->component = MG_STR("kubelet");
	if (i >= 0 && i + 2 < p->n) {
		s->node = p->v[i + 1];
	} else if (i >= 0) { /* core/nodes/NODE.yaml */
		struct mg_str name = p->v[i + 1];

		if (mg_str_ends(name, MG_STR(".yaml")) || mg_str_ends(name, MG_STR(".json")))
			s->node = mg_str_head(name, name.n - 5);
	}
}

/* Profiles and bare files often carry the component in their own name. */
static void component_from_name(struct mg_str file, struct mg_source *s)
{
	for (size_t i = 0; i < sizeof(components) / sizeof(components[0]); i++)
		if (mg_str_has(file, mg_strz(components[i]))) {
			s->component = mg_strz(components[i]);
			return;
		}
}

void mg_source_from_path(struct mg_str path, struct mg_source *out)
{
	struct parts  p;
	struct mg_str file;

	*out = (struct mg_source){ .path = path, .mtime_ns = MG_TIME_NONE };
	split(path, &p);
	if (p.n == 0)
		return;
	file = p.v[p.n - 1];
	if (!inspect_path(&p, out) && !cri_path(&p, out) && !bundle_path(&p, out) &&
	    !audit_path(&p, out) &&
	    !podlogs_path(&p, out) && !objects_path(&p, out))
		host_path(&p, out);
	if (out->container.n)
		out->component = mg_component_of(out->container);
	if (node_of_pod(out->pod).n) /* the static pod's own name knows it better */
		out->node = node_of_pod(out->pod);
	if (!out->component.n && out->node.n && out->pod.n > out->node.n) /* COMPONENT-NODE */
		component_from_name(mg_str_head(out->pod, out->pod.n - out->node.n), out);
	if (!out->component.n)
		component_from_name(file, out);
	out->previous = mg_str_starts(file, MG_STR("previous")) ||
			mg_str_has(file, MG_STR("-previous")) ||
			mg_str_has(file, MG_STR("_previous")) || mg_str_ends(file, MG_STR("_-p"));
}
