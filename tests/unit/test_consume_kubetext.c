/* SPDX-License-Identifier: Apache-2.0 */
/* What kubectl and crictl print, files of certificates, and YAML that is damaged. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "event/from_kubetext.h"
#include "objects_feed.h"

static const struct mg_source here = { .path = MG_STR("x"), .artifact = 3, .mtime_ns = 77 * MG_SEC };

static void run(const char *text, struct mg_partial *p)
{
	feed(&mg_consumer_kubetext, &here, mg_strz(text), 64, p);
}

static void time_is(int64_t ns, const char *text)
{
	char buf[40];

	assert_string_equal(mg_time_format(ns, 0, buf, sizeof(buf)), text);
}

static void top(void **state)
{
	struct mg_partial      p;
	const struct mg_event *e;

	run("NAME       CPU(cores)   CPU%   MEMORY(bytes)   MEMORY%   \n"
	    "master-0   1250m        8%     12240Mi         40%       \n"
	    "worker-1   <unknown>    <unknown>   <unknown>   <unknown>\n", &p);
	assert_int_equal(p.stats.bad, 0);
	e = find_kind(&p.events, MG_EV_USAGE, 0);
	assert_true(mg_str_eq(e->node, MG_STR("master-0")) && attr_is(e, "cpu_millicores", "1250"));
	assert_true(attr_is(e, "memory_bytes", "12834570240") && attr_is(e, "memory_percent", "40%"));
	e = find_kind(&p.events, MG_EV_USAGE, 1);
	assert_int_equal(e->nattrs, 0);
	feed_release(&p);
	run("NAMESPACE        NAME                       CPU(cores)   MEMORY(bytes)   \n"
	    "kube-system      etcd-master-0              250m         812Mi           \n"
	    "openshift-etcd   etcd-quorum-guard-xyz      1m           1Mi             \n", &p);
	e = find_kind(&p.events, MG_EV_USAGE, 1);
	assert_true(mg_str_eq(e->ns, MG_STR("openshift-etcd")));
	assert_true(mg_str_eq(e->pod, MG_STR("etcd-quorum-guard-xyz")));
	assert_int_equal(e->time_ns, here.mtime_ns);
	assert_int_equal(e->time_source, MG_TIME_DERIVED);
	feed_release(&p);
}

static void crictl(void **state)
{
	struct mg_partial      p;
	const struct mg_event *e;

	run("CONTAINER           IMAGE               CREATED              STATE               NAME     "
	    "                 ATTEMPT             POD ID              POD\n"
	    "2f5a0c1e2b7d0       8cab3d2a8bd0f       About a minute ago   Running             kube-apis"
	    "erver            6                   4f1f8d3ce1d52       kube-apiserver-master-0\n"
	    "9e3b7d0a4c6f1       8cab3d2a8bd0f       2 hours ago          Exited              kube-sche"
	    "duler            0                   7a1b8d3ce1d52       kube-scheduler-master-0\n", &p);
	assert_int_equal(p.stats.bad, 0);
	e = find_kind(&p.events, MG_EV_POD_RESTARTS, 0);
	assert_int_equal(e->count, 6);
	assert_true(mg_str_eq(e->pod, MG_STR("kube-apiserver-master-0")));
	assert_null(find_kind(&p.events, MG_EV_POD_RESTARTS, 1));
	e = find_kind(&p.events, MG_EV_OBJECT, 0);
	assert_true(attr_is(e, "created", "About a minute ago") && attr_is(e, "state", "Running"));
	e = find_kind(&p.events, MG_EV_OBJECT, 1);
	assert_true(attr_is(e, "state", "Exited") && attr_is(e, "container_id", "9e3b7d0a4c6f1"));
	feed_release(&p);
	run("POD ID              CREATED             STATE               NAME                      NAME"
	    "SPACE           ATTEMPT             RUNTIME\n"
	    "4f1f8d3ce1d52       2 hours ago         Ready               kube-apiserver-master-0   kube"
	    "-system         2                   (default)\n", &p);
	e = find_kind(&p.events, MG_EV_OBJECT, 0);
	assert_true(mg_str_eq(e->resource, MG_STR("sandboxes")) && attr_is(e, "attempt", "2"));
	feed_release(&p);
}

static void fairness(void **state)
{
	struct mg_partial      p;
	const struct mg_event *e;

	run("PriorityLevelName,  ActiveQueues, IsIdle, IsQuiescing, WaitingRequests, ExecutingRequests,"
	    " DispatchedRequests, RejectedRequests, TimedoutRequests, CancelledRequests\n"
	    "workload-low,       3,            false,  false,       7,               16,               "
	    " 4711,               12,               2,                0\n"
	    "exempt,             <none>,       <none>, <none>,      <none>,          <none>,           "
	    " <none>,             <none>,           <none>,           <none>\n", &p);
	e = find_kind(&p.events, MG_EV_APF_LEVEL, 0);
	assert_int_equal(e->severity, MG_SEV_WARNING);
	assert_true(attr_is(e, "waiting", "7") && attr_is(e, "rejected", "12"));
	e = find_kind(&p.events, MG_EV_APF_LEVEL, 1);
	assert_true(e->severity == MG_SEV_DEBUG && mg_str_eq(e->name, MG_STR("exempt")));
	feed_release(&p);
	run("PriorityLevelName, Index,  PendingRequests, ExecutingRequests, VirtualStart\n"
	    "workload-low,      0,      0,               0,                 0.0000\n"
	    "workload-low,      13,     2,               6,                 11340.8506\n", &p);
	assert_int_equal(p.events.n, 1);
	assert_true(attr_is(p.events.ev, "index", "13") && attr_is(p.events.ev, "waiting", "2"));
	feed_release(&p);
	run("PriorityLevelName, FlowSchemaName, QueueIndex, RequestIndexInQueue, FlowDistingsher, Arriv"
	    "eTime, UserName, Verb, APIPath\n"
	    "workload-low, service-accounts, 13, 0, system:serviceaccount:a:b, 2026-11-21T03:12:43.1200"
	    "00000Z, system:serviceaccount:a:b, list, /api/v1/pods?a=1,2\n", &p);
	e = find_kind(&p.events, MG_EV_APF_REQUEST, 0);
	time_is(e->time_ns, "2026-11-21T03:12:43Z");
	assert_true(mg_str_eq(e->verb, MG_STR("list")) && attr_is(e, "path", "/api/v1/pods?a=1,2"));
	assert_true(attr_is(e, "flow", "system:serviceaccount:a:b"));
	feed_release(&p);
}

static void described(void **state)
{
	struct mg_partial      p;
	const struct mg_event *e;

	run("Name:               worker-1\n"
	    "Roles:              worker\n"
	    "Labels:             beta.kubernetes.io/arch=amd64\n"
	    "                    node-role.kubernetes.io/worker=\n"
	    "CreationTimestamp:  Tue, 14 Sep 2021 14:21:48 +0000\n"
	    "Taints:             node.kubernetes.io/unreachable:NoSchedule\n"
	    "Unschedulable:      true\n"
	    "Conditions:\n"
	    "  Type             Status    LastHeartbeatTime                 LastTransitionTime         "
	    "       Reason                       Message\n"
	    "  ----             ------    -----------------                 ------------------         "
	    "       ------                       -------\n"
	    "  MemoryPressure   True      Tue, 14 Sep 2021 14:42:48 +0000   Tue, 14 Sep 2021 14:40:04 +"
	    "0000   KubeletHasInsufficientMemory   kubelet has insufficient memory available\n"
	    "  DiskPressure     False     Tue, 14 Sep 2021 14:42:48 +0000   Tue, 14 Sep 2021 14:13:04 +"
	    "0000   KubeletHasNoDiskPressure     kubelet has no disk pressure\n"
	    "  Ready            Unknown   Tue, 14 Sep 2021 14:42:48 +0000   Tue, 14 Sep 2021 14:43:30 +"
	    "0000   NodeStatusUnknown            Kubelet stopped posting node status.\n"
	    "Addresses:\n"
	    "  InternalIP:  10.0.128.4\n"
	    "Capacity:\n"
	    "  cpu:                4\n"
	    "  memory:             16106152Ki\n"
	    "Allocatable:\n"
	    "  cpu:                3500m\n"
	    "  memory:             14955176Ki\n"
	    "System Info:\n"
	    "  Machine ID:                             ec2\n"
	    "  Kubelet Version:                        v1.22.0-rc.0+75ee307\n"
	    "Events:\n"
	    "  Type    Reason    Age    From    Message\n"
	    "\n"
	    "\n"
	    "Name:               worker-2\n"
	    "Roles:              worker\n"
	    "Conditions:\n"
	    "  Type             Status  LastHeartbeatTime                 LastTransitionTime           "
	    "     Reason                       Message\n"
	    "  ----             ------  -----------------                 ------------------           "
	    "     ------                       -------\n"
	    "  Ready            True    Tue, 14 Sep 2021 14:42:49 +0000   Tue, 14 Sep 2021 14:13:04 +00"
	    "00   KubeletReady                 kubelet is posting ready status\n", &p);
	assert_int_equal(p.stats.bad, 0);
	assert_int_equal(p.events.n, 4);
	e = find_kind(&p.events, MG_EV_NODE_CONDITION, 0);
	assert_true(attr_is(e, "type", "MemoryPressure") && mg_str_eq(e->node, MG_STR("worker-1")));
	time_is(e->time_ns, "2021-09-14T14:40:04Z");
	e = find_kind(&p.events, MG_EV_NODE_CONDITION, 1);
	assert_true(attr_is(e, "status", "Unknown") && attr_is(e, "reason", "NodeStatusUnknown"));
	assert_int_equal(e->severity, MG_SEV_ERROR);
	e = find_kind(&p.events, MG_EV_OBJECT, 0);
	assert_true(attr_is(e, "heartbeat", "2021-09-14T14:42:48Z") && attr_is(e, "cpu", "3500m"));
	assert_true(attr_is(e, "conditions", "MemoryPressure") && attr_is(e, "unschedulable", "true"));
	e = find_kind(&p.events, MG_EV_OBJECT, 1);
	assert_true(mg_str_eq(e->name, MG_STR("worker-2")) && attr_is(e, "ready", "True"));
	feed_release(&p);
}

/* --- what changed ---------------------------------------------------------------------------------- */

