# Small trees in the layouts that are met: whose each file is, what is read of it, and that
# the same bytes under two names count once.
uid=0a1b2c3d-0000-4000-8000-1234567890ab
id=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
put() { # put PATH: from standard input
	mkdir -p "$(dirname "$1")" && cat >"$1"
}
audit() { # audit N SECOND: N events
	awk -v n="$1" -v s="$2" 'BEGIN { for (i = 0; i < n; i++) printf "{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\",\"level\":\"Metadata\",\"auditID\":\"00000000-0000-4000-8000-%06d%06d\",\"stage\":\"ResponseComplete\",\"requestURI\":\"/api/v1/namespaces/a/pods\",\"verb\":\"list\",\"user\":{\"username\":\"u\"},\"objectRef\":{\"resource\":\"pods\",\"namespace\":\"a\",\"apiVersion\":\"v1\"},\"responseStatus\":{\"code\":200},\"requestReceivedTimestamp\":\"2026-11-21T03:12:%02d.000000Z\",\"stageTimestamp\":\"2026-11-21T03:12:%02d.1%05dZ\"}\n", s, i, s, s, i }'
}
http() { # http N: lines of an API server that logs its requests
	awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++) printf "I1121 03:12:%02d.000000       1 httplog.go:132] \"HTTP\" verb=\"GET\" URI=\"/api/v1/namespaces/a/pods\" latency=\"5ms\" userAgent=\"x\" audit-ID=\"00000000-0000-4000-8000-%012d\" srcIP=\"192.0.2.4:5\" resp=200\n", i % 60, i }'
}
etcd() { # etcd N: slow operations
	awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++) printf "{\"level\":\"warn\",\"ts\":\"2026-11-21T03:12:%02d.000Z\",\"caller\":\"etcdserver/util.go:163\",\"msg\":\"apply request took too long\",\"took\":\"1.2s\",\"expected-duration\":\"100ms\",\"prefix\":\"read-only range \",\"request\":\"key:\\\"/registry/pods/a/p%d\\\" \",\"response\":\"range_response_count:1 size:7\"}\n", i, i }'
}
stamped() { sed 's/^/2026-11-21T03:12:00.123456789Z /'; } # as `oc logs --timestamps`
cri() { sed 's/^/2026-11-21T03:12:00.123456789Z stderr F /'; }
pods() { printf '%s\n' '---' 'apiVersion: v1' 'items:' '- apiVersion: v1' '  kind: Pod' '  metadata:' '    name: p' '    namespace: a' '  status:' '    phase: Running' 'kind: PodList'; }
show() { # show NAME: the directory of that name, as a list and as what was counted
	echo "== $1"
	mgunpack --format=tsv --no-headers "$1" 2>err |
		awk -F'\t' '{ print $1, $3 " lines,", $4 " records;", $10 "|" $11 "|" $12 "|" $13 "|" $14 ($15 ? " previous" : ""); print "    " $8 ($9 ? " = " $9 : "") }'
	sed 's/^mgunpack: /    /' err
	rm -rf report
	mgcorrelate -q -f -o report "$1" >summary
	echo "    mgcorrelate: exit $?"
	[ ! -f report/report.txt ] || awk '/^ *source  *files/ { on = 1; next } !NF { on = 0 } on && / [0-9]/ { sub(/ *[0-9.]* [KMG]*i*B .*/, ""); sub(/^ */, "        "); print }' report/report.txt
	(cd "$1" && tar cf - .) | mgcorrelate -q -f -o streamed - >/dev/null
	[ ! -f report/events.jsonl ] || for r in report streamed; do sed 's/"artifact":"[^"]*"//; s/"line":[0-9]*//' $r/events.jsonl >$r.events; done
	[ ! -f report/events.jsonl ] || cmp report.events streamed.events
}

# must-gather with several images (each gathered the same pods), a node-selector level, audit logs
d=must-gather i=$d/quay-io-img-sha256-1 k=$d/worker-1/quay-io-img-sha256-2
etcd 3 | stamped | put $i/namespaces/openshift-etcd/pods/etcd-m0/etcd/etcd/logs/current.log
: | put $i/namespaces/openshift-etcd/pods/etcd-m0/etcd/etcd/logs/previous.log
pods | tee pods.yaml | put $i/namespaces/a/core/pods.yaml
put $k/namespaces/a/core/pods.yaml <pods.yaml
audit 5 2 | gzip | put $i/audit_logs/kube-apiserver/m0-audit-2026-11-21T03-12-03.000.log.gz
audit 4 3 | put $i/audit_logs/kube-apiserver/m0-audit.log
http 7 | gzip | put $i/static-pods/kube-apiserver/m0-termination.log.gz
printf 'openshift/must-gather\n4.18.0\n' | put $i/version
show must-gather

