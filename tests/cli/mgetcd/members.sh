# Three members of an invented must-gather: one slow disk, a leader change, a full database.
ns=mg/namespaces/openshift-etcd/pods
log() { # log NODE: stdin is "time level message-and-fields"
	mkdir -p "$ns/etcd-$1/etcd/etcd/logs"
	while read -r t level rest; do
		echo "2031-05-06T${t}000000Z {\"level\":\"$level\",\"ts\":\"2031-05-06T${t}Z\",\"caller\":\"etcdserver/util.go:170\",$rest}"
	done >"$ns/etcd-$1/etcd/etcd/logs/current.log"
}
apply='"msg":"apply request took too long","expected-duration":"100ms","prefix":"read-only range ","request":"key:\"/registry/pods/a/p\" ","response":"range_response_count:1 size:900"'
{
	echo '07:00:00.100 info "msg":"raft.node: a0 elected leader b1 at term 3"'
	i=10; while [ $i -lt 20 ]; do echo "07:01:$i.000 warn $apply,\"took\":\"1$i.5ms\""; i=$((i + 1)); done
	echo '07:01:30.000 warn "msg":"slow fdatasync","took":"1.5s","expected-duration":"1s"'
	echo '07:02:00.000 info "msg":"raft.node: a0 lost leader b1 at term 4"'
	echo '07:02:06.500 info "msg":"raft.node: a0 elected leader c2 at term 4"'
	echo '07:30:00.000 info "msg":"finished scheduled compaction","compact-revision":9,"took":"420ms"'
} | log n0.lab.example
{
	echo '07:00:00.100 info "msg":"raft.node: b1 elected leader b1 at term 3"'
	echo '07:01:12.000 warn "msg":"prober found high clock drift","remote-peer-id":"c2","clock-drift":"1.25s"'
	echo '07:30:00.000 info "msg":"finished scheduled compaction","compact-revision":9,"took":"90ms"'
} | log n1.lab.example
{
	echo '07:00:00.100 info "msg":"raft.node: c2 elected leader b1 at term 3"'
	echo '07:02:00.100 info "msg":"raft.node: c2 lost leader b1 at term 4"'
	echo '07:02:06.400 info "msg":"raft.node: c2 elected leader c2 at term 4"'
	echo '07:30:00.000 info "msg":"finished scheduled compaction","compact-revision":9,"took":"95ms"'
} | log n2.lab.example
mkdir mg/etcd_info
# the files of etcdctl hold no time: what they say was so when they were written
echo '[{"Endpoint":"https://10.0.0.1:2379","Status":{"header":{"member_id":160},"version":"3.5.9","dbSize":7000000000,"leader":194,"raftIndex":700,"raftTerm":4,"dbSizeInUse":2000000000,"dbSizeQuota":8589934592}},{"Endpoint":"https://10.0.0.2:2379","Status":{"header":{"member_id":177},"version":"3.5.9","dbSize":6000000000,"leader":194,"raftIndex":700,"raftTerm":4,"dbSizeInUse":5000000000}}]' >mg/etcd_info/endpoint_status.json
echo '[{"endpoint":"https://10.0.0.1:2379","health":true,"took":"9ms"},{"endpoint":"https://10.0.0.2:2379","health":false,"took":"5s","error":"context deadline exceeded"},{"endpoint":"unixs://10.0.0.1:0","health":false,"took":"5s","error":"x"}]' >mg/etcd_info/endpoint_health.json
echo '{"header":{"cluster_id":1},"members":[{"ID":160,"name":"n0.lab.example","clientURLs":["https://10.0.0.1:2379","unixs://10.0.0.1:0"]},{"ID":177,"name":"n1.lab.example","clientURLs":["https://10.0.0.2:2379"]},{"ID":194,"name":"n2.lab.example","clientURLs":["https://10.0.0.3:2379"]}]}' >mg/etcd_info/member_list.json
echo '{"etcd_resources":[{"object_count":"12","object_name":"/kubernetes.io/pods/","object_size":"1.2M"},{"object_count":"9000","object_name":"/kubernetes.io/secrets/","object_size":"40M"}]}' >mg/etcd_info/object_count.json
TZ=UTC touch -d '2031-05-06T07:31:00Z' mg/etcd_info/*
mgetcd -q mg
for view in --compare --leaders --keys --space --series=10m; do
	echo "-- $view"
	mgetcd -q $view mg
done
echo "-- stream"
mgetcd -q -o events mg >events
mgetcd -q --compare events
mgetcd -q --leaders events | tail -1
echo "-- rules"
mgcorrelate -q --format=json --no-report mg >findings
sed -n 's/^ *"claim": *"\(.*\)",*$/\1/p' findings
