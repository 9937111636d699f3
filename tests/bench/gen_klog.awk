# A log of klog lines to measure with: awk -v bytes=N -f gen_klog.awk
# The shapes are those of API servers 1.20 to 1.29 and of the etcd beside them; 5 % of the
# lines hold "Trace[" or "took too long", and 5 % are warnings or errors.
# SPDX-License-Identifier: Apache-2.0
function pick(n) { return int(rand() * n) }

function header(severity, file) {
	return sprintf("%s0607 %s %7d %s] ", severity, clock, pids[pick(3)], file)
}

BEGIN {
	srand(7)
	split("1 10 12345", p, " ")
	for (i = 0; i < 3; i++)
		pids[i] = p[i + 1]
	nfiles = split("httplog.go:132 cacher.go:405 handler.go:153 event.go:389 " \
		       "replica_set.go:613 watch_cache.go:202", files, " ")
	for (n = 0; n < bytes; n += length(line) + 1) {
		i++
		t = i * 0.007
		clock = sprintf("%02d:%02d:%09.6f", t / 3600 % 24, t / 60 % 60, t % 60)
		file = files[pick(nfiles) + 1]
		x = rand()
		severity = rand() < 0.97 ? "I" : rand() < 0.7 ? "W" : "E"
		if (x < 0.02)
			line = header("I", "trace.go:236") sprintf("Trace[%d]: \"Update\" accept:" \
				"application/vnd.kubernetes.protobuf,audit-id:%08x-1111,client:10.0.1.%d," \
				"protocol:HTTP/2.0,resource:leases,url:/apis/coordination.k8s.io/v1/namespaces/" \
				"kube-system/leases/x%d,verb:PUT (07-Jun-2024 %s) (total time: %dms):",
				pick(1000000000), pick(2000000000), pick(255), i, substr(clock, 1, 12),
				500 + pick(4500))
		else if (x < 0.04)
			line = sprintf("{\"level\":\"warn\",\"ts\":\"2024-06-07T%sZ\",\"caller\":" \
				"\"etcdserver/util.go:170\",\"msg\":\"apply request took too long\",\"took\":" \
				"\"%d.%03dms\",\"expected-duration\":\"100ms\",\"prefix\":\"read-only range \"," \
				"\"request\":\"key:\\\"/registry/pods/x%d\\\" \",\"response\":" \
				"\"range_response_count:1 size:%d\"}", clock, 100 + pick(800), pick(1000), i, pick(9000))
		else if (x < 0.05)
			line = header(severity, file) sprintf("etcdserver: read-only range request " \
				"\"key:\\\"/registry/health\\\" \" with result \"error:context deadline exceeded\" " \
				"took too long (%d.%03ds) to execute", pick(9), pick(1000))
		else if (x < 0.3)
			line = header(severity, file) sprintf("\"Event occurred\" object=\"default/web-%d\" " \
				"fieldPath=\"\" kind=\"ReplicaSet\" apiVersion=\"apps/v1\" type=\"Normal\" " \
				"reason=\"SuccessfulCreate\" message=\"Created pod: web-%d-abcde\"", i % 977, i % 977)
		else if (x < 0.55)
			line = header(severity, file) sprintf("\"HTTP\" verb=\"GET\" URI=\"/apis/apps/v1/" \
				"namespaces/x/deployments/web-%d?timeout=10s\" latency=\"%d.%dms\" userAgent=" \
				"\"kube-probe/1.29\" audit-ID=\"%08x\" srcIP=\"10.1.%d.%d:443\" resp=200", i % 977,
				pick(90), pick(999), pick(2000000000), pick(255), pick(255))
		else if (x < 0.8)
			line = header(severity, file) sprintf("pkg/mod/k8s.io/client-go@v0.29.4/tools/cache/" \
				"reflector.go:229: watch of *v1.Pod ended with: too old resource version: %d (%d)",
				pick(1000000000), pick(1000000000))
		else
			line = header(severity, file) sprintf("Starting watch for /api/v1/namespaces/team-%d/" \
				"configmaps, rv=%d labels= fields=metadata.name=kube-root-ca.crt timeout=%dm%ds",
				i % 80, pick(1000000000), pick(9), pick(60))
		print line
	}
}