# the image directory stripped; oc adm inspect
etcd 3 | stamped | put stripped/namespaces/openshift-etcd/pods/etcd-m0/etcd/etcd/logs/current.log
printf 'openshift/must-gather\n4.18.0\n' | put stripped/version
show stripped
http 4 | stamped | put inspect.local.5/namespaces/openshift-kube-apiserver/pods/kube-apiserver-m0/kube-apiserver/kube-apiserver/logs/current.log
show inspect.local.5

# kubectl cluster-info dump: a directory, and all of it on standard output
{ echo '==== START logs for container kube-apiserver of pod kube-system/kube-apiserver-m0 ===='
	http 6; echo '==== END logs for container kube-apiserver of pod kube-system/kube-apiserver-m0 ===='; } |
	tee section | put dump/kube-system/kube-apiserver-m0/logs.txt
printf '{"kind":"PodList","apiVersion":"v1","metadata":{},"items":[{"metadata":{"name":"p","namespace":"a"},"status":{"phase":"Running"}}]}\n' |
	tee list.json | put dump/a/pods.json
show dump
cat list.json section list.json | put stream/dump.txt
show stream

# kind export logs: links resolved, so that every log is there twice
n=kind/kind-control-plane
http 8 | cri | tee log | put $n/pods/kube-system_kube-apiserver-kind-control-plane_$uid/kube-apiserver/0.log
put $n/containers/kube-apiserver-kind-control-plane_kube-system_kube-apiserver-$id.log <log
audit 5 2 | put $n/kubernetes/kube-apiserver-audit.log
http 3 | put $n/kubelet.log
show kind

# /var/log of nodes: rotated files, links, a hard link
n=nodes/w-1/var/log
etcd 2 | cri | put $n/pods/kube-system_etcd-w-1_$uid/etcd/0.log.20261121-031100
etcd 4 | sed 's/T03:12/T03:13/' | cri | put $n/pods/kube-system_etcd-w-1_$uid/etcd/0.log
mkdir -p $n/containers
ln -s ../pods/kube-system_etcd-w-1_$uid/etcd/0.log $n/containers/etcd-w-1_kube-system_etcd-$id.log
ln -s .. $n/pods/loop
ln $n/pods/kube-system_etcd-w-1_$uid/etcd/0.log $n/pods/kube-system_etcd-w-1_$uid/etcd/hard.log
audit 6 4 | put $n/kubernetes/audit/audit.log
show nodes
audit 6 4 | put k3s/var/lib/rancher/k3s/server/logs/audit.log
audit 6 5 | gzip | put k3s/var/lib/rancher/k3s/server/logs/audit-2026-11-21T03-12-06.000.log.gz
http 2 | sed 's/^I1121 \([0-9:]*\)[.0-9]*/Nov 21 \1 m0 k3s[812]: &/' | put microk8s/inspection-report/snap.microk8s.daemon-kubelite/journal.log
show k3s
show microk8s

# sosreport, troubleshoot, sonobuoy, the artifacts of a Prow job
s=sos/sosreport-m0-2026-11-21-abcdefg
etcd 2 | cri | put $s/var/log/pods/kube-system_etcd-m0_$uid/etcd/0.log
http 2 | stamped | put $s/sos_commands/kubernetes/cluster-info/a/podlogs/p/kubectl_logs_p_-c_c1
http 2 | put "$s/sos_commands/openshift/namespaces/a/pods/podlogs/oc_logs_--namespace_a_p-1_-p"
show sos
http 3 | put sb/support-bundle/cluster-resources/pods/logs/a/p/c-previous.log
put sb/support-bundle/cluster-resources/pods/a.json <list.json
show sb
http 3 | stamped | put sono/podlogs/a/p/logs/c.txt
put sono/resources/ns/a/core_v1_pods.json <list.json
show sono
http 3 | stamped | put prow/artifacts/gather-extra/artifacts/pods/openshift-x_p_c_previous.log
etcd 3 | stamped | put img/namespaces/openshift-etcd/pods/etcd-m0/etcd/etcd/logs/current.log
mkdir -p prow/artifacts/gather-must-gather/artifacts
tar cf prow/artifacts/gather-must-gather/artifacts/must-gather.tar img
cp -r img prow/artifacts/gather-must-gather/artifacts/must-gather
show prow

# a bare folder of renamed files: their content decides; a copy of one of them
audit 5 2 | put bare/one
etcd 3 | put bare/two.dat
http 3 | gzip | put bare/three
cp bare/one bare/copy-of-one
show bare

# the same words of two pods are two logs
http 2 | tee log | put alike/namespaces/a/pods/p-1/c/c/logs/current.log
put alike/namespaces/a/pods/p-2/c/c/logs/current.log <log
show alike

# a gather that failed: all empty; and one that wrote nothing
: | put failed/namespaces/a/pods/p/c/c/logs/current.log
: | put failed/must-gather.logs
show failed 2>&1
mkdir -p nothing
mgunpack nothing; echo "exit $?"
