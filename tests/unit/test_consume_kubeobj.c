/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "objects_feed.h"

static const struct mg_source here = { .path = MG_STR("x"), .artifact = 3, .mtime_ns = 77 * MG_SEC };

static void run(const char *text, struct mg_partial *p)
{
	feed(&mg_consumer_kubeobj, &here, mg_strz(text), 64, p);
}

static void at(const struct mg_event *e, const char *time)
{
	char buf[40];

	assert_string_equal(mg_time_format(e->time_ns, 0, buf, sizeof(buf)), time);
	assert_int_equal(e->time_source, MG_TIME_EXACT);
}

static void message_has(const struct mg_event *e, const char *part)
{
	if (!mg_str_has(e->message, mg_strz(part)))
		fail_msg("'%.*s' lacks '%s'", MG_FMT(e->message), part);
}

#define POD                                                                               \
	"apiVersion: v1\nkind: Pod\nmetadata:\n  name: kube-apiserver-m0\n"                   \
	"  namespace: openshift-kube-apiserver\nspec:\n  nodeName: m0\nstatus:\n"

static void oom_killed(void **state)
{
	struct mg_partial      p;
	const struct mg_event *e;

	run(POD "  containerStatuses:\n  - name: kube-apiserver\n    restartCount: 6\n"
	    "    containerID: cri-o://now\n    lastState:\n      terminated:\n        exitCode: 137\n"
	    "        reason: OOMKilled\n        containerID: cri-o://then\n        message: gone\n"
	    "        startedAt: \"2026-11-21T03:00:00Z\"\n        finishedAt: \"2026-11-21T03:12:36Z\"\n"
	    "    state:\n      running:\n        startedAt: \"2026-11-21T03:12:40Z\"\n", &p);
	assert_int_equal(p.events.n, 3);
	e = find_kind(&p.events, MG_EV_POD_OOM_KILLED, 0);
	at(e, "2026-11-21T03:12:36Z");
	assert_int_equal(e->severity, MG_SEV_CRITICAL);
	assert_int_equal(e->code, 137);
	assert_int_equal(e->line, 15);
	assert_int_equal(e->artifact, 3);
	assert_true(mg_str_eq(e->component, MG_STR("kube-apiserver")));
	assert_true(mg_str_eq(e->node, MG_STR("m0")));
	assert_true(mg_str_eq(e->ns, MG_STR("openshift-kube-apiserver")));
	assert_true(mg_str_eq(e->pod, MG_STR("kube-apiserver-m0")));
	assert_true(attr_is(e, "exit_code", "137") && attr_is(e, "previous", "1"));
	assert_true(attr_is(e, "restart_count", "6") && attr_is(e, "started", "2026-11-21T03:00:00Z"));
	assert_true(attr_is(e, "container_id", "cri-o://then") && attr_is(e, "message", "gone"));
	e = find_kind(&p.events, MG_EV_POD_RESTARTS, 0);
	at(e, "2026-11-21T03:12:36Z");
	assert_int_equal(e->count, 6);
	e = find_kind(&p.events, MG_EV_POD_STARTED, 0);
	at(e, "2026-11-21T03:12:40Z");
	feed_release(&p);
}

static void exits(void **state)
{
	struct mg_partial      p;
	const struct mg_event *e;

	run(POD "  conditions:\n  - type: ContainersReady\n    status: \"False\"\n"
	    "    lastTransitionTime: \"2026-11-21T03:13:00Z\"\n"
	    "  initContainerStatuses:\n  - name: setup\n    restartCount: 0\n    state:\n"
	    "      terminated:\n"
	    "        exitCode: 0\n        reason: Completed\n        finishedAt: \"2026-11-21T03:00:00Z\"\n"
	    "  containerStatuses:\n  - name: app\n    restartCount: 3\n    lastState:\n      terminated:\n"
	    "        exitCode: 137\n        reason: ContainerStatusUnknown\n        finishedAt: null\n"
	    "    state:\n      waiting:\n        reason: CrashLoopBackOff\n        message: back-off 5m0s\n"
	    "  - name: starting\n    state:\n      waiting:\n        reason: ContainerCreating\n", &p);
	assert_int_equal(p.events.n, 4);
	e = find_kind(&p.events, MG_EV_POD_TERMINATED, 0);
	assert_int_equal(e->severity, MG_SEV_DEBUG);
	message_has(e, "init container setup");
	e = find_kind(&p.events, MG_EV_POD_TERMINATED, 1);
	assert_int_equal(e->time_source, MG_TIME_UNKNOWN);
	assert_int_equal(e->time_ns, MG_TIME_NONE);
	assert_int_equal(e->severity, MG_SEV_WARNING);
	message_has(e, "exit code 137 (SIGKILL");
	message_has(e, "reason ContainerStatusUnknown");
	e = find_kind(&p.events, MG_EV_POD_WAITING, 0);
	at(e, "2026-11-21T03:13:00Z");
	message_has(e, "CrashLoopBackOff: back-off 5m0s");
	feed_release(&p);
}

