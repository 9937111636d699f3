# An API server that is killed for memory: goroutines of collection deletes have leaked for
# hours and hold the heap; requests for many resources slow down; etcd sees its connections
# break; the controller manager loses its lease.  Writes a must-gather below the current
# directory; awk -f oom-leak.awk </dev/null
# SPDX-License-Identifier: Apache-2.0

function log_of(ns, pod, container, which) {
	dir = "namespaces/" ns "/pods/" pod "/" container "/" container "/logs"
	system("mkdir -p " dir)
	return dir "/" which ".log"
}
# 10:00:00.000 on 8 May 2031 and some seconds
function clock(s) { return sprintf("%02d:%02d:%02d", 10 + int(s / 3600), int(s / 60) % 60, s % 60) }
function prefix(s) { return "2031-05-08T" clock(s) ".100000000Z " }
function klog(letter, s, file) { return prefix(s) letter "0508 " clock(s) ".100000       1 " file "] " }

function trace(out, s, took, resource) {
	id++
	printf "%sTrace[%d]: \"Get\" url:/api/v1/namespaces/shop/%s/x,user-agent:app/v1,client:10.0.0.9 " \
	       "(08-May-2031 %s.100) (total time: %dms):\n", klog("I", s + took, "trace.go:205"), id,
	       resource, clock(s), took * 1000 >out
	printf "%sTrace[%d]: [%d.000000000s] [%d.000000000s] END\n", prefix(s + took), id, took, took >out
}

function goroutine(out, n, state, where, creator) {
	printf "goroutine %d [%s]:\n%s(0xc000)\n\t/src/x.go:10 +0x1\ncreated by %s\n\t/src/x.go:9 +0x2\n\n",
	       n, state, where, creator >out
}

BEGIN {
	store = "k8s.io/kubernetes/vendor/k8s.io/apiserver/pkg/registry/generic/registry.(*Store)."
	out = log_of("openshift-kube-apiserver", "kube-apiserver-m0", "kube-apiserver", "previous")
	for (s = 0; s < 3600; s += 60)
		print klog("I", s, "controller.go:60") "OpenAPI AggregationController: Processing item" >out
	split("pods secrets configmaps services endpoints serviceaccounts", what, " ")
	for (i = 0; i < 24; i++)
		trace(out, 3400 + i * 5, 2 + i % 9, what[i % 6 + 1])
	close(out)
	out = log_of("openshift-kube-apiserver", "kube-apiserver-m0", "kube-apiserver", "current")
	print prefix(3630) "Flag --insecure-port has been deprecated" >out
	print klog("I", 3631, "server.go:618") "external host was not specified, using 10.0.0.11" >out
	close(out)

	out = log_of("openshift-etcd", "etcd-m0", "etcd", "current")
	for (s = 0; s < 3900; s += 300)
		printf "%s{\"level\":\"info\",\"ts\":\"2031-05-08T%s.100Z\",\"caller\":\"mvcc/index.go:189\"," \
		       "\"msg\":\"compact tree index\",\"revision\":%d}\n", prefix(s), clock(s), s >out
	for (i = 0; i < 30; i++)
		printf "%s{\"level\":\"warn\",\"ts\":\"2031-05-08T%s.100Z\",\"caller\":\"embed/config_logging.go:279\"," \
		       "\"msg\":\"rejected connection\",\"remote-addr\":\"10.0.0.11:%d\",\"server-name\":\"\"," \
		       "\"error\":\"read tcp 10.0.0.11:2379: connection reset by peer\"}\n",
		       prefix(3602 + i % 9), clock(3602 + i % 9), 40000 + i >out
	close(out)

	out = log_of("openshift-kube-controller-manager", "kcm-m0", "kube-controller-manager", "previous")
	print klog("I", 10, "leaderelection.go:253") "successfully acquired lease kube-system/kube-controller-manager" >out
	print klog("E", 3605, "leaderelection.go:325") "error retrieving resource lock " \
	      "kube-system/kube-controller-manager: Get \"https://localhost:6443\": connection refused" >out
	print klog("F", 3612, "controllermanager.go:294") "leaderelection lost" >out
	close(out)

	system("mkdir -p namespaces/openshift-kube-apiserver/core profiles")
	out = "namespaces/openshift-kube-apiserver/core/pods.yaml"
	print "apiVersion: v1\nkind: PodList\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata:" >out
	print "    name: kube-apiserver-m0\n    namespace: openshift-kube-apiserver" >out
	print "  spec:\n    nodeName: m0\n  status:\n    containerStatuses:\n    - name: kube-apiserver" >out
	print "      restartCount: 1\n      lastState:\n        terminated:\n          exitCode: 137" >out
	print "          reason: OOMKilled\n          startedAt: \"2031-05-08T01:00:00Z\"" >out
	print "          finishedAt: \"2031-05-08T11:00:00Z\"" >out
	print "      state:\n        running:\n          startedAt: \"2031-05-08T11:00:30Z\"" >out
	close(out)

	out = "profiles/20310508T105900Z-kube-apiserver-goroutine-debug2.txt"
	for (i = 1; i <= 1800; i++)
		goroutine(out, i, "select", "net/http.(*conn).serve", "net/http.(*Server).Serve")
	for (; i <= 1812; i++)
		goroutine(out, i, "chan send, " (429 - (i % 3) * 60) " minutes", store "DeleteCollection.func1",
			  store "DeleteCollection")
	close(out)

	out = "profiles/20310508T105900Z-kube-apiserver-heap-debug1.txt"
	print "heap profile: 20: 4294967296 [40: 8589934592] @ heap/1048576" >out
	print "12: 3221225472 [12: 3221225472] @ 0x1 0x2" >out
	print "#\t0x1\tetcd3.(*store).List+0x1\tstore.go:1\n#\t0x2\t" store "DeleteCollection+0x1\tstore.go:2" >out
	print "8: 1073741824 [28: 5368709120] @ 0x3\n#\t0x3\tmain.main+0x1\tmain.go:1" >out
	close(out)
}
