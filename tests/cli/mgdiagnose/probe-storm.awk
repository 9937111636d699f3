# Probes that fail by the hundred every minute, and 11,000 of them in the one in which the API
# server of a node ends for its new revision, in the middle of an upgrade.  Writes a must-gather
# below the current directory; awk -f probe-storm.awk </dev/null
# SPDX-License-Identifier: Apache-2.0

function log_of(ns, pod, container, which) {
	dir = "namespaces/" ns "/pods/" pod "/" container "/" container "/logs"
	system("mkdir -p " dir)
	return dir "/" which ".log"
}
function clock(s) { return sprintf("%02d:%02d:%02d", 10 + int(s / 3600), int(s / 60) % 60, s % 60) }
function klog(letter, s, file) {
	return "2031-05-08T" clock(s) ".100000000Z " letter "0508 " clock(s) ".100000       1 " file "] "
}
function probes(out, minute, n,   i, s) {
	for (i = 0; i < n; i++) {
		s = minute * 60 + int(i * 60 / n)
		printf "%s\"Probe failed\" probeType=\"Readiness\" pod=\"shop-%d/web-%d\" podUID=\"u\" " \
		       "containerName=\"web\" probeResult=\"failure\" output=\"HTTP probe failed with " \
		       "statuscode: 500\"\n", klog("I", s, "prober.go:116"), i % 7, i % 3500 >out
	}
}
function event(out, reason, ns, name, s) {
	print "- apiVersion: v1\n  kind: Event\n  metadata:\n    namespace: " ns >out
	print "  involvedObject:\n    kind: Deployment\n    name: " name "\n    namespace: " ns >out
	print "  reason: " reason "\n  type: Normal\n  count: 1\n  message: " reason " of m0" >out
	print "  firstTimestamp: \"2031-05-08T" clock(s) "Z\"\n  lastTimestamp: \"2031-05-08T" clock(s) "Z\"" >out
}

BEGIN {
	system("mkdir -p nodes/w1/logs cluster-scoped-resources/config.openshift.io/clusterversions " \
	       "namespaces/openshift-kube-apiserver-operator/core")
	out = "nodes/w1/logs/kubelet.log"
	for (minute = 0; minute < 40; minute++)
		probes(out, minute, minute == 27 ? 11000 : 250 + minute)
	close(out)

	out = log_of("openshift-kube-apiserver", "kube-apiserver-m0", "kube-apiserver", "previous")
	for (s = 0; s < 1620; s += 30)
		print klog("I", s, "controller.go:60") "OpenAPI AggregationController: Processing item" >out
	print klog("I", 1621, "genericapiserver.go:355") "[graceful-termination] waiting for shutdown to be initiated" >out
	print klog("I", 1630, "genericapiserver.go:380") "[graceful-termination] RunPreShutdownHooks has completed" >out
	for (i = 0; i < 40; i++)
		print klog("E", 1632 + i % 20, "wrap.go:54") "timeout or abort while handling: GET \"/readyz\"" >out
	close(out)
	out = log_of("openshift-kube-apiserver", "kube-apiserver-m0", "kube-apiserver", "current")
	for (s = 1675; s < 2400; s += 30)
		print klog("I", s, "controller.go:60") "OpenAPI AggregationController: Processing item" >out
	close(out)

	out = "namespaces/openshift-kube-apiserver-operator/core/events.yaml"
	print "apiVersion: v1\nkind: EventList\nitems:" >out
	event(out, "NodeTargetRevisionChanged", "openshift-kube-apiserver-operator", "kube-apiserver-operator", 1560)
	event(out, "NodeCurrentRevisionChanged", "openshift-kube-apiserver-operator", "kube-apiserver-operator", 1800)
	close(out)
	out = "cluster-scoped-resources/config.openshift.io/clusterversions/version.yaml"
	print "apiVersion: config.openshift.io/v1\nkind: ClusterVersion\nmetadata:\n  name: version" >out
	print "status:\n  history:\n  - state: Partial\n    startedTime: \"2031-05-08T09:55:00Z\"" >out
	print "    completionTime: null\n    version: 4.99.2\n  - state: Completed" >out
	print "    startedTime: \"2031-01-01T00:00:00Z\"\n    completionTime: \"2031-01-01T01:00:00Z\"" >out
	print "    version: 4.99.1" >out
	close(out)
}
