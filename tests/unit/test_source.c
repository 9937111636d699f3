/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "ingest/ingest.h"

#define UID "0a1b2c3d-0000-4000-8000-1234567890ab"
#define ID  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

struct row {
	const char *path, *node, *ns, *pod, *container, *component;
	bool        previous;
};

static const struct row rows[] = {
	/* oc adm must-gather, oc adm inspect */
	{ "mg/img/namespaces/openshift-etcd/pods/etcd-m0/etcd/etcd/logs/current.log", "m0",
	  "openshift-etcd", "etcd-m0", "etcd", "etcd", false },
	{ "mg/m-0/img/namespaces/a/pods/p/c/c/logs/previous.log", "", "a", "p", "c", "c", true },
	{ "namespaces/a/pods/p/c/c/logs/rotated/0.log.20261121-030405.gz", "", "a", "p", "c", "c", false },
	{ "inspect.local.1/namespaces/all/namespaces/a/pods/p/p.yaml", "", "a", "p", "", "", false },
	{ "mg/img/audit_logs/kube-apiserver/m0-audit-2026-11-21T03-12-09.937.log.gz", "m0", "", "", "",
	  "kube-apiserver", false },
	{ "mg/img/static-pods/kube-apiserver/m0-termination.log.gz", "m0", "", "", "", "kube-apiserver",
	  false },
	{ "mg/img/host_service_logs/masters/kubelet_service.log", "", "", "", "", "kubelet", false },
	{ "mg/img/host_service_logs/w-1/crio_service.log", "w-1", "", "", "", "crio", false },
	/* cluster-info dump */
	{ "dump/kube-system/kube-apiserver-m0/logs.txt", "m0", "kube-system", "kube-apiserver-m0", "",
	  "kube-apiserver", false },
	/* kind export logs */
	{ "logs/kind-control-plane/pods/kube-system_coredns-1_" UID "/coredns/0.log",
	  "kind-control-plane", "kube-system", "coredns-1", "coredns", "coredns", false },
	{ "logs/kind-worker2/containers/kindnet-x_kube-system_kindnet-cni-" ID ".log", "kind-worker2",
	  "kube-system", "kindnet-x", "kindnet-cni", "kindnet-cni", false },
	{ "logs/kind-control-plane/kubernetes/kube-apiserver-audit.log", "kind-control-plane", "", "",
	  "", "kube-apiserver", false },
	{ "logs/kind-control-plane/kubelet.log", "kind-control-plane", "", "", "", "kubelet", false },
	/* /var/log of a node, alone and of several */
	{ "var/log/pods/kube-system_etcd-m0_" UID "/etcd/3.log", "m0", "kube-system", "etcd-m0", "etcd",
	  "etcd", false },
	{ "w-1/var/log/pods/a_p_" UID "/c/0.log", "w-1", "a", "p", "c", "c", false },
	{ "rootfs/var/log/pods/a_p_" UID "/c/0.log", "", "a", "p", "c", "c", false },
	{ "m0/var/log/kubernetes/audit/audit.log", "m0", "", "", "", "", false },
	{ "var/log/kubernetes/audit/audit.log", "", "", "", "", "", false },
	{ "var/lib/rancher/k3s/server/logs/audit.log", "", "", "", "", "", false },
	/* sosreport */
	{ "sosreport-m0-01234-2026-11-21-abcdefg/var/log/pods/kube-system_x_" UID "/c/0.log", "m0-01234",
	  "kube-system", "x", "c", "c", false },
	{ "sos/sos_commands/openshift/namespaces/a/pods/podlogs/oc_logs_--namespace_a_p-1_-p", "", "a",
	  "p-1", "", "", true },
	{ "sos/sos_commands/kubernetes/cluster-info/a/podlogs/p/kubectl_logs_p_-c_c1", "", "a", "p", "c1",
	  "c1", false },
	/* troubleshoot */
	{ "sb/cluster-resources/pods/logs/a/p/c-previous.log", "", "a", "p", "c", "c", true },
	{ "sb/cluster-resources/events/kube-system.json", "", "kube-system", "", "", "", false },
	{ "sb/cluster-resources/nodes.json", "", "", "", "", "", false },
	{ "sb/all-logs/p/c.log", "", "", "p", "c", "c", false },
	/* sonobuoy */
	{ "podlogs/a/p/logs/c.txt", "", "a", "p", "c", "c", false },
	{ "resources/ns/a/core_v1_pods.json", "", "a", "", "", "", false },
	{ "hosts/n1/configz.json", "n1", "", "", "", "", false },
	/* artifacts of a Prow job */
	{ "artifacts/gather-extra/artifacts/pods/openshift-etcd_etcd-m0_etcd.log", "m0",
	  "openshift-etcd", "etcd-m0", "etcd", "etcd", false },
	{ "artifacts/pods/openshift-etcd_etcd-m0_etcd_previous.log", "m0", "openshift-etcd", "etcd-m0",
	  "etcd", "etcd", true },
	{ "artifacts/nodes/w-1/journal", "w-1", "", "", "", "", false },
	/* a bare folder: names tell nothing, or only the component */
	{ "a.txt", "", "", "", "", "", false },
	{ "evidence/kubelet.log", "", "", "", "", "kubelet", false },
	{ "", "", "", "", "", "", false },
};

static void expect(const char *path, const char *what, struct mg_str got, const char *want)
{
	if (!mg_str_eq(got, mg_strz(want)))
		fail_msg("%s: %s is '%.*s', not '%s'", path, what, MG_FMT(got), want);
}

static void test_layouts(void **state)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *r = &rows[i];
		struct mg_source  s;

		mg_source_from_path(mg_strz(r->path), &s);
		expect(r->path, "node", s.node, r->node);
		expect(r->path, "namespace", s.ns, r->ns);
		expect(r->path, "pod", s.pod, r->pod);
		expect(r->path, "container", s.container, r->container);
		expect(r->path, "component", s.component, r->component);
		if (s.previous != r->previous)
			fail_msg("%s: previous is %d", r->path, s.previous);
	}
}

/* However a path is cut off, it is asked without reading past its end. */
static void test_any_prefix(void **state)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (size_t n = strlen(rows[i].path) + 1; n-- > 0;) {
			char            *copy = memcpy(test_malloc(n + 1), rows[i].path, n);
			struct mg_source s;

			mg_source_from_path(mg_str(copy, n), &s);
			assert_true(s.ns.n <= n && s.pod.n <= n && s.container.n <= n);
			test_free(copy);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layouts),
		cmocka_unit_test(test_any_prefix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