/* Old names of control-plane containers; anything else keeps its own. */
static void components(void **state)
{
	static const char *const t[][2] = { { "kube-apiserver-7", "kube-apiserver" },
					    { "etcd", "etcd" }, { "etcdctl", "etcdctl" },
					    { "web-2", "web-2" } };
	char text[1024];

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct mg_partial p;

		snprintf(text, sizeof(text), POD "  containerStatuses:\n  - name: %s\n"
						 "    restartCount: 1\n", t[i][0]);
		run(text, &p);
		assert_int_equal(p.events.n, 1);
		assert_true(mg_str_eq(p.events.ev[0].component, mg_strz(t[i][1])));
		feed_release(&p);
	}
}

static void evicted(void **state)
{
	struct mg_partial p;

	run(POD "  phase: Failed\n  reason: Evicted\n  message: The node was low on resource\n"
	    "  startTime: \"2026-11-21T03:13:00Z\"\n", &p);
	assert_int_equal(p.events.n, 1);
	assert_int_equal(p.events.ev[0].kind, MG_EV_KUBELET_EVICTION);
	feed_release(&p);
}

static void nodes(void **state)
{
	struct mg_partial      p;
	const struct mg_event *e;

	run("kind: NodeList\nitems:\n- metadata:\n    name: w1\n  status:\n    conditions:\n"
	    "    - type: MemoryPressure\n      status: \"True\"\n      reason: "
	    "KubeletHasInsufficientMemory\n"
	    "      lastTransitionTime: null\n      lastHeartbeatTime: \"2026-11-21T03:16:50Z\"\n"
	    "    - type: DiskPressure\n      status: \"False\"\n"
	    "    - type: Ready\n      status: Unknown\n      reason: NodeStatusUnknown\n"
	    "      message: Kubelet stopped posting node status.\n"
	    "      lastTransitionTime: \"2026-11-21T03:16:50Z\"\n"
	    "- metadata:\n    name: w2\n  status:\n    conditions:\n    - type: Ready\n"
	    "      status: \"True\"\n", &p);
	assert_int_equal(p.stats.records, 2);
	assert_int_equal(p.events.n, 4);
	e = find_kind(&p.events, MG_EV_OBJECT, 0);
	assert_true(attr_is(e, "ready", "Unknown") && attr_is(e, "conditions", "MemoryPressure"));
	at(e, "2026-11-21T03:16:50Z");
	e = find_kind(&p.events, MG_EV_OBJECT, 1);
	assert_true(attr_is(e, "ready", "True") && mg_str_eq(e->name, MG_STR("w2")));
	e = &p.events.ev[0];
	assert_true(attr_is(e, "type", "MemoryPressure") && attr_is(e, "heartbeat", "2026-11-21T03:16:50Z"));
	assert_int_equal(e->time_source, MG_TIME_UNKNOWN);
	e = &p.events.ev[1];
	at(e, "2026-11-21T03:16:50Z");
	assert_int_equal(e->severity, MG_SEV_ERROR);
	assert_true(mg_str_eq(e->node, MG_STR("w1")) && attr_is(e, "status", "Unknown"));
	message_has(e, "node w1: Ready is Unknown (NodeStatusUnknown): Kubelet stopped");
	feed_release(&p);
}

