# A control-plane node that drops off the network: its etcd is silent first, its API server and
# controller manager next, and a minute later nodes are Unknown.  Writes a must-gather below the
# current directory; awk -f nodes-lost.awk </dev/null
# SPDX-License-Identifier: Apache-2.0

function log_of(ns, pod, container, which) {
	dir = "namespaces/" ns "/pods/" pod "/" container "/" container "/logs"
	system("mkdir -p " dir)
	return dir "/" which ".log"
}
function clock(s) { return sprintf("%02d:%02d:%02d", 10 + int(s / 3600), int(s / 60) % 60, s % 60) }
function node(name, s) {
	out = "cluster-scoped-resources/core/nodes/" name ".yaml"
	print "apiVersion: v1\nkind: Node\nmetadata:\n  name: " name "\nstatus:\n  conditions:" >out
	print "  - type: Ready\n    lastTransitionTime: \"2031-05-08T" clock(s) "Z\"" >out
	if (s) {
		print "    status: Unknown\n    reason: NodeStatusUnknown" >out
		print "    message: Kubelet stopped posting node status." >out
	} else {
		print "    status: \"True\"\n    reason: KubeletReady" >out
	}
	close(out)
}
function component(ns, name, letter, n, last,   out, s) {
	out = log_of(ns, name "-m" n, name, "current")
	for (s = n; s <= last; s += 4)
		if (name == "etcd")
			printf "2031-05-08T%s.100000000Z {\"level\":\"info\",\"ts\":\"2031-05-08T%s.100Z\"," \
			       "\"caller\":\"mvcc/index.go:189\",\"msg\":\"compact tree index\"}\n", clock(s), clock(s) >out
		else
			printf "2031-05-08T%s.100000000Z I0508 %s.100000       1 controller.go:60] working\n",
			       clock(s), clock(s) >out
	close(out)
}

BEGIN {
	system("mkdir -p cluster-scoped-resources/core/nodes")
	for (n = 0; n < 3; n++) {
		component("openshift-etcd", "etcd", "I", n, n == 1 ? 1200 : 3600)
		component("openshift-kube-apiserver", "kube-apiserver", "I", n, n == 1 ? 1212 : 3600)
		component("openshift-kube-controller-manager", "kube-controller-manager", "I", n,
			  n == 1 ? 1221 : 3600)
	}
	node("m0", 0); node("m1", 1265); node("m2", 0)
	node("w1", 1266); node("w2", 1266); node("w3", 1271); node("w4", 0)
}