static void changes(void **state)
{
	struct mg_source       src = here;
	struct mg_partial      p;
	const struct mg_event *e;

	src.changes = true;
	feed(&mg_consumer_kubeobj, &src, MG_STR(
	     "kind: DeploymentList\nitems:\n- kind: Deployment\n  metadata:\n    name: web\n"
	     "    namespace: shop\n    generation: 4\n    creationTimestamp: \"2026-11-20T03:00:00Z\"\n"
	     "    managedFields:\n    - manager: kubectl-edit\n      operation: Update\n"
	     "      time: \"2026-11-21T03:00:00Z\"\n      fieldsV1:\n        f:spec: {}\n"
	     "    - manager: kube-controller-manager\n      operation: Update\n      subresource: status\n"
	     "      time: \"2026-11-21T03:01:00Z\"\n"), 64, &p);
	assert_int_equal(count_kind(&p.events, MG_EV_OBJECT_CHANGED), 3);
	e = find_kind(&p.events, MG_EV_OBJECT_CHANGED, 0);
	assert_true(attr_is(e, "change", "created") && attr_is(e, "generation", "4"));
	e = find_kind(&p.events, MG_EV_OBJECT_CHANGED, 1);
	time_is(e->time_ns, "2026-11-21T03:00:00Z");
	assert_true(attr_is(e, "manager", "kubectl-edit") && attr_is(e, "change", "Update"));
	assert_int_equal(e->line, 10);
	e = find_kind(&p.events, MG_EV_OBJECT_CHANGED, 2);
	assert_true(attr_is(e, "subresource", "status"));
	feed_release(&p);
}