static void namespaces(void **state)
{
	struct mg_partial      p;
	const struct mg_event *e;

	run("kind: Namespace\nmetadata:\n  name: team-a\n  deletionTimestamp: \"2026-11-21T04:47:10Z\"\n"
	    "spec:\n  finalizers:\n  - kubernetes\nstatus:\n  phase: Terminating\n  conditions:\n"
	    "  - type: NamespaceDeletionDiscoveryFailure\n    status: \"True\"\n"
	    "    reason: DiscoveryFailed\n"
	    "    message: custom.metrics.example/v1beta1 is down\n"
	    "  - type: NamespaceDeletionContentFailure\n    status: \"False\"\n"
	    "  - type: NamespaceFinalizersRemaining\n    status: \"True\"\n"
	    "    reason: SomeFinalizersRemain\n"
	    "---\nkind: Namespace\nmetadata:\n  name: fine\n", &p);
	assert_int_equal(p.stats.records, 2);
	assert_int_equal(p.events.n, 2);
	assert_true(attr_is(find_kind(&p.events, MG_EV_OBJECT, 0), "phase", "Terminating"));
	e = &p.events.ev[0];
	at(e, "2026-11-21T04:47:10Z");
	assert_true(attr_is(e, "conditions", "NamespaceDeletionDiscoveryFailure (DiscoveryFailed); "
					     "NamespaceFinalizersRemaining (SomeFinalizersRemain)"));
	assert_true(attr_is(e, "finalizers", "kubernetes"));
	message_has(e, "namespace team-a is being deleted; NamespaceDeletionDiscoveryFailure");
	message_has(e, "custom.metrics.example");
	feed_release(&p);
}

static void operators(void **state)
{
	struct mg_partial      p;
	const struct mg_event *e;

	run("kind: ClusterOperator\nmetadata:\n  name: etcd\nstatus:\n  conditions:\n"
	    "  - type: Degraded\n    status: \"True\"\n    lastTransitionTime: \"2026-11-21T04:47:10Z\"\n"
	    "  - type: Available\n    status: \"False\"\n    reason: NoQuorum\n"
	    "  - type: Progressing\n    status: \"True\"\n"
	    "---\nkind: APIService\nmetadata:\n  name: v1beta1.x\nspec:\n  service:\n    name: s\n"
	    "    namespace: n\n"
	    "status:\n  conditions:\n  - type: Available\n    status: \"False\"\n"
	    "    reason: MissingEndpoints\n", &p);
	assert_int_equal(p.events.n, 5);
	assert_int_equal(p.events.ev[0].severity, MG_SEV_WARNING);
	assert_int_equal(p.events.ev[1].severity, MG_SEV_ERROR);
	assert_true(attr_is(find_kind(&p.events, MG_EV_OBJECT, 0), "progressing", "True"));
	assert_true(attr_is(find_kind(&p.events, MG_EV_OBJECT, 1), "available", "False"));
	e = find_kind(&p.events, MG_EV_APISERVICE_DOWN, 0);
	assert_true(attr_is(e, "service", "n/s"));
	assert_int_equal(e->line, 24);
	feed_release(&p);
}

static void events(void **state)
{
	struct mg_partial      p;
	const struct mg_event *e;

	run("{\"kind\":\"EventList\",\"items\":[{\"involvedObject\":{\"kind\":\"Pod\","
	    "\"namespace\":\"shop\","
	    "\"name\":\"web-1\"},\"reason\":\"BackOff\",\"message\":\"Back-off\\n restarting\","
	    "\"type\":\"Warning\","
	    "\"source\":{\"component\":\"kubelet\",\"host\":\"w1\"},"
	    "\"firstTimestamp\":\"2026-11-21T03:00:00Z\","
	    "\"lastTimestamp\":\"2026-11-21T03:10:00Z\",\"count\":12,\"eventTime\":null},\n"
	    "{\"regarding\":{\"kind\":\"Node\",\"name\":\"w2\"},\"note\":\"n\","
	    "\"reason\":\"NodeNotReady\",\"type\":\"Normal\","
	    "\"eventTime\":\"2026-11-21T03:00:00.123456Z\",\"series\":{\"count\":3,\"lastObservedTime\":"
	    "\"2026-11-21T03:00:09.5Z\"},\"reportingController\":\"node-controller\","
	    "\"metadata\":{\"namespace\":\"default\"}}]}",
	    &p);
	assert_int_equal(p.events.n, 2);
	e = &p.events.ev[0];
	at(e, "2026-11-21T03:10:00Z");
	assert_int_equal(e->count, 12);
	assert_int_equal(e->severity, MG_SEV_WARNING);
	assert_true(mg_str_eq(e->pod, MG_STR("web-1")) && mg_str_eq(e->node, MG_STR("w1")));
	assert_true(attr_is(e, "first", "2026-11-21T03:00:00Z") && attr_is(e, "object_kind", "Pod"));
	e = &p.events.ev[1];
	assert_int_equal(e->count, 3);
	assert_int_equal(e->line, 2);
	assert_int_equal(e->ns.n, 0);
	assert_true(mg_str_eq(e->node, MG_STR("w2")) && mg_str_eq(e->message, MG_STR("n")));
	assert_true(attr_is(e, "first", "2026-11-21T03:00:00.123456Z"));
	assert_true(mg_str_eq(e->component, MG_STR("node-controller")));
	assert_int_equal(p.stats.last_ns, p.events.ev[0].time_ns);
	feed_release(&p);
}

