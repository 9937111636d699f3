/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "cases.h"
#include "event/from_klog.h"

static void one(struct mg_str line, struct mg_buf *out)
{
	struct mg_klog       k;
	struct mg_klog_pairs it;
	struct mg_klog_pair  p;
	struct mg_err        err = { 0 };
	char                 t[40];

	switch (mg_klog_parse(line, &k, &err)) {
	case MG_OK:
		break;
	case MG_FAIL:
		mg_buf_printf(out, "fail %llu %s\n", (unsigned long long)err.byte, err.msg);
		return;
	default:
		mg_buf_printf(out, "skip %llu %s\n", (unsigned long long)err.byte, err.msg);
		return;
	}
	mg_buf_printf(out, "%c %s pid=%u %.*s:%u |%.*s|\n", k.severity,
		      k.ns == MG_TIME_NONE ? "-" : mg_time_format(k.ns, 6, t, sizeof(t)), k.pid,
		      MG_FMT(k.file), k.line, MG_FMT(mg_klog_text(&k)));
	mg_klog_pairs_init(&it, &k);
	while (mg_klog_pairs_next(&it, &p))
		mg_buf_printf(out, "    %.*s%s %.*s\n", MG_FMT(p.key),
			      p.quoted ? ":" : p.block ? "<" : "=", MG_FMT(p.value));
}

static void klog_case(struct mg_str in, struct mg_buf *out)
{
	struct mg_str line;

	while (in.n) {
		mg_str_cut(in, '\n', &line, &in);
		one(line, out);
	}
}

static void test_cases(void **state)
{
	int n;

	assert_int_equal(cases_run("tests/cases/klog", klog_case, &n), 0);
	assert_true(n >= 3);
}

static void test_block(void **state)
{
	struct mg_klog k;
	struct mg_str  v;

	mg_klog_parse(MG_STR("E0207 22:15:16.123456 1 a.go:1] \"m\" err=<\n\tline 1\n\tline 2\n "
		  "> key=\"v\""),
		      &k, NULL);
	v = mg_klog_pair(&k, "err");
	assert_true(mg_str_eq(v, MG_STR("line 1\n\tline 2")));
	assert_true(mg_str_eq(mg_klog_pair(&k, "key"), MG_STR("v")));
	assert_null(mg_klog_pair(&k, "none").p);
}

struct family {
	const char        *line, *component;
	enum mg_event_kind kind; /* MG_EV_COUNT: no event */
	const char        *attr, *value;
};