/* --- damaged YAML: reported with its line, and what follows is read ---------------------------------- */

#define GOOD "- kind: Namespace\n  metadata:\n    name: fine\n  status:\n    phase: Active\n"

static void damaged(const char *bad, uint64_t line, const char *says)
{
	struct mg_partial p;
	struct mg_buf     t = { 0 };

	mg_buf_addz(&t, "kind: List\nitems:\n" GOOD);
	mg_buf_addz(&t, bad);
	mg_buf_addz(&t, GOOD);
	feed(&mg_consumer_kubeobj, &here, mg_buf_str(&t), 64, &p);
	assert_int_equal(count_kind(&p.events, MG_EV_OBJECT), 2);
	assert_int_equal(p.stats.bad, says ? 1 : 0);
	if (says) {
		assert_int_equal(p.stats.diags[0].line, line);
		if (!strstr(p.stats.diags[0].msg, says))
			fail_msg("'%s' lacks '%s'", p.stats.diags[0].msg, says);
	}
	feed_release(&p);
	mg_buf_release(&t);
}

static void tabs(void **state)
{
	damaged("- kind: Pod\n  metadata:\n\t\tname: tab\n", 10, "a tab cannot indent");
}

static void duplicate_keys(void **state)
{
	/* the first one counts, as a reader of the text would see it first */
	damaged("- kind: Secret\n  kind: Secret\n  metadata: {}\n  metadata: {}\n", 0, NULL);
	damaged("- kind: Pod\n  status: {}\n  status: {}\n  spec: [\n", 12, "expected node content");
}