static void etcd_info(void **state)
{
	struct mg_partial      p;
	const struct mg_event *e;

	run("[{\"Endpoint\":\"https://10.0.0.1:2379\","
	    "\"Status\":{\"header\":{\"member_id\":15985099378392235387},"
	    "\"dbSize\":33624064,\"errors\":[\"memberID:15985099378392235387 alarm:NOSPACE \"]}},"
	    "{\"Endpoint\":\"b\",\"Status\":{\"dbSize\":1}}]\n", &p);
	assert_int_equal(p.events.n, 3);
	assert_int_equal(p.stats.records, 2);
	e = &p.events.ev[0];
	assert_int_equal(e->kind, MG_EV_ETCD_STATUS);
	assert_true(attr_is(e, "member", "ddd67b312462fd7b") && attr_is(e, "db_bytes", "33624064"));
	e = &p.events.ev[1];
	assert_int_equal(e->kind, MG_EV_ETCD_NOSPACE);
	assert_int_equal(e->time_ns, 77 * MG_SEC);
	assert_int_equal(e->time_source, MG_TIME_DERIVED);
	assert_true(attr_is(e, "member_id", "ddd67b312462fd7b") && attr_is(e, "db_size", "33624064"));
	feed_release(&p);

	run("[{\"endpoint\":\"a\",\"health\":true,\"took\":\"9ms\"},{\"endpoint\":\"b\","
	    "\"health\":false,\"took\":\"5s\","
	    "\"error\":\"context deadline exceeded\"}]", &p);
	assert_int_equal(p.events.n, 2);
	assert_int_equal(p.events.ev[0].kind, MG_EV_ETCD_STATUS);
	assert_int_equal(p.events.ev[1].kind, MG_EV_ETCD_ERROR);
	message_has(&p.events.ev[1], "etcd b is not healthy: context deadline exceeded");
	feed_release(&p);

	/* the socket of another host cannot be reached: no news */
	run("[{\"endpoint\":\"unixs://a:0\",\"health\":false,\"took\":\"5s\"}]", &p);
	assert_int_equal(p.events.ev[0].kind, MG_EV_ETCD_STATUS);
	feed_release(&p);

	run("{\"header\":{},\"members\":[{\"ID\":194,\"name\":\"n2\",\"peerURLs\":[\"p\"],"
	    "\"clientURLs\":[\"c\",\"d\"]}]}", &p);
	e = &p.events.ev[0];
	assert_int_equal(e->kind, MG_EV_ETCD_MEMBER);
	assert_true(mg_str_eq(e->name, MG_STR("n2")) && attr_is(e, "member", "c2"));
	assert_true(attr_is(e, "client_urls", "c d"));
	feed_release(&p);

	run("{\"etcd_resources\":[{\"object_count\":\"123\",\"object_name\":\"/registry/pods/\","
	    "\"object_size\":\"1.5M\"}]}", &p);
	e = &p.events.ev[0];
	assert_int_equal(e->kind, MG_EV_ETCD_OBJECTS);
	assert_true(attr_is(e, "objects", "123") && attr_is(e, "bytes", "1572864"));
	feed_release(&p);

	run("{\"header\":{},\"alarms\":[{\"memberID\":1,\"alarm\":1},{\"memberID\":2,\"alarm\":2}]}", &p);
	assert_int_equal(p.events.ev[0].kind, MG_EV_ETCD_NOSPACE);
	assert_int_equal(p.events.ev[1].kind, MG_EV_ETCD_ALARM);
	feed_release(&p);
}