#define H "0207 22:15:16.123456       1 "
static const struct family families[] = {
	{ "W" H "dispatcher.go:170] Failed calling webhook, failing open a.b: failed calling "
		  "webhook \"a.b\": Post \"https://x\": context deadline exceeded",
		  "kube-apiserver", MG_EV_WEBHOOK_FAILED, "mode", "failing-open" },
	{ "W" H "dispatcher.go:134] Failed calling webhook, failing closed a.b: failed calling "
		  "webhook \"a.b\": failed to call webhook: Post x", "", MG_EV_WEBHOOK_FAILED,
		  "reason", "Post x" },
	{ "E" H "dispatcher.go:171] failed calling webhook \"a.b\": Post x", "", MG_EV_COUNT,
		  NULL, NULL },
	{ "E" H "status.go:71] apiserver received an error that is not an metav1.Status: "
		  "&errors.errorString{s:\"context canceled\"}", "", MG_EV_APISERVER_ETCD_ERROR,
		  "reason", "context canceled" },
	{ "E" H "status.go:71] apiserver received an error that is not an metav1.Status: "
		  "&status.statusError{Code:14, Message:\"transport is closing\", Details:x}", "",
		  MG_EV_APISERVER_ETCD_ERROR, "reason", "transport is closing" },
	{ "E" H "status.go:71] apiserver received an error that is not an metav1.Status: "
		  "rpctypes.EtcdError{code:0x8, desc:\"etcdserver: mvcc: database space "
		  "exceeded\"}", "", MG_EV_APISERVER_ETCD_ERROR, "reason",
		  "etcdserver: mvcc: database space exceeded" },
	{ "E" H "status.go:71] apiserver received an error that is not an metav1.Status: "
		  "&errors.errorString{s:\"http: Handler timeout\"}", "",
		  MG_EV_APISERVER_TIMEOUT, NULL, NULL },
	{ "E" H "authentication.go:53] Unable to authenticate the request due to an error: "
		  "invalid bearer token", "", MG_EV_APISERVER_AUTH_FAILED, "reason",
		  "invalid bearer token" },
	{ "E" H "authentication.go:63] \"Unable to authenticate the request\" err=\"Token has "
		  "expired.\"", "", MG_EV_APISERVER_AUTH_FAILED, "reason", "Token has expired." },
	{ "E" H "wrap.go:54] timeout or abort while handling: method=GET URI=\"/api/v1/pods\" "
		  "audit-ID=\"1-2\"", "", MG_EV_APISERVER_TIMEOUT, "uri", "/api/v1/pods" },
	{ "E" H "timeout.go:137] post-timeout activity - time-elapsed: 3.2s, GET "
		  "\"/api/v1/pods\" result: <nil>", "", MG_EV_APISERVER_TIMEOUT, "elapsed", "3.2s" },
	{ "E" H "runtime.go:78] Observed a panic: runtime error: index out of range", "",
		  MG_EV_APISERVER_PANIC, "reason", "runtime error: index out of range" },
	{ "E" H "runtime.go:78] Observed a panic: x killing connection/stream because serving "
		  "request timed out and response had been started", "", MG_EV_APISERVER_TIMEOUT,
		  NULL, NULL },
	{ "W" H "cacher.go:148] Terminating all watchers from cacher *core.Pod", "",
		  MG_EV_APISERVER_WATCH_CACHE, NULL, NULL },
	{ "I" H "cacher.go:900] Forcing pods watcher close due to unresponsiveness: x", "",
		  MG_EV_APISERVER_WATCH_CACHE, NULL, NULL },
	{ "W" H "clientconn.go:1223] grpc: addrConn.createTransport failed to connect to "
		  "{https://10.0.0.1:2379  <nil> 0 <nil>}. Err :connection error: desc = \"x: "
		  "connection refused\". Reconnecting...", "kube-apiserver",
		  MG_EV_APISERVER_ETCD_ERROR, "endpoint", "https://10.0.0.1:2379" },
	{ "W" H "clientconn.go:1223] grpc: addrConn.createTransport failed to connect to "
		  "{catalog:50051 <nil>}. Err: x", "catalog-operator", MG_EV_COUNT, NULL, NULL },
	{ "E" H "available_controller.go:508] v1beta1.custom.metrics.example failed with: "
		  "failing or missing response", "", MG_EV_APISERVER_AGGREGATED, "reason",
		  "failing or missing response" },
	{ "E" H "namespace_controller.go:162] deletion of namespace a failed: unable to retrieve "
		  "the complete list of server APIs: g/v1: the server is unable",
		  "kube-controller-manager", MG_EV_APISERVER_AGGREGATED, "group", "g/v1" },
	{ "I" H "genericapiserver.go:406] \"[graceful-termination] shutdown event\" "
		  "name=\"ShutdownInitiated\"", "kube-apiserver", MG_EV_APISERVER_SHUTDOWN, "step",
		  "ShutdownInitiated" },
	{ "I" H "genericapiserver.go:406] [graceful-termination] waiting for shutdown to be "
		  "initiated", "kube-apiserver", MG_EV_COUNT, NULL, NULL },
	{ "I" H "secure_serving.go:241] Stopped listening on [::]:6443", "kube-apiserver",
		  MG_EV_APISERVER_SHUTDOWN, "step", "HTTPServerStoppedListening" },
	{ "I" H "secure_serving.go:241] Stopped listening on [::]:10257",
		  "kube-controller-manager", MG_EV_COUNT, NULL, NULL },
	{ "I" H "event.go:282] Event(v1.ObjectReference{Kind:\"Pod\", "
		  "Namespace:\"openshift-kube-apiserver\", Name:\"p\"}): type: 'Normal' reason: "
		  "'TerminationStart' Received signal", "x", MG_EV_APISERVER_SHUTDOWN, "step",
		  "TerminationStart" },
	{ "I" H "event.go:282] Event(v1.ObjectReference{Kind:\"Pod\"}): type: 'Normal' reason: "
		  "'Other' x", "x", MG_EV_COUNT, NULL, NULL },
	{ "W" H "reflector.go:324] k8s.io/client-go/informers/factory.go:134: failed to list "
		  "*v1.Service: services is forbidden", "", MG_EV_REFLECTOR_ERROR, "type",
		  "*v1.Service" },
	{ "E" H "reflector.go:138] x: Failed to watch *v1.Pod: Get \"https://x\": x509: "
		  "certificate has expired", "", MG_EV_CERT_ERROR, "type", "*v1.Pod" },
	{ "I" H "request.go:665] Waited for 1.2s due to client-side throttling, not priority and "
		  "fairness, request: GET:https://x/y", "", MG_EV_CLIENT_THROTTLED, "request",
		  "GET:https://x/y" },
	{ "I" H "request.go:621] Throttling request took 1.2s, request: GET:https://x/y", "",
		  MG_EV_CLIENT_THROTTLED, "request", "GET:https://x/y" },
	{ "I" H "leaderelection.go:253] successfully acquired lease kube-system/kube-scheduler",
		  "", MG_EV_LEADER_ACQUIRED, "lease", "kube-system/kube-scheduler" },
	{ "I" H "leaderelection.go:278] failed to renew lease a/b: timed out waiting for the "
		  "condition", "", MG_EV_LEADER_LOST, "reason", "timed out waiting for the "
		  "condition" },
	{ "F" H "controllermanager.go:294] leaderelection lost", "", MG_EV_LEADER_LOST, "fatal",
		  "true" },
	{ "E" H "leaderelection.go:320] error retrieving resource lock a/b: etcdserver: request "
		  "timed out", "", MG_EV_LEADER_RETRY, "reason", "etcdserver: request timed out" },
	{ "E" H "leaderelection.go:361] Failed to update lock: etcdserver: mvcc: database space "
		  "exceeded", "", MG_EV_LEADER_RETRY, "reason", "etcdserver: mvcc: database "
		  "space exceeded" },
	{ "E" H "leaderelection.go:429] \"Failed to renew lease\" lock=\"a/b\" err=\"context "
		  "deadline exceeded\"", "", MG_EV_LEADER_LOST, "lease", "a/b" },
	{ "I" H "prober.go:114] \"Probe failed\" probeType=\"Readiness\" pod=\"ns/p\" podUID=1-2 "
		  "containerName=\"c\" probeResult=failure output=\"Get x\"", "kubelet",
		  MG_EV_KUBELET_PROBE, "reason", "Get x" },
	{ "W" H "prober.go:117] Liveness probe for \"p_ns(uid):c\" failed (failure): HTTP 500",
		  "kubelet", MG_EV_KUBELET_PROBE, "container", "c" },
	{ "I" H "kubelet.go:1778] skipping pod synchronization - [PLEG is not healthy: pleg was "
		  "last seen active 3m5.3s ago; threshold is 3m0s]", "kubelet",
		  MG_EV_KUBELET_PLEG, "last_seen", "3m5.3s" },
	{ "E" H "eviction_manager.go:255] \"Eviction manager: failed to get summary stats\" "
		  "err=\"x\"", "kubelet", MG_EV_LOG_ERROR, NULL, NULL },
	{ "W" H "eviction_manager.go:344] \"Eviction manager: attempting to reclaim\" "
		  "resourceName=\"memory\"", "kubelet", MG_EV_KUBELET_EVICTION, "resource",
		  "memory" },
	{ "I" H "kubelet_node_status.go:581] \"Recording event message for node\" node=\"n\" "
		  "event=\"NodeHasSufficientMemory\"", "kubelet", MG_EV_COUNT, NULL, NULL },
	{ "I" H "kubelet_node_status.go:581] \"Recording event message for node\" node=\"n\" "
		  "event=\"NodeNotReady\"", "kubelet", MG_EV_KUBELET_NODE, "event", "NodeNotReady" },
	{ "E" H "kubelet_node_status.go:470] \"Error updating node status, will retry\" err=\"x\"",
		  "kubelet", MG_EV_KUBELET_NODE, "reason", "x" },
	{ "I" H "log.go:172] http: TLS handshake error from 10.0.0.1:5: remote error: tls: bad "
		  "certificate", "", MG_EV_CERT_ERROR, "reason", "tls: bad certificate" },
	{ "I" H "log.go:172] http: TLS handshake error from 10.0.0.1:5: EOF", "", MG_EV_COUNT,
		  NULL, NULL },
	{ "E" H "wrap.go:58] \"apiserver panic'd\" method=\"GET\" URI=\"/api/v1/pods\" "
		  "auditID=\"1\"",
		  "", MG_EV_APISERVER_PANIC, NULL, NULL },
	{ "E" H "runtime.go:142] \"Observed a panic\" panic=\"boom\" stacktrace=<",
		  "", MG_EV_APISERVER_PANIC, "reason", "boom" },
	{ "I" H "log.go:172] http2: panic serving 10.0.0.1:60430: boom",
		  "", MG_EV_APISERVER_PANIC, "reason", "boom" },
	{ "E" H "wrap.go:54] killing connection/stream because serving request timed "
		  "out and response had been started",
		  "", MG_EV_APISERVER_TIMEOUT, NULL, NULL },
	{ "E" H "wrap.go:54] timeout or abort while handling: GET \"/path\"",
		  "", MG_EV_APISERVER_TIMEOUT, NULL, NULL },
	{ "E" H "wrap.go:54] \"Timeout or abort while handling\" "
		  "logger=\"UnhandledError\" method=\"GET\" URI=\"/api\" auditID=\"x\"",
		  "", MG_EV_APISERVER_TIMEOUT, NULL, NULL },
	{ "E" H "timeout.go:142] \"Post-timeout activity\" logger=\"UnhandledError\" "
		  "timeElapsed=\"3s\" method=\"GET\" path=\"/a\" result=null",
		  "", MG_EV_APISERVER_TIMEOUT, NULL, NULL },
	{ "E" H "finisher.go:175] \"Unhandled Error\" err=\"FinishRequest: post-timeout "
		  "activity - time-elapsed: 5.1s, panicked: false, err: x, "
		  "panic-reason: <nil>\" logger=\"UnhandledError\"",
		  "", MG_EV_APISERVER_TIMEOUT, NULL, NULL },
	{ "E" H "writers.go:117] apiserver was unable to write a JSON response: http: "
		  "Handler timeout",
		  "", MG_EV_APISERVER_TIMEOUT, NULL, NULL },
	{ "W" H "logging.go:59] [core] [Channel #1 SubChannel #2] grpc: "
		  "addrConn.createTransport failed to connect to { \"Addr\": "
		  "\"127.0.0.1:2379\", }. Err: connection error: x",
		  "", MG_EV_APISERVER_ETCD_ERROR, NULL, NULL },
	{ "E" H "cacher.go:475] \"Unhandled Error\" err=\"cacher (pods): unexpected "
		  "ListAndWatch error: failed to list *core.Pod: rpc error; "
		  "reinitializing...\" logger=\"UnhandledError\"",
		  "", MG_EV_APISERVER_WATCH_CACHE, NULL, NULL },
	{ "W" H "watcher.go:229] watch chan error: etcdserver: mvcc: required revision "
		  "has been compacted",
		  "", MG_EV_APISERVER_ETCD_ERROR, NULL, NULL },
	{ "I" H "queueset.go:600] QS(global-default): rejecting request \"a\" 1 2 due "
		  "to queue full",
		  "", MG_EV_APISERVER_APF, "priority_level", "global-default" },
	{ "I" H "queueset.go:700] QS(leader-election): request 1 2 timed out after "
		  "being enqueued",
		  "", MG_EV_APISERVER_APF, "priority_level", "leader-election" },
	{ "I" H "queueset.go:700] QS(leader-election): dispatching request 1 2",
		  "", MG_EV_COUNT, NULL, NULL },
	{ "I" H "leaderelection.go:260] \"Successfully acquired lease\" lock=\"a/b\"",
		  "", MG_EV_LEADER_ACQUIRED, "lease", "a/b" },
	{ "E" H "server.go:296] \"Leaderelection lost\"",
		  "", MG_EV_LEADER_LOST, NULL, NULL },
	{ "E" H "leaderelection.go:369] error initially creating leader election "
		  "record: namespaces \"x\" not found",
		  "", MG_EV_LEADER_RETRY, NULL, NULL },
	{ "W" H "reflector.go:436] x: watch of *v1.Node ended with: too old resource "
		  "version: 1 (2)",
		  "", MG_EV_REFLECTOR_ERROR, NULL, NULL },
	{ "I" H "reflector.go:530] \"Warning: watch ended with error\" "
		  "reflector=\"a.go:160\" type=\"*v1.Node\" err=\"x\"",
		  "", MG_EV_REFLECTOR_ERROR, "type", "*v1.Node" },
	{ "E" H "reflector.go:158] \"Unhandled Error\" err=\"a.go:160: Failed to watch "
		  "*v1.Node: failed to list *v1.Node: x\" logger=\"UnhandledError\"",
		  "", MG_EV_REFLECTOR_ERROR, NULL, NULL },
	{ "I" H "event.go:282] Event(v1.ObjectReference{Kind:\"Namespace\", "
		  "Name:\"openshift-kube-apiserver\"}): type: 'Normal' reason: "
		  "'InFlightRequestsDrained' x",
		  "", MG_EV_APISERVER_SHUTDOWN, "step", "InFlightRequestsDrained" },
	{ "W" H "event.go:282] Event(v1.ObjectReference{Kind:\"Pod\", "
		  "Namespace:\"openshift-kube-apiserver\", "
		  "Name:\"kube-apiserver-m0\"}): type: 'Warning' reason: "
		  "'NonGracefulTermination' x",
		  "", MG_EV_APISERVER_SHUTDOWN, "step", "NonGracefulTermination" },
	{ "E" H "prober.go:118] \"Probe errored\" err=\"x\" probeType=\"Readiness\" "
		  "pod=\"a/b\" podUID=\"1\" containerName=\"c\"",
		  "kubelet", MG_EV_KUBELET_PROBE, "container", "c" },
	{ "E" H "kubelet.go:2448] \"Skipping pod synchronization\" err=\"PLEG is not "
		  "healthy: pleg was last seen active 3m13s ago; threshold is 3m0s\"",
		  "kubelet", MG_EV_KUBELET_PLEG, "last_seen", "3m13s" },
	{ "I" H "kubelet.go:2448] skipping pod synchronization - [container runtime "
		  "status check may not have completed yet]",
		  "kubelet", MG_EV_COUNT, NULL, NULL },
	{ "E" H "generic.go:238] \"GenericPLEG: Unable to retrieve pods\" err=\"x\"",
		  "kubelet", MG_EV_KUBELET_PLEG, NULL, NULL },
	{ "I" H "eviction_manager.go:576] eviction manager: pod a_b(1-2) is evicted "
		  "successfully",
		  "kubelet", MG_EV_KUBELET_EVICTION, NULL, NULL },
	{ "I" H "oom_watcher_linux.go:80] Got sys oom event: &{1234 java 2021}",
		  "kubelet", MG_EV_KUBELET_OOM, NULL, NULL },
	{ "I" H "oom_watcher.go:70] System OOM encountered, victim process: java, pid: 1",
		  "kubelet", MG_EV_KUBELET_OOM, NULL, NULL },
	{ "E" H "kubelet_node_status.go:457] Unable to update node status: update node "
		  "status exceeds retry count",
		  "kubelet", MG_EV_KUBELET_NODE, NULL, NULL },
	{ "I" H "kubelet_node_status.go:554] Recording NodeNotReady event message for "
		  "node n",
		  "kubelet", MG_EV_KUBELET_NODE, "event", "NodeNotReady" },
	{ "I" H "kubelet_node_status.go:554] Recording NodeReady event message for node "
		  "n",
		  "kubelet", MG_EV_COUNT, NULL, NULL },
	{ "I" H "setters.go:577] \"Node became not ready\" node=\"n\" "
		  "condition={Type:Ready Status:False}",
		  "kubelet", MG_EV_KUBELET_NODE, NULL, NULL },
	{ "E" H "controller.go:187] failed to update lease, error: Put \"https://x\": "
		  "context deadline exceeded",
		  "kubelet", MG_EV_KUBELET_NODE, NULL, NULL },
	{ "E" H "event.go:276] Unable to write event: 'Post \"https://x\": x509: "
		  "certificate signed by unknown authority' (may retry after sleeping)",
		  "", MG_EV_CERT_ERROR, NULL, NULL },
	{ "E" H "a.go:1] something else", "", MG_EV_LOG_ERROR, NULL, NULL },
	{ "W" H "a.go:1] something else", "", MG_EV_COUNT, NULL, NULL },
	{ "F" H "a.go:1] cannot go on", "", MG_EV_PROCESS_FATAL, NULL, NULL },
	{ "{\"level\":\"warn\",\"ts\":\"2022-02-07T22:15:16.123Z\",\"caller\":\"v3@v3.5.0/retry_i"
		  "nterceptor.go:62\",\"msg\":\"retrying of unary invoker "
		  "failed\",\"target\":\"etcd-endpoints://x\",\"error\":\"rpc error: code = "
		  "DeadlineExceeded desc = context deadline exceeded\"}", "kube-apiserver",
		  MG_EV_APISERVER_ETCD_ERROR, "reason", "context deadline exceeded" },
};