static void cut(void **state)
{
	struct mg_partial p;

	feed(&mg_consumer_kubeobj, &here, MG_STR("kind: List\nitems:\n" GOOD "- kind: Pod\n  metadata:\n"
		"    name: \"cut in the mid"), 64, &p);
	assert_int_equal(count_kind(&p.events, MG_EV_OBJECT), 1);
	assert_int_equal(p.stats.bad, 1);
	assert_true(p.stats.diags[0].line >= 8 && p.stats.diags[0].line <= 11);
	feed_release(&p);
}

/* A scalar of a megabyte is kept whole while it is read; what is told of it is cut. */
static void long_scalar(void **state)
{
	struct mg_partial      p;
	struct mg_buf          t = { 0 };
	const struct mg_event *e;

	mg_buf_addz(&t, "kind: Event\nreason: Long\ntype: Warning\nmessage: ");
	for (int i = 0; i < 1 << 20; i++)
		mg_buf_addc(&t, 'm');
	mg_buf_addz(&t, "\n---\nkind: Event\nreason: Next\n");
	feed(&mg_consumer_kubeobj, &here, mg_buf_str(&t), 4096, &p);
	assert_int_equal(p.stats.bad, 0);
	assert_int_equal(p.events.n, 2);
	e = &p.events.ev[0];
	assert_true(e->message.n <= MG_BATCH_TEXT && mg_str_ends(e->message, MG_STR("\xe2\x80\xa6")));
	assert_true(attr_is(&p.events.ev[1], "reason", "Next"));
	feed_release(&p);
	mg_buf_release(&t);
}

/* Ten anchors, each naming the one before ten times, would be ten thousand million nodes. */
static void bomb(void **state)
{
	struct mg_buf t = { 0 };

	mg_buf_addz(&t, "- kind: Pod\n  a0: &a0 [x, x]\n");
	for (int i = 1; i <= 10; i++) {
		mg_buf_printf(&t, "  a%d: &a%d [", i, i);
		for (int k = 0; k < 10; k++)
			mg_buf_printf(&t, "%s*a%d", k ? ", " : "", i - 1);
		mg_buf_addz(&t, "]\n");
	}
	damaged(t.p, 0, NULL); /* no alias is followed */
	mg_buf_release(&t);
	damaged("- kind: Pod\n  a: &a [*a, *a]\n", 0, NULL); /* itself */
	mg_buf_addz(&t, "- kind: Pod\n  deep: ");
	for (int i = 0; i < 300; i++)
		mg_buf_addc(&t, '[');
	for (int i = 0; i < 300; i++)
		mg_buf_addc(&t, ']');
	mg_buf_addz(&t, "\n");
	damaged(t.p, 9, "nested too deeply");
	mg_buf_release(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(top),     cmocka_unit_test(crictl),         cmocka_unit_test(fairness),
		cmocka_unit_test(described), cmocka_unit_test(changes),      cmocka_unit_test(tabs),
		cmocka_unit_test(cut),     cmocka_unit_test(duplicate_keys), cmocka_unit_test(long_scalar),
		cmocka_unit_test(bomb),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