static void etcdctl_tables(void **state)
{
	struct mg_partial      p;
	const struct mg_event *e;

	run("$ etcdctl -w table endpoint status\n"
	    "+----+----+\n"
	    "|   ENDPOINT   |   ID   | VERSION | DB SIZE | IS LEADER | RAFT TERM | RAFT INDEX | ERRORS |\n"
	    "+----+----+\n"
	    "| https://a:2379 | ab12 |  3.5.9 |  1.2 GB |  true | 7 | 900 |  |\n"
	    "| https://b:2379 | cd34 |  3.5.9 |   25 kB | false | 7 | 900 | memberID:1 alarm:NOSPACE |\n"
	    "+----+----+\n"
	    "|  ID  | STATUS  | NAME | PEER ADDRS | CLIENT ADDRS | IS LEARNER |\n"
	    "| ab12 | started | n0 | https://a:2380 | https://a:2379 | false |\n"
	    "| ENDPOINT | HEALTH | TOOK | ERROR |\n"
	    "| https://b:2379 | false | 5s | context deadline exceeded |\n"
	    "| too | few |\n", &p);
	assert_int_equal(p.stats.records, 4);
	assert_int_equal(p.stats.other, 8);
	assert_int_equal(p.events.n, 5);
	e = &p.events.ev[0];
	assert_int_equal(e->line, 5);
	assert_true(attr_is(e, "db_bytes", "1200000000") && attr_is(e, "leader", "ab12"));
	assert_true(attr_is(&p.events.ev[1], "db_bytes", "25000"));
	assert_int_equal(p.events.ev[2].kind, MG_EV_ETCD_NOSPACE);
	assert_int_equal(p.events.ev[3].kind, MG_EV_ETCD_MEMBER);
	assert_int_equal(p.events.ev[4].kind, MG_EV_ETCD_ERROR);
	feed_release(&p);
}

static void etcdctl_simple(void **state)
{
	struct mg_partial p;

	run("$ etcdctl endpoint status\n"
	    "https://a:2379, 8e9e05c52164694d, 3.5.9, 1.2 GB, true, false, 7, 901, 899, "
	    "memberID:1 alarm:NOSPACE \n"
	    "https://b:2379, 91bc3c398fb3c146, 3.6.0, 3.6.0, 20 MB, 16 MB, 20%, 2.1 GB, false, "
	    "false, 7, 90, 90, , , false\n"
	    "https://c:2379, 91bc3c398fb3c147, 3.3.1, 25 kB, false, 7, 90\n"
	    "https://a:2379 is healthy: successfully committed proposal: took = 2.7ms\n"
	    "https://b:2379 is unhealthy: failed to commit proposal: context deadline exceeded\n"
	    "8e9e05c52164694d, started, n0, https://a:2380, https://a:2379, false\n"
	    "91bc3c398fb3c146, unstarted, , https://b:2380, , false\n"
	    "memberID:10276657743932975437 alarm:CORRUPT \n"
	    "a, b, c\n", &p);
	assert_int_equal(p.stats.records, 8);
	assert_int_equal(p.stats.other, 2);
	assert_int_equal(p.events.n, 9);
	assert_true(attr_is(&p.events.ev[0], "leader", "8e9e05c52164694d"));
	assert_true(attr_is(&p.events.ev[0], "raft_applied", "899"));
	assert_int_equal(p.events.ev[1].kind, MG_EV_ETCD_NOSPACE);
	assert_true(attr_is(&p.events.ev[2], "in_use_bytes", "16000000"));
	assert_true(attr_is(&p.events.ev[2], "quota_bytes", "2100000000"));
	assert_int_equal(mg_event_attr(&p.events.ev[2], "leader").n, 0);
	assert_true(attr_is(&p.events.ev[3], "db_bytes", "25000"));
	assert_true(attr_is(&p.events.ev[3], "raft_index", "90"));
	assert_true(attr_is(&p.events.ev[4], "took", "2.7ms"));
	assert_int_equal(p.events.ev[5].kind, MG_EV_ETCD_ERROR);
	assert_true(attr_is(&p.events.ev[6], "client_urls", "https://a:2379"));
	assert_int_equal(p.events.ev[7].kind, MG_EV_ETCD_MEMBER);
	assert_int_equal(p.events.ev[8].kind, MG_EV_ETCD_ALARM);
	assert_true(attr_is(&p.events.ev[8], "member_id", "8e9e05c52164694d"));
	feed_release(&p);
}

#define HEADER "\"ClusterID\" : 1\n\"MemberID\" : 10276657743932975437\n\"Revision\" : 1\n" \
	       "\"RaftTerm\" : 2\n"