static void check_family(const struct family *f)
{
	struct mg_klog       k;
	struct mg_klog_event e;
	bool                 found;

	assert_int_equal(mg_klog_parse(mg_strz(f->line), &k, NULL), MG_OK);
	found = mg_klog_event(&k, mg_strz(f->component), &e);
	if (!found || f->kind == MG_EV_COUNT) {
		if (found != (f->kind != MG_EV_COUNT))
			fail_msg("%s: %s", f->line, found ? mg_event_kind_name(e.kind) : "nothing");
		return;
	}
	if (e.kind != f->kind)
		fail_msg("%s: %s", f->line, mg_event_kind_name(e.kind));
	for (unsigned i = 0; f->attr && i < e.nattrs; i++)
		if (strcmp(e.attrs[i].key, f->attr) == 0 &&
		    mg_str_eq(e.attrs[i].value, mg_strz(f->value)))
			return;
	if (f->attr)
		fail_msg("%s: no %s=%s", f->line, f->attr, f->value);
}

static void test_families(void **state)
{
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		check_family(&families[i]);
}

static void test_hash(void **state)
{
	assert_int_equal(mg_klog_message_hash(MG_STR("pod web-7d9f8 took 12ms"), 1),
			 mg_klog_message_hash(MG_STR("pod web-1a2b3 took 7ms"), 1));
	assert_int_not_equal(mg_klog_message_hash(MG_STR("pod web took"), 1),
			     mg_klog_message_hash(MG_STR("pod api took"), 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_block),
		cmocka_unit_test(test_families),
		cmocka_unit_test(test_hash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