static void etcdctl_fields(void **state)
{
	struct mg_partial p;

	run(HEADER "\"Version\" : \"3.5.0\"\n\"DBSize\" : 20480\n\"DBSizeInUse\" : 16384\n"
	    "\"Leader\" : 10276657743932975437\n\"IsLearner\" : false\n\"RaftIndex\" : 4\n"
	    "\"RaftTerm\" : 3\n\"RaftAppliedIndex\" : 4\n\"Errors\" : []\n"
	    "\"Endpoint\" : \"127.0.0.1:2379\"\n\n"
	    "\"Endpoint\" : \"127.0.0.1:2379\"\n\"Health\" : true\n\"Took\" : 2.4ms\n\"Error\" : \n\n"
	    HEADER "\"ID\" : 10276657743932975437\n\"Name\" : \"n0\"\n"
	    "\"PeerURL\" : \"http://a:2380\"\n\"PeerURL\" : \"http://b:2380\"\n"
	    "\"ClientURL\" : \"http://a:2379\"\n\"IsLearner\" : false\n\n"
	    HEADER "\"MemberID\" : 160\n\"AlarmType\" : NOSPACE\n", &p);
	assert_int_equal(p.events.n, 4);
	assert_true(attr_is(&p.events.ev[0], "member", "8e9e05c52164694d"));
	assert_true(attr_is(&p.events.ev[0], "leader", "8e9e05c52164694d"));
	assert_true(attr_is(&p.events.ev[0], "term", "3"));
	assert_int_equal(p.events.ev[0].line, 1);
	assert_true(attr_is(&p.events.ev[1], "health", "true"));
	assert_int_equal(p.events.ev[1].line, 16);
	assert_true(attr_is(&p.events.ev[2], "peer_urls", "http://a:2380,http://b:2380"));
	assert_int_equal(p.events.ev[3].kind, MG_EV_ETCD_NOSPACE);
	assert_true(attr_is(&p.events.ev[3], "member_id", "a0"));
	feed_release(&p);
}

static void faults(void **state)
{
	struct mg_partial p;

	run("items:\n- kind: Pod\n  a: 1\n- kind: Pod\n  b: [\n- kind: ConfigMap\n  data: {}\n", &p);
	assert_int_equal(p.stats.records, 2);
	assert_int_equal(p.stats.bad, 1);
	assert_true(p.stats.diags[0].line >= 4 && p.stats.diags[0].line <= 6);
	feed_release(&p);
	run("\n \n", &p);
	assert_int_equal(p.stats.records + p.stats.bad, 0);
	feed_release(&p);
	run("items: []\nkind: List\n", &p);
	assert_int_equal(p.stats.records + p.stats.bad, 0);
	feed_release(&p);
	run("{\"kind\":\"List\",\"items\":[]}", &p);
	assert_int_equal(p.stats.records + p.stats.bad, 0);
	feed_release(&p);
}

/* Real lists: as many records as lines that begin an item, none damaged. */
static void real_lists(void **state)
{
	static const char *const names[] = { "ocp-metal-apiserver-operator-events.yaml",
					     "ocp-metal-kcm-events.yaml",
					     "ocp-aws-kube-apiserver-pods.yaml" };
	char path[512], rest[256];
	int  seen = 0;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct mg_partial small, large;
		struct mg_str     text, all, line;
		uint64_t          items = 0;

		snprintf(rest, sizeof(rest), "data/objects/%s", names[i]);
		if (!shared(rest, path, sizeof(path)))
			continue;
		text = all = read_file(path);
		while (all.n) {
			mg_str_cut(all, '\n', &line, &all);
			items += mg_str_starts(line, MG_STR("- "));
		}
		feed(&mg_consumer_kubeobj, &here, text, 777, &small);
		feed(&mg_consumer_kubeobj, &here, text, 1 << 20, &large);
		assert_int_equal(small.stats.records, items);
		assert_int_equal(small.stats.bad, 0);
		assert_int_equal(small.events.n, large.events.n);
		for (size_t k = 0; k < small.events.n; k++)
			assert_int_equal(mg_event_cmp(&small.events.ev[k], &large.events.ev[k]), 0);
		feed_release(&small);
		feed_release(&large);
		free((char *)text.p);
		seen++;
	}
	if (!seen) {
		print_message("no objects below $MG_SHARED: skipped\n");
		skip();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(oom_killed), cmocka_unit_test(exits),     cmocka_unit_test(components),
		cmocka_unit_test(evicted),    cmocka_unit_test(nodes),     cmocka_unit_test(namespaces),
		cmocka_unit_test(operators),  cmocka_unit_test(events),    cmocka_unit_test(etcd_info),
		cmocka_unit_test(etcdctl_tables),
		cmocka_unit_test(etcdctl_simple),
		cmocka_unit_test(etcdctl_fields),
		cmocka_unit_test(faults),     cmocka_unit_test(real_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
